"""The signer behind a Unix socket: one question a connection (frames.py), each in a thread.

It has keys and memory, no database and no network. Who may ask is who may open the socket (0660).
A question that is no question, or takes too long, is answered with a refusal and forgotten.
"""

import os
import socket
import socketserver
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ledger.core import tree
from ledger.signer import frames, stamps
from ledger.signer.local import Signer
from ledger.signer.memory import NoState, SignerRefused, WrongKey

TIMEOUT = 10.0  # seconds without a word from who asks
MAX_LEAVES = 2**40


class NotStarted(RuntimeError):
    """The server must not run like this; the text says what to do."""


def check_start(signer: Signer) -> None:
    """Refuse to start with a key that is missing, another's, or open to others."""
    if not signer.state_file.exists():
        return  # create_log makes key and memory
    try:
        for origin in signer.states():
            signer.keys(origin)
    except SignerRefused as refusal:
        raise NotStarted(f"{refusal}: put back the key and the state of this log") from refusal
    if mode := stat.S_IMODE(signer.key_file.stat().st_mode) & 0o077:
        raise NotStarted(f"{signer.key_file.name} is open to others ({mode:o}): chmod 600 it")


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, path: Path, signer: Signer) -> None:
        check_start(signer)
        _clear(path)
        self.signer = signer
        before = os.umask(0o117)  # the socket is never open to others, not for a moment
        try:
            super().__init__(str(path), _Question)
        finally:
            os.umask(before)


def _clear(path: Path) -> None:
    """Remove what a killed server left; never a socket that answers."""
    if not path.exists():
        return
    if not path.is_socket():
        raise NotStarted(f"{path} is no socket: name another place")
    with socket.socket(socket.AF_UNIX) as other:
        try:
            other.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise NotStarted(f"a signer answers at {path} already")


class _Question(socketserver.BaseRequestHandler):
    server: Server
    request: socket.socket

    def handle(self) -> None:
        self.request.settimeout(TIMEOUT)
        try:
            try:
                told = self._answer(frames.hear(self.request))
                frames.say(self.request, ok=True, **told)
            except SignerRefused as refusal:
                self._refuse(_kind(refusal), str(refusal))
            except (KeyError, TypeError, ValueError) as error:
                self._refuse("refused", f"not a question: {error}")
        except OSError:
            return  # who asked has gone, or says nothing

    def _refuse(self, why: str, sentence: str) -> None:
        frames.say(self.request, ok=False, why=why, refused=sentence)

    def _answer(self, question: dict[str, Any]) -> dict[str, Any]:
        ask, origin = str(question.pop("ask")), str(question.pop("origin"))
        if ask == "sign":
            return self._sign(origin, **question)
        return _ANSWERS[ask](self.server.signer, origin, **question)

    def _sign(self, origin: str, *, old_size: int, leaves: int) -> dict[str, Any]:
        signer = self.server.signer
        if not 0 <= leaves <= MAX_LEAVES:
            raise ValueError("leaves")
        if signer.state(origin).size == old_size:  # else sign refuses before it reads
            frames.say(self.request, ok=True, send=True)
        given = frames.receive_leaves(self.request, leaves)
        return {"note": signer.sign(origin, old_size, given)}


def _kind(refusal: SignerRefused) -> str:
    return {NoState: "state", WrongKey: "key"}.get(type(refusal), "refused")


def _state(signer: Signer, origin: str) -> dict[str, Any]:
    frontier = signer.state(origin)
    return {"size": frontier.size, "frontier": frontier.encode().hex()}


def _held(signer: Signer, origin: str) -> dict[str, Any]:
    held = signer.keys(origin)
    return {"signing": held.signing, "prepared": held.prepared}


def _make_key(signer: Signer, origin: str) -> dict[str, Any]:
    return {"vkey": signer.make_key(origin)}


def _create(signer: Signer, origin: str, *, size: int, frontier: str) -> dict[str, Any]:
    signer.create(origin, tree.Frontier.decode(size, bytes.fromhex(frontier)))
    return {}


def _stamp(signer: Signer, origin: str, *, note: str, at: int, vkey: str) -> dict[str, Any]:
    return {"stamp": signer.stamp(origin, note, stamps.moment(at), vkey).hex()}


def _prepare(signer: Signer, origin: str, *, old: str) -> dict[str, Any]:
    return {"data": signer.prepare(origin, old)}


def _adopt(signer: Signer, origin: str, *, new: str) -> dict[str, Any]:
    signer.adopt(origin, new)
    return {}


def _retire(signer: Signer, origin: str, *, current: str) -> dict[str, Any]:
    signer.retire(origin, current)
    return {}


_ANSWERS: dict[str, Callable[..., dict[str, Any]]] = {
    "state": _state,
    "keys": _held,
    "make_key": _make_key,
    "create": _create,
    "stamp": _stamp,
    "prepare": _prepare,
    "adopt": _adopt,
    "retire": _retire,
}
