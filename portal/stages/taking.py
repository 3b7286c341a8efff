"""A move is taken: effect, stage, event, bookings and the line in the trail, in the transaction of
`stages.engine`."""

from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

import ledger.api as ledger
from portal.accounts.acting import Actor
from portal.balance import booking
from portal.balance.places import owner_of
from portal.disclosure.classes import NAMED, OPEN, PRIVATE
from portal.disclosure.lists import collect
from portal.stages.correcting import corrected
from portal.stages.facts import Facts, instant
from portal.stages.models import Subject, Trail
from portal.stages.rooms import effect_of
from portal.stages.steps import MoveRefused, Step
from portal.stages.table import Move
from portal.stages.telling import tell_donors


def take(
    subject: Subject, row: Move, *, source: str, actor: Actor, facts: Facts | None, at: datetime
) -> None:
    """Take the move whatever the stage: who may and from where was asked. Raises MoveRefused where
    the effect, the books or somebody else's move in between say no."""
    facts = facts if facts is not None else row.facts()
    step = Step(actor=actor, at=at, move=row, facts=facts, target=row.targets[0])
    if row.effect:
        effect_of(type(subject), row)(subject, facts, step)
    assert step.target in row.targets, f"{row.name}: the effect chose {step.target}"
    if row.corrects and step.corrects is None:
        step.corrects = corrected(subject, row)
    becomes_public = subject.public_since is None and step.target in subject.lifecycle.public_from
    _write_stage(subject, step, becomes_public=becomes_public)
    uid = ""
    if subject.public_since is not None and row.sealed:
        uid = _submit(subject, step, becomes_public=becomes_public)
    assert uid or not step.postings, f"{row.name}: postings of an event that is not sealed"
    if uid:
        told = _codes(subject, step)
        tell_donors(subject.lifecycle, subject.code, row, target=step.target, codes=told, at=at)
    _book(step, uid=uid)
    _write_trail(subject, step, source=source, uid=uid)
    for call in step.after:
        call()


def _write_stage(subject: Subject, step: Step, *, becomes_public: bool) -> None:
    changes: dict[str, Any] = {"stage": step.target, "since": step.at}
    if becomes_public:
        changes["public_since"] = step.at
    rows = type(subject)._default_manager.filter(pk=subject.pk, version=subject.version)
    if rows.update(version=F("version") + 1, **changes) != 1:
        raise MoveRefused(
            _("Somebody else changed it at the same moment. Please look at it again.")
        )
    subject.version += 1
    for name, value in changes.items():
        setattr(subject, name, value)


def _book(step: Step, *, uid: str) -> None:
    if not step.postings:
        return
    try:
        booking.post(step.postings, uid=uid, at=step.at)
    except booking.NotEnough as short:
        raise MoveRefused(str(short)) from short


def _write_trail(subject: Subject, step: Step, *, source: str, uid: str) -> None:
    Trail.objects.create(
        lifecycle=subject.lifecycle.key,
        code=subject.code,
        move=step.move.name,
        source=source,
        target=step.target,
        role=step.actor.role,
        org=step.actor.org,
        who=step.actor.who,
        at=step.at,
        uid=uid,
    )


def _submit(subject: Subject, step: Step, *, becomes_public: bool) -> str:
    """The event: open facts in clear, named and private ones as commitments, every code it
    concerns."""
    facts: Facts = step.facts
    data: dict[str, Any] = {**facts.sealed(OPEN), **step.data, "stage": step.target}
    named, private = facts.sealed(NAMED), {**facts.sealed(PRIVATE), "actor": step.actor.who}
    if becomes_public or step.move.seals_subject:
        own = collect(subject)
        data |= own.open
        named |= own.named
        private |= own.private
    data |= {
        "recorded_at": instant(step.at),
        "actor_role": str(step.actor.role),
        "actor_org": step.actor.org,
    }
    if step.postings:
        data["postings"] = [p.to_json() for p in step.postings]
    try:
        return ledger.submit(
            type=subject.lifecycle.event(step.move),
            case=subject.code,
            codes=_codes(subject, step),
            data=data,
            named=named,
            private=private,
            corrects=step.corrects,
            at=step.at,
        )
    except ledger.NotSealable as refused:
        raise MoveRefused(
            _("This is too large to record in one step. Please split it into several.")
        ) from refused


def _codes(subject: Subject, step: Step) -> set[str]:
    found = {subject.code, step.actor.org, *step.codes}
    for p in step.postings:
        found |= {p.gift, p.lot, owner_of(p.from_), owner_of(p.to)}
    return {code for code in found if code}
