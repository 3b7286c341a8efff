"""The table of written corrections (更正说明, 令81 Art. 16): what stands wrong in a sealed entry is
said anew, by three people; nothing published is deleted. Goods and money are corrected by their own
moves, which book the difference; those stand in the same public list (R5)."""

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import (
    COORDINATOR,
    DISPATCHER,
    FINANCE,
    MODERATOR,
    PUBLISHER,
    QUALITY,
    WAREHOUSE,
)
from portal.disclosure.classes import NAMED
from portal.stages.facts import Choice, Facts, fact
from portal.stages.table import Lifecycle, Move, Stage

WORKERS = (COORDINATOR, WAREHOUSE, QUALITY, DISPATCHER, FINANCE, MODERATOR)


class Wrong(Choice):
    NUMBER = "number", _("a number")
    NAME = "name", _("a name")
    DATE = "date", _("a date")
    PLACE = "place", _("a place")
    WORDS = "words", _("the wording")


class Cause(Choice):
    TYPING = "typing", _("mistyped")
    MISREAD = "misread", _("a paper was misread")
    PAPER = "paper", _("the paper itself was wrong")
    MIXED_UP = "mixed_up", _("mixed up with something else")


class CorrectionRaised(Facts, line=_("Correction raised")):
    entry: int = fact(
        _("Number of the sealed entry"),
        kind="count",
        help=_("It stands on the public page of whatever the entry is about."),
    )
    what: Wrong = fact(_("What is wrong"))
    said: str = fact(_("What was published"), disclosure=NAMED, kind="note")
    right: str = fact(_("What is right"), disclosure=NAMED, kind="note")
    reason: Cause = fact(_("How it came about"))
    note: str = fact(_("In words"), disclosure=NAMED, kind="note", default="")


class CorrectionVerified(Facts, line=_("Correction verified")):
    pass


class CorrectionPublished(Facts, line=_("Correction published")):
    pass


class CorrectionDropped(Facts, line=_("Nothing to correct")):
    note: str = fact(_("Why not"), disclosure=NAMED, kind="note")


CORRECTION = Lifecycle(
    "correction",
    "K",
    _("Written correction"),
    stages=(
        Stage("raised", _("Raised"), _("Somebody says that an entry is wrong; not public yet.")),
        Stage("verified", _("Verified"), _("A second person has compared it with the papers.")),
        Stage("published", _("Published"), _("Stands beside what it corrects."), ends=True),
        Stage("dropped", _("Dropped"), _("The entry was right."), detour=True, ends=True),
    ),
    moves=(
        Move(
            "raise",
            target="raised",
            by=WORKERS,
            facts=CorrectionRaised,
            effect="raise_correction",
            label=_("Say that a sealed entry is wrong"),
            done=_("Correction raised"),
        ),
        Move(
            "verify",
            source=("raised",),
            target="verified",
            by=WORKERS,
            facts=CorrectionVerified,
            effect="verify_correction",
            sealed=False,
            label=_("I have compared it with the papers: it is wrong"),
            done=_("Correction verified"),
        ),
        Move(
            "drop",
            source=("raised", "verified"),
            target="dropped",
            by=(*WORKERS, PUBLISHER),
            facts=CorrectionDropped,
            effect="drop_correction",
            sealed=False,
            label=_("The entry is right: nothing to correct"),
            done=_("Nothing to correct"),
        ),
        Move(
            "publish",
            source=("verified",),
            target="published",
            by=(PUBLISHER,),
            facts=CorrectionPublished,
            effect="publish_correction",
            label=_("Publish the correction"),
            done=_("Correction published"),
        ),
    ),
    public_from=("published",),
    told=False,
)
