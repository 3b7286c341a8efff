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
_KEYS = re.compile(r'"[a-z_][a-z0-9_]*+":', re.ASCII)


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
    sort_keys=True,
    separators=(",", ":"),
    ensure_ascii=False,
    allow_nan=False,
    check_circular=False,  # `check` has met an end
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
        told = data.decode()
        value, _end = _read(told)
    except (ValueError, RecursionError) as error:
        raise NotCanonical(f"not JSON: {error}") from error
    if not _is_plain(told, MAX_DEPTH):
        check(value)
    if _dumps(value) != told:
        raise NotCanonical("not in canonical form")
    return value


def parse_part(told: str) -> Any:
    """The value of a member of a canonical object, where that is quickly said; else NotCanonical.

    A text that is refused may be canonical all the same: ask `parse` about the whole.
    """
    if _is_plain(told, MAX_DEPTH - 1):
        try:
            value, _end = _read(told)
        except ValueError as error:
            raise NotCanonical(f"not JSON: {error}") from error
        if _dumps(value) == told:
            return value
    raise NotCanonical("not so simple")


def _is_plain(told: str, depth: int) -> bool:
    """Whether the JSON text alone shows that `check` would find nothing; no word on its form.

    Without escapes every string stands in the text as it is, between quotes, which combine with
    nothing: text in form NFC has strings in form NFC. `":` ends a key, or begins a string: if
    each is the end of an allowed key, all keys are allowed. Not more brackets than levels: not
    nested too deep. Integers were looked at when they were read.
    """
    return (
        "\\" not in told
        and len(_KEYS.findall(told)) == told.count('":')
        and told.count("[") + told.count("{") <= depth
        and (told.isascii() or unicodedata.is_normalized("NFC", told))
    )


def _integer(digits: str) -> int:
    value = int(digits)
    if not -MAX_INTEGER <= value <= MAX_INTEGER:
        raise NotCanonical("integer beyond 2^53 - 1")
    return value


def _refuse(number: str) -> NoReturn:
    raise NotCanonical(f"number {number} is not an integer")


_read = json.JSONDecoder(parse_int=_integer, parse_float=_refuse, parse_constant=_refuse).raw_decode
