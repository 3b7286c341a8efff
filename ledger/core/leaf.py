"""The entry, version 1: canonical JSON whose hash is both link of the chain and leaf of the tree.

    v 1, log (origin), seq, prev (hex leaf hash of entry seq-1; SHA-256("") for the first),
    uid (UUIDv7), at (given by the sealer, never decreasing), type (<lifecycle>.<move>),
    case (code of the subject), cases ([[code, n], ...]: every code concerned, sorted, n earlier
    entries concern it), data (open fields), _sd, _sd_alg (salted digests and decoys),
    optional: corrects (uid), by and sig (the acting member's own signature).

All but at, cases' numbers, prev and seq is known before sealing: `Draft` keeps its canonical
text ready, cut at these holes, so that sealing only joins and hashes.
"""

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from ledger.core import canonical, codes, commitments, ordinary, postings, tiles, tree

FIRST = tree.EMPTY.hex()
MAX_CODES = 1000
_DIGITS = 12  # of the largest seq and case number a draft is measured with
_TIME = re.compile(r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d\.\d{6}Z", re.ASCII)
_TYPE = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*", re.ASCII)
_UID = re.compile(r"[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}", re.ASCII)
_SIG = re.compile(r"[0-9a-f]{128}", re.ASCII)
_KEYS = {"_sd", "_sd_alg", "at", "case", "cases", "data", "log", "prev", "seq", "type", "uid", "v"}
_KEYS_ALL = _KEYS | {"corrects", "by", "sig"}
_ALWAYS = ("recorded_at", "actor_role", "actor_org")


class BadLeaf(ValueError):
    """Not a leaf of this log at this place; `field` is the wrong one."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


def time_text(at: datetime) -> str:
    """YYYY-MM-DDTHH:MM:SS.ffffffZ"""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_time(text: str) -> datetime:
    if not isinstance(text, str) or not _TIME.fullmatch(text):
        raise ValueError("not a time")
    return datetime.fromisoformat(text)


@lru_cache(maxsize=1 << 12)  # the entries of a batch say the same time
def _is_time(text: str) -> bool:
    try:
        parse_time(text)
    except ValueError:
        return False
    return True


def new_uid(at: datetime) -> str:
    """A UUIDv7 (RFC 9562 section 5.7) of this time, 32 hex."""
    milliseconds = int(at.timestamp() * 1000)
    value = (milliseconds & (2**48 - 1)) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 7 << 76
    return f"{value & ~(3 << 62) | 2 << 62:032x}"


class Draft(NamedTuple):
    """An event as it waits for its place: `data`, `sd` and `codes` are canonical text."""

    uid: str
    type: str
    case: str
    codes: str
    data: str
    sd: str
    corrects: str = ""
    by: str = ""
    sig: str = ""

    def seal(self, *, log: str, seq: int, prev: str, at: str, cases: str) -> bytes:
        """The bytes of the entry; `cases` is the canonical text of [[code, n], ...]."""
        by = f'"by":{canonical.text(self.by)},' if self.by else ""
        corrects = f'"corrects":"{self.corrects}",' if self.corrects else ""
        sig = f'"sig":"{self.sig}",' if self.sig else ""
        return (
            f'{{"_sd":{self.sd},"_sd_alg":"sha-256","at":"{at}",{by}"case":"{self.case}",'
            f'"cases":{cases},{corrects}"data":{self.data},"log":"{log}","prev":"{prev}",'
            f'"seq":{seq},{sig}"type":"{self.type}","uid":"{self.uid}","v":1}}'
        ).encode()

    def signed_text(self, log: str) -> bytes:
        """All that is known before sealing: what `sig` and a receipt cover."""
        corrects = f'"corrects":"{self.corrects}",' if self.corrects else ""
        return (
            f'{{"_sd":{self.sd},"case":"{self.case}","codes":{self.codes},{corrects}'
            f'"data":{self.data},"log":"{log}","type":"{self.type}","uid":"{self.uid}"}}'
        ).encode()

    def content(self, log: str) -> str:
        return sha256(self.signed_text(log)).hexdigest()


def cases_text(numbered: Iterable[tuple[str, int]]) -> str:
    return "[" + ",".join(f'["{code}",{n}]' for code, n in numbered) + "]"


def draft(
    *,
    uid: str,
    type: str,  # noqa: A002 -- the field's name
    case: str,
    codes: Iterable[str],
    data: Mapping[str, object],
    sd: Sequence[str],
    log: str,
    corrects: str = "",
) -> Draft:
    """A draft that is sure to seal; BadLeaf otherwise."""
    concerned = sorted({*map(str, codes), case} - {""})
    made = Draft(
        uid=uid,
        type=type,
        case=case,
        codes=canonical.text(concerned),
        data=_canonical_text("data", data),
        sd=canonical.text(sorted(sd)),
        corrects=corrects,
    )
    numbers = [(code, 10**_DIGITS - 1) for code in concerned]
    longest = made.seal(
        log=log,
        seq=10**_DIGITS - 1,
        prev=FIRST,
        at="0000-00-00T00:00:00.000000Z",
        cases=cases_text(numbers),
    )
    if len(longest) > tiles.MAX_ENTRY:
        raise BadLeaf("entry", f"longer than {tiles.MAX_ENTRY} bytes")
    _check_event(uid, type, case, concerned, dict(data), list(sd), corrects)
    return made


def check_draft(draft: Draft, *, log: str) -> None:
    """Refuse (BadLeaf) a draft that would not seal into a valid entry."""
    try:
        numbers = [(code, 0) for code in canonical.parse(draft.codes.encode())]
        prev, at = FIRST, "0001-01-01T00:00:00.000000Z"
        entry = draft.seal(log=log, seq=0, prev=prev, at=at, cases=cases_text(numbers))
    except (ValueError, TypeError) as error:
        raise BadLeaf("codes", str(error)) from error
    validate(entry, log=log, seq=0, prev=tree.EMPTY, last_at="")


def _canonical_text(field: str, value: object) -> str:
    try:
        return canonical.text(value)
    except canonical.NotCanonical as error:
        raise BadLeaf(field, str(error)) from error


def validate(entry: bytes, *, log: str, seq: int, prev: bytes, last_at: str) -> dict[str, Any]:
    """The body of the entry that stands at `seq` after `prev`; BadLeaf names the wrong field.

    That the numbers in `cases` follow on is for who has counted them.
    """
    if len(entry) > tiles.MAX_ENTRY:
        raise BadLeaf("entry", "too long")
    body = ordinary.read(entry) or _parse(entry)
    if body["prev"] != prev.hex() or body["seq"] != seq or body["log"] != log or body["v"] != 1:
        _say_expected(body, {"v": 1, "log": log, "seq": seq, "prev": prev.hex()})
    if body["_sd_alg"] != "sha-256" or type(body["seq"]) is not int or type(body["v"]) is not int:
        _say_expected(body, {"v": 1, "seq": seq, "_sd_alg": "sha-256"})
    _check_time("at", body["at"])
    if body["at"] < last_at:
        raise BadLeaf("at", "earlier than the entry before")
    concerned = _check_cases(body["cases"])
    corrects = body.get("corrects", "")
    if "corrects" in body and not corrects:
        raise BadLeaf("corrects", "is empty")
    _check_event(
        body["uid"], body["type"], body["case"], concerned, body["data"], body["_sd"], corrects
    )
    _check_signature(body)
    return body


def _parse(entry: bytes) -> dict[str, Any]:
    try:
        body = canonical.parse(entry)
    except canonical.NotCanonical as error:
        raise BadLeaf("entry", str(error)) from error
    if not isinstance(body, dict) or not _KEYS <= body.keys() <= _KEYS_ALL:
        raise BadLeaf("entry", "has not the fields of version 1")
    return body


def _say_expected(body: dict[str, Any], expected: dict[str, Any]) -> None:
    for field, value in expected.items():
        if body[field] != value or type(body[field]) is not type(value):
            raise BadLeaf(field, f"is {body[field]!r}, expected {value!r}")


def _check_cases(cases: object) -> list[str]:
    if not isinstance(cases, list):
        raise BadLeaf("cases", "is not a list")
    for member in cases:
        if not isinstance(member, list) or len(member) != 2 or not isinstance(member[0], str):
            raise BadLeaf("cases", "a member is not [code, number]")
        if type(member[1]) is not int or member[1] < 0:  # a bool is none
            raise BadLeaf("cases", "a member is not [code, number]")
    concerned = [member[0] for member in cases]
    if concerned != sorted(set(concerned)):
        raise BadLeaf("cases", "not sorted, or a code twice")
    return concerned


def _check_event(
    uid: object,
    type_: object,
    case: object,
    concerned: list[str],
    data: object,
    sd: object,
    corrects: object,
) -> None:
    """What holds for a draft and for an entry alike."""
    if not isinstance(uid, str) or not _UID.fullmatch(uid):
        raise BadLeaf("uid", "is not a UUIDv7 in hex")
    if not isinstance(type_, str) or not _TYPE.fullmatch(type_):
        raise BadLeaf("type", "is not <lifecycle>.<move>")
    if len(concerned) > MAX_CODES:
        raise BadLeaf("cases", f"more than {MAX_CODES} codes")
    for code in concerned:
        if not codes.check(code):
            raise BadLeaf("cases", f"{code} is not a code")
    if (case != "" and case not in concerned) or (case == "" and concerned):
        raise BadLeaf("case", "is not among the cases")
    if corrects and (not isinstance(corrects, str) or not _UID.fullmatch(corrects)):
        raise BadLeaf("corrects", "is not a uid")
    _check_digests(sd)
    _check_data(data)


def _check_digests(sd: object) -> None:
    if not isinstance(sd, list) or not commitments.are_digests(sd):
        raise BadLeaf("_sd", "is not a list of digests")
    if sd != sorted(set(sd)):
        raise BadLeaf("_sd", "not sorted, or a digest twice")


def _check_data(data: object) -> None:
    if not isinstance(data, dict):
        raise BadLeaf("data", "is not an object")
    for key in _ALWAYS:
        if not isinstance(data.get(key), str):
            raise BadLeaf("data", f"{key} is missing")
    for key in ("recorded_at", "occurred_at"):
        if key in data:
            _check_time(f"data.{key}", data[key])
    if data["actor_org"] and not codes.check(data["actor_org"]):
        raise BadLeaf("data.actor_org", "is not a code")
    if "postings" in data:
        rows = data["postings"]
        if not isinstance(rows, list | tuple):
            raise BadLeaf("data.postings", "is not a list")
        try:
            postings.check_json(rows)
        except postings.BadPosting as error:
            raise BadLeaf("data.postings", str(error)) from error


def _check_time(field: str, value: object) -> None:
    if not isinstance(value, str) or not _is_time(value):
        raise BadLeaf(field, "is not a time as we write it")


def _check_signature(body: dict[str, Any]) -> None:
    if ("by" in body) != ("sig" in body):
        raise BadLeaf("sig", "by and sig stand together")
    if "by" in body and not (isinstance(body["by"], str) and body["by"]):
        raise BadLeaf("by", "is not a key name")
    if "sig" in body and not (isinstance(body["sig"], str) and _SIG.fullmatch(body["sig"])):
        raise BadLeaf("sig", "is not a signature in hex")


def number_cases(body: Mapping[str, Any], counts: dict[str, int]) -> None:
    """Check an entry's case numbers against what was counted so far, and count on."""
    for code, n in body["cases"]:
        expected = counts.get(code, 0)
        if n != expected:
            raise BadLeaf("cases", f"{code} has number {n}, expected {expected}")
        counts[code] = expected + 1
