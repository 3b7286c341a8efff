"""What the clock does to stock: lots run out, and every two hours each warehouse states what came,
what went, what is there and what waits (R8, R17)."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Sum

from ledger.core.postings import place
from portal.accounts.acting import CLOCK
from portal.balance.models import Booked, Holding
from portal.stages import engine
from portal.stages.clock import taken
from portal.stages.engine import Step
from portal.stages.facts import Facts, instant
from portal.warehouse import stock_aging
from portal.warehouse.models import Arrival, Lot, Statement, Warehouse
from portal.warehouse.nearing import RED, near
from portal.warehouse.urgency import urgent_lots

WAITING = ("arrived", "recount", "counted", "inspected")  # at the door: counted in by and by
MOST_ITEMS, MOST_URGENT = 200, 40  # of one statement, so that it fits into one entry
Figures = dict[str, int]  # by item


def tick(*, at: datetime) -> int:
    """What time brings about in warehouses: lots past their date, and the statements of this
    window that nobody has sealed yet. How many."""
    return stock_aging.tick(at=at) + state_all(at=at)


def state_all(*, at: datetime) -> int:
    """A statement of every warehouse that has or had goods; one window, one statement, however many
    ask."""
    window = int(at.timestamp()) // (settings.STOCK_STATEMENT_HOURS * 3600)
    done = Statement.objects.filter(slot__endswith=f"/{window}").values("warehouse")
    state = partial(engine.begin, Statement, "state", actor=CLOCK, at=at)
    return sum(
        taken(partial(state, warehouse=house, slot=f"{house.code}/{window}"))
        for house in list(_used().exclude(pk__in=done).order_by("pk"))
    )


def state_stock(subject: Statement, facts: Facts, step: Step) -> None:
    """The figures of this moment, and what came and went since the last statement.

    All that ever came less all that ever went is what is there: each statement shows both sums.
    """
    house = subject.warehouse
    last = Statement.objects.filter(warehouse=house).exclude(pk=subject.pk).order_by("-pk").first()
    rows, totals = _rows(house, before=last.totals if last else {}, at=step.at)
    subject.totals = totals
    subject.save(update_fields=["totals"])
    urgent = urgent_lots(house, at=step.at)
    door = Arrival.objects.filter(warehouse=house, stage__in=WAITING)
    oldest = door.aggregate(oldest=Min("since"))["oldest"]
    step.concern(house.code)
    step.open(
        warehouse=house.code,
        since=instant(last.opened_at) if last else "",
        until=instant(step.at),
        items=rows[:MOST_ITEMS],
        more_items=max(len(rows) - MOST_ITEMS, 0),
        urgent=[lot.told() for lot in urgent[:MOST_URGENT]],
        urgent_lots=len(urgent),
        red_lots=sum(lot.red for lot in urgent),
        waiting=door.count(),
        waiting_since=instant(oldest) if oldest else "",
    )


def _rows(
    house: Warehouse, *, before: dict[str, list[int]], at: datetime
) -> tuple[list[dict[str, Any]], dict[str, list[int]]]:
    """(one row an item, {item: [all that came, all that went]})."""
    stock, aside = _in_stock(house), _set_aside(house)
    came, oldest, soon = _came(house), _oldest(house), _soon(house, at=at)
    rows, totals = [], {}
    for item in sorted(came.keys() | stock.keys() | aside.keys()):
        here = stock.get(item, 0) + aside.get(item, 0)
        totals[item] = [came.get(item, 0), came.get(item, 0) - here]
        was_in, was_out = before.get(item, [0, 0])
        row = {"item": item, "in": totals[item][0] - was_in, "out": totals[item][1] - was_out}
        if not here and not row["in"] and not row["out"]:
            continue
        row |= {"stock": here, "aside": aside.get(item, 0), "soon": soon.get(item, 0)}
        row |= {"all_in": totals[item][0], "all_out": totals[item][1]}
        rows.append({**row, "oldest": oldest.get(item, "")})
    return rows, totals


def _used() -> QuerySet[Warehouse]:
    mine = Lot.objects.filter(Q(warehouse=OuterRef("pk")) | Q(sent_to=OuterRef("pk")))
    return Warehouse.objects.filter(
        Exists(mine) | Exists(Arrival.objects.filter(warehouse=OuterRef("pk")))
    )


def _by_item(rows: Iterable[tuple[str, int]]) -> Figures:
    return {item: total for item, total in rows if total}


def _in_stock(house: Warehouse) -> Figures:
    rows = Holding.objects.filter(place=place("stock", house.code)).values_list("item")
    return _by_item(rows.order_by("item").annotate(Sum("amount")))


def _set_aside(house: Warehouse) -> Figures:
    """For hospitals, and not handed to a carrier yet: it is still in the house."""
    lots = Lot.objects.filter(warehouse=house).values("code")
    rows = Holding.objects.filter(place__startswith="reserved:", lot__in=lots)
    return _by_item(rows.values_list("item").order_by("item").annotate(Sum("amount")))


def _came(house: Warehouse) -> Figures:
    """All that ever became stock. What goes through the donor's side of the books (another item by
    its label, a lot parted in two) came as what it is now."""
    stock = place("stock", house.code)
    lots = Lot.objects.filter(warehouse=house).values("code")
    aside = Q(to_place__startswith="reserved:", from_place__startswith="donor:", lot__in=lots)
    undone = Q(from_place__startswith="reserved:", lot__in=lots) | Q(from_place=stock)
    came = Booked.objects.filter(
        (Q(to_place=stock) & ~Q(from_place__startswith="reserved:")) | aside
    )
    back = Booked.objects.filter(undone, to_place__startswith="donor:")
    found = _by_item(came.values_list("item").order_by("item").annotate(Sum("amount")))
    less = _by_item(back.values_list("item").order_by("item").annotate(Sum("amount")))
    return {item: found.get(item, 0) - less.get(item, 0) for item in found.keys() | less.keys()}


def _lots_here(house: Warehouse) -> QuerySet[Lot]:
    held = Holding.objects.filter(place=place("stock", house.code), amount__gt=0)
    return Lot.objects.filter(code__in=held.values("lot"))


def _oldest(house: Warehouse) -> dict[str, str]:
    """Since when the longest waiting lot of each item has been in stock."""
    rows = _lots_here(house).filter(stocked_at__isnull=False).values_list("variant__key")
    found = rows.order_by("variant__key").annotate(Min("stocked_at"))
    return {item: instant(oldest) for item, oldest in found}


def _soon(house: Warehouse, *, at: datetime) -> Figures:
    """How much of each item must be used within the red months."""
    red = [
        lot.code
        for lot in _lots_here(house).filter(expiry__isnull=False)
        if near(lot.expiry, at=at) == RED
    ]
    rows = Holding.objects.filter(place=place("stock", house.code), lot__in=red)
    return _by_item(rows.values_list("item").order_by("item").annotate(Sum("amount")))
