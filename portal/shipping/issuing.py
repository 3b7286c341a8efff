"""The table of what left a warehouse without a release order: an emergency, listed in public."""

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import DISPATCHER, WAREHOUSE
from portal.disclosure.classes import NAMED, PRIVATE
from portal.stages.facts import Choice, Facts, fact
from portal.stages.table import Lifecycle, Move, Stage
from portal.warehouse.arriving import Carrier


class UrgentReason(Choice):
    PATIENTS = "patients", _("Patients are in danger")
    ORDERED = "ordered", _("Ordered by the authority on the spot")
    OUTAGE = "outage", _("Nobody who issues orders could be reached")


class IssuedLot(Facts):
    lot: str = fact(_("Lot in stock"), choices="lot_choices")
    quantity: int = fact(_("Quantity in base units"))


class IssuedUrgently(Facts, line=_("Issued without a release order: {reason}")):
    need_line: str = fact(_("Need line"), choices="need_line_choices")
    lots: tuple[IssuedLot, ...] = fact(_("From stock"))
    reason: UrgentReason = fact(_("Reason"))
    note: str = fact(_("Reason in words"), disclosure=NAMED, kind="note")
    receiving_unit: str = fact(_("Receiving unit"), disclosure=NAMED)
    taker: str = fact(_("Who takes it: person and vehicle (never public)"), disclosure=PRIVATE)
    boxes: int = fact(_("Number of boxes"))
    carrier: Carrier = fact(_("Carrier"), default=Carrier.OWN)
    waybill: str = fact(_("Waybill number"), disclosure=PRIVATE, default="", limit=60)


URGENT = Lifecycle(
    "urgent",
    "R",
    _("Issue without order"),
    stages=(
        Stage(
            "issued",
            _("Issued without order"),
            _("The goods left without a release order; it stands in the public list."),
            public="deliver",
            detour=True,
            ends=True,
        ),
    ),
    moves=(
        Move(
            "issue_urgent",
            target="issued",
            by=(WAREHOUSE, DISPATCHER),
            facts=IssuedUrgently,
            effect="issue_urgent",
            label=_("Emergency: issue without order"),
            done=_("Issued without a release order"),
        ),
    ),
    public_from=("issued",),
)
