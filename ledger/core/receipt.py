"""A receipt: the log's signed promise that an event will be sealed, with exactly this content.

    shanji receipt v1
    <origin>
    <uid>
    <hex SHA-256 of the canonical JSON of _sd case codes corrects data log type uid>
    <recorded_at>
    <seal_by>                  recorded_at + 60 s

a signed note by a key of its own, named `<origin>/receipt`, whose vkey is sealed in entry 0
(`data.receipt_vkey`). The leaf hash is not known before sealing; this content is. A receipt that
was not kept convicts the log's operator, and can be shown to anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from ledger.core import canonical, notes
from ledger.core.leaf import parse_time, time_text

FIRST = "shanji receipt v1"
PROMISE = timedelta(seconds=60)
MAX_BYTES = 10_000


class WrongReceipt(ValueError):
    """The text is no receipt, or its signature is wrong; the text says which."""


@dataclass(frozen=True)
class Receipt:
    origin: str
    uid: str
    content: str
    recorded_at: str

    @property
    def seal_by(self) -> datetime:
        return parse_time(self.recorded_at) + PROMISE

    def text(self) -> str:
        rows = (FIRST, self.origin, self.uid, self.content, self.recorded_at)
        return "".join(f"{row}\n" for row in (*rows, time_text(self.seal_by)))


def key_name(origin: str) -> str:
    return f"{origin}/receipt"


def parse(data: bytes) -> Receipt:
    """What a receipt says; nothing is verified yet."""
    try:
        text, _ = notes.parse_note(data)
        first, *told, seal_by, end = text.split("\n")
        receipt = Receipt(*told)
        right = first == FIRST and end == "" and receipt.text() == text
    except (ValueError, TypeError) as error:
        raise WrongReceipt(f"is no receipt: {error}") from error
    if not right:
        raise WrongReceipt(f"is no receipt, or does not promise {seal_by}")
    return receipt


def verify(data: bytes, key: notes.Verifier) -> None:
    """WrongReceipt unless this key signed it."""
    try:
        notes.open_note(data, [key])
    except notes.WrongNote as error:
        raise WrongReceipt(str(error)) from error


def content_of(body: Mapping[str, Any]) -> str:
    """What a receipt for this sealed entry says."""
    covered = {name: body[name] for name in ("_sd", "case", "data", "log", "type", "uid")}
    covered["codes"] = [code for code, _ in body["cases"]]
    if "corrects" in body:
        covered["corrects"] = body["corrects"]
    return sha256(canonical.encode(covered)).hexdigest()
