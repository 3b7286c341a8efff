"""What is said of a lot after goods-in: counted, held back, recalled, moved, taken out for good."""

from django.utils.translation import gettext_lazy as _

from portal.disclosure.classes import NAMED, PRIVATE
from portal.stages.facts import Choice, Facts, fact


class StockReason(Choice):
    NONE = "", _("No difference")
    MISCOUNTED = "miscounted", _("Counted wrongly before")
    MISPLACED = "misplaced", _("Stood in another place")
    DAMAGED = "damaged", _("Broken or spoilt, and already thrown away")
    UNEXPLAINED = "unexplained", _("Nobody can say")


class HoldReason(Choice):
    DOUBT = "doubt", _("Doubt about its quality")
    PAPERS = "papers", _("Papers are missing or doubtful")
    STORAGE = "storage", _("Stored wrongly: wet, warm, torn")
    REPORT = "report", _("A hospital reported a fault")
    AUTHORITY = "authority", _("The authority asks for it")


class FreeReason(Choice):
    TESTED = "tested", _("Tested and found good")
    PAPERS = "papers", _("The papers are complete")
    MISTAKE = "mistake", _("Held back by mistake")
    WITHDRAWN = "withdrawn", _("Whoever asked for it has withdrawn it")


class RecallReason(Choice):
    MAKER = "maker", _("The maker recalls it")
    AUTHORITY = "authority", _("The authority orders it")
    FAULT = "fault", _("A fault was found")
    FALSE_PAPERS = "false_papers", _("False papers or label")
    DONOR = "donor", _("The donor asks for it")


class WriteOff(Choice):
    DAMAGED = "damaged", _("Damaged or spoilt")
    EXPIRED = "expired", _("Past its expiry date")
    LOST = "lost", _("Lost")
    RECALLED = "recalled", _("Recalled and destroyed")


class ReturnReason(Choice):
    NOT_NEEDED = "not_needed", _("Nobody needs it")
    UNFIT = "unfit", _("Not fit for any use here")
    WRONG = "wrong", _("Not what was promised")
    RECALLED = "recalled", _("Recalled")
    ASKED = "asked", _("The donor asks for it")


class IssueReason(Choice):
    COMMUNITY_ONLY = "community_only", _("Passed its inspection for community use only")
    NEAR_EXPIRY = "near_expiry", _("It must be used soon")
    NOT_NEEDED = "not_needed", _("No hospital needs it")


class IssueTo(Choice):
    COMMITTEE = "committee", _("Residents' committee")
    CARE_HOME = "care_home", _("Care home or welfare institution")
    SCHOOL = "school", _("School")
    POLICE = "police", _("Police, fire brigade, checkpoints")
    VOLUNTEERS = "volunteers", _("Volunteers and drivers")


class Buyer(Choice):
    """Who buys, by class only: no name, no person."""

    HOSPITAL = "hospital", _("a hospital or clinic")
    PHARMACY = "pharmacy", _("a pharmacy or medical dealer")
    SHOP = "shop", _("a supermarket or shop")
    COMPANY = "company", _("another company")
    AUCTION = "auction", _("bidders at a public auction")


class SaleReason(Choice):
    """The cases in which goods that were given may be sold (公益事业捐赠法, Art. 17)."""

    KEEPING = "keeping", _("Hard to keep: it would spoil")
    TRANSPORT = "transport", _("Hard to transport to where it is needed")
    SURPLUS = "surplus", _("More than is needed")


class Proceeds(Choice):
    TO_BE_BOOKED = "to_be_booked", _("received for the purpose; still to be booked to a fund")
    IN_FUND = "in_fund", _("in the fund that is named")


class MoveReason(Choice):
    NEARER = "nearer", _("Nearer to those who need it")
    SPACE = "space", _("No space here")
    STORAGE = "storage", _("It needs other storage")
    CLOSING = "closing", _("This warehouse closes")


class ArrivedReason(Choice):
    NONE = "", _("No difference")
    DAMAGED = "damaged", _("Damaged on the way")
    SHORT = "short", _("Fewer than were sent")
    SURPLUS = "surplus", _("More than were sent")


ALL_HERE = _(
    "Everything of this lot that lies here, also what is set aside and not packed yet, "
    "in base units."
)


class Shelved(Facts):
    bin: str = fact(_("Bin, shelf or pallet"), disclosure=PRIVATE)


class StockCounted(Facts, line=_("Stock counted")):
    counted: int = fact(_("Counted"), kind="count", help=ALL_HERE)
    reason: StockReason = fact(_("Reason for a difference"), default=StockReason.NONE)
    note: str = fact(_("Note"), disclosure=NAMED, default="", kind="note")


class StockRecounted(StockCounted, line=_("Stock counted again by a second person")):
    pass


class Held(Facts, line=_("Lot held back: {reason}")):
    reason: HoldReason = fact(_("Reason"))
    note: str = fact(_("Note"), disclosure=NAMED, default="", kind="note")


class Freed(Facts, line=_("Lot free again: {reason}")):
    reason: FreeReason = fact(_("Reason"))
    note: str = fact(_("Note"), disclosure=NAMED, default="", kind="note")


class Recalled(Facts, line=_("Lot recalled: {reason}")):
    reason: RecallReason = fact(_("Reason"))
    notice: str = fact(
        _("Notice"), disclosure=NAMED, default="", help=_("Number or address of the notice.")
    )
    note: str = fact(_("What holders should do"), disclosure=NAMED, default="", kind="note")
    whole_batch: bool = fact(
        _("All lots of this item with the same batch number"),
        default=True,
        help=_("Of every gift, in every warehouse of your organisation."),
    )


class RecallLifted(Facts, line=_("Recall ended: {reason}")):
    reason: FreeReason = fact(_("Reason"))
    note: str = fact(_("Note"), disclosure=NAMED, default="", kind="note")


class RecallAnswered(Facts, line=_("A hospital answered the recall")):
    aside: int = fact(_("Still there, and set aside"), kind="count")
    used: int = fact(_("Already used"), kind="count")
    note: str = fact(_("Note"), disclosure=NAMED, default="", kind="note")


class Near(Choice):
    YELLOW = "yellow", _("soon")
    RED = "red", _("very soon")


class NearExpiry(Facts, line=_("It expires {near}: it goes out first")):
    near: Near = fact(_("How soon"))


class Expired(Facts, line=_("Past its expiry date: it can only be written off")):
    pass


class WriteOffAsked(Facts, line=_("Asked to be written off: {reason}")):
    quantity: int = fact(_("Quantity in base units"))
    reason: WriteOff = fact(_("Reason"))
    note: str = fact(_("Reason in words"), disclosure=NAMED, kind="note")


class WrittenOff(WriteOffAsked, line=_("Written off: {reason}")):
    pass


class ReturnAsked(Facts, line=_("Asked to go back to the donor: {reason}")):
    quantity: int = fact(_("Quantity in base units"))
    reason: ReturnReason = fact(_("Reason"))
    note: str = fact(_("Reason in words"), disclosure=NAMED, kind="note")


class ReturnedToDonor(ReturnAsked, line=_("Given back to the donor: {reason}")):
    pass


class IssueAsked(Facts, line=_("Asked to be given to the community: {to}")):
    quantity: int = fact(_("Quantity in base units"))
    to: IssueTo = fact(_("To whom"))
    reason: IssueReason = fact(_("Reason"))
    note: str = fact(_("Reason in words"), disclosure=NAMED, default="", kind="note")


class IssuedToCommunity(IssueAsked, line=_("Given to the community: {to}")):
    pass


class SaleAsked(Facts, line=_("Asked to be sold to {buyer}, for {price}")):
    quantity: int = fact(_("Quantity in base units"))
    buyer: Buyer = fact(_("Buyer"))
    price: int = fact(
        _("Price of all of it"), kind="amount", help=_("In yuan, for example 1200.50. Public.")
    )
    reason: SaleReason = fact(_("Reason"))
    note: str = fact(_("Reason in words"), disclosure=NAMED, kind="note")
    fund: str = fact(
        _("Fund that takes the money"),
        choices="sale_fund_choices",
        default="",
        help=_("It is spent under the conditions of this fund. Public."),
    )


class Sold(SaleAsked, line=_("Sold to {buyer}, for {price}")):
    proceeds: Proceeds = fact(
        _("The money"),
        default=Proceeds.TO_BE_BOOKED,
        help=_("All of it belongs to the purpose of the gift."),
    )


class Declined(Facts, line=_("Not agreed to: it stays in stock")):
    note: str = fact(_("Reason in words"), disclosure=NAMED, default="", kind="note")


class SentOver(Facts, line=_("Sent to another warehouse: {reason}")):
    warehouse: str = fact(_("To which warehouse"), choices="other_warehouse_choices")
    quantity: int = fact(_("Quantity in base units"))
    reason: MoveReason = fact(_("Reason"))


class CameOver(Facts, line=_("Arrived from another warehouse")):
    accepted: int = fact(_("Good"), kind="count")
    damaged: int = fact(_("Damaged"), kind="count", default=0)
    reason: ArrivedReason = fact(_("Reason for a difference"), default=ArrivedReason.NONE)
    bin: str = fact(_("Bin, shelf or pallet"), disclosure=PRIVATE, default="")
