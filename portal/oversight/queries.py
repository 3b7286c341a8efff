"""What the forms of oversight ask."""

from collections.abc import Iterable
from typing import Any

from portal.accounts.acting import Actor
from portal.balance.models import Holding
from portal.organisations.models import Organisation
from portal.organisations.queries import name_of
from portal.oversight.models import Disclosure, Question
from portal.stages.models import Trail

WITH_A_PAGE = frozenset("GNSUFMWBD")
MOST = 50  # questions on the page of who is to answer


def may_be_asked_about(code: str) -> bool:
    """Whether something public has this code and a page of its own."""
    if code[0] not in WITH_A_PAGE:
        return False
    if code[0] == "B":  # a lot is public by the entries of its arrival
        return Holding.objects.filter(lot=code).exists()
    if code[0] == "D":  # other statements have no page of their own
        return Disclosure.objects.filter(code=code).exists()
    return Trail.objects.filter(code=code).exclude(uid="").exists()


def gifts_of_lot(lot: str) -> list[str]:
    return list(Holding.objects.filter(lot=lot).values_list("gift", flat=True).distinct())


def answering_choices(*, subject: Question, actor: Actor) -> list[tuple[str, str]]:
    """(code, name): the organisations that the record's entries concern, and every charity."""
    near = _concerned(subject.record)
    found = Organisation.objects.filter(stage="verified", kind__in=("charity", "hospital"))
    rows = [org for org in found.order_by("pk") if org.code in near or org.kind == "charity"]
    rows.sort(key=lambda org: (org.code not in near, org.kind != "charity", org.pk))
    return [(org.code, name_of(org)) for org in rows]


def answering_initial(*, subject: Question, actor: Actor) -> dict[str, Any]:
    """The charity that the record concerns; where there is none, whoever stands first."""
    choices = answering_choices(subject=subject, actor=actor)
    return {"org": choices[0][0]} if choices else {}


def _concerned(record: str) -> set[str]:
    """Who has moved the record, and the organisation that it is."""
    moved = Trail.objects.filter(code=record).values_list("org", flat=True).distinct()
    return {record, *moved}


def as_replied(*, subject: Question, actor: Actor) -> dict[str, Any]:
    return {"answer": subject.answer}


def as_drafted(*, subject: Disclosure, actor: Actor) -> dict[str, Any]:
    return {"note": subject.note}


def questions_to(orgs: Iterable[str]) -> list[Question]:
    """What these organisations are asked and have not answered yet, the oldest first."""
    waiting = Question.objects.filter(org__in=set(orgs), stage__in=("open", "overdue"))
    return list(waiting.filter(replied_at=None).order_by("due_at", "pk")[:MOST])
