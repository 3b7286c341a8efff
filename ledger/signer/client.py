"""Asking the signer behind a socket. Whatever goes wrong is a SignerRefused: nothing was signed.

The sealer waits while a signature is made, so nobody here waits long: a server that is being
started again is given PATIENCE, one that answers too slowly TIMEOUT.
"""

import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ledger.core import tree
from ledger.signer import frames, stamps
from ledger.signer.local import Held
from ledger.signer.memory import NoState, SignerAway, SignerRefused, WrongKey

TIMEOUT = 5.0
PATIENCE = 1.0
_KINDS = {"state": NoState, "key": WrongKey}


@dataclass(frozen=True)
class SocketSigner:
    """The signer at a socket; `AnySigner`."""

    path: Path

    def state(self, origin: str) -> tree.Frontier:
        told = self._ask("state", origin)
        with _sense():
            return tree.Frontier.decode(int(told["size"]), bytes.fromhex(told["frontier"]))

    def keys(self, origin: str) -> Held:
        told = self._ask("keys", origin)
        with _sense():
            return Held([str(vkey) for vkey in told["signing"]], str(told["prepared"]))

    def make_key(self, origin: str) -> str:
        return _word(self._ask("make_key", origin), "vkey")

    def create(self, origin: str, frontier: tree.Frontier | None = None) -> None:
        known = frontier or tree.Frontier()
        self._ask("create", origin, size=known.size, frontier=known.encode().hex())

    def sign(self, origin: str, old_size: int, leaves: Iterable[bytes]) -> str:
        ready = list(leaves)
        with self._asked("sign", origin, old_size=old_size, leaves=len(ready)) as sock:
            _granted(frames.hear(sock))
            frames.send_leaves(sock, ready)
            return _word(_granted(frames.hear(sock)), "note")

    def stamp(self, origin: str, note: str, at: datetime, vkey: str = "") -> bytes:
        told = self._ask("stamp", origin, note=note, at=stamps.micros(at), vkey=vkey)
        with _sense():
            return bytes.fromhex(_word(told, "stamp"))

    def prepare(self, origin: str, old: str) -> dict[str, str]:
        told = self._ask("prepare", origin, old=old)
        with _sense():
            return {str(name): str(value) for name, value in told["data"].items()}

    def adopt(self, origin: str, new: str) -> None:
        self._ask("adopt", origin, new=new)

    def retire(self, origin: str, current: str) -> None:
        self._ask("retire", origin, current=current)

    def _ask(self, ask: str, origin: str, **more: Any) -> dict[str, Any]:
        with self._asked(ask, origin, **more) as sock:
            return _granted(frames.hear(sock))

    @contextmanager
    def _asked(self, ask: str, origin: str, **more: Any) -> Iterator[socket.socket]:
        try:
            with self._connected() as sock:
                frames.say(sock, ask=ask, origin=origin, **more)
                yield sock
        except (OSError, frames.BadFrame) as error:
            raise SignerAway(f"the signer at {self.path.name} does not answer: {error}") from error

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(TIMEOUT)
            until = time.monotonic() + PATIENCE
            while True:
                try:
                    sock.connect(str(self.path))
                    break
                except (FileNotFoundError, ConnectionRefusedError):
                    if time.monotonic() >= until:
                        raise
                    time.sleep(0.05)
            yield sock


def _granted(told: dict[str, Any]) -> dict[str, Any]:
    if told.get("ok") is not True:
        kind = _KINDS.get(str(told.get("why")), SignerRefused)
        raise kind(str(told.get("refused")))
    return told


def _word(told: dict[str, Any], name: str) -> str:
    with _sense():
        return str(told[name])


@contextmanager
def _sense() -> Iterator[None]:
    """What the server says must be what was asked for."""
    try:
        yield
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise SignerAway(f"the signer answers nonsense: {error}") from error
