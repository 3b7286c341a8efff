"""What time does to a lot in stock: its date comes near, then passes. Only the clock says so."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from portal.accounts.acting import CLOCK
from portal.balance.models import Holding
from portal.stages import engine
from portal.stages.clock import AT_ONCE, taken
from portal.stages.engine import Step
from portal.stages.facts import Facts
from portal.warehouse.models import Lot
from portal.warehouse.nearing import RED, months_on
from portal.warehouse.nearing import near as near_of
from portal.warehouse.stock_facts import Near, NearExpiry
from portal.warehouse.stock_keeping import name_lot


def expire_lot(subject: Lot, facts: Facts, step: Step) -> None:
    """The clock's word: past its date."""
    _say_date(subject, step)


def near_expiry(subject: Lot, facts: NearExpiry, step: Step) -> None:
    """The clock's word: its date is near. It stays what it is, and goes out first as before."""
    step.target = subject.stage
    subject.near = facts.near.value
    subject.save(update_fields=["near"])
    _say_date(subject, step)


def _say_date(lot: Lot, step: Step) -> None:
    assert lot.expiry is not None, "only what has a date runs out"
    step.open(expiry=lot.expiry.isoformat())
    name_lot(lot, step)


def tick(*, at: datetime) -> int:
    """Every lot of which something is left in a warehouse, and which is past its date, or nearer to
    it than was said before; how many."""
    return sum(
        taken(partial(engine.advance, Lot, code, move, actor=CLOCK, facts=facts, at=at))
        for code, move, facts in _due(at)
    )


def _due(at: datetime) -> Iterator[tuple[str, str, Facts | None]]:
    today = timezone.localdate(at)
    past = _dated("expire").filter(expiry__lt=today)
    for code in list(past.values_list("code", flat=True)[:AT_ONCE]):
        yield code, "expire", None
    red, yellow = settings.STOCK_RED_MONTHS, settings.STOCK_YELLOW_MONTHS
    is_red = Q(expiry__lt=months_on(today, red)) & ~Q(near=RED)
    is_yellow = Q(expiry__lt=months_on(today, yellow), near="")
    due = _dated("near_expiry").filter(is_red | is_yellow, expiry__gte=today)
    for code, expiry in list(due.values_list("code", "expiry")[:AT_ONCE]):
        yield code, "near_expiry", NearExpiry(near=Near(near_of(expiry, at=at)))


def _dated(move: str) -> QuerySet[Lot]:
    """Lots with a date at a stage from which the move leads, of which some lies in a warehouse."""
    stages = Lot.lifecycle.move(move).source
    here = Holding.objects.filter(amount__gt=0, place__regex="^(stock|reserved):")
    rows = Lot.objects.filter(stage__in=stages, warehouse__isnull=False, expiry__isnull=False)
    return rows.filter(code__in=here.values("lot")).order_by("pk")
