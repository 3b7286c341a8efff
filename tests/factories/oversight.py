"""Questions, written corrections and statements, made by the real moves."""

from datetime import timedelta

from portal.accounts.acting import Actor
from portal.accounts.roles import Role
from portal.oversight.correction_table import (
    Cause,
    CorrectionPublished,
    CorrectionRaised,
    CorrectionVerified,
    Wrong,
)
from portal.oversight.disclosure_table import Drafted, StatementPublished
from portal.oversight.models import Correction, Disclosure, Question
from portal.oversight.question_table import (
    AnswerPublished,
    Asked,
    QuestionPublished,
    Replied,
    Topic,
)
from portal.stages import engine
from tests.factories.clock import AT
from tests.factories.funds import member_of

ASKER = Actor(role=Role.DONOR)


def ask(record, *, text="Where are the 300 pieces?", contact="", at=AT):
    facts = Asked(record=record, topic=Topic.NUMBERS, text=text, contact=contact)
    return engine.begin(Question, "ask", actor=ASKER, facts=facts, at=at)


def publish_question(question, org, *, at=AT, checked=True):
    facts = QuestionPublished(org=org.code, checked=checked)
    actor = member_of(org, Role.MODERATOR)
    return engine.advance(Question, question.code, "publish", actor=actor, facts=facts, at=at)


def reply(question, org, *, text="They are counted again today.", actor=None, at=AT):
    actor = actor or member_of(org, Role.COORDINATOR)
    facts = Replied(answer=text)
    return engine.advance(Question, question.code, "reply", actor=actor, facts=facts, at=at)


def publish_answer(question, org, *, actor=None, at=AT):
    actor = actor or member_of(org, Role.MODERATOR)
    facts = AnswerPublished(checked=True)
    return engine.advance(
        Question, question.code, "publish_answer", actor=actor, facts=facts, at=at
    )


def asked_in_public(record, org, *, at=AT, **told):
    return publish_question(ask(record, at=at, **told), org, at=at)


def answered(record, org, *, at=AT, after=timedelta(hours=5)):
    question = asked_in_public(record, org, at=at)
    reply(question, org, at=at + after)
    return publish_answer(question, org, at=at + after)


def correct(entry, org, *, at=AT, **told):
    """Raised, verified and published by three people; `entry`: the index of what is wrong."""
    known = {
        "entry": entry, "what": Wrong.DATE, "said": "31 January 2019", "right": "31 January 2020",
        "reason": Cause.TYPING, "note": "The year was mistyped.",
    }  # fmt: skip
    raised = engine.begin(
        Correction, "raise", actor=member_of(org, Role.COORDINATOR),
        facts=CorrectionRaised(**(known | told)), at=at, org=org.code,
    )  # fmt: skip
    for move, role, facts in (
        ("verify", Role.QUALITY, CorrectionVerified()),
        ("publish", Role.PUBLISHER, CorrectionPublished()),
    ):
        actor = member_of(org, role)
        raised = engine.advance(Correction, raised.code, move, actor=actor, facts=facts, at=at)
    return raised


def draft(statement, *, actor=None, note="", at=AT):
    actor = actor or member_of(statement.org, Role.COORDINATOR)
    facts = Drafted(note=note)
    return engine.advance(Disclosure, statement.code, "draft", actor=actor, facts=facts, at=at)


def publish_statement(statement, *, actor=None, at=AT):
    actor = actor or member_of(statement.org, Role.PUBLISHER)
    facts = StatementPublished(checked=True)
    return engine.advance(Disclosure, statement.code, "publish", actor=actor, facts=facts, at=at)
