"""Signing: never over what the world has seen.

The signer has the key and, outside the database, one state file: origin -> (size, root, frontier)
of what it last signed. It is asked with the old size and the new leaf hashes, appends them to its
own frontier, so it computes the root itself; it refuses unless the old size is its size, stores
the new state durably, and only then signs. Here the class is called in the process; it needs no
database and no network, so that it can live in a small server of its own.

`sign` guards first (mode of the head):

    behind   the head is smaller than, or contradicts, anything that carries our own signature:
             signer state, published checkpoint, stored checkpoint. Nothing is sealed or signed.
    frozen   the head contains all that, but a signature would be unsafe: the signer's state is
             missing, or the new leaf hashes do not lead to the head's root. Sealing goes on.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from ledger import durable, reading
from ledger.core import notes, tiles, tree
from ledger.failpoints import fp
from ledger.models import BEHIND, FROZEN, OK, READONLY, Head, StoredCheckpoint

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WORSE = {OK: 0, FROZEN: 1, BEHIND: 2, READONLY: 3}


class SignerRefused(RuntimeError):
    """The signer's memory and the question do not fit; nothing was signed."""


class NoState(SignerRefused):
    """The signer's state file is missing: only create_log makes one."""


@dataclass(frozen=True)
class Signer:
    """The key and its memory."""

    key_file: Path
    state_file: Path

    def key(self, origin: str) -> notes.SigningKey:
        key = notes.parse_skey(self.key_file.read_text().strip())
        if key.name != origin:
            raise SignerRefused(f"the key is for {key.name}, not for {origin}")
        return key

    def state(self, origin: str) -> tree.Frontier:
        """The frontier of the last signed size; NoState, or SignerRefused if it is damaged."""
        frontier = self._load().get(origin)
        if frontier is None:
            raise NoState(f"the signer has no memory of {origin}")
        return frontier

    def states(self) -> dict[str, tree.Frontier]:
        return self._load()

    def create(self, origin: str) -> None:
        """The memory of a new log; refuses to forget an old one."""
        with durable.locked(self._lock):
            states = self._load() if self.state_file.exists() else {}
            if origin in states:
                raise SignerRefused(f"the signer knows {origin} already")
            self._store({**states, origin: tree.Frontier()})

    def sign(self, origin: str, old_size: int, leaves: Sequence[bytes]) -> str:
        """The signed checkpoint of old_size and these leaf hashes; without any, the same again."""
        with durable.locked(self._lock):
            states = self._load()
            if origin not in states:
                raise NoState(f"the signer has no memory of {origin}")
            frontier = states[origin]
            if frontier.size != old_size:
                raise SignerRefused(f"signed {frontier.size} last, asked to go on from {old_size}")
            key = self.key(origin)
            for leaf in leaves:
                frontier.append(leaf)
            if leaves:
                self._store(states)
            fp("sign.state")
            return key.sign(notes.Checkpoint(origin, frontier.size, frontier.root()).text())

    def stamp(self, origin: str, note: str, at: datetime) -> bytes:
        """The key's word for when: u64 microseconds and a signature."""
        return _stamp_time(at) + self.key(origin).sign_bytes(_stamped(note, at))

    @property
    def _lock(self) -> Path:
        return self.state_file.with_name(self.state_file.name + ".lock")

    def _load(self) -> dict[str, tree.Frontier]:
        try:
            states = json.loads(self.state_file.read_bytes())
            return {origin: _parse_state(state) for origin, state in states.items()}
        except FileNotFoundError as error:
            raise NoState(f"{self.state_file.name} is missing") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SignerRefused(f"{self.state_file.name} is damaged: {error}") from error

    def _store(self, states: dict[str, tree.Frontier]) -> None:
        durable.write_secret(self.state_file, state_bytes(states))


def state_bytes(states: dict[str, tree.Frontier]) -> bytes:
    """The state file: one spelling."""
    plain = {
        origin: {
            "size": frontier.size,
            "root": frontier.root().hex(),
            "frontier": [node.hex() for node in frontier.hashes],
        }
        for origin, frontier in states.items()
    }
    return json.dumps(plain, sort_keys=True, indent=1).encode() + b"\n"


def _parse_state(state: dict[str, object]) -> tree.Frontier:
    match state:
        case {"size": int(size), "root": str(root), "frontier": list(nodes)}:
            frontier = tree.Frontier(size, [bytes.fromhex(str(node)) for node in nodes])
            if frontier.root().hex() != root:
                raise ValueError("root and frontier differ")
            return frontier
    raise ValueError("not a state")


def _stamp_time(at: datetime) -> bytes:
    return ((at - _EPOCH) // timedelta(microseconds=1)).to_bytes(8, "big")


def _stamped(note: str, at: datetime) -> bytes:
    micros = int.from_bytes(_stamp_time(at), "big")
    return f"shanji checkpoint signed at v1\n{micros}\n{note}".encode()


def check_stamp(log: notes.Verifier, checkpoint: StoredCheckpoint) -> str:
    """The wrong column of a checkpoint's time, or "" """
    stamp, at = bytes(checkpoint.stamp), checkpoint.signed_at
    if stamp[:8] != _stamp_time(at):
        return "signed_at"
    try:
        log.verify(_stamped(checkpoint.note, at).decode(), stamp[8:])
    except notes.WrongNote:
        return "stamp"
    return ""


def signer() -> Signer:
    return Signer(Path(settings.LEDGER_KEY_FILE), Path(settings.LEDGER_STATE))


def published_checkpoint(log: notes.Verifier) -> notes.Checkpoint | None:
    """The public checkpoint file, if it carries our signature."""
    try:
        data = Path(settings.LEDGER_DIR, "checkpoint").read_bytes()
        return notes.open_checkpoint(data, log)
    except (FileNotFoundError, notes.WrongNote):
        return None  # nothing of ours: publishing writes it anew


def guard(head: Head, *, width: int = tiles.WIDTH) -> str:
    """The mode that head, signer's state and checkpoints allow: ok, frozen or behind."""
    seen, mode = list(_signed_by_us(head)), OK
    try:
        state = signer().state(head.origin)
        seen.append((state.size, state.root()))
    except SignerRefused:
        mode = FROZEN
    for size, root in seen:
        if size > head.size or _root(size, width) != root:
            return BEHIND
    if mode == OK and _continued(state, head) != bytes(head.root):
        return FROZEN
    return mode


def _signed_by_us(head: Head) -> Iterator[tuple[int, bytes]]:
    log = notes.parse_vkey(head.vkey)
    if public := published_checkpoint(log):
        yield public.size, public.root
    if newest := reading.newest_checkpoint():
        stored = notes.open_checkpoint(newest.note.encode(), log)
        yield stored.size, stored.root


def _root(size: int, width: int) -> bytes | None:
    try:
        return reading.frontier(size, width=width).root()
    except ValueError:
        return None  # hashes are missing


def _continued(state: tree.Frontier, head: Head) -> bytes:
    frontier = tree.Frontier(state.size, state.hashes)
    for leaf in reading.leaves(frontier.size, head.size):
        frontier.append(leaf)
    return frontier.root()


def check_mode(*, width: int = tiles.WIDTH) -> str:
    """Guard, and write the mode if it is worse than the one the head has; what it is now."""
    with transaction.atomic(durable=True):
        head = Head.objects.select_for_update().first()
        return _guarded(head, width) if head else READONLY


def _guarded(head: Head, width: int) -> str:
    found = head.mode if head.mode == READONLY else guard(head, width=width)
    if _WORSE[found] > _WORSE[head.mode]:
        Head.objects.filter(id=1).update(mode=found)
        head.mode = found
    return head.mode


def sign(*, at: datetime, width: int = tiles.WIDTH) -> StoredCheckpoint | None:
    """Sign the head as it is, once it is safe; None if the mode forbids it. Idempotent."""
    with transaction.atomic(durable=True):
        head = Head.objects.select_for_update().first()
        fp("sign.locked")
        if head is None or _guarded(head, width) != OK:
            return None
        fp("sign.guarded")
        checkpoint = _sign_head(head, at)
        fp("sign.stored")
    fp("sign.committed")
    return checkpoint


def _sign_head(head: Head, at: datetime) -> StoredCheckpoint:
    known = StoredCheckpoint.objects.filter(size=head.size).first()
    if known:
        return known
    ours = signer()
    old_size = ours.state(head.origin).size
    leaves = list(reading.leaves(old_size, head.size))
    note = ours.sign(head.origin, old_size, leaves)
    fp("sign.signed")
    checkpoint = notes.open_checkpoint(note.encode(), notes.parse_vkey(head.vkey))
    if (checkpoint.size, checkpoint.root) != (head.size, bytes(head.root)):
        raise SignerRefused("the signer signed another tree than the head's; nothing is published")
    return StoredCheckpoint.objects.create(
        size=head.size, note=note, signed_at=at, stamp=ours.stamp(head.origin, note, at)
    )
