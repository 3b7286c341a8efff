"""Use reports: the hospital says what it issued to its wards, never more than it confirmed."""

from django.db.models import F
from django.utils.translation import gettext as _

from portal.receipts.models import Receipt, ReceiptLine
from portal.receipts.resolving import begun, rows_of
from portal.receipts.settling import UseReported
from portal.shipping.lines import described
from portal.stages.engine import MoveRefused, Step


def report_use(subject: Receipt, facts: UseReported, step: Step) -> None:
    """Counts it line by line; the entry says how much of each line is issued by now."""
    begun(subject, step)
    rows = rows_of(subject)
    told = {one.line: one.quantity for one in facts.issued}
    if len(told) < len(facts.issued) or set(told) - set(rows):
        raise MoveRefused(
            _("Every line may stand here once, and no other. Please open the page again.")
        )
    if not any(told.values()):
        raise MoveRefused(_("Please give a quantity in at least one line."))
    for no, quantity in sorted(told.items()):
        row = rows[no]
        if quantity > row.usable - row.issued:
            raise MoveRefused(
                _(
                    "Line %(line)d: of %(usable)d confirmed, %(issued)d were issued already, so "
                    "%(asked)d more are too many. Please correct it."
                )
                % {"line": no, "usable": row.usable, "issued": row.issued, "asked": quantity}
            )
        row.issued += quantity
        changed = ReceiptLine.objects.filter(pk=row.pk)
        assert changed.update(issued=F("issued") + quantity) == 1
    step.open(
        use=[
            {**described(row.shipment_line), "usable": row.usable, "issued": row.issued}
            for _no, row in sorted(rows.items())
        ],
        lines=[
            {
                "variant": rows[no].shipment_line.lot.variant.key,
                "gift": rows[no].shipment_line.lot.pledge.code,
                "quantity": quantity,
            }
            for no, quantity in sorted(told.items())
            if quantity
        ],
    )
