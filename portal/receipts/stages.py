"""The table of receipts: the hospital itself says, line by line, what really came."""

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import COORDINATOR, DISPATCHER, DONOR, HOSPITAL
from portal.disclosure.classes import NAMED
from portal.receipts import settling
from portal.stages.facts import Choice, Facts, fact
from portal.stages.table import Lifecycle, Move, Stage


class DifferenceReason(Choice):
    NONE = "", _("No difference")
    SHORT = "short", _("Short")
    DAMAGED = "damaged", _("Damaged")
    WRONG_ITEM = "wrong_item", _("Another item")
    EXPIRED = "expired", _("Expired")
    UNFIT = "unfit", _("Not fit for use")
    SURPLUS = "surplus", _("More than was sent")


class Explanation(Choice):
    PACKED_MORE = "packed_more", _("More was packed than noted")
    COUNTED_WRONG = "counted_wrong", _("The warehouse had counted wrongly")
    CARRIER = "carrier", _("Happened with the carrier")
    ACCEPTED = "accepted", _("The difference is accepted as it is")
    LOST = "lost", _("Lost on the way; it is written off")
    FOUND = "found", _("Found again, as the entries say")
    REPLACED = "replaced", _("Replaced by another shipment")


class ReceivedLine(Facts):
    line: int = fact(_("Line"), kind="hidden")
    accepted: int = fact(_("Accepted quantity"), kind="count")
    rejected: int = fact(_("Rejected"), kind="count", default=0)
    missing: int = fact(_("Missing"), kind="count", default=0)
    surplus: int = fact(_("Surplus"), kind="count", default=0)
    reason: DifferenceReason = fact(_("Reason for a difference"), default=DifferenceReason.NONE)


class ReceiptConfirmed(Facts, line=_("The hospital confirmed what came")):
    lines: tuple[ReceivedLine, ...] = fact(_("What came"))
    signer: str = fact(_("Signed by (department)"), disclosure=NAMED, default="")


class Explained(Facts, line=_("The sender explained the difference")):
    explanation: Explanation = fact(_("Explanation"))
    note: str = fact(_("In words"), disclosure=NAMED, default="", kind="note")


RECEIPT = Lifecycle(
    "receipt",
    "S",
    _("Hospital receipt"),
    stages=(
        Stage(
            "confirmed",
            _("Confirmed"),
            _("The hospital confirmed it; everything agrees."),
            public="confirm",
            ends=True,
        ),
        Stage(
            "discrepancy",
            _("Difference"),
            _("What came differs from what was sent; the sender must explain."),
            public="confirm",
            detour=True,
            owed_by="org",
        ),
        Stage(
            "objected",
            _("Objected"),
            _("The hospital does not agree with the explanation; the sender must answer."),
            public="confirm",
            detour=True,
            owed_by="org",
        ),
        Stage(
            "resolved",
            _("Explained"),
            _("The difference has been explained by the sender."),
            public="confirm",
            ends=True,
        ),
    ),
    moves=(
        Move(
            "confirm",
            target=("confirmed", "discrepancy"),
            by=(HOSPITAL,),
            facts=ReceiptConfirmed,
            effect="confirm",
            initial="confirm_initial",
            label=_("Confirm what came"),
            done=_("Confirmed by the hospital"),
        ),
        Move(
            "explain",
            source=("discrepancy", "objected"),
            target="resolved",
            by=(DISPATCHER, COORDINATOR, DONOR),
            facts=Explained,
            effect="explain",
            label=_("Explain the difference"),
            done=_("Difference explained"),
        ),
        *settling.MOVES,
    ),
    public_from=("confirmed", "discrepancy"),
)
