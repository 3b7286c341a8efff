"""What the files of a bundle say (c2sp.org/tlog-proof); nothing is verified here."""

import json
import re
from dataclasses import dataclass
from typing import Any

from ledger.core import canonical, codes, notes, tiles

FIRST = "c2sp.org/tlog-proof@v1"
MAX_PATH = 63
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


class BadProof(ValueError):
    """What lies in the files cannot be a proof; the text says why, and of which entry."""

    def __init__(self, reason: str, index: int | None = None) -> None:
        super().__init__(reason)
        self.index = index


@dataclass(frozen=True)
class Proof:
    index: int
    path: list[bytes]
    note: bytes


def parse(data: bytes) -> Proof:
    """What a `.tlog-proof` says."""
    head, gap, note = data.partition(b"\n\n")
    try:
        first, *lines = head.decode().split("\n")
    except UnicodeDecodeError as error:
        raise BadProof("is not UTF-8") from error
    if not gap or first != FIRST:
        raise BadProof(f"does not begin with {FIRST}")
    if lines and lines[0].startswith("extra "):
        _base64("extra", lines.pop(0)[6:])
    word, _, number = (lines.pop(0) if lines else "").partition(" ")
    if word != "index" or not _NUMBER.fullmatch(number):
        raise BadProof("index is malformed")
    index = int(number)
    if len(lines) > MAX_PATH:
        raise BadProof("path is too long", index)
    return Proof(index, [_base64("path", line, index) for line in lines], note)


def _base64(what: str, text: str, index: int | None = None) -> bytes:
    try:
        return notes.strict_base64(text)
    except notes.WrongNote as error:
        raise BadProof(f"{what}: {error}", index) from error


def read_entry(entry: bytes, *, origin: str, index: int) -> dict[str, Any]:
    """The body of the entry of this log at this index; BadProof names the wrong field."""
    if len(entry) > tiles.MAX_ENTRY:
        raise BadProof("too long")
    try:
        body = canonical.parse(entry)
    except canonical.NotCanonical as error:
        raise BadProof(str(error)) from error
    if not isinstance(body, dict):
        raise BadProof("is not an object")
    for name, expected in {"v": 1, "log": origin, "seq": index}.items():
        value = body.get(name)
        if value != expected or type(value) is not type(expected):
            raise BadProof(f"{name} is {value!r}, expected {expected!r}")
    cases, digests = body.get("cases"), body.get("_sd")
    if not isinstance(cases, list) or not all(map(_is_case, cases)):
        raise BadProof("cases: is not a list of [code, number]")
    concerned = [code for code, _ in cases]
    if concerned != sorted(set(concerned)):
        raise BadProof("cases: not sorted, or a code twice")
    if not isinstance(digests, list) or not all(isinstance(one, str) for one in digests):
        raise BadProof("_sd: is not a list of digests")
    return body


def _is_case(one: object) -> bool:
    match one:
        case [str(), int(n)]:
            return not isinstance(n, bool) and n >= 0
    return False


@dataclass(frozen=True)
class Listed:
    """What `disclosures.json` says."""

    code: str
    values: dict[int, list[str]]
    not_yet: list[int]


def read_listed(data: bytes) -> Listed:
    try:
        told = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadProof("is not JSON") from error
    match told:
        case {"code": str(code), "disclosures": dict(values), "not_yet": list(not_yet), **rest}:
            if rest or not codes.check(code):
                raise BadProof(f"code: {code!r} is not a code, or there is more than is known")
        case _:
            raise BadProof("is not code, disclosures and not_yet")
    if not all(_NUMBER.fullmatch(index) and _is_texts(one) for index, one in values.items()):
        raise BadProof("disclosures: is not {index: [value, ...]}")
    if not all(type(index) is int and index >= 0 for index in not_yet):
        raise BadProof("not_yet: is not a list of numbers")
    return Listed(code, {int(index): one for index, one in values.items()}, not_yet)


def _is_texts(one: object) -> bool:
    return isinstance(one, list) and all(isinstance(text, str) for text in one)
