"""How many passwords may be tried: counted before one is looked at, so that a crowd of requests
gains nothing (T-A05)."""

import hashlib
from datetime import datetime

from portal.input.limits import allowed, forget_keys, forgive

PER = 300  # seconds
OF_ACCOUNT = 10  # tries of one account from one address
WRONG = 10  # wrong tries from one address
EVERYWHERE = 1000  # tries in all


def may_try(*, username: str, address: str, at: datetime) -> bool:
    """Whether one more password is looked at. Nobody is locked out: the count ends with its five
    minutes."""
    name = _hash(username)
    return (
        allowed(f"login:{address}:{name}", limit=OF_ACCOUNT, per=PER, at=at)
        and allowed(_wrong(address), limit=WRONG, per=PER, at=at)
        and allowed("login", limit=EVERYWHERE, per=PER, at=at)
    )


def was_right(*, address: str, at: datetime) -> None:
    """The password was right: it does not count among the wrong ones of the
    address it came from."""
    forgive(_wrong(address), per=PER, at=at)


def forget_tries(*, username: str) -> int:
    """Delete the counts of an account's name; how many there were."""
    return forget_keys(ending=f":{_hash(username)}")


def _hash(username: str) -> str:
    return hashlib.sha256(username.strip().casefold().encode("utf-8", "replace")).hexdigest()


def _wrong(address: str) -> str:
    return f"login-wrong:{address}"
