"""What a witness remembers of each log, and what it answers (c2sp.org/tlog-witness).

    DIR/origins             the logs ever taken up, a line each
    DIR/<hex>/checkpoint    <hex> SHA256(origin): the note last cosigned; empty: nothing seen yet

A log is trusted on first use, once: where `origins` names it and its file is gone, memory is lost
and nothing is cosigned, for from size 0 on anything would be consistent. Check and store are one
step under a lock, and what is stored is durable before the answer leaves. Of a note only the lines
that verify are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes

from ledger import durable
from ledger.core import notes, tree, witness


class Lost(RuntimeError):
    """The memory of a log is missing or damaged; the text says what to do."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    type: str = "text/plain; charset=utf-8"


class _Refused(Exception):
    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.answer = Answer(status, f"{reason}\n")


def make_key(file: Path, name: str) -> notes.Verifier:
    """A new key in a file that its owner alone reads; what belongs into the log's policy."""
    key = notes.SigningKey(name, token_bytes(32))
    durable.write_secret(file, key.skey.encode() + b"\n")
    return witness.cosigner(key)


@dataclass(frozen=True)
class Memory:
    """One witness: its folder, its key, and the logs it watches."""

    folder: Path
    key: notes.SigningKey
    logs: Sequence[notes.Verifier]

    def take_up(self) -> None:
        """Make room for the logs that were never taken up; Lost where one was and is gone."""
        with durable.locked(self.folder / "lock"):
            origins = self._origins()
            for origin in sorted({log.name for log in self.logs}):
                if origin in origins:
                    self._last(origin)
                    continue
                if not self._file(origin).exists():
                    durable.write(self._file(origin), b"")
                origins.append(origin)
                durable.write(self.folder / "origins", "".join(f"{o}\n" for o in origins).encode())

    def add_checkpoint(self, data: bytes, *, now: int) -> Answer:
        """Judge a request, store and cosign. `now`: POSIX seconds."""
        try:
            request, checkpoint, note = self._read(data)
            with durable.locked(self.folder / "lock"):
                if conflict := self._judge(request, checkpoint):
                    return conflict
                line = witness.cosign(self.key, checkpoint.text(), time=max(now, 1))
                durable.write(self._file(checkpoint.origin), note + line.encode())
        except _Refused as refused:
            return refused.answer
        except Lost as lost:
            return Answer(500, f"{lost}\n")
        return Answer(200, line)

    def shown(self, path: str) -> bytes | None:
        """The note last cosigned, by its path below the prefix; None if there is none."""
        for log in self.logs:
            if path == witness.checkpoint_path(log.name):
                return self._note(log.name) or None
        return None

    def _read(self, data: bytes) -> tuple[witness.Request, notes.Checkpoint, bytes]:
        """The request, its checkpoint, and the note with nothing but verified lines."""
        try:
            request = witness.parse_request(data)
            checkpoint = notes.parse_checkpoint(notes.parse_note(request.note)[0])
        except (witness.WrongRequest, notes.WrongNote) as error:
            raise _Refused(400, str(error)) from error
        known = [log for log in self.logs if log.name == checkpoint.origin]
        if not known:
            raise _Refused(404, "unknown log")
        try:
            note = witness.own_lines(request.note, known)
        except notes.WrongNote as error:
            raise _Refused(403, str(error)) from error
        if request.old > checkpoint.size:
            raise _Refused(400, "old is larger than the checkpoint")
        return request, checkpoint, note

    def _judge(self, request: witness.Request, checkpoint: notes.Checkpoint) -> Answer | None:
        """Whether this continues what was cosigned last; a 409 tells what that was."""
        last = self._last(checkpoint.origin)
        if request.old != last.size:
            return Answer(409, f"{last.size}\n", witness.SIZE_TYPE)
        if checkpoint.size == 0 and checkpoint.root != tree.EMPTY:
            raise _Refused(422, "the root of size 0 is wrong")
        try:
            tree.verify_consistency(
                last.size, last.root, checkpoint.size, checkpoint.root, request.proof
            )
        except tree.WrongProof as error:
            raise _Refused(422, f"not consistent with size {last.size}") from error
        return None

    def _last(self, origin: str) -> notes.Checkpoint:
        note = self._note(origin)
        if not note:
            return notes.Checkpoint(origin, 0, tree.EMPTY)
        known = [log for log in self.logs if log.name == origin]
        try:
            text, verified = notes.open_note(note, [witness.cosigner(self.key), *known])
            if witness.cosigner(self.key).vkey not in verified:
                raise notes.WrongNote("our own line is missing")
            return notes.parse_checkpoint(text)
        except notes.WrongNote as error:
            raise Lost(f"the memory of {origin} is damaged ({error}): put it back") from error

    def _note(self, origin: str) -> bytes:
        try:
            return self._file(origin).read_bytes()
        except FileNotFoundError as error:
            raise Lost(
                f"the memory of {origin} is gone: put {self._file(origin)} back; a witness that"
                " forgets may cosign two histories"
            ) from error

    def _file(self, origin: str) -> Path:
        return self.folder / witness.checkpoint_path(origin)

    def _origins(self) -> list[str]:
        file = self.folder / "origins"
        return file.read_text().splitlines() if file.exists() else []
