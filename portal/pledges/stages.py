"""The table of pledges: a gift of goods from the donor's word to the last hospital's
confirmation."""

from datetime import date
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import CLOCK, COORDINATOR, DONOR
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


class GivenLine(
    Facts,
    folds=(
        _("What stands on the label (if you have it at hand)"),
        ("expiry", "made_on", "batch", "maker", "packs", "registration"),
    ),
):
    variant: str = fact(_("Item and standard"), choices="variant_choices")
    quantity: int = fact(_("Quantity in base units"))
    need: str = fact(_("Need"), default="", kind="hidden")
    need_line: int = fact(_("Line of the need"), default=0, kind="hidden")
    need_version: int | None = fact(_("Version of the need"), default=None, kind="hidden")
    maker: str = fact(_("Maker, as on the label"), disclosure=NAMED, default="")
    batch: str = fact(_("Batch, as on the label"), disclosure=NAMED, default="")
    made_on: date | None = fact(_("Made on"), default=None)
    expiry: date | None = fact(_("Expiry date"), default=None)
    packs: int | None = fact(_("Number of boxes or packs"), default=None, kind="count")
    registration: str = fact(
        _("Registration number"),
        disclosure=NAMED,
        default="",
        help=_("Of a medical device, such as 国械注准20203400057."),
    )


class Registered(Facts, line=_("Gift registered")):
    lines: tuple[GivenLine, ...] = fact(_("What you give"))
    visibility: Visibility = fact(_("Your name on the public page"), default=Visibility.ANONYMOUS)
    donor_name: str = fact(_("Name to show"), disclosure=NAMED, default="")
    contact: str = fact(_("How to reach you (never public)"), disclosure=PRIVATE, default="")
    designation: str = fact(
        _("Whom is it for?"),
        choices="designation_choices",
        default="free",
        kind="aim",
        help=_("It goes nowhere else without your consent."),
    )
    own_product: bool = fact(
        _("I make these goods myself"),
        default=False,
        help=_("A maker answers for the quality of what it gives. This is public."),
    )
    related_to: str = fact(
        _("Are you related to a hospital that is to receive it?"),
        choices="related_choices",
        default="",
        help=_(
            "Say so if you, your family or your firm are tied to its managers. It is public, and "
            "two people then decide whether it goes there."
        ),
    )
    campaign: str = fact(_("For which campaign?"), choices="campaign_choices", default="")
    announced_by: date | None = fact(
        _("Announced in public, to be given by"),
        default=None,
        help=_(
            "Only if you have promised it publicly. After that day the gift is shown as overdue "
            "until all of it is sent, and only the charity can release you, with a public reason."
        ),
    )


class Accepted(Facts, line=_("The charity accepted the gift")):
    pass


class Declined(Facts, line=_("The charity declined the gift")):
    reason: DeclineReason = fact(_("Reason"))
    note: str = fact(_("Note to the donor"), disclosure=PRIVATE, default="", kind="note")


class Withdrawn(Facts, line=_("Gift withdrawn")):
    reason: WithdrawReason = fact(_("Reason"))


class ReleaseReason(Choice):
    HARDSHIP = "hardship", _("The donor has fallen into hardship")
    CLOSED = "closed", _("The donor has closed down")
    IMPOSSIBLE = "impossible", _("The goods cannot be had or sent any more")
    NOT_NEEDED = "not_needed", _("The goods are not needed any more")


class MarkedOverdue(Facts, line=_("Overdue: the day announced in public has passed")):
    pass


class ReleaseProposed(Facts, line=_("Release from the promise proposed: {reason}")):
    reason: ReleaseReason = fact(_("Reason"))
    note: str = fact(_("Reason in words (public)"), disclosure=NAMED, kind="note")


class Released(Facts, line=_("Released from the promise by two people")):
    note: str = fact(_("Reason in words (public)"), disclosure=NAMED, kind="note")


class PromiseKept(Facts, line=_("Not released: the promise stands")):
    pass


class Sent(Facts, line=_("The donor sent the goods")):
    pass


class Received(Facts, line=_("The goods reached the warehouse")):
    pass


class Fulfilled(Facts, line=_("Every piece of the gift is accounted for")):
    pass


UNDER_WAY = ("accepted", "dispatched", "part_received", "received", "overdue")  # wanted
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
            _("Accepted by the charity"),
            _("The charity will take it; the donor can send it."),
            public="match",
        ),
        Stage(
            "bought",
            _("Bought"),
            _("Paid from a fund; it comes from a supplier and is followed as the spending."),
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
            _("Counted in at the warehouse"),
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
        Stage(
            "overdue",
            _("Overdue"),
            _("The day that the donor announced has passed, and not all of it was sent."),
            public="match",
            detour=True,
            owed_by="donor",
        ),
        Stage(
            "release_proposed",
            _("Release proposed"),
            _("The charity may release the donor from what was not sent; a second person decides."),
            public="match",
            detour=True,
        ),
        Stage(
            "released",
            _("Released from the promise"),
            _("The charity released the donor from what was not sent; the reason is public."),
            public="match",
            detour=True,
            ends=True,
        ),
    ),
    moves=(
        Move(
            "register",
            target=("registered", "bought"),
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
            effect="accept",
            label=_("Accept"),
            done=_("Gift accepted"),
        ),
        Move(
            "decline",
            source=("registered",),
            target="declined",
            by=(COORDINATOR,),
            facts=Declined,
            effect="decline",
            label=_("Decline"),
            done=_("Gift declined"),
        ),
        Move(
            "dispatch",
            source=(*UNDER_WAY, "bought"),
            target=("dispatched", "part_received", "overdue", "bought"),
            facts=Sent,
            effect="send_on",
            within=True,
            done=_("Sent by the donor"),
        ),
        Move(
            "receive",
            source=("dispatched", "part_received", "overdue", "bought"),
            target=("part_received", "received", "overdue", "bought"),
            facts=Received,
            effect="count_received",
            within=True,
            done=_("Received by the warehouse"),
        ),
        Move(
            "fulfil",
            source=("dispatched", "part_received", "received", "bought"),
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
            effect="withdraw",
            label=_("Withdraw the gift"),
            done=_("Gift withdrawn"),
        ),
        Move(
            "mark_overdue",
            source=UNDER_WAY[:-1],
            target="overdue",
            by=(CLOCK,),
            facts=MarkedOverdue,
            effect="name_needs",
            done=_("Overdue"),
        ),
        Move(
            "propose_release",
            source=UNDER_WAY,
            target="release_proposed",
            by=(COORDINATOR,),
            facts=ReleaseProposed,
            effect="propose_release",
            label=_("Propose to release the donor"),
            done=_("Release proposed"),
        ),
        Move(
            "release",
            source=("release_proposed",),
            target="released",
            by=(COORDINATOR,),
            facts=Released,
            effect="release",
            label=_("Release the donor (second person)"),
            done=_("Donor released"),
        ),
        Move(
            "keep_promise",
            source=("release_proposed",),
            target=("accepted", "part_received"),
            by=(COORDINATOR,),
            facts=PromiseKept,
            effect="keep_promise",
            label=_("Do not release: the promise stands"),
            done=_("The promise stands"),
        ),
    ),
    public_from=("registered",),
)
