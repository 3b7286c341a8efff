"""The engine: the only code that moves a subject from stage to stage.

`begin` and `advance` are durable and outermost: one transaction holds the change, its postings and
the intent, or none of them.
`follow` and `follow_begin` are for what one move brings about in a lower part, in the same
transaction, with an event of its own.

The parts come in by this door alone; behind it are `minting` (a code, a row), `taking` (what one
move writes) and `steps` (what an effect is given).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

import ledger.api as ledger
from portal.accounts.acting import Actor
from portal.input.once import Once, Reused, answer, claim
from portal.stages.facts import Facts
from portal.stages.minting import mint, save_new
from portal.stages.models import Subject
from portal.stages.steps import Closed, MoveRefused, NotYours, Step
from portal.stages.table import Move
from portal.stages.taking import take

__all__ = [
    "Closed",
    "MoveRefused",
    "NotYours",
    "Step",
    "advance",
    "allowed_moves",
    "begin",
    "follow",
    "follow_begin",
    "locked",
    "mint",
]

S = TypeVar("S", bound=Subject)


def begin(
    model: type[S],
    move: str,
    *,
    actor: Actor,
    facts: Facts | None = None,
    at: datetime,
    once: Once | None = None,
    **fields: Any,
) -> S:
    """Open a subject by an opening move. The outermost call: durable. Sent twice with one key, it
    answers with the first."""
    _check_open()
    kept = _refusals_kept(model, "", move, actor=actor, facts=facts, at=at)
    with kept, transaction.atomic(durable=True):
        if once is not None and (known := _claimed(once, at=at)):
            return model._default_manager.get(code=known)
        subject = follow_begin(model, move, actor=actor, facts=facts, at=at, **fields)
        if once is not None:
            answer(once, subject.code)
        return subject


def advance(
    model: type[S],
    code: str,
    move: str,
    *,
    actor: Actor,
    facts: Facts | None = None,
    at: datetime,
    once: Once | None = None,
) -> S:
    """Take a move of one subject. The outermost call: durable; locks the row before it looks."""
    _check_open()
    kept = _refusals_kept(model, code, move, actor=actor, facts=facts, at=at)
    with kept, transaction.atomic(durable=True):
        if once is not None and _claimed(once, at=at):
            return model._default_manager.get(code=code)
        subject = locked(model, code)
        follow(
            subject,
            move,
            actor=actor,
            facts=facts,
            at=at,
            _allowed=_check(subject, move, actor, at=at),
        )
        if once is not None:
            answer(once, code)
        return subject


@contextmanager
def _refusals_kept(
    model: type[S], code: str, move: str, *, actor: Actor, facts: Facts | None, at: datetime
) -> Iterator[None]:
    """What is refused is undone as a whole; a part may keep, afterwards, that it was refused."""
    try:
        yield
    except MoveRefused as refusal:
        model.keep_refusal(code, move, actor=actor, facts=facts, at=at, refusal=refusal)
        raise


def _check_open() -> None:
    """The site refuses before; this is for commands and tasks."""
    if ledger.closed():
        raise Closed(
            _(
                "Nothing can be recorded at the moment: the ledger is being restored or is read"
                " only. Please try again later."
            )
        )


def locked(model: type[S], code: str) -> S:
    """The row, locked until the transaction ends. Raises NotYours for an unknown code."""
    rows = model._default_manager.select_for_update(of=("self",)).filter(code=code)
    along = model.read_along
    found = (rows.select_related(*along) if along else rows).first()
    if found is None:
        raise NotYours(_("There is nothing with this code."))
    return found


def follow_begin(
    model: type[S],
    move: str,
    *,
    actor: Actor,
    facts: Facts | None = None,
    at: datetime,
    code: str = "",
    **fields: Any,
) -> S:
    """Open a subject inside a running transaction. `code`: for a thing sealed under the code of
    what it is about."""
    table = model.lifecycle
    row = table.move(move)
    if not row.opens or (row.by and actor.role not in row.by):
        raise NotYours(_("Your role may not do this."))
    subject = model(
        code=code or mint(table.kind),
        stage=row.targets[0],
        since=at,
        opened_at=at,
        version=1,
        **fields,
    )
    if not subject.reachable_by(actor):
        raise NotYours(_("This belongs to another organisation."))
    subject.prepare(facts if facts is not None else row.facts())
    save_new(subject, minted=not code)
    take(subject, row, source="", actor=actor, facts=facts, at=at)
    return subject


def follow(
    subject: Subject,
    move: str,
    *,
    actor: Actor,
    facts: Facts | None = None,
    at: datetime,
    _allowed: Move | None = None,
) -> None:
    """Take a lower part's move as a consequence, in the same transaction.

    Who may was decided by the upper move, so only the stage is asked again. The caller has locked
    the row (`locked`).
    """
    row = _allowed or subject.lifecycle.move(move)
    if subject.stage not in row.source:
        raise MoveRefused(_too_late(subject, row))
    take(subject, row, source=subject.stage, actor=actor, facts=facts, at=at)


def allowed_moves(subject: Subject, actor: Actor) -> list[Move]:
    """The moves to offer this actor; the same rule that `advance` asks again."""
    if not subject.reachable_by(actor):
        return []
    return subject.lifecycle.moves_from(subject.stage, actor.role)


def _check(subject: Subject, move: str, actor: Actor, *, at: datetime) -> Move:
    if not subject.reachable_by(actor):
        raise NotYours(_("There is nothing with this code."))
    row = subject.lifecycle.by_name.get(move)
    if row is None or actor.role not in row.by:
        raise NotYours(_("Your role may not do this."))
    if subject.stage not in row.source:
        raise subject.out_of_turn(row, at=at) or MoveRefused(_too_late(subject, row))
    return row


def _too_late(subject: Subject, row: Move) -> str:
    return _(
        "This cannot be done now: %(code)s is already “%(stage)s”. Please look at it again."
    ) % {"code": subject.code, "stage": subject.stage_label}


def _claimed(once: Once, *, at: datetime) -> str | None:
    try:
        return claim(once, at=at)
    except Reused as reused:
        raise MoveRefused(
            _("This form was already sent with other content. Please open the page again.")
        ) from reused
