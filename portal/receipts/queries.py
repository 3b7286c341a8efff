"""What the forms and pages ask about hospital receipts."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from portal.accounts.acting import Actor
from portal.catalogue.queries import described, unit_of
from portal.receipts.models import Receipt, ReceiptLine
from portal.shipping.lines import lines_of
from portal.shipping.models import Shipment, ShipmentLine


def confirm_initial(*, subject: Receipt | None, actor: Actor) -> dict[str, Any]:
    """A row for each line of the shipment the actor came for (`by_link`), filled in as if all had
    come."""
    shipment = Shipment.objects.filter(code=actor.by_link).first()
    if shipment is None:
        return {}
    return {"lines": [_row(line) for line in lines_of(shipment)]}


def open_differences(org: str) -> QuerySet[Receipt]:
    """Receipts with a difference that this sender has not explained yet, the oldest first."""
    rows = Receipt.objects.filter(stage="discrepancy", shipment__org=org)
    return rows.select_related("shipment__hospital").order_by("since", "pk")


def of_gift(gift: str) -> QuerySet[Receipt]:
    """Receipts of shipments that a donor sent himself from this gift."""
    rows = Receipt.objects.filter(shipment__gift__code=gift)
    return rows.select_related("shipment__hospital").order_by("pk")


def lines_confirmed(receipt: Receipt) -> list[ReceiptLine]:
    """What the hospital said of each line, in order."""
    wanted = ("shipment_line__lot__variant__item", "shipment_line__lot__pledge")
    return list(receipt.lines.select_related(*wanted).order_by("shipment_line__no"))


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
