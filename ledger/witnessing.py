"""Asking the witnesses of the policy to cosign the newest checkpoint (ledger.core.witness).

All are asked at once; sealing and signing never wait for them. What each answer means:

    200             its lines are verified with the key of the policy; what verifies is stored
    409, size       not above ours: asked once more with the proof from there; above: frozen
    409 without, 422    a fork of ours, it says: frozen, both notes are kept in the journal
    400 403 404 500     an alarm in the journal, once until it changes
    429 5xx, silence    it is left in peace for 5 s, 10 s, ... 5 min

A witness that cosigned the newest checkpoint is asked again after an hour, so that readers see
that the log is alive. What a witness shows with our signature is evidence for the guard
(`sightings`): its bare word freezes, only our own signature can stop the sealing.
"""

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from ledger import cosigned, modes, proving, reading
from ledger.asking import Question, Reply
from ledger.core import notes, policy, tiles, witness
from ledger.failpoints import fp
from ledger.models import FROZEN, OK, Cosignature, Head, Journal, StoredCheckpoint

PATIENCE = 10.0
REFRESH = timedelta(hours=1)
FIRST_REST, LONGEST_REST = 5, 300  # seconds
ALARM = "witness"  # the kind of these lines in the journal


@dataclass
class Member:
    """A witness as this process knows it; nothing here outlives the process, nor has to."""

    name: str
    key: notes.Verifier
    address: str
    question: Question | None = None
    about: StoredCheckpoint | None = None
    retried: bool = False
    failures: int = 0
    rest_until: datetime | None = None
    refreshed: datetime | None = None

    def ask(self, about: StoredCheckpoint, body: bytes, *, retried: bool) -> None:
        self.about, self.retried = about, retried
        self.question = Question(f"{self.address}/add-checkpoint", body)

    def rest(self, at: datetime) -> None:
        seconds = min(FIRST_REST * 2**self.failures, LONGEST_REST)
        self.failures += 1
        self.rest_until = at + timedelta(seconds=seconds)


_members: dict[tuple[str, str], Member] = {}
os.register_at_fork(after_in_child=_members.clear)  # threads do not come along


def cosign(*, at: datetime, width: int = tiles.WIDTH, patience: float = PATIENCE) -> None:
    """One round: ask who has not cosigned the newest checkpoint, store what verifies.

    Waits `patience` seconds at most; what is answered later is taken by the next round.
    """
    head = Head.objects.first()
    newest = reading.newest_checkpoint()
    if head is None or newest is None or head.mode != OK:
        return
    rules, end = cosigned.demanded(head), time.monotonic() + patience
    members = list(_of(rules))
    known = _sizes(members)
    fp("cosign.begun")
    for member in members:
        if member.question is None and _due(member, newest, at):
            _ask(member, head, newest, known.get(member.name, 0), width=width)
    fp("cosign.asked")
    _Round(head, newest, at, width).finish(members, end)


def _of(rules: policy.Policy) -> Iterator[Member]:
    for name, address in rules.may_ask().items():
        key = rules.witnesses[name]
        member = _members.setdefault((key.vkey, address), Member(name, key, address))
        member.name = name
        yield member


def _sizes(members: Iterable[Member]) -> dict[str, int]:
    """{witness: the largest size that it cosigned, as far as we know}."""
    rows = Cosignature.objects.filter(witness__in=[member.name for member in members])
    return dict(rows.values_list("witness").annotate(Max("size")))


def _due(member: Member, newest: StoredCheckpoint, at: datetime) -> bool:
    if member.rest_until and at < member.rest_until:
        return False
    rows = Cosignature.objects.filter(size=newest.size, witness=member.name)
    last = rows.aggregate(last=Max("at"))["last"]
    if last is None:
        return True
    fresh = at.timestamp() - last < REFRESH.total_seconds()
    return not fresh and not (member.refreshed and at < member.refreshed + REFRESH)


def _ask(
    member: Member,
    head: Head,
    about: StoredCheckpoint,
    old: int,
    *,
    width: int,
    retried: bool = False,
) -> None:
    proof = proving.consistency(old, about.size, width=width)
    note = witness.own_lines(about.note.encode(), _logs(head))
    member.ask(about, witness.make_request(old, proof, note), retried=retried)


def _logs(head: Head) -> list[notes.Verifier]:
    return [notes.parse_vkey(vkey) for vkey in (head.vkey, *head.retired.split())]


@dataclass
class _Round:
    head: Head
    newest: StoredCheckpoint
    at: datetime
    width: int

    def finish(self, members: list[Member], end: float) -> None:
        """Take what is answered until then; who knows another old size is asked once more."""
        for _first_and_again in range(2):
            for member in members:
                if member.question:
                    member.question.wait(end)
            fp("cosign.answered")
            for member in members:
                if member.question and member.question.over():
                    reply, member.question = member.question.reply, None
                    self._take(member, reply)

    def _take(self, member: Member, reply: Reply) -> None:
        match reply.status:
            case 200:
                self._lines(member, reply.body)
            case 409 if (size := witness.parse_size(reply.body)) is not None:
                self._other_size(member, size)
            case 409 | 422:
                self._forked(member, f"answered {reply.status}: it knows another history")
            case 400 | 401 | 403 | 404 | 405 | 413 | 500:
                self._alarm(member, f"answered {reply.status}")
            case 0 | 429 | 501 | 502 | 503 | 504:
                member.rest(self.at)
            case _:
                self._alarm(member, f"answered {reply.status}, which no witness does")

    def _lines(self, member: Member, body: bytes) -> None:
        assert member.about
        text = notes.parse_note(member.about.note.encode())[0]
        try:
            now = int(self.at.timestamp())
            line, time_ = witness.parse_answer(body, text, member.key, now=now)
        except witness.WrongAnswer as error:
            self._alarm(member, f"answered what cannot be used: {error}")
            return
        fp("cosign.verified")
        with transaction.atomic():
            row = Cosignature(size=member.about.size, witness=member.name, line=line, at=time_)
            Cosignature.objects.bulk_create([row], ignore_conflicts=True)
            fp("cosign.stored")
        fp("cosign.committed")
        member.failures, member.rest_until, member.refreshed = 0, None, self.at
        if (last := _last_line(member)) and not last.good:
            self._note(member, "cosigns again", good=True)

    def _other_size(self, member: Member, size: int) -> None:
        newest = reading.newest_checkpoint() or self.newest
        if size > newest.size:
            self._forked(member, f"has cosigned size {size}, we signed {newest.size} at most")
        elif member.retried:
            self._alarm(member, f"contradicts itself about its size, {size}")
        else:
            fp("cosign.proved")
            _ask(member, self.head, newest, size, width=self.width, retried=True)

    def _forked(self, member: Member, why: str) -> None:
        """Freeze, and keep both notes: ours, and what the witness shows with our signature."""
        assert member.about
        shown = next(_shown([member], self.head), None)
        theirs = f"\n\nit shows\n{shown.decode()}" if shown else ""
        self._alarm(member, why, evidence=f"\n\nwe asked for\n{member.about.note}{theirs}")
        with transaction.atomic():
            if head := Head.objects.select_for_update().first():
                modes.worsen(head, FROZEN, f"witness {member.name} {why}", at=self.at)

    def _alarm(self, member: Member, why: str, *, evidence: str = "") -> None:
        member.rest(self.at)
        self._note(member, why + evidence, good=False)

    def _note(self, member: Member, text: str, *, good: bool) -> None:
        """Once for each change, not for each try."""
        said, last = f"{member.name}: {text}", _last_line(member)
        if last is None or last.text != said:
            size = self.newest.size
            Journal.objects.create(kind=ALARM, at=self.at, size=size, good=good, text=said)


def _last_line(member: Member) -> Journal | None:
    lines = Journal.objects.filter(kind=ALARM, text__startswith=f"{member.name}: ")
    return lines.order_by("-id").first()


def sightings(head: Head, *, patience: float = PATIENCE) -> list[notes.Checkpoint]:
    """What the witnesses show of this log with our signature; none from who cannot be asked, and
    none at all while the policy cannot be read (publishing says so)."""
    try:
        members = list(_of(cosigned.demanded(head)))
    except policy.WrongPolicy:
        return []
    shown = _shown(members, head, patience=patience)
    return [notes.parse_checkpoint(notes.parse_note(note)[0]) for note in shown]


def _shown(members: Iterable[Member], head: Head, *, patience: float = PATIENCE) -> Iterator[bytes]:
    path, end = witness.checkpoint_path(head.origin), time.monotonic() + patience
    asked = [Question(f"{member.address}/{path}") for member in members]
    for question in asked:
        question.wait(end)
        if question.reply.status == 200:
            try:
                note = witness.own_lines(question.reply.body, _logs(head))
                if notes.parse_checkpoint(notes.parse_note(note)[0]).origin == head.origin:
                    yield note
            except notes.WrongNote:
                continue  # not signed by us: nobody can hold it against us
