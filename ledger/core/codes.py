"""Public codes: `<kind>-<9 random><check>`, for example G-7K2M9Q4TX5.

Never a name, a phone number, a year or a counter. Alphabet of 31 without 0 1 I L O. With v the
place in the alphabet from 0, over kind, the nine and the check, the sum of i * v_i for
i = 1 ... 11 is 0 mod 31: finds every single wrong character and every swap of two.
The hyphen is part of the sealed code and of the address.
"""

import re
import secrets
from functools import lru_cache
from hashlib import sha256
from itertools import count
from operator import mul
from typing import Literal

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
KINDS = {
    "G": "gift",
    "N": "need",
    "S": "shipment",
    "F": "fund",
    "M": "campaign",
    "U": "organisation",
    "W": "warehouse",
    "B": "lot",
    "C": "arrival",
    "A": "allocation",
    "R": "release order",
    "P": "spend",
    "K": "correction",
    "Q": "question",
    "D": "statement",
    "V": "catalogue item",
    "Z": "certificate",
}
LENGTH = 11
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_INVERSE = pow(LENGTH, -1, len(ALPHABET))
_SHAPE = re.compile(rf"[{''.join(KINDS)}]-[{ALPHABET}]{{10}}", re.ASCII)
_TYPED = str.maketrans(
    {0xFEE0 + c: c for c in range(0x21, 0x7F)}  # full-width forms
    | dict.fromkeys(map(ord, " \t\n\r\u00a0\u3000-\u2010\u2011\u2012\u2013\u2014\u2212\uff0d"))
)


class WrongCode(ValueError):
    """What was typed is no code; `reason` is characters, length, kind or check."""

    def __init__(self, reason: Literal["characters", "length", "kind", "check"]) -> None:
        super().__init__(reason)
        self.reason = reason


def mint(kind: str) -> str:
    """A new code of a kind, from the system's random numbers."""
    if kind not in KINDS:
        raise ValueError(f"no such kind of code: {kind}")
    body = kind + "".join(secrets.choice(ALPHABET) for _ in range(9))
    return f"{kind}-{body[1:]}{_check_character(body)}"


def following(kind: str, *, of: bytes) -> str:
    """The code of a kind that follows from these bytes, always the same: the first nine places of
    their SHA-256 in base 31, lowest first."""
    if kind not in KINDS:
        raise ValueError(f"no such kind of code: {kind}")
    number, body = int.from_bytes(sha256(of).digest(), "big"), kind
    for _place in range(9):
        number, value = divmod(number, len(ALPHABET))
        body += ALPHABET[value]
    return f"{kind}-{body[1:]}{_check_character(body)}"


def check(code: object) -> bool:
    """Whether this is exactly a code, as sealed."""
    return isinstance(code, str) and _holds(code)


@lru_cache(maxsize=1 << 14)  # an entry names its codes several times, and so do its neighbours
def _holds(code: str) -> bool:
    return _SHAPE.fullmatch(code) is not None and _sum(code[0] + code[2:]) % len(ALPHABET) == 0


def normalise(typed: str) -> str:
    """The code somebody typed: case, spaces and hyphens do not matter. WrongCode otherwise."""
    body = typed.translate(_TYPED)
    if not body.isascii() or not set(body.upper()) <= set(ALPHABET):
        raise WrongCode("characters")
    body = body.upper()
    if len(body) != LENGTH:
        raise WrongCode("length")
    if body[0] not in KINDS:
        raise WrongCode("kind")
    if not check(code := f"{body[0]}-{body[1:]}"):
        raise WrongCode("check")
    return code


def _sum(body: str) -> int:
    return sum(map(mul, map(_VALUE.__getitem__, body), count(1)))


def _check_character(body: str) -> str:
    return ALPHABET[-_sum(body) * _INVERSE % len(ALPHABET)]
