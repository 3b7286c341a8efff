"""Canonical JSON (RFC 8785) inside a closed profile: one meaning, one encoding.

Allowed: objects, arrays, strings, true, false, null, integers with |n| <= 2^53 - 1.
Keys are ASCII `[a-z_][a-z0-9_]*`: then UTF-16 order is byte order, and `json.dumps` with sorted
keys gives the bytes of RFC 8785. Strings are in Unicode form NFC, without U+0000 and without
lone surrogates. No floats: a decimal that cannot be avoided is a string.

Who verifies hashes the bytes served and never encodes again; `parse` serves the writer's
promise that the bytes are canonical.
"""

import json
import re
import unicodedata
from typing import Any, NoReturn

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 32
_KEY = re.compile(r"[a-z_][a-z0-9_]*", re.ASCII)


class NotCanonical(ValueError):
    """The value, or the bytes, are outside the profile; the text says where."""


def check(value: object, path: str = "", depth: int = 0) -> None:
    """Refuse (NotCanonical) whatever the profile does not allow."""
    if depth > MAX_DEPTH:
        raise NotCanonical(f"{path or 'value'}: nested too deep")
    match value:
        case None | bool():
            return
        case int():
            if not -MAX_INTEGER <= value <= MAX_INTEGER:
                raise NotCanonical(f"{path or 'value'}: integer beyond 2^53 - 1")
        case str():
            _check_text(value, path)
        case list() | tuple():
            for place, member in enumerate(value):
                check(member, f"{path}[{place}]", depth + 1)
        case dict():
            for key, member in value.items():
                if not isinstance(key, str) or not _KEY.fullmatch(key):
                    raise NotCanonical(f"{path or 'value'}: key {key!r} is not allowed")
                check(member, f"{path}.{key}" if path else key, depth + 1)
        case _:
            raise NotCanonical(f"{path or 'value'}: {type(value).__name__} is not allowed")


def _check_text(text: str, path: str) -> None:
    if text.isascii():
        if "\0" in text:
            raise NotCanonical(f"{path or 'value'}: U+0000 is not allowed")
        return
    if "\0" in text:
        raise NotCanonical(f"{path or 'value'}: U+0000 is not allowed")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise NotCanonical(f"{path or 'value'}: lone surrogate")
    if not unicodedata.is_normalized("NFC", text):
        raise NotCanonical(f"{path or 'value'}: text is not in form NFC")


_dumps = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
).encode


def text(value: object) -> str:
    """The canonical text of a value of the profile; NotCanonical otherwise."""
    check(value)
    return _dumps(value)


def encode(value: object) -> bytes:
    """The canonical bytes of a value of the profile; NotCanonical otherwise."""
    return text(value).encode()


def parse(data: bytes) -> Any:
    """The value of canonical bytes; NotCanonical if they are not exactly what `encode` gives."""
    try:
        value = json.loads(data.decode(), parse_float=_refuse, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise NotCanonical(f"not JSON: {error}") from error
    if encode(value) != data:
        raise NotCanonical("not in canonical form")
    return value


def _refuse(number: str) -> NoReturn:
    raise NotCanonical(f"number {number} is not an integer")
