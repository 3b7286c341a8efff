"""Disclosures at rest: AES-256-GCM under the field key, bound to uid and digest.

The key file holds one key a line, base64url of 32 bytes: the first encrypts, all decrypt. The
plaintext is the class, a line feed and the disclosure text, so that nobody makes a private value
named by editing a column.
"""

import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from ledger import durable

_NONCE = 12


class Sealed(ValueError):
    """The value does not open: another key, another row, or damage."""


def make_key(path: Path) -> None:
    """A new key, where none is."""
    if not path.exists():
        durable.write_secret(path, urlsafe_b64encode(secrets.token_bytes(32)) + b"\n")


def keys() -> list[AESGCM]:
    """The keys of FIELD_KEY_FILE, newest first."""
    path = settings.FIELD_KEY_FILE
    return _load(str(path), os.stat(path).st_mtime_ns)


@lru_cache(maxsize=4)
def _load(path: str, changed: int) -> list[AESGCM]:
    return [AESGCM(urlsafe_b64decode(line)) for line in Path(path).read_text().split()]


def close(uid: str, digest: str, sort: str, disclosure: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    text = f"{sort}\n{disclosure}".encode()
    return nonce + keys()[0].encrypt(nonce, text, f"{uid}{digest}".encode())


def open_(uid: str, digest: str, data: bytes) -> tuple[str, str]:
    """(class, disclosure text); Sealed if it does not open."""
    for key in keys():
        try:
            text = key.decrypt(data[:_NONCE], data[_NONCE:], f"{uid}{digest}".encode())
        except (InvalidTag, ValueError):
            continue
        sort, _, disclosure = text.decode().partition("\n")
        return sort, disclosure
    raise Sealed("does not open with the field key")
