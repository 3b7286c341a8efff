"""The table of campaigns (募捐方案): planned, filed, taking gifts, closed out."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import COORDINATOR, PUBLISHER
from portal.disclosure.classes import NAMED
from portal.stages.facts import Choice, Facts, fact
from portal.stages.table import Lifecycle, Move, Stage


class PauseReason(Choice):
    CAPACITY = "capacity", _("More has come than can be handled now")
    ENOUGH = "enough", _("Enough has been given for the purpose")
    CHECK = "check", _("Its books or its use are being checked")


class Leftover(Choice):
    NONE = "none", _("Nothing is left")
    SIMILAR = "similar", _("Goes to the same or a similar purpose")
    RETURNED = "returned", _("Returned to the donors")


class Planned(Facts, line=_("Campaign planned")):
    """The fields that 慈善法 Art. 24 asks of a fundraising plan, and no others."""

    title_zh: str = fact(_("Chinese title"))
    title_en: str = fact(_("English title"))
    purpose: str = fact(_("Purpose"), disclosure=NAMED, kind="note")
    starts_on: date = fact(_("First day"), help=_("No gift dated earlier is booked to it."))
    ends_on: date = fact(_("Last day"), help=_("No gift dated later is booked to it."))
    area: str = fact(_("Where it raises money"), kind="place")
    in_charge: str = fact(_("Person in charge"), disclosure=NAMED)
    office: str = fact(_("Office address"), disclosure=NAMED)
    ways: str = fact(_("Ways to give"), disclosure=NAMED, kind="note")
    account_holder: str = fact(
        _("Holder of the bank account"),
        help=_("Exactly the organisation's registered name: a person's account is refused."),
    )
    account_bank: str = fact(_("Bank"))
    account_number: str = fact(_("Account number"), limit=40)
    beneficiaries: str = fact(_("Who benefits"), disclosure=NAMED, kind="note")
    use: str = fact(_("What money and goods are used for"), disclosure=NAMED, kind="note")
    cost: str = fact(_("Cost of raising it"), disclosure=NAMED, kind="note")
    remainder: str = fact(_("What becomes of the remainder"), disclosure=NAMED, kind="note")
    platform: str = fact(
        _("Page on a designated platform"),
        default="",
        help=_("Raising money from the public online is for designated platforms only."),
    )
    emergency: bool = fact(_("For an emergency"), default=False)


class Filed(Facts, line=_("Filed under the number {filing_number}")):
    filing_number: str = fact(_("Filing number"))


class Paused(Facts, line=_("Takes no gifts for now: {reason}")):
    reason: PauseReason = fact(_("Reason"))


class ClosedOut(Facts, line=_("Closed out: {leftover}")):
    leftover: Leftover = fact(_("What was left"))
    report: str = fact(_("What was done with it"), disclosure=NAMED, kind="note", default="")


CAMPAIGN = Lifecycle(
    "campaign",
    "M",
    _("Campaign"),
    stages=(
        Stage("draft", _("Draft"), _("Being planned; nobody outside sees it.")),
        Stage("filed", _("Filed"), _("Filed with the authority; it has not begun.")),
        Stage("active", _("Active"), _("Takes gifts.")),
        Stage("paused", _("Paused"), _("Takes no gifts for now."), detour=True),
        Stage("ended", _("Ended"), _("Takes no more gifts; what it has is being used.")),
        Stage("closed_out", _("Closed out"), _("All of it is used, and accounted for."), ends=True),
    ),
    moves=(
        Move(
            "plan",
            target="draft",
            by=(COORDINATOR,),
            facts=Planned,
            effect="plan",
            label=_("Plan a campaign"),
            done=_("Planned"),
        ),
        Move(
            "amend",
            source=("draft",),
            target="draft",
            by=(COORDINATOR,),
            facts=Planned,
            effect="plan",
            initial="as_planned",
            sealed=False,
            label=_("Change the plan"),
            done=_("Changed"),
        ),
        Move(
            "file",
            source=("draft",),
            target="filed",
            by=(PUBLISHER,),
            facts=Filed,
            effect="file",
            label=_("Publish as filed"),
            done=_("Filed"),
        ),
        Move(
            "start",
            source=("filed",),
            target="active",
            by=(COORDINATOR,),
            effect="start",
            label=_("Begin to take gifts"),
            done=_("Takes gifts from now on"),
        ),
        Move(
            "pause",
            source=("active",),
            target="paused",
            by=(COORDINATOR,),
            facts=Paused,
            effect="pause",
            label=_("Take no gifts for now"),
            done=_("Takes no gifts for now"),
        ),
        Move(
            "resume",
            source=("paused",),
            target="active",
            by=(COORDINATOR,),
            label=_("Take gifts again"),
            done=_("Takes gifts again"),
        ),
        Move(
            "end",
            source=("active", "paused"),
            target="ended",
            by=(COORDINATOR,),
            label=_("End the campaign"),
            done=_("Ended"),
        ),
        Move(
            "close_out",
            source=("ended",),
            target="closed_out",
            by=(PUBLISHER,),
            facts=ClosedOut,
            label=_("Close it out"),
            done=_("Closed out"),
        ),
    ),
    public_from=("filed",),
)
