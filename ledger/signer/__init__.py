"""The signer: the key and, outside the database, one state file: origin -> (size, root, frontier).

It is asked with the old size and the new leaf hashes, appends them to its own frontier, so it
computes the root itself; it refuses unless the old size is its size, stores the new state durably,
and only then signs. It needs no database and no network.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from ledger import durable
from ledger.core import notes, tree
from ledger.failpoints import fp
from ledger.models import StoredCheckpoint

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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
