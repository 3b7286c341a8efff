"""What the planner is asked: which stock may go where, and what a piece earns there.

The terms and their points are the objective; the page shows them with each proposed line.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.balance.models import Holding
from portal.catalogue.fitness import Fitness
from portal.needs.models import NeedLine
from portal.needs.stages import Priority
from portal.pledges.designation import covers
from portal.warehouse.lots import is_fit, levels_of
from portal.warehouse.models import ArrivalLine, Lot
from portal.warehouse.nearness import borders
from portal.warehouse.planning import MOST, Demand, Proposed, Supply, Way, solve
from portal.warehouse.queries import open_for_allocation, stock_of

URGENT = {Priority.URGENT: 30, Priority.SOON: 15}
ENOUGH = 14  # days: who has stock for so long, or lacks no more than none, earns nothing by it
NEVER = 25
NEAR = (8, 5, 2)  # points by borders between the provinces
SAME_CITY = 10
MONTHS = 12  # a lot that keeps for so long is not pressed for

TERMS = {
    "urgency": (_("Urgency"), _("urgent 30, soon 15")),
    "lasts": (
        _("Own stock"),
        _("2 for each day that the hospital's own stock lasts less than 14 days"),
    ),
    "days": (_("Days of use"), _("1 for each day of use that is still missing, up to 14")),
    "never": (_("First time"), _("25 for a hospital that has received nothing yet")),
    "near": (
        _("Nearness"),
        _("same city 10, same province 8, next province 5, the one after it 2"),
    ),
    "expiry": (_("Expiry"), _("1 for each month that the lot keeps less than 12 months")),
}


@dataclass(frozen=True)
class Plan:
    """What is proposed, with the lots and need lines it was weighed from, in the sum's order."""

    lots: list[Lot]
    lines: list[NeedLine]
    stock: list[Supply]
    asked: list[Demand]
    proposed: list[Proposed]

    @property
    def total(self) -> int:
        return sum(each.total for each in self.proposed)


def plan_for(org: str, *, at: datetime) -> Plan:
    """The best plan for what an organisation has in stock now. Nothing is booked.

    Left out, because the move itself would refuse them or ask for a second person: lots held for
    somebody, stopped or past their date, meant for somebody else by their donor or given by a
    related one; hospitals outside the designated register.
    """
    today = timezone.localdate(at)
    kept = _allocatable(stock_of(org), today=today)[:MOST]
    lots = [lot for lot, _left in kept]
    lines = list(open_for_allocation().filter(need__hospital__designated=True)[:MOST])
    stock = [Supply(lot.code, left, _kind(lot)) for lot, left in kept]
    asked = [_demand(line) for line in lines]
    ways = list(_ways(lots, lines, asked, today=today))
    return Plan(lots, lines, stock, asked, solve(stock, asked, ways))


def _allocatable(stock: list[tuple[Lot, int]], *, today: date) -> list[tuple[Lot, int]]:
    """What may be given out, soonest to expire first."""
    codes = [lot.code for lot, _left in stock]
    held = ArrivalLine.objects.filter(lot__code__in=codes, arrival__stage="held")
    kept = set(held.values_list("lot__code", flat=True))
    free = [
        (lot, left)
        for lot, left in stock
        if lot.is_free and lot.code not in kept and (lot.expiry is None or lot.expiry >= today)
    ]
    return sorted(free, key=lambda pair: (pair[0].expiry or date.max, pair[0].pk))


def _demand(line: NeedLine) -> Demand:
    """A line without a number asks for the use of two weeks, where the hospital says how much it
    uses; else without end."""
    asked = line.quantity
    if asked is None and line.daily_use:
        asked = line.daily_use * ENOUGH
    return Demand(f"{line.need.code}/{line.no}", asked, line.allocated)


def _ways(
    lots: list[Lot], lines: list[NeedLine], asked: list[Demand], *, today: date
) -> Iterable[Way]:
    received = _have_received(lines)
    may: dict[tuple[object, ...], bool] = {}  # lots and lines of the same kind are asked once
    for n, line in enumerate(lines):
        own = _points_of(line, asked[n], received=line.need.hospital.code in received)
        for m, lot in enumerate(lots):
            key = lot.variant_id, lot.community_only, line.variant_id, line.only_exact, line.fitness
            if key not in may:
                may[key] = _may_go(lot, line)
            if may[key] and _is_meant(lot, line):
                yield Way(m, n, {**own, "near": _near(lot, line), "expiry": _expiry(lot, today)})


def _may_go(lot: Lot, line: NeedLine) -> bool:
    """The fitness gate of the move; and what is fit for a ward is not proposed for the
    community."""
    if line.fitness == Fitness.COMMUNITY and levels_of(lot) - {Fitness.COMMUNITY}:
        return False
    return is_fit(lot, line)


def _kind(lot: Lot) -> tuple[object, ...]:
    """Lots that may go to the same lines and are equally near to them."""
    gift = lot.pledge
    meant = gift.designation, gift.region, gift.related_to
    return (lot.warehouse_id, lot.variant_id, lot.community_only, *meant)


def _is_meant(lot: Lot, line: NeedLine) -> bool:
    """The donor's wish; what goes to a hospital he is related to, two people decide."""
    gift = lot.pledge
    related = gift.related_to == line.need.hospital.code
    return not related and covers(gift.designation, line, place=gift.region)


def _have_received(lines: list[NeedLine]) -> set[str]:
    """Codes of the hospitals that something has reached."""
    places = {f"received:{line.need.hospital.code}" for line in lines}
    rows = Holding.objects.filter(place__in=places, amount__gt=0).values_list("place", flat=True)
    return {place.partition(":")[2] for place in rows}


def _points_of(line: NeedLine, demand: Demand, *, received: bool) -> dict[str, int]:
    """What every piece earns on this line, whatever lot it is from."""
    gap = None if demand.asked is None else max(demand.asked - demand.has, 0)
    days = gap // line.daily_use if gap is not None and line.daily_use else 0
    lasts = ENOUGH if line.stock_days is None else min(line.stock_days, ENOUGH)
    return {
        "urgency": URGENT.get(Priority(line.priority), 0),
        "lasts": 2 * (ENOUGH - lasts),
        "days": min(days, ENOUGH),
        "never": 0 if received else NEVER,
    }


def _near(lot: Lot, line: NeedLine) -> int:
    house, hospital = lot.warehouse, line.need.hospital
    assert house is not None, "lots in stock have a warehouse"
    far = borders(house.province, hospital.province)
    if house.city and house.city == hospital.city and far in (0, None):
        return SAME_CITY
    return NEAR[far] if far is not None and far < len(NEAR) else 0


def _expiry(lot: Lot, today: date) -> int:
    if lot.expiry is None:
        return 0
    return max(MONTHS - (lot.expiry - today).days // 30, 0)
