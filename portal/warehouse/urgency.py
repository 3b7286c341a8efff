"""Urgent lots: goods in stock that a hospital needs urgently; red when they have waited too long
(R8)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from ledger.core.postings import place
from portal.balance.models import Holding
from portal.needs.models import NeedLine
from portal.needs.stages import Priority
from portal.stages.facts import instant
from portal.warehouse.lots import is_fit
from portal.warehouse.models import Lot, Warehouse
from portal.warehouse.queries import open_for_allocation


@dataclass(frozen=True)
class UrgentLot:
    """So much of a lot has been wanted urgently since then."""

    lot: Lot
    quantity: int
    since: datetime
    red: bool

    def told(self) -> dict[str, Any]:
        """As the statement seals it."""
        return {
            "lot": self.lot.code,
            "item": self.lot.variant.key,
            "quantity": self.quantity,
            "since": instant(self.since),
            "red": self.red,
        }


def urgent_lots(house: Warehouse, *, at: datetime) -> list[UrgentLot]:
    """Free lots of one warehouse that are fit for an open urgent line, the longest waiting first.

    The timer runs from the moment when both the goods were in stock and the need was public.
    """
    held = dict(
        Holding.objects.filter(place=place("stock", house.code), amount__gt=0).values_list(
            "lot", "amount"
        )
    )
    lots = Lot.objects.filter(code__in=held, stocked_at__isnull=False)
    wanted = list(open_for_allocation().filter(priority=Priority.URGENT))
    known: dict[tuple[int, bool], datetime | None] = {}
    target, found = timedelta(hours=settings.STOCK_URGENT_HOURS), []
    for lot in lots.select_related("variant__item").order_by("pk") if wanted else ():
        kind = (lot.variant_id, lot.community_only)
        if kind not in known:
            known[kind] = _wanted_since(lot, wanted)
        asked = known[kind]
        if asked is None or not lot.is_free:
            continue
        assert lot.stocked_at is not None, "filtered"
        since = max(lot.stocked_at, asked)
        found.append(UrgentLot(lot, held[lot.code], since, at - since >= target))
    return sorted(found, key=lambda each: (each.since, each.lot.code))


def _wanted_since(lot: Lot, lines: list[NeedLine]) -> datetime | None:
    times = [line.need.public_since for line in lines if is_fit(lot, line)]
    return min((time for time in times if time is not None), default=None)
