"""The table of need notices: written by the hospital, reviewed before it is public, met by what the
hospital confirms."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import CLOCK, COORDINATOR, HOSPITAL, PUBLISHER
from portal.catalogue.fitness import Fitness
from portal.disclosure.classes import NAMED, PRIVATE
from portal.stages.facts import Choice, Facts, fact
from portal.stages.table import Lifecycle, Move, Stage


class QuantityKind(Choice):
    EXACT = "exact", _("Exactly this many")
    ESTIMATED = "estimated", _("About this many")
    PER_WEEK = "per_week", _("So many every week")
    UNLIMITED = "unlimited", _("As many as possible")
    UNKNOWN = "unknown", _("Quantity unknown")


class Priority(Choice):
    NORMAL = "normal", _("Normal")
    SOON = "soon", _("Soon: runs out within three days")
    URGENT = "urgent", _("Urgent: runs out within a day")


class ReturnReason(Choice):
    UNCLEAR = "unclear", _("Something is unclear")
    DUPLICATE = "duplicate", _("Already published")
    PERSONAL = "personal", _("It holds personal data")
    OUTSIDE = "outside", _("Not a need of this kind")


class CloseReason(Choice):
    SUPPLIED = "supplied", _("Supplied another way")
    MISTAKE = "mistake", _("Published by mistake")
    CHANGED = "changed", _("The need has changed")


class ChangeReason(Choice):
    RENEWED = "renewed", _("Asked for again, with new figures")
    MORE = "more", _("More is needed")
    LESS = "less", _("Less is needed")
    MISTAKE = "mistake", _("A figure was wrong")


class AskedLine(
    Facts,
    asks_first=("variant", "quantity", "quantity_kind", "priority"),
    folds=(
        _("More about this line, if it matters"),
        ("only_exact", "daily_use", "stock_days", "as_written"),
    ),
):
    variant: str = fact(_("Item and standard"), choices="variant_choices")
    quantity_kind: QuantityKind = fact(_("How certain is the quantity"), default=QuantityKind.EXACT)
    quantity: int | None = fact(_("Quantity in base units"), default=None)
    as_written: str = fact(_("As written in the notice"), disclosure=NAMED, default="")
    fitness: Fitness = fact(_("Where it will be used"), default=Fitness.GENERAL_WARD)
    only_exact: bool = fact(_("Exactly this standard, no foreign equivalent"), default=False)
    priority: Priority = fact(_("Urgency"), default=Priority.NORMAL)
    daily_use: int | None = fact(_("Used a day"), default=None)
    stock_days: int | None = fact(_("Own stock lasts (days)"), default=None, kind="count")


class Written(Facts):
    lines: tuple[AskedLine, ...] = fact(_("What is needed"))
    valid_until: date | None = fact(_("Needed until"), default=None)
    campus: str = fact(_("Campus"), default="")
    department: str = fact(_("Receiving department"), default="")
    hours: str = fact(_("Receiving hours"), default="")
    unwanted: str = fact(
        _("Please do not send"),
        disclosure=NAMED,
        default="",
        kind="note",
        help=_("One kind of goods a line: donors read it before they give."),
    )
    notes: str = fact(_("Notes for donors"), disclosure=NAMED, default="", kind="note")
    contact: str = fact(_("Contact for the charity (never public)"), disclosure=PRIVATE, default="")
    send: bool = fact(_("Send for review now"), default=True)


class Returned(Facts):
    reason: ReturnReason = fact(_("Reason"))
    note: str = fact(_("What to mend"), disclosure=PRIVATE, default="", kind="note")


class Published(Facts, line=_("Need published after review")):
    source: str = fact(
        _("Address of the notice"),
        disclosure=NAMED,
        default="",
        help=_("Required when the organisation is only listed from a notice."),
    )


class ChangedLine(Facts):
    line: int = fact(_("Line"), kind="hidden")
    quantity_kind: QuantityKind = fact(_("How certain is the quantity"))
    quantity: int | None = fact(_("Quantity in base units"), default=None)
    priority: Priority = fact(_("Urgency"), default=Priority.NORMAL)
    daily_use: int | None = fact(_("Used a day"), default=None)
    stock_days: int | None = fact(_("Own stock lasts (days)"), default=None, kind="count")


class Changed(Facts, line=_("Need changed: a new version")):
    wanted: tuple[ChangedLine, ...] = fact(_("What is needed now"))
    reason: ChangeReason = fact(_("Reason"))
    valid_until: date | None = fact(_("Needed until"), default=None)


class StillNeeded(Facts, line=_("The hospital says it is still needed")):
    pass


class WentStale(Facts, line=_("Not confirmed by the hospital for 48 hours")):
    pass


class Expired(Facts, line=_("The last day of this need has passed")):
    pass


class Met(Facts, line=_("Goods confirmed for this need")):
    pass


class Withdrawn(Facts, line=_("Need withdrawn")):
    reason: CloseReason = fact(_("Reason"))


NEED = Lifecycle(
    "need",
    "N",
    _("Need notice"),
    stages=(
        Stage("draft", _("Draft"), _("Not sent for review yet.")),
        Stage(
            "submitted", _("In review"), _("Waits for the charity's review; nobody else sees it.")
        ),
        Stage(
            "returned",
            _("Returned"),
            _("Sent back: please mend it and send it again."),
            detour=True,
        ),
        Stage("published", _("Published"), _("Donors can answer it.")),
        Stage(
            "partly_met",
            _("Partly met"),
            _("Some of it has been confirmed by the hospital."),
            public="confirm",
        ),
        Stage(
            "met", _("Met"), _("All of it has been confirmed by the hospital."), public="confirm"
        ),
        Stage(
            "stale",
            _("Not confirmed lately"),
            _("The hospital has not said for 48 hours that this is still needed."),
            detour=True,
            owed_by="hospital",
        ),
        Stage(
            "expired",
            _("Run out"),
            _("The day until which it was needed has passed."),
            detour=True,
        ),
        Stage("withdrawn", _("Withdrawn"), _("No longer asked for."), detour=True, ends=True),
    ),
    moves=(
        Move(
            "write",
            target=("submitted", "draft"),
            by=(HOSPITAL, COORDINATOR),
            facts=Written,
            effect="write",
            label=_("Post a need"),
            done=_("Need written"),
        ),
        Move(
            "rewrite",
            source=("draft", "returned"),
            target=("submitted", "draft"),
            by=(HOSPITAL,),
            facts=Written,
            effect="rewrite",
            initial="as_written",
            label=_("Change and send again"),
            done=_("Need changed"),
        ),
        Move(
            "return",
            source=("submitted",),
            target="returned",
            by=(COORDINATOR, PUBLISHER),
            facts=Returned,
            effect="keep_return_note",
            label=_("Send back"),
            done=_("Sent back"),
        ),
        Move(
            "publish",
            source=("submitted", "draft"),
            target="published",
            by=(COORDINATOR, PUBLISHER),
            facts=Published,
            effect="check_publishable",
            initial="known_source",
            seals_subject=True,
            label=_("Publish"),
            done=_("Need published"),
        ),
        Move(
            "meet",
            source=("published", "partly_met", "met", "stale", "expired"),
            target=("partly_met", "met", "stale", "expired"),
            facts=Met,
            effect="meet",
            within=True,
            done=_("Goods confirmed"),
        ),
        Move(
            "still_needed",
            source=("published", "partly_met", "stale"),
            target=("published", "partly_met"),
            by=(HOSPITAL,),
            facts=StillNeeded,
            effect="revive",
            label=_("Still needed"),
            done=_("Still needed"),
        ),
        Move(
            "change",
            source=("published", "partly_met", "stale", "expired"),
            target=("published", "partly_met", "met"),
            by=(HOSPITAL,),
            facts=Changed,
            effect="change",
            initial="as_it_stands",
            seals_subject=True,
            corrects=("publish", "change"),
            label=_("Change the figures"),
            done=_("Need changed"),
        ),
        Move(
            "go_stale",
            source=("published", "partly_met"),
            target="stale",
            by=(CLOCK,),
            facts=WentStale,
            effect="concern_hospital",
            done=_("Not confirmed for 48 hours"),
        ),
        Move(
            "expire",
            source=("published", "partly_met", "stale"),
            target="expired",
            by=(CLOCK,),
            facts=Expired,
            effect="concern_hospital",
            done=_("Run out"),
        ),
        Move(
            "withdraw",
            source=(
                *("draft", "submitted", "returned"),
                *("published", "partly_met", "stale", "expired"),
            ),
            target="withdrawn",
            by=(HOSPITAL, COORDINATOR),
            facts=Withdrawn,
            effect="concern_hospital",
            label=_("Withdraw"),
            done=_("Need withdrawn"),
        ),
    ),
    public_from=("published",),
)
