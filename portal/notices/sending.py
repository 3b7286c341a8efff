"""Sending what waits: each notice is claimed before it is sent, tried again with longer and longer
pauses, and given up after two days.

The claim is a lease: of two workers one gets it, and what a crash left half-done is taken up again
under the same Message-ID, by which the reader's own server drops a copy.
"""

import json
import logging
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.utils.crypto import salted_hmac

from portal.input.limits import allowed
from portal.notices import boxes, following
from portal.notices.commands import address_of
from portal.notices.following import MARK
from portal.notices.models import Notice, Reader
from portal.notices.stopping import stop_address

AT_ONCE = 100
LEASE = timedelta(minutes=15)
LONGEST = timedelta(hours=6)
ATTEMPTS = 14  # 1, 2, 4 … 256 minutes, then every six hours: about two days
A_DAY = 50  # notices for one address; more wait for the next day
DAY = 24 * 60 * 60
STOPPABLE = "GQ"  # donors and askers; hospitals are told what they have to do
State = Notice.State
logger = logging.getLogger(__name__)


def deliver(*, at: datetime) -> int:
    """Send what is due; how many were sent. Never a word of address or text in a log."""
    due = Notice.objects.filter(state=State.WAITING, next_at__lte=at, box__isnull=False)
    found = list(due.select_related("follower").order_by("next_at", "pk")[:AT_ONCE])
    return sum(_one(notice, at=at) for notice in found)


def _one(notice: Notice, *, at: datetime) -> bool:
    rows = Notice.objects.filter(pk=notice.pk)
    mine = rows.filter(state=State.WAITING, next_at=notice.next_at, box__isnull=False)
    if not mine.update(next_at=at + LEASE, attempts=F("attempts") + 1):
        return False
    to = _to(notice)
    if not to:
        rows.update(state=State.UNSENT, box=None)
        return False
    if not _may_send(to, at=at):
        rows.update(next_at=at + timedelta(hours=1), attempts=notice.attempts)
        return False
    try:
        _mail(notice, to).send()
    except (SMTPException, OSError, boxes.Unreadable) as trouble:
        _later(notice, trouble, at=at)
        return False
    rows.update(state=State.SENT, sent_at=at, box=None, trouble="")
    return True


def _to(notice: Notice) -> str:
    """The address of now: erased, stopped and changed ones take effect on what waits."""
    if notice.follower is not None:
        return following.address(notice.follower, asks=notice.asks)
    stopped = Reader.objects.filter(code=notice.code, stopped_at__isnull=False).exists()
    return "" if stopped and not notice.asks else address_of(notice.code)


def _may_send(to: str, *, at: datetime) -> bool:
    """What is counted is a keyed hash of the address."""
    hashed = salted_hmac("notices", to.lower()).hexdigest()
    return allowed(f"mail:{hashed}", limit=A_DAY, per=DAY, at=at)


def _mail(notice: Notice, to: str) -> EmailMessage:
    assert notice.box is not None, "what is due has its text"
    said = json.loads(boxes.open_(notice.box, code=notice.code))
    text = said["text"]
    headers = {"Message-ID": _message_id(notice), "Auto-Submitted": "auto-generated"}
    if not notice.asks and (notice.follower_id or notice.code[0] in STOPPABLE):
        stop = stop_address(f"{MARK}{notice.follower_id}" if notice.follower_id else notice.code)
        text += f"\n\n不再接收 / Stop these mails: {stop}"
        headers["List-Unsubscribe"] = f"<{stop}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return EmailMessage(said["subject"], text, to=[to], headers=headers)


def _message_id(notice: Notice) -> str:
    name = salted_hmac("notices.id", notice.key).hexdigest()[:32]
    return f"<{name}@{settings.SITE_HOST}>"


def _later(notice: Notice, trouble: Exception, *, at: datetime) -> None:
    """Tried again, unless the address itself was refused or it was tried for long enough."""
    attempts = notice.attempts + 1
    refused = isinstance(trouble, SMTPRecipientsRefused)
    name = type(trouble).__name__[:60]
    rows = Notice.objects.filter(pk=notice.pk)
    logger.warning("notice %d about %s was not sent: %s", notice.pk, notice.about, name)
    if refused or attempts >= ATTEMPTS:
        rows.update(state=State.FAILED, box=None, trouble=name)
        return
    pause = min(timedelta(minutes=2**notice.attempts), LONGEST)
    rows.update(next_at=at + pause, trouble=name)
