"""The table of questions (公众质询): anybody asks about a published record, a moderator looks at
it, the organisation that answers for it answers, and the time that takes is public."""

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import (
    CLOCK,
    COORDINATOR,
    DISPATCHER,
    DONOR,
    FINANCE,
    HOSPITAL,
    MODERATOR,
)
from portal.disclosure.classes import NAMED, PRIVATE
from portal.stages.facts import Choice, Facts, fact
from portal.stages.table import Lifecycle, Move, Stage

ANSWERERS = (COORDINATOR, DISPATCHER, FINANCE, HOSPITAL)


class Topic(Choice):
    WHERE = "where", _("Where something is")
    NUMBERS = "numbers", _("Numbers that do not add up")
    QUALITY = "quality", _("Quality or fitness of goods")
    DECISION = "decision", _("Why it was decided so")
    MONEY = "money", _("Money")
    OTHER = "other", _("Something else")


class QuestionRefusal(Choice):
    PERSONAL = "personal", _("It names a person or gives personal data")
    UNRELATED = "unrelated", _("It is not about this record")
    ANSWERED = "answered", _("The page answers it already")
    ABUSE = "abuse", _("Advertising or insult")


class Asked(Facts, line=_("Question asked")):
    record: str = fact(
        _("Code of the record"), help=_("As it stands on its page, such as G-7K2M9Q4TX5.")
    )
    topic: Topic = fact(_("What it is about"))
    text: str = fact(
        _("Your question"),
        disclosure=NAMED,
        kind="note",
        help=_("It becomes public once somebody has looked at it. Please name no person."),
    )
    contact: str = fact(
        _("Your e-mail address, if you want to be told of the answer (never public)"),
        disclosure=PRIVATE,
        default="",
    )


class QuestionPublished(Facts, line=_("A question was asked in public")):
    org: str = fact(_("Who is to answer"), choices="answering_choices")
    checked: bool = fact(_("I have looked: it holds no personal data"), default=False)


class QuestionRefused(Facts, line=_("Question not published")):
    reason: QuestionRefusal = fact(_("Reason"))


class Replied(Facts, line=_("Answer written")):
    answer: str = fact(
        _("Your answer"),
        disclosure=NAMED,
        kind="note",
        help=_("A second person looks at it before it is public. Please name no person."),
    )


class AnswerPublished(Facts, line=_("The question was answered")):
    checked: bool = fact(_("I have looked: it holds no personal data"), default=False)


class FellOverdue(Facts, line=_("Unanswered for more than 72 hours")):
    pass


QUESTION = Lifecycle(
    "question",
    "Q",
    _("Question"),
    stages=(
        Stage("received", _("Received"), _("A moderator looks at it before it is public.")),
        Stage(
            "open",
            _("Waits for an answer"),
            _("It is public and has not been answered yet."),
            owed_by="org",
            watched_by=(COORDINATOR, DISPATCHER),
        ),
        Stage(
            "overdue",
            _("Unanswered"),
            _("It is public and has not been answered for more than 72 hours."),
            detour=True,
            owed_by="org",
            watched_by=(COORDINATOR, DISPATCHER),
        ),
        Stage("answered", _("Answered"), _("The organisation has answered."), ends=True),
        Stage("refused", _("Not published"), _("Nobody outside sees it."), detour=True, ends=True),
    ),
    moves=(
        Move(
            "ask",
            target="received",
            by=(DONOR,),
            facts=Asked,
            effect="ask",
            label=_("Ask about a record"),
            done=_("Question asked"),
        ),
        Move(
            "publish",
            source=("received",),
            target="open",
            by=(MODERATOR,),
            facts=QuestionPublished,
            effect="publish_question",
            initial="answering_initial",
            label=_("Publish the question"),
            done=_("Question published"),
        ),
        Move(
            "refuse",
            source=("received",),
            target="refused",
            by=(MODERATOR,),
            facts=QuestionRefused,
            effect="refuse_question",
            sealed=False,
            label=_("Do not publish it"),
            done=_("Question not published"),
        ),
        Move(
            "reply",
            source=("open", "overdue"),
            target=("open", "overdue"),
            by=ANSWERERS,
            facts=Replied,
            effect="reply",
            initial="as_replied",
            sealed=False,
            label=_("Answer"),
            done=_("Answer written"),
        ),
        Move(
            "publish_answer",
            source=("open", "overdue"),
            target="answered",
            by=(MODERATOR,),
            facts=AnswerPublished,
            effect="publish_answer",
            seals_subject=True,
            label=_("Publish the answer"),
            done=_("Question answered"),
        ),
        Move(
            "fall_overdue",
            source=("open",),
            target="overdue",
            by=(CLOCK,),
            facts=FellOverdue,
            effect="name_question",
            done=_("Unanswered"),
        ),
    ),
    public_from=("open",),
    told=False,
)
