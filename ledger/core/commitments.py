"""Salted commitments to single fields (RFC 9901 disclosures, without the JWT).

    disclosure = base64url-nopad( UTF-8( JSON [ salt, name, value ] ) )
    digest     = base64url-nopad( SHA256( ASCII(disclosure) ) )

The salt is 16 fresh random bytes per field and entry, base64url. JSON separators are ", " and
": " and text stays text. The disclosure is kept as it was made: other spacing, another digest.
Decoys are random digests; they pad a leaf's `_sd` to a multiple of four, at least four.
Deleting salt and value leaves 32 bytes that nobody can open.
"""

import json
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from ledger.core import canonical

PAD = 4
_SPELT = r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"  # 32 bytes, one spelling
_DIGEST = re.compile(_SPELT, re.ASCII)
_LENGTH = 44  # with a comma
_DIGESTS = re.compile(f"(?:{_SPELT},)*", re.ASCII)


class WrongDisclosure(ValueError):
    """The text is not a disclosure."""


def base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def salt() -> str:
    return base64url(secrets.token_bytes(16))


def disclosure(salt: str, name: str, value: object) -> str:
    """The text to keep; NotCanonical if the value is outside the JSON profile."""
    canonical.check(value)
    return base64url(json.dumps([salt, name, value], ensure_ascii=False).encode())


def digest(disclosure: str) -> str:
    return base64url(sha256(disclosure.encode("ascii")).digest())


def is_digest(text: object) -> bool:
    return isinstance(text, str) and _DIGEST.fullmatch(text) is not None


def are_digests(listed: list[Any]) -> bool:
    """Whether each is a digest in its one spelling."""
    try:
        joined = ",".join((*listed, ""))
    except TypeError:  # a member is no text
        return False
    # as many as there are members: then none holds a comma itself
    return len(joined) == _LENGTH * len(listed) and _DIGESTS.fullmatch(joined) is not None


def read(disclosure: str) -> tuple[str, str, Any]:
    """(salt, name, value) of a disclosure."""
    try:
        data = urlsafe_b64decode(disclosure + "=" * (-len(disclosure) % 4))
        if base64url(data) != disclosure:
            raise WrongDisclosure("not base64url")
        salt, name, value = json.loads(data)
    except (ValueError, TypeError, RecursionError) as error:
        raise WrongDisclosure(f"not a disclosure: {error}") from error
    if not isinstance(salt, str) or not isinstance(name, str):
        raise WrongDisclosure("not a disclosure")
    return salt, name, value


def padded(digests: Iterable[str]) -> list[str]:
    """The digests with decoys, sorted: says nothing of how many fields there are."""
    real = list(digests)
    missing = max(PAD, -(-len(real) // PAD) * PAD) - len(real)
    return sorted(real + [base64url(secrets.token_bytes(32)) for _ in range(missing)])
