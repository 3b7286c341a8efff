"""Secret links: 192 random bits, kept only as a hash, bound to a purpose and a code, ended by use
or time (security T-A07)."""

import hashlib
import secrets
from datetime import datetime, timedelta

from portal.accounts.models import Link

AFTER = "after"  # a hospital's, of one delivery that it confirmed, used again and again
AFTER_DAYS = 180


class DeadLink(Exception):
    """The link is unknown, used, or expired: one answer for all (410), so that it tells nothing."""


def make_link(*, purpose: str, code: str, at: datetime, days: int) -> str:
    """A new link's token. Earlier links of the same purpose and code keep their own end."""
    token = secrets.token_urlsafe(24)
    Link.objects.create(
        purpose=purpose,
        code=code,
        digest=_digest(token),
        made_at=at,
        ends_at=at + timedelta(days=days),
    )
    return token


def open_link(token: str, *, purpose: str, at: datetime) -> Link:
    """The live link of this token. Raises DeadLink. Opening changes nothing: what a link allows is
    done by POST."""
    found = Link.objects.filter(
        digest=_digest(token), purpose=purpose, ended=False, ends_at__gt=at
    ).first()
    if found is None:
        raise DeadLink
    return found


def prolong(link: Link, *, at: datetime, days: int) -> None:
    """A reusable link lives on from its last use."""
    Link.objects.filter(pk=link.pk).update(ends_at=at + timedelta(days=days))


def end_links(*, purpose: str, code: str) -> None:
    """End every link of this purpose and code: it was used or is replaced."""
    Link.objects.filter(purpose=purpose, code=code, ended=False).update(ended=True)


def forget_links(*, purpose: str, code: str) -> int:
    """Delete every link of this purpose and code, live or ended; how many there were."""
    return Link.objects.filter(purpose=purpose, code=code).delete()[0]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
