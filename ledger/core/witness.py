"""What is said between a log and its witnesses (c2sp.org/tlog-witness), as text; no I/O.

    POST <submission prefix>/add-checkpoint          GET <prefix>/<hex SHA256(origin)>/checkpoint
    old <size the witness last cosigned> LF
    <base64 hash> LF ...                             at most 63, none if old is 0
    LF
    <checkpoint note with the log's own signature lines, and only these>

A request has less than 16 KiB. 200 answers with cosignature lines; 409 with the size that the
witness has, `text/x.tlog.size`: ASCII decimal, LF. Of an answer only what verifies counts: a line
of another key is ignored, one of the witness's own name that is wrong, too, as long as one is
right; a time more than ten minutes ahead is ignored, and a time is never 0.
"""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from ledger.core import notes

MAX_REQUEST = 16 * 1024
MAX_ANSWER = 64 * 1024
MAX_HASHES = 63
AHEAD = 600  # seconds: a witness's clock may be that much before ours
SIZE_TYPE = "text/x.tlog.size"


class WrongRequest(ValueError):
    """The request is malformed; the text says where."""


class WrongAnswer(ValueError):
    """Nothing in the answer can be used; the text says why."""


@dataclass(frozen=True)
class Request:
    old: int
    proof: list[bytes]
    note: bytes


def checkpoint_path(origin: str) -> str:
    """Where a witness shows what it last cosigned of a log, below its prefix."""
    return f"{sha256(origin.encode()).hexdigest()}/checkpoint"


def own_lines(note: bytes, logs: Iterable[notes.Verifier]) -> bytes:
    """The note with the log's own verified lines only, of each key the first; WrongNote."""
    known = list(logs)
    text, verified = notes.open_note(note, known)
    first: dict[str, str] = {}
    by_id = {(key.name, key.id): key.vkey for key in known}
    for one in notes.parse_note(note)[1]:
        if (vkey := by_id.get((one.name, one.id))) in verified:
            first.setdefault(vkey, one.line())
    return "".join([text, "\n", *first.values()]).encode()


def make_request(old: int, proof: Sequence[bytes], note: bytes) -> bytes:
    """The body of add-checkpoint."""
    hashes = "".join(f"{b64encode(one).decode()}\n" for one in proof)
    request = f"old {old}\n{hashes}\n".encode() + note
    if len(proof) > MAX_HASHES or len(request) > MAX_REQUEST:
        raise WrongRequest("the request is longer than a witness takes")
    return request


def parse_request(data: bytes) -> Request:
    """What a log asks; WrongRequest. Nothing is verified yet."""
    if len(data) > MAX_REQUEST:
        raise WrongRequest("the request is too long")
    head, gap, note = data.partition(b"\n\n")
    try:
        first, *lines = head.decode("ascii").split("\n")
    except ValueError as error:
        raise WrongRequest("the request is not text") from error
    word, _, number = first.partition(" ")
    if not gap or word != "old":
        raise WrongRequest("the request does not begin with old and a size")
    old = _size(number, WrongRequest)
    if len(lines) > MAX_HASHES or (old == 0 and lines):
        raise WrongRequest("too many hashes")
    try:
        proof = [notes.strict_base64(line) for line in lines]
    except notes.WrongNote as error:
        raise WrongRequest(f"a hash is {error}") from error
    if any(len(one) != 32 for one in proof):
        raise WrongRequest("a hash has not 32 bytes")
    return Request(old, proof, note)


def parse_size(body: bytes) -> int | None:
    """The size in the body of a 409; None where there is none."""
    try:
        return _size(body.decode("ascii").removesuffix("\n"), WrongAnswer)
    except ValueError:
        return None


def _size(number: str, wrong: type[ValueError]) -> int:
    if not notes.NUMBER.fullmatch(number):
        raise wrong("not a size")
    return int(number)


def parse_answer(body: bytes, text: str, key: notes.Verifier, *, now: int) -> tuple[str, int]:
    """(the newest line of this witness under this text, its time); WrongAnswer if there is none."""
    found: list[tuple[int, str]] = []
    reason = "no line of its key"
    for line in body.decode(errors="replace").split("\n")[: notes.MAX_LINES]:
        try:
            signed = notes.parse_line(line)
            if (signed.name, signed.id) == (key.name, key.id):
                time = key.verify(text, signed.signature)
                assert time is not None, "a witness's key cosigns"
                if time <= now + AHEAD:
                    found.append((time, signed.line()))
                else:
                    reason = "its clock is more than ten minutes ahead"
        except notes.WrongNote as error:
            reason = str(error) if line else reason
    if not found:
        raise WrongAnswer(reason)
    time, line = max(found)
    return line, time


def cosigner(key: notes.SigningKey) -> notes.Verifier:
    """The public half of a witness's key: the same point, another algorithm, so another ID."""
    return notes.Verifier(key.name, notes.COSIGNATURE, key.verifier.public)


def cosign(key: notes.SigningKey, text: str, *, time: int) -> str:
    """The witness's line under a checkpoint: at this time the largest consistent tree it saw."""
    signature = key.sign_bytes(notes.cosigned_message(text, time))
    return notes.line(cosigner(key), time.to_bytes(8, "big") + signature)
