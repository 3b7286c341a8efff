"""The engine: the only code that writes a stage.

`begin` and `advance` are durable and outermost: one transaction holds the change, its postings and
the intent, or none of them.
`follow` and `follow_begin` are for what one move brings about in a lower part, in the same
transaction, with an event of its own.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any, TypeVar

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Field
from django.utils.translation import gettext as _

import ledger.api as ledger
from ledger.core import codes
from ledger.core.postings import Posting
from portal.accounts.acting import Actor
from portal.balance import booking
from portal.balance.places import owner_of
from portal.disclosure.classes import NAMED, OPEN, PRIVATE
from portal.disclosure.lists import collect
from portal.input.once import Once, Reused, answer, claim
from portal.stages.correcting import corrected
from portal.stages.facts import Facts, instant
from portal.stages.models import Minted, Subject, Trail
from portal.stages.table import Move
from portal.stages.telling import tell_donors

S = TypeVar("S", bound=Subject)


class MoveRefused(Exception):
    """The move is not taken; the text says why and what to do, fit for the page."""


class Closed(MoveRefused):
    """The ledger takes nothing at the moment: behind or read only."""


class NotYours(MoveRefused):
    """The actor may not know of this subject, or his role may not take this move (404 or 403)."""


@dataclass
class Step:
    """What an effect is given: who acts, when, the facts; and what it may add to the one
    transaction and its entry."""

    actor: Actor
    at: datetime
    move: Move
    facts: Any
    target: str
    postings: list[Posting] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    data: dict[str, Any] = field(default_factory=dict)
    after: list[Callable[[], None]] = field(default_factory=list)
    corrects: str | None = None

    def post(self, *postings: Posting) -> None:
        """Book these postings with the move; refused as a whole if they do not add up."""
        self.postings += postings

    def concern(self, *found: str) -> None:
        """The entry concerns these codes too: it will stand on their public pages."""
        self.codes.update(c for c in found if c)

    def open(self, **values: Any) -> None:
        """Add open facts to the entry: for ever, never personal."""
        self.data |= values

    def then(self, *calls: Callable[[], None]) -> None:
        """What follows once stage and postings are written: entries that come after this one."""
        self.after += calls


def mint(kind: str) -> str:
    """A new code, unique among all codes ever given."""
    table = connection.ops.quote_name(Minted._meta.db_table)
    insert = f"INSERT INTO {table} (code) VALUES (%s) ON CONFLICT DO NOTHING"  # noqa: S608
    with connection.cursor() as cursor:
        while True:
            code = codes.mint(kind)
            cursor.execute(insert, [code])
            if cursor.rowcount == 1:
                return code


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
    _save_new(subject, minted=not code)
    _take(subject, row, source="", actor=actor, facts=facts, at=at)
    return subject


def _save_new(subject: Subject, *, minted: bool) -> None:
    if minted and [f.name for f in _uniques(subject)] == ["code"]:
        subject.save()  # nothing of it can be there already
        return
    try:
        with transaction.atomic():
            subject.save()
    except IntegrityError as twice:
        known = _twin(subject)
        if known is None:
            raise
        raise MoveRefused(
            _("This was already recorded for %(code)s. Please look at it again.") % {"code": known}
        ) from twice


def _twin(subject: Subject) -> str | None:
    """The code of another with one of this one's unique fields: it was opened first."""
    model = type(subject)
    for unique in _uniques(subject):
        value = getattr(subject, unique.attname)
        same = model._default_manager.filter(**{unique.attname: value})
        if value is not None and (twin := same.first()) is not None:
            return twin.code
    return None


def _uniques(subject: Subject) -> list[Field[Any, Any]]:
    return [f for f in subject._meta.concrete_fields if f.unique and not f.primary_key]


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
    _take(subject, row, source=subject.stage, actor=actor, facts=facts, at=at)


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


def _take(
    subject: Subject, row: Move, *, source: str, actor: Actor, facts: Facts | None, at: datetime
) -> None:
    facts = facts if facts is not None else row.facts()
    step = Step(actor=actor, at=at, move=row, facts=facts, target=row.targets[0])
    if row.effect:
        effect_of(type(subject), row)(subject, facts, step)
    assert step.target in row.targets, f"{row.name}: the effect chose {step.target}"
    if row.corrects and step.corrects is None:
        step.corrects = corrected(subject, row)
    becomes_public = subject.public_since is None and step.target in subject.lifecycle.public_from
    _write_stage(subject, step, source=source, becomes_public=becomes_public)
    uid = ""
    if subject.public_since is not None and row.sealed:
        uid = _submit(subject, step, becomes_public=becomes_public)
    assert uid or not step.postings, f"{row.name}: postings of an event that is not sealed"
    if uid:
        told = _codes(subject, step)
        tell_donors(subject.lifecycle, subject.code, row, target=step.target, codes=told, at=at)
    if step.postings:
        try:
            booking.post(step.postings, uid=uid, at=at)
        except booking.NotEnough as short:
            raise MoveRefused(str(short)) from short
    Trail.objects.create(
        lifecycle=subject.lifecycle.key,
        code=subject.code,
        move=row.name,
        source=source,
        target=step.target,
        role=actor.role,
        org=actor.org,
        who=actor.who,
        at=at,
        uid=uid,
    )
    for call in step.after:
        call()


def _write_stage(subject: Subject, step: Step, *, source: str, becomes_public: bool) -> None:
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


def room(model: type[Subject], name: str) -> Any:
    """A room (`commands`, `queries`) of the part that a model lives in."""
    return import_module(f"{model.__module__.rpartition('.')[0]}.{name}")


def effect_of(model: type[Subject], row: Move) -> Any:
    """The function in the part's `commands` that the table names."""
    return getattr(room(model, "commands"), row.effect)
