"""What the forms and pages ask about hospital receipts."""

from collections.abc import Collection
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.utils.translation import gettext as _

from portal.accounts.acting import Actor
from portal.catalogue.queries import described, unit_of
from portal.receipts.models import Receipt, ReceiptLine
from portal.receipts.settling import STANDING
from portal.shipping.lines import lines_of
from portal.shipping.models import Shipment, ShipmentLine
from portal.stages.engine import allowed_moves
from portal.stages.table import Move
from portal.warehouse.stock_recall import recalled_rows

OPEN = ("discrepancy", "objected")  # the sender has to explain


def confirm_initial(*, subject: Receipt | None, actor: Actor) -> dict[str, Any]:
    """A row for each line of the shipment the actor came for (`by_link`), filled in as if all had
    come."""
    shipment = Shipment.objects.filter(code=actor.by_link).first()
    if shipment is None:
        return {}
    return {"lines": [_row(line) for line in lines_of(shipment)]}


def missing_initial(*, subject: Receipt, actor: Actor) -> dict[str, Any]:
    """A row for each line with pieces that nobody has found yet."""
    rows = [(row, row.lacking) for row in lines_confirmed(subject)]
    left = _left(rows, _("%(n)s still missing"))
    return {"later": left, "again": left}


def rejected_initial(*, subject: Receipt, actor: Actor) -> dict[str, Any]:
    """A row for each line with rejected pieces of which nobody has said where they went."""
    rows = [(row, row.rejected - row.settled) for row in lines_confirmed(subject)]
    left = _left(rows, _("%(n)s rejected"))
    return {"handed": left, "destroyed": left}


def back_initial(*, subject: Receipt, actor: Actor) -> dict[str, Any]:
    """A row for each line of which something came back to the warehouse."""
    rows = [(row, row.back) for row in lines_confirmed(subject)]
    return {"inspected": _left(rows, _("%(n)s came back"))}


def use_initial(*, subject: Receipt, actor: Actor) -> dict[str, Any]:
    """A row for each line of which something is not issued yet."""
    rows = [(row, row.usable - row.issued) for row in lines_confirmed(subject)]
    return {"issued": _left(rows, _("%(n)s not reported yet"))}


def replacement_choices(*, subject: Receipt, actor: Actor) -> list[tuple[str, Any]]:
    """Later shipments of the same sender to the same hospital."""
    rows = Shipment.objects.filter(
        hospital=subject.shipment.hospital,
        org=subject.shipment.org,
        opened_at__gte=subject.shipment.opened_at,
    ).exclude(pk=subject.shipment_id)
    return [(row.code, f"{row.code} · {row.stage_label}") for row in rows.order_by("-pk")[:50]]


def unsettled(hospitals: Collection[str]) -> QuerySet[Receipt]:
    """Receipts of these hospitals that differ, explained or not, the newest first; then those of
    which something is not reported as issued (`unreported`), the oldest first. `lacks`: whether
    something of it is still missing."""
    lines = ReceiptLine.objects.filter(receipt=OuterRef("pk"))
    rows = Receipt.objects.filter(shipment__hospital__code__in=hospitals).annotate(
        lacks=Exists(lines.filter(missing__gt=F("later") + F("found"))),
        unreported=Exists(lines.filter(issued__lt=F("accepted") + F("later"))),
        differs=Case(When(stage__in=STANDING, then=F("since"))),
    )
    found = rows.filter(Q(unreported=True) | Q(differs__isnull=False))
    newest = F("differs").desc(nulls_last=True)
    return found.select_related("shipment__hospital").order_by(newest, "pk")


def of_gift(gift: str) -> QuerySet[Receipt]:
    """Receipts of shipments that a donor sent himself from this gift."""
    rows = Receipt.objects.filter(shipment__gift__code=gift)
    return rows.select_related("shipment__hospital").order_by("pk")


def lines_confirmed(receipt: Receipt) -> list[ReceiptLine]:
    """What the hospital said of each line, in order."""
    wanted = ("shipment_line__lot__variant__item", "shipment_line__lot__pledge", "receipt")
    return list(receipt.lines.select_related(*wanted).order_by("shipment_line__no"))


def open_to_hospital(receipt: Receipt, actor: Actor) -> list[Move]:
    """What the hospital may still say of one receipt, and makes sense."""
    rows = lines_confirmed(receipt)
    sense = {
        "report_use": any(row.usable > row.issued for row in rows),
        "come_later": any(row.lacking for row in rows),
    }
    return [move for move in allowed_moves(receipt, actor) if sense.get(move.name, True)]


def recalled_of(receipt: Receipt) -> list[dict[str, Any]]:
    """The recalled lots that this delivery brought and of which its hospital has some; rows as
    `recalled_rows` gives them."""
    hospital = receipt.shipment.hospital
    assert hospital is not None, "what was confirmed has its hospital"
    brought = receipt.lines.values("shipment_line__lot")
    return recalled_rows([hospital.code], among=brought)


def _left(rows: list[tuple[ReceiptLine, int]], said: str) -> list[dict[str, Any]]:
    return [
        {
            "line": row.shipment_line.no,
            "quantity": n,  # most often it is all of them
            "caption": f"{described(row.shipment_line.lot.variant)} · "
            f"{said % {'n': f'{n:,}'}} ({unit_of(row.shipment_line.lot.variant)})",
        }
        for row, n in rows
        if n
    ]


def _row(line: ShipmentLine) -> dict[str, Any]:
    return {
        "line": line.no,
        "accepted": line.quantity,
        "rejected": 0,
        "missing": 0,
        "surplus": 0,
        "caption": _("%(item)s: %(quantity)s %(unit)s sent, lot %(lot)s, gift %(gift)s")
        % {
            "item": described(line.lot.variant),
            "quantity": f"{line.quantity:,}",
            "unit": unit_of(line.lot.variant),
            "lot": line.lot.code,
            "gift": line.lot.pledge.code,
        },
    }
