"""The story's voices: a question answered and one that waits, a written correction, and the
statements that an emergency asks for, one of them published late."""

from datetime import datetime

import ledger.api as ledger
from portal.accounts.acting import Actor
from portal.accounts.roles import Role
from portal.demo.cast import World
from portal.demo.clock import BEGIN, Journey, hours
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
from portal.stages.facts import Facts
from portal.stages.models import Subject

ASKER = Actor(role=Role.DONOR)


def questions_journey(world: World) -> Journey:
    """Two questions about a warehouse: one is answered after five hours, one is not."""
    at = yield BEGIN
    house, org = world.warehouses["east"].code, world.orgs["charity"].code
    text = "东仓的口罩为什么要等第二天才发出？"
    facts = Asked(record=house, topic=Topic.WHERE, text=text)
    first = engine.begin(Question, "ask", actor=ASKER, facts=facts, at=at)
    at = yield hours(1)
    _move(world, "moderator", first, "publish", QuestionPublished(org=org, checked=True), at)
    at = yield hours(4)
    answer = Replied(answer="夜间只有一辆车，第二天早上七点全部发出，发运记录可查。")
    _move(world, "coordinator", first, "reply", answer, at)
    _move(world, "moderator", first, "publish_answer", AnswerPublished(checked=True), at)
    at = yield hours(30)
    facts = Asked(record=house, topic=Topic.NUMBERS, text="上周报损的防护服最后怎么处理了？")
    second = engine.begin(Question, "ask", actor=ASKER, facts=facts, at=at)
    at = yield hours(2)
    _move(world, "moderator", second, "publish", QuestionPublished(org=org, checked=True), at)


def correction_journey(world: World) -> Journey:
    """The entry that opened a warehouse named a wrong place; three people say what is right."""
    at = yield BEGIN
    house = world.warehouses["river"].code
    entry = next(e for e in ledger.entries() if e.body["case"] == house)
    facts = CorrectionRaised(
        entry=entry.index, what=Wrong.PLACE, said="武汉市", right="武汉市江岸区",
        reason=Cause.TYPING, note="登记时漏写了区名。",
    )  # fmt: skip
    actor = world.actor("coordinator")
    raised = engine.begin(
        Correction, "raise", actor=actor, facts=facts, at=at, org=world.orgs["charity"].code
    )
    at = yield hours(3)
    _move(world, "quality", raised, "verify", CorrectionVerified(), at)
    at = yield hours(2)
    _move(world, "publisher", raised, "publish", CorrectionPublished(), at)


def statements_journey(world: World) -> Journey:
    """Every five days a statement, published by two; the second is a day late."""
    at = yield BEGIN
    for pause in (96, 145, 98):
        at = yield hours(pause)
        due = Disclosure.objects.exclude(stage="published").order_by("no").first()
        if due is None:
            continue
        _move(world, "coordinator", due, "draft", Drafted(), at)
        at = yield hours(2)
        _move(world, "publisher2", due, "publish", StatementPublished(checked=True), at)


def _move(world: World, who: str, subject: Subject, move: str, facts: Facts, at: datetime) -> None:
    engine.advance(type(subject), subject.code, move, actor=world.actor(who), facts=facts, at=at)
