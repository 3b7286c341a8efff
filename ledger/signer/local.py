"""The signer itself: keys and memory. It is called in the process, or by the server (server.py).

It is asked with the old size and the new leaf hashes, appends them to its own frontier, so it
computes the root itself; it refuses unless the old size is its size, stores the new state durably,
and only then signs. It never signs a root that it was given.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from ledger.core import notes, rotation, tree
from ledger.signer import stamps
from ledger.signer.keyring import KeyFile
from ledger.signer.memory import Memory, NoState, SignerRefused, StateFile, WrongKey, of


@dataclass(frozen=True)
class Held:
    """The vkeys of the keys that sign, the newest first, and of the one that waits, or "" """

    signing: list[str]
    prepared: str = ""

    def check(self, log: str) -> None:
        """The log's key signs, or is about to: `sign` has it adopted first."""
        if log not in (*self.signing, self.prepared):
            raise WrongKey("the signer has another key than the log")

    def others(self, known: Iterable[notes.Verifier]) -> list[notes.Verifier]:
        """Those that sign and are not known yet."""
        names = {key.vkey for key in known}
        return [notes.parse_vkey(vkey) for vkey in self.signing if vkey not in names]


class AnySigner(Protocol):
    """What can be asked, here or over a socket. All raise SignerRefused."""

    def state(self, origin: str) -> tree.Frontier:
        """The frontier of the last signed size."""

    def keys(self, origin: str) -> Held:
        """Whose signatures stand under the next checkpoint."""

    def make_key(self, origin: str) -> str:
        """The vkey that signs; of a new key, if there was none."""

    def create(self, origin: str, frontier: tree.Frontier | None = None) -> None:
        """The memory of a new log; refuses to forget an old one."""

    def sign(self, origin: str, old_size: int, leaves: Iterable[bytes]) -> str:
        """The signed checkpoint of old_size and these leaf hashes; without any, the same again."""

    def stamp(self, origin: str, note: str, at: datetime, vkey: str = "") -> bytes:
        """This key's word for when the note was signed; without one, the newest that signed it."""

    def prepare(self, origin: str, old: str) -> dict[str, str]:
        """The data of the entry that hands the log on from its key `old`; the same if repeated."""

    def adopt(self, origin: str, new: str) -> None:
        """From now on the prepared key signs, and the one before beside it."""

    def retire(self, origin: str, current: str) -> None:
        """From now on this key, which signs already, signs alone; the one before is forgotten."""


def nowhere(_point: str) -> None:
    """No failpoint."""


@dataclass(frozen=True)
class Signer:
    """The keys and their memory in this process."""

    key_file: Path
    state_file: Path
    reached: Callable[[str], None] = nowhere  # failpoints, where there are any

    @property
    def _keys(self) -> KeyFile:
        return KeyFile(self.key_file)

    @property
    def _states(self) -> StateFile:
        return StateFile(self.state_file)

    def state(self, origin: str) -> tree.Frontier:
        return of(origin, self.states()).frontier

    def states(self) -> dict[str, Memory]:
        return self._states.load()

    def keys(self, origin: str) -> Held:
        try:
            signing = self._fitting(origin, of(origin, self.states()))
        except NoState:  # no memory that they could contradict
            signing = self._keys.read(origin)
        prepared = self._keys.prepared(origin)
        vkeys = [key.verifier.vkey for key in signing]
        return Held(vkeys, prepared.verifier.vkey if prepared else "")

    def make_key(self, origin: str) -> str:
        self._keys.make(origin)
        return self._keys.read(origin)[0].verifier.vkey

    def create(self, origin: str, frontier: tree.Frontier | None = None) -> None:
        with self._states.locked():
            states = self.states() if self.state_file.exists() else {}
            if origin in states:
                raise SignerRefused(f"the signer knows {origin} already")
            vkey = self._keys.read(origin)[0].verifier.vkey
            self._states.store({**states, origin: Memory(frontier or tree.Frontier(), vkey)})

    def sign(self, origin: str, old_size: int, leaves: Iterable[bytes]) -> str:
        frontier = self._expected(origin, old_size, self.states()).frontier
        for leaf in leaves:  # they may come slowly: no lock is held
            frontier.append(leaf)
        with self._states.locked():
            states = self.states()
            keys = self._fitting(origin, self._expected(origin, old_size, states))
            self._keys.tidy(origin)  # a rotation may have been killed
            if frontier.size != old_size:
                self._states.store({**states, origin: Memory(frontier, keys[0].verifier.vkey)})
            self.reached("sign.state")
            text = notes.Checkpoint(origin, frontier.size, frontier.root()).text()
            return notes.sign_note(text, keys)

    def stamp(self, origin: str, note: str, at: datetime, vkey: str = "") -> bytes:
        memory = of(origin, self.states())
        keys = [k for k in self._fitting(origin, memory) if vkey in ("", k.verifier.vkey)]
        try:
            signed, by = notes.open_signed(note.encode(), [key.verifier for key in keys])
        except notes.WrongNote as error:
            raise SignerRefused(f"only own checkpoints are stamped: {error}") from error
        if signed.size > memory.frontier.size:
            raise SignerRefused("only what was signed is stamped")
        return stamps.stamp(next(key for key in keys if key.verifier.vkey in by), note, at)

    def prepare(self, origin: str, old: str) -> dict[str, str]:
        with self._states.locked():
            held = self._fitting(origin, of(origin, self.states()))
            names = [key.verifier.vkey for key in held]
            if names[1:] == [old]:  # adopted already, and the log's tables were set back since
                return rotation.data(held[1], held[0])
            if names[0] != old:
                raise WrongKey("the signer's key is not the log's")
            if len(held) > 1:
                raise SignerRefused("the key before this one signs too: retire it first")
            new = self._keys.prepare(origin)
            self.reached("rotate.made")
            return rotation.data(held[0], new)

    def adopt(self, origin: str, new: str) -> None:
        with self._states.locked():
            held, prepared = self._keys.read(origin), self._keys.prepared(origin)
            if held[0].verifier.vkey != new:
                if prepared is None or prepared.verifier.vkey != new:
                    raise WrongKey("the log was handed to a key that the signer has not prepared")
                self._keys.write([prepared, held[0]])
                self.reached("rotate.swapped")
            self._keys.tidy(origin)
            self.reached("rotate.adopted")

    def retire(self, origin: str, current: str) -> None:
        with self._states.locked():
            held, states = self._keys.read(origin), self.states()
            if held[0].verifier.vkey != current:
                raise WrongKey("the signer's newest key is not the log's")
            self._states.store({**states, origin: Memory(states[origin].frontier, current)})
            self.reached("rotate.remembered")
            self._keys.write(held[:1])
            self.reached("rotate.retired")

    def _expected(self, origin: str, old_size: int, states: dict[str, Memory]) -> Memory:
        """The compare of compare-and-swap."""
        memory = of(origin, states)
        if memory.frontier.size != old_size:
            size = memory.frontier.size
            raise SignerRefused(f"signed {size} last, asked to go on from {old_size}")
        return memory

    def _fitting(self, origin: str, memory: Memory) -> list[notes.SigningKey]:
        """The keys, if the one that signed last is among them."""
        keys = self._keys.read(origin)
        if memory.vkey not in {key.verifier.vkey for key in keys}:
            raise WrongKey(f"{self.key_file.name} holds another key than the one that signed last")
        return keys
