"""Addresses and texts at rest: AES-256-GCM under the field key, bound to the code they are
about."""

import secrets

from cryptography.exceptions import InvalidTag

from ledger.vault import keys

NONCE = 12


class Unreadable(Exception):
    """It does not open: another key, another code, or damage."""


def close(text: str, *, code: str) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + keys()[0].encrypt(nonce, text.encode(), _about(code))


def open_(box: bytes | memoryview, *, code: str) -> str:
    """What was closed; Unreadable."""
    data = bytes(box)
    for key in keys():
        try:
            return key.decrypt(data[:NONCE], data[NONCE:], _about(code)).decode()
        except (InvalidTag, ValueError):
            continue
    raise Unreadable(code)


def _about(code: str) -> bytes:
    return f"notice {code}".encode()
