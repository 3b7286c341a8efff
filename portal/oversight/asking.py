"""What the moves of a question do: asked by anybody, looked at, answered, or left unanswered."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from ledger.core import codes
from portal.input.cleaning import Unclean, clean_public_text
from portal.notices import commands as notices
from portal.notices.commands import Words
from portal.oversight.models import Question
from portal.oversight.queries import gifts_of_lot, may_be_asked_about
from portal.oversight.question_table import (
    AnswerPublished,
    Asked,
    FellOverdue,
    QuestionPublished,
    QuestionRefused,
    Replied,
)
from portal.stages.clock import move_on
from portal.stages.engine import MoveRefused, Step
from portal.stages.facts import instant
from portal.stages.signing import signer

ANSWER_WITHIN = timedelta(hours=72)


def ask(subject: Question, facts: Asked, step: Step) -> None:
    """Kept, and seen by nobody but moderators. The asker's address lies encrypted with the notices,
    for this question alone. Refused: a code of nothing that is public, a contact that is none."""
    try:
        record = codes.normalise(facts.record)
    except codes.WrongCode:
        record = ""
    if not record or not may_be_asked_about(record):
        raise MoveRefused(
            _("Nothing public has the code %(code)s. Please copy it from the page you ask about.")
            % {"code": facts.record}
        )
    subject.record, subject.topic, subject.text = record, facts.topic, _public(facts.text)
    subject.save(update_fields=["record", "topic", "text"])
    if facts.contact and not notices.follow(subject.code, to=facts.contact, at=step.at):
        raise MoveRefused(_("This is no e-mail address. Please mend it, or leave it empty."))


def _public(text: str) -> str:
    """Asked again here, whoever calls: what is typed becomes public."""
    try:
        return clean_public_text(text, limit=2000, lines=True)
    except Unclean as unclean:
        raise MoveRefused(str(unclean)) from unclean


def publish_question(subject: Question, facts: QuestionPublished, step: Step) -> None:
    _refuse_unlooked(facts.checked)
    subject.org, subject.due_at = facts.org, step.at + ANSWER_WITHIN
    subject.save(update_fields=["org", "due_at"])
    step.open(asked_at=instant(subject.opened_at), due_at=instant(subject.due_at))
    name_question(subject, facts, step)
    _tell(subject, step, _("Your question is public"), _("It waits for an answer."))


def refuse_question(subject: Question, facts: QuestionRefused, step: Step) -> None:
    reason = _("It is not published: %(reason)s.") % {"reason": facts.reason.label}
    _tell(subject, step, _("Your question was not published"), reason, public=False)


def reply(subject: Question, facts: Replied, step: Step) -> None:
    """Written; it waits for somebody else to look at it."""
    subject.answer, subject.replied_at = _public(facts.answer), step.at
    subject.replied_by = signer(step.actor)
    subject.save(update_fields=["answer", "replied_at", "replied_by"])
    step.target = subject.stage


def publish_answer(subject: Question, facts: AnswerPublished, step: Step) -> None:
    """By somebody else than who wrote it. The time counts until the answer was written."""
    if subject.replied_at is None or not subject.answer:
        raise MoveRefused(_("There is no answer yet: it waits for the organisation."))
    _refuse_unlooked(facts.checked)
    signer(step.actor, subject.replied_by)
    step.open(
        asked_at=instant(subject.opened_at), answered_at=instant(subject.replied_at),
        late=subject.late,
    )  # fmt: skip
    name_question(subject, facts, step)
    _tell(subject, step, _("Your question was answered"), _("The answer stands on its page."))


def fall_overdue(*, at: datetime) -> int:
    """Questions whose time has run out without a written answer become publicly unanswered."""
    due = Question.objects.filter(stage="open", due_at__lte=at, replied_at=None)
    return move_on(due, "fall_overdue", at=at)


def name_question(subject: Question, facts: object, step: Step) -> None:
    """Every entry stands on the record's page and on the organisation's."""
    if isinstance(facts, FellOverdue):
        subject.late = True
        subject.save(update_fields=["late"])
    step.concern(subject.record, subject.org)
    if subject.record[0] == "B":  # a lot's page is its gift's
        step.concern(*gifts_of_lot(subject.record))


def _refuse_unlooked(checked: bool) -> None:
    if not checked:
        raise MoveRefused(_("Please tick that you have looked: what is published stays public."))


def _tell(subject: Question, step: Step, news: str, told: str, *, public: bool = True) -> None:
    """By mail, where the asker left an address."""
    page = notices.page("tracking:question", subject.code) if public else ""
    text = "\n\n".join(filter(None, (told, page)))
    notices.send(
        code=subject.code, key=f"{subject.code}:{step.move.name}", at=step.at,
        words=lambda: Words(f"{news} ({subject.code})", text),
    )  # fmt: skip
