"""Signatures as in Standard Webhooks 1.0: HMAC-SHA-256 over id, time and body, in base64.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hmac
import secrets
from base64 import b64decode, b64encode
from hashlib import sha256

PREFIX = "whsec_"
BYTES = 32  # the specification wants 24 to 64


def new_secret() -> str:
    """`whsec_` and 32 random bytes in base64."""
    return PREFIX + b64encode(secrets.token_bytes(BYTES)).decode()


def headers(secret: str, *, name: str, seconds: int, body: bytes) -> dict[str, str]:
    """The three headers of a message. `name` is the same however often it is sent."""
    key = b64decode(secret.removeprefix(PREFIX))
    signed = hmac.new(key, f"{name}.{seconds}.".encode() + body, sha256).digest()
    return {
        "webhook-id": name,
        "webhook-timestamp": str(seconds),
        "webhook-signature": f"v1,{b64encode(signed).decode()}",
    }
