"""Which key signs the log: its first entry names it, each `key.rotate` hands it on.

`key.rotate` has case "" and no codes; its data hold old and new (vkeys), old_sig and new_sig: the
signatures of both keys (128 hex) over

    shanji key rotation v1 LF <origin> LF <old vkey> LF <new vkey> LF

so neither key alone can hand the log on. A checkpoint of a size beyond that entry needs the
signature of the new key; those before keep the old one's for ever.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ledger.core import notes

CREATE, ROTATE = "ledger.create", "key.rotate"


class WrongRotation(ValueError):
    """The entry does not hand the log's key on; the text says why."""


def text(origin: str, old: str, new: str) -> str:
    """What both keys sign. As a note's text its first line is no origin."""
    return f"shanji key rotation v1\n{origin}\n{old}\n{new}\n"


def data(old: notes.SigningKey, new: notes.SigningKey) -> dict[str, str]:
    """The open facts of the entry that hands the log of this name from one key to the other."""
    message = text(old.name, old.verifier.vkey, new.verifier.vkey).encode()
    return {
        "old": old.verifier.vkey,
        "new": new.verifier.vkey,
        "old_sig": old.sign_bytes(message).hex(),
        "new_sig": new.sign_bytes(message).hex(),
    }


def check(
    given: Mapping[str, Any], *, origin: str, current: str, retired: Collection[str]
) -> notes.Verifier:
    """The new key, if the current one and itself say so; else WrongRotation."""
    if given.get("old") != current:
        raise WrongRotation("does not start from the log's key")
    if given.get("new") in (current, *retired):
        raise WrongRotation("the new key was used before")
    try:
        old, new = notes.parse_vkey(current), notes.parse_vkey(str(given.get("new")))
        if new.name != origin or new.alg != notes.ED25519:
            raise WrongRotation("the new key is not one of this log")
        message = text(origin, current, new.vkey)
        for key, name in ((old, "old_sig"), (new, "new_sig")):
            key.verify(message, bytes.fromhex(str(given.get(name))))
    except ValueError as error:
        raise WrongRotation(str(error)) from error
    return new


@dataclass
class Keys:
    """The log's keys in order; `since[i]`: the entry that brought key i."""

    keys: list[notes.Verifier] = field(default_factory=list)
    since: list[int] = field(default_factory=list)

    def follow(self, body: Mapping[str, Any]) -> None:
        """Take note of the next entry; WrongRotation if it speaks of keys and is wrong."""
        if body["type"] == ROTATE:
            if not self.keys:
                raise WrongRotation("the log has not named its key")
            retired = [key.vkey for key in self.keys[:-1]]
            new = check(body["data"], origin=body["log"], current=self.current, retired=retired)
            self._add(new, body["seq"])
        elif body["seq"] == 0 and body["type"] == CREATE:
            try:
                self._add(notes.parse_vkey(str(body["data"].get("vkey"))), 0)
            except notes.WrongNote as error:
                raise WrongRotation(f"data.vkey: {error}") from error

    def at(self, size: int) -> notes.Verifier | None:
        """Whose signature a checkpoint of this size needs; None if the log does not say."""
        place = bisect_left(self.since, size) or 1
        return self.keys[place - 1] if self.keys else None

    @property
    def current(self) -> str:
        return self.keys[-1].vkey if self.keys else ""

    @property
    def retired(self) -> str:
        """The vkeys before it, newest first, a line each: a column of the head."""
        return join(key.vkey for key in reversed(self.keys[:-1]))

    def _add(self, key: notes.Verifier, seq: int) -> None:
        self.keys.append(key)
        self.since.append(seq)


def join(vkeys: Iterable[str]) -> str:
    return "\n".join(vkeys)


def split(retired: str) -> list[str]:
    return retired.splitlines()
