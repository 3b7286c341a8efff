"""The table of pledges: a gift of goods from the donor's word to the last hospital's
confirmation."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import COORDINATOR, DONOR
from portal.disclosure.classes import NAMED, PRIVATE
from portal.stages.facts import Choice, Facts, fact
from portal.stages.table import Lifecycle, Move, Stage


class Visibility(StrEnum):
    NAMED = "named"
    ANONYMOUS = "anonymous"

    @property
    def label(self) -> object:
        return {"named": _("Show the name I give below"), "anonymous": _("Stay anonymous")}[
            self.value
        ]


class DeclineReason(Choice):
    STANDARD = "standard", _("Does not meet the standard asked for")
    EXPIRY = "expiry", _("Too close to its expiry")
    NOT_NEEDED = "not_needed", _("Not needed at present")
    CAPACITY = "capacity", _("No capacity to handle it now")


class WithdrawReason(Choice):
    UNAVAILABLE = "unavailable", _("The goods are not available")
    ELSEWHERE = "elsewhere", _("Given elsewhere")
    MISTAKE = "mistake", _("Entered by mistake")


class GivenLine(Facts):
    variant: str = fact(_("Item and standard"), choices="variant_choices")
    quantity: int = fact(_("Quantity in base units"))
    need: str = fact(_("Need"), default="", kind="hidden")
    need_line: int = fact(_("Line of the need"), default=0, kind="hidden")
    need_version: int | None = fact(_("Version of the need"), default=None, kind="hidden")


class Registered(Facts, line=_("Gift registered")):
    lines: tuple[GivenLine, ...] = fact(_("What you give"))
    visibility: Visibility = fact(_("Your name on the public page"), default=Visibility.ANONYMOUS)
    donor_name: str = fact(_("Name to show"), disclosure=NAMED, default="")
    contact: str = fact(_("How to reach you (never public)"), disclosure=PRIVATE, default="")


class Accepted(Facts, line=_("The charity accepted the gift")):
    pass


class Declined(Facts, line=_("The charity declined the gift")):
    reason: DeclineReason = fact(_("Reason"))
    note: str = fact(_("Note to the donor"), disclosure=PRIVATE, default="", kind="note")


class Withdrawn(Facts, line=_("Gift withdrawn")):
    reason: WithdrawReason = fact(_("Reason"))


class Sent(Facts, line=_("The donor sent the goods")):
    pass


class Received(Facts, line=_("The goods reached the warehouse")):
    pass


class Fulfilled(Facts, line=_("Every piece of the gift is accounted for")):
    pass


PLEDGE = Lifecycle(
    "pledge",
    "G",
    _("Gift"),
    stages=(
        Stage(
            "registered",
            _("Registered"),
            _("The donor has promised it; the charity has not answered yet."),
        ),
        Stage(
            "accepted",
            _("Accepted"),
            _("The charity will take it; the donor can send it."),
            public="match",
        ),
        Stage(
            "declined",
            _("Declined"),
            _("The charity cannot take it; nothing was sent."),
            public="match",
            detour=True,
            ends=True,
        ),
        Stage(
            "dispatched",
            _("Sent by the donor"),
            _("The donor has handed it over; it is on its way."),
            public="match",
        ),
        Stage(
            "part_received",
            _("Partly received"),
            _("Part of it is in the warehouse."),
            public="store",
        ),
        Stage(
            "received",
            _("Received"),
            _("All of it that was sent has been counted in."),
            public="store",
        ),
        Stage(
            "fulfilled",
            _("Fulfilled"),
            _("Every piece is accounted for."),
            public="confirm",
            ends=True,
        ),
        Stage(
            "withdrawn",
            _("Withdrawn"),
            _("The donor took the promise back; nothing was sent."),
            public="match",
            detour=True,
            ends=True,
        ),
    ),
    moves=(
        Move(
            "register",
            target="registered",
            by=(DONOR, COORDINATOR),
            facts=Registered,
            effect="register",
            label=_("Give goods"),
            done=_("Gift registered"),
        ),
        Move(
            "accept",
            source=("registered",),
            target="accepted",
            by=(COORDINATOR,),
            facts=Accepted,
            effect="name_needs",
            label=_("Accept"),
            done=_("Gift accepted"),
        ),
        Move(
            "decline",
            source=("registered",),
            target="declined",
            by=(COORDINATOR,),
            facts=Declined,
            effect="free_need_lines",
            label=_("Decline"),
            done=_("Gift declined"),
        ),
        Move(
            "dispatch",
            source=("accepted", "dispatched", "part_received", "received"),
            target=("dispatched", "part_received"),
            facts=Sent,
            effect="send_on",
            within=True,
            done=_("Sent by the donor"),
        ),
        Move(
            "receive",
            source=("dispatched", "part_received"),
            target=("part_received", "received"),
            facts=Received,
            effect="count_received",
            within=True,
            done=_("Received by the warehouse"),
        ),
        Move(
            "fulfil",
            source=("dispatched", "part_received", "received"),
            target="fulfilled",
            facts=Fulfilled,
            within=True,
            done=_("Gift fulfilled"),
        ),
        Move(
            "withdraw",
            source=("registered", "accepted"),
            target="withdrawn",
            by=(DONOR, COORDINATOR),
            facts=Withdrawn,
            effect="free_need_lines",
            label=_("Withdraw the gift"),
            done=_("Gift withdrawn"),
        ),
    ),
    public_from=("registered",),
)
