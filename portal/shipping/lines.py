"""The lines of a shipment: how they are read, posted and named in an entry."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from ledger.core.postings import Posting, place
from portal.needs.models import Need, NeedLine
from portal.shipping.models import Shipment, ShipmentLine
from portal.stages.engine import MoveRefused, Step

MOST_LINES = 50  # a receipt says and books up to 1,000 bytes a line, and an entry holds 65,535


def lines_of(shipment: Shipment) -> list[ShipmentLine]:
    """Every line with its lot, gift, item and need, in order."""
    wanted = ("lot__pledge", "lot__variant__item", "need_line__need")
    return list(shipment.lines.select_related(*wanted).order_by("no"))


def moved(shipment: Shipment, name: str, to: str) -> list[Posting]:
    """All of the shipment from its place of that name to another."""
    return [
        posting(line, line.quantity, place(name, shipment.code), to)
        for line in lines_of(shipment)
        if line.quantity
    ]


def posting(line: ShipmentLine, amount: int, from_: str, to: str) -> Posting:
    """So many of one line from place to place."""
    return Posting(
        amount=amount,
        item=line.lot.variant.key,
        gift=line.lot.pledge.code,
        lot=line.lot.code,
        from_=from_,
        to=to,
    )


def concern_lines(shipment: Shipment, step: Step, *, listed: bool = False) -> None:
    """The entry stands on the page of every gift, need and the hospital; `listed`: it says what is
    in the boxes."""
    lines = lines_of(shipment)
    for line in lines:
        step.concern(line.lot.pledge.code, line.need_line.need.code if line.need_line else "")
    step.concern(shipment.code)
    hospital = shipment.hospital.code if shipment.hospital else ""
    step.concern(hospital)
    step.open(hospital=hospital)
    if listed:
        step.open(lines=[described(line) for line in lines])


def described(line: ShipmentLine) -> dict[str, Any]:
    """One line in the open facts of an entry."""
    return {
        "line": line.no,
        "gift": line.lot.pledge.code,
        "lot": line.lot.code,
        "item": line.lot.variant.key,
        "quantity": line.quantity,
        "need": line.need_line.need.code if line.need_line else "",
        "need_line": line.need_line.no if line.need_line else 0,
    }


def count_allocated(shipment: Shipment, *, up: bool) -> None:
    """The need lines count what is on its way to them, or are open again by that much; in the order
    of their keys."""
    lock_needs(shipment)
    for line in shipment.lines.exclude(need_line=None).order_by("need_line_id", "pk"):
        assert line.need_line_id is not None
        if up:
            set_aside(line.need_line_id, line.quantity)
        else:
            free_again(line.need_line_id, line.quantity)


def lock_needs(shipment: Shipment) -> None:
    """The needs that a shipment goes to, locked in the order of their keys, before their lines are
    counted."""
    rows = Need.objects.filter(lines__shipmentline__shipment=shipment).values("pk")
    list(Need.objects.select_for_update(of=("self",)).filter(pk__in=rows).order_by("pk"))


def set_aside(need_line_id: int, quantity: int) -> None:
    rows = NeedLine.objects.filter(pk=need_line_id)
    assert rows.update(allocated=F("allocated") + quantity) == 1, f"no need line {need_line_id}"


def free_again(need_line_id: int, quantity: int) -> None:
    rows = NeedLine.objects.filter(pk=need_line_id, allocated__gte=quantity)
    freed = rows.update(allocated=F("allocated") - quantity)
    assert freed == 1, f"need line {need_line_id}: less than {quantity} is allocated"


def refuse_too_many(lines: Sequence[object]) -> None:
    if len(lines) > MOST_LINES:
        raise MoveRefused(
            _("At most %(most)d lines go into one shipment. Please make several.")
            % {"most": MOST_LINES}
        )
