"""Whether the log may seal and sign, judged by all that the world has seen.

behind   the head is smaller than, or contradicts, anything that carries our own signature:
         signer state, published checkpoint, stored checkpoint, what a witness shows. Nothing is
         sealed or signed.
frozen   the head contains all that, but a signature would be unsafe: the signer's state is
         missing, or the new leaf hashes do not lead to the head's root. Sealing goes on.

Witnesses are asked over the network, so never under the head's lock: who asks them hands in what
they showed (`seen`).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from ledger import modes, reading
from ledger.core import notes, tiles, tree
from ledger.models import BEHIND, FROZEN, OK, READONLY, Head
from ledger.signer import SignerAway, SignerRefused, signer

STARTING = timedelta(seconds=60)  # a signer that is away for less is being started again
_away: dict[str, datetime] = {}  # since when, as this process saw it

Seen = Iterable[notes.Checkpoint]  # checkpoints with our signature, as witnesses show them


class Verdict(NamedTuple):
    """The mode that all memories allow, and which of them contradicts the head."""

    mode: str
    why: str
    away: bool = False  # the signer did not answer: it may be starting


class _Memory(NamedTuple):
    name: str
    size: int
    root: bytes


def published_checkpoint(*log: notes.Verifier) -> notes.Checkpoint | None:
    """The public checkpoint file, if it carries our signature, by whichever of the log's keys."""
    try:
        data = Path(settings.LEDGER_DIR, "checkpoint").read_bytes()
        return notes.open_signed(data, log)[0]
    except (FileNotFoundError, notes.WrongNote):
        return None  # nothing of ours: publishing writes it anew


def judge(head: Head, *, seen: Seen = (), width: int = tiles.WIDTH) -> Verdict:
    """The mode that head, signer's state and checkpoints allow, and why."""
    log, state, memories = reading.log_keys(head), tree.Frontier(), [*_shown(seen)]
    refused: SignerRefused | None = None
    try:
        held = signer().keys(head.origin)
        log += held.others(log)  # a database set back does not know its newest key
        state = signer().state(head.origin)
        memories.append(_Memory("the signer", state.size, state.root()))
        held.check(head.vkey)
    except SignerRefused as refusal:
        refused = refusal
    for memory in (*_signed_by_us(log), *memories):
        if why := _contradiction(memory, head, width):
            return Verdict(BEHIND, why)
    if refused:
        return Verdict(FROZEN, str(refused), isinstance(refused, SignerAway))
    if unsound := _unsound(state, head):
        return Verdict(FROZEN, unsound)
    return Verdict(OK, "head, signer and checkpoints agree")


def guard(head: Head, *, seen: Seen = (), width: int = tiles.WIDTH) -> str:
    """The mode alone."""
    return judge(head, seen=seen, width=width).mode


def _signed_by_us(log: Sequence[notes.Verifier]) -> Iterator[_Memory]:
    if public := published_checkpoint(*log):
        yield _Memory("the published checkpoint", public.size, public.root)
    if newest := reading.newest_checkpoint():
        stored, _ = notes.open_signed(newest.note.encode(), log)
        yield _Memory("the newest stored checkpoint", stored.size, stored.root)


def _shown(seen: Seen) -> Iterator[_Memory]:
    for checkpoint in seen:
        yield _Memory("a witness", checkpoint.size, checkpoint.root)


def _contradiction(memory: _Memory, head: Head, width: int) -> str:
    if memory.size > head.size:
        return f"{memory.name} has {memory.size} entries signed by us, the head has {head.size}"
    if _root(memory.size, width) != memory.root:
        return f"{memory.name} has another root for {memory.size} entries than this database"
    return ""


def _root(size: int, width: int) -> bytes | None:
    try:
        return reading.frontier(size, width=width).root()
    except ValueError:
        return None  # hashes are missing


def _unsound(state: tree.Frontier, head: Head) -> str:
    """Why the entries since the last signature may not be signed, or "" """
    frontier = tree.Frontier(state.size, state.hashes)
    try:
        for leaf in reading.leaves(frontier.size, head.size):
            frontier.append(leaf)
    except reading.Unsound as error:
        return str(error)
    if frontier.root() != bytes(head.root):
        return f"the entries after {state.size} do not lead to the head's root"
    return ""


def check_mode(*, at: datetime, seen: Seen = (), width: int = tiles.WIDTH) -> str:
    """Guard, and write the mode if it is worse than the one the head has; what it is now."""
    with transaction.atomic(durable=True):
        head = Head.objects.select_for_update().first()
        return guarded(head, width, at=at, seen=seen) if head else READONLY


def guarded(head: Head, width: int, *, at: datetime, seen: Seen = ()) -> str:
    """The same under a lock that is held already."""
    if head.mode == READONLY:
        return READONLY
    found = judge(head, seen=seen, width=width)
    if not found.away:
        _away.clear()
    elif at - _away.setdefault(head.origin, at) < STARTING:
        return modes.worse(head.mode, found.mode)
    modes.worsen(head, found.mode, found.why, at=at)
    return head.mode
