"""The table of statements that the law asks for (慈善法 72, 79): due by a day, published by two
people, late where the day passes; what was late stays marked late (R14)."""

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import CLOCK, COORDINATOR, PUBLISHER
from portal.disclosure.classes import NAMED
from portal.stages.facts import Choice, Facts, fact
from portal.stages.table import Lifecycle, Move, Stage


class Kind(Choice):
    EMERGENCY = "emergency", _("every five days of an emergency (Charity Law, Art. 72)")
    QUARTER = "quarter", _("every three months (Charity Law, Art. 79)")
    FULL = "full", _("full report after the end (Charity Law, Art. 79)")


class FellDue(Facts, line=_("A statement is due: {kind}")):
    kind: Kind = fact(_("Which statement"))


class Drafted(Facts, line=_("Statement drafted")):
    note: str = fact(
        _("In words (public; names no person)"), disclosure=NAMED, kind="note", default=""
    )


class StatementPublished(Facts, line=_("Statement published")):
    checked: bool = fact(
        _("I have compared the figures with the papers; no person is named"), default=False
    )


class FellLate(Facts, line=_("The statement is late")):
    pass


DISCLOSURE = Lifecycle(
    "disclosure",
    "D",
    _("Disclosure statement"),
    stages=(
        Stage(
            "due",
            _("Due"),
            _("It is to be published by its day."),
            watched_by=(COORDINATOR, PUBLISHER),
        ),
        Stage(
            "late",
            _("Late"),
            _("Its day has passed and it is not published."),
            detour=True,
            owed_by="org",
            watched_by=(COORDINATOR, PUBLISHER),
        ),
        Stage("published", _("Published"), _("Published by two people."), ends=True),
    ),
    moves=(
        Move(
            "fall_due",
            target="due",
            by=(CLOCK,),
            facts=FellDue,
            effect="name_statement",
            done=_("Statement due"),
        ),
        Move(
            "draft",
            source=("due", "late"),
            target=("due", "late"),
            by=(COORDINATOR, PUBLISHER),
            facts=Drafted,
            effect="draft_statement",
            initial="as_drafted",
            sealed=False,
            label=_("Draft the statement from the sealed entries"),
            done=_("Statement drafted"),
        ),
        Move(
            "publish",
            source=("due", "late"),
            target="published",
            by=(PUBLISHER,),
            facts=StatementPublished,
            effect="publish_statement",
            seals_subject=True,
            label=_("Publish the statement"),
            done=_("Statement published"),
        ),
        Move(
            "fall_late",
            source=("due",),
            target="late",
            by=(CLOCK,),
            facts=FellLate,
            effect="name_late",
            done=_("Statement late"),
        ),
    ),
    public_from=("due",),
    told=False,
)
