"""The table of funds: money kept for one purpose, under conditions that everybody can read."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import CLOCK, COORDINATOR, FINANCE, PUBLISHER
from portal.disclosure.classes import NAMED
from portal.stages.facts import Choice, Facts, fact
from portal.stages.table import Lifecycle, Move, Stage


class Purpose(Choice):
    PROTECTION = "protection", _("Protective goods")
    DEVICES = "devices", _("Medical devices")
    DISINFECTION = "disinfection", _("Disinfection")
    MEDICINE = "medicine", _("Medicines and tests")
    LIVING = "living", _("Living supplies of medical staff")
    TRANSPORT = "transport", _("Transport of goods")
    CARE = "care", _("Support of medical staff and their families")


class Paper(Choice):
    REQUEST = "request", _("The recipient's letter of request")
    QUOTATION = "quotation", _("Quotations of three suppliers")
    CONTRACT = "contract", _("Contract")
    LICENCE = "licence", _("Supplier's licence")
    MINUTES = "minutes", _("Minutes of the decision")


class PurposeRow(Facts):
    purpose: Purpose = fact(_("Purpose"))


class ClassRow(Facts):
    item_class: str = fact(_("What may be bought"), choices="class_choices")


class RecipientRow(Facts):
    hospital: str = fact(_("Recipient"), choices="recipient_choices")


class RegionRow(Facts):
    region: str = fact(_("Province or city"), kind="place")


class PaperRow(Facts):
    paper: Paper = fact(_("Document that must be there"))


class Conditions(Facts, line=_("Fund set up")):
    """What the money is for, and under which conditions it may be spent."""

    title_zh: str = fact(_("Chinese title"))
    title_en: str = fact(_("English title"))
    campaign: str = fact(_("Campaign"), choices="campaign_choices")
    purposes: tuple[PurposeRow, ...] = fact(_("Purposes"))
    item_classes: tuple[ClassRow, ...] = fact(_("What may be bought"))
    recipients: tuple[RecipientRow, ...] = fact(
        _("Recipients; none: every verified hospital"), default=()
    )
    regions: tuple[RegionRow, ...] = fact(_("Regions; none: everywhere"), default=())
    papers: tuple[PaperRow, ...] = fact(_("Documents that every request needs"), default=())
    not_before: date = fact(_("Not to be spent before"))
    use_by: date = fact(_("To be spent by"))
    cap: int | None = fact(
        _("At most for one recipient"), kind="amount", default=None, help=_("In yuan.")
    )
    fee_bp: int = fact(
        _("Fee kept, in hundredths of a percent"),
        kind="count",
        default=0,
        help=_("0 keeps nothing, 1000 is 10 percent, the most. It is always printed, 0 too."),
    )
    leftover: str = fact(_("What becomes of what is left"), kind="note", disclosure=NAMED)


class FundPause(Choice):
    CHECK = "check", _("Its books or its use are being checked")
    CAPACITY = "capacity", _("No more can be spent well at present")


class FundPaused(Facts, line=_("Takes and spends nothing for now: {reason}")):
    reason: FundPause = fact(_("Reason"))


class FeeTaken(Facts, line=_("Fee kept: {amount}")):
    amount: int = fact(_("Amount"), kind="amount")


class Proceeds(Facts, line=_("Proceeds of goods sold: {amount}")):
    gift: str = fact(_("Gift whose goods were sold"))
    lot: str = fact(_("Lot"), default="")
    amount: int = fact(_("Amount"), kind="amount")


class StateNoted(Facts, line=_("Looked at: how long its money lies, how near its last day is")):
    idle: int = fact(_("Not spent for too long, in fen"), kind="count")
    days: int = fact(_("After so many days"), kind="count")
    near: bool = fact(_("Its last day is near"), default=False)


class FundClosed(Facts, line=_("Closed: nothing is left")):
    pass


FUND = Lifecycle(
    "fund",
    "F",
    _("Fund"),
    stages=(
        Stage("draft", _("Draft"), _("Being set up; nobody outside sees it.")),
        Stage("open", _("Open"), _("Takes gifts and is spent for its purpose.")),
        Stage("paused", _("Paused"), _("Takes and spends nothing for now."), detour=True),
        Stage("closed", _("Closed"), _("All of it was used."), ends=True),
    ),
    moves=(
        Move(
            "set_up",
            target="draft",
            by=(FINANCE,),
            facts=Conditions,
            effect="set_up",
            label=_("Set up a fund"),
            done=_("Set up"),
        ),
        Move(
            "amend",
            source=("draft",),
            target="draft",
            by=(FINANCE,),
            facts=Conditions,
            effect="set_up",
            initial="as_set_up",
            sealed=False,
            label=_("Change the conditions"),
            done=_("Changed"),
        ),
        Move(
            "publish",
            source=("draft",),
            target="open",
            by=(PUBLISHER, COORDINATOR),
            effect="publish",
            label=_("Publish the fund"),
            done=_("Open"),
        ),
        Move(
            "pause",
            source=("open",),
            target="paused",
            by=(COORDINATOR,),
            facts=FundPaused,
            label=_("Pause the fund"),
            done=_("Paused"),
        ),
        Move(
            "resume",
            source=("paused",),
            target="open",
            by=(COORDINATOR,),
            label=_("Open it again"),
            done=_("Open again"),
        ),
        Move(
            "take_fee",
            source=("open",),
            target="open",
            by=(FINANCE,),
            facts=FeeTaken,
            effect="take_fee",
            label=_("Keep the fee"),
            done=_("Fee kept"),
        ),
        Move(
            "take_more_fee",
            source=("open",),
            target="open",
            facts=FeeTaken,
            effect="take_more_fee",
            within=True,
            label=_("Keep the rest of the fee"),
            done=_("Fee kept"),
        ),
        Move(
            "receive_proceeds",
            source=("open", "paused"),
            target=("open", "paused"),
            facts=Proceeds,
            effect="receive_proceeds",
            within=True,
            label=_("Take the proceeds of goods sold"),
            done=_("Proceeds taken"),
        ),
        Move(
            "note_state",
            source=("open",),
            target="open",
            by=(CLOCK,),
            facts=StateNoted,
            effect="note_state",
            label=_("Look how long its money lies"),
            done=_("Looked at"),
        ),
        Move(
            "close",
            source=("open", "paused"),
            target="closed",
            by=(PUBLISHER,),
            facts=FundClosed,
            effect="close",
            label=_("Close the fund"),
            done=_("Closed"),
        ),
    ),
    public_from=("open",),
)
