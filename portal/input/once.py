"""A form sent twice is stored once: the key made with the form is claimed in the transaction of the
change (security T-B07)."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from portal.input.models import Sending


class Reused(Exception):
    """The same key came with another content."""


@dataclass(frozen=True)
class Once:
    """Key of one sending: made when the form was made, bound to action, sender and content."""

    key: str
    action: str
    who: str
    digest: str


def fresh_key() -> str:
    return str(uuid.uuid4())


def once(*, key: str, action: str, who: str, content: Mapping[str, object]) -> Once:
    """The sending of `content`; a key that is no UUID is replaced by one made from the content
    itself."""
    digest = hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
    try:
        known = str(uuid.UUID(key))
    except ValueError:
        known = str(uuid.uuid5(uuid.NAMESPACE_OID, digest))
    return Once(key=known, action=action[:100], who=who[:64], digest=digest)


def claim(sending: Once, *, at: datetime) -> str | None:
    """Claim it inside the running transaction: None if it is new, else the answer given the first
    time. Raises Reused."""
    row, new = Sending.objects.get_or_create(
        key=sending.key,
        action=sending.action,
        who=sending.who,
        defaults={"digest": sending.digest, "at": at},
    )
    if new:
        return None
    if row.digest != sending.digest:
        raise Reused
    return row.answer


def answer(sending: Once, code: str) -> None:
    """Keep what it led to, in the same transaction."""
    Sending.objects.filter(key=sending.key, action=sending.action, who=sending.who).update(
        answer=code
    )


def answered(sending: Once) -> str:
    """The code it led to before, or nothing: to say so without sending it."""
    found = Sending.objects.filter(key=sending.key, action=sending.action, who=sending.who)
    return found.values_list("answer", flat=True).first() or ""


def repeated(sending: Once) -> str:
    """The same, where the content is the same too: it was sent twice, and is answered once."""
    row = Sending.objects.filter(key=sending.key, action=sending.action, who=sending.who)
    return row.filter(digest=sending.digest).values_list("answer", flat=True).first() or ""


def forget(*, code: str = "", who: str = "") -> int:
    """Delete what is kept of forms about a code, or of a person's; how many there were."""
    about = Q(who=who)
    if code:
        about = Q(answer=code) | Q(action__endswith=f":{code}") | Q(who=f"link:{code}")
    return Sending.objects.filter(about).delete()[0]
