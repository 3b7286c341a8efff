"""Followers: anybody who wants news of a code by mail. Double opt-in, one click to stop; the
address is kept encrypted and goes the moment that it is stopped.

    ask("G-…", typed, at=at)           # a mail asks whether it was really he
    confirm(token, at=at)              # by the link in it
    stop(token)                        # by the link in every mail

Whoever asks gets the same answer whether the address is new, follows already or is refused.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from portal.accounts.links import DeadLink
from portal.input.limits import allowed
from portal.notices import boxes
from portal.notices.commands import Words, address_in, page, queue, site
from portal.notices.models import Follower, Notice

SALT = "notices.follow"
MARK = "~"  # before the number of a follower, where else a code stands
WITHIN = timedelta(hours=48)  # so long the first mail's link holds
A_DAY = 3  # first mails to one address
DAY = 24 * 60 * 60
CORRECTIONS = "corrections"  # followed like a code


def ask(code: str, typed: str, *, at: datetime) -> bool:
    """Ask by mail whether this address really wants news of `code`; False if it is no address.

    An address that follows already, or was asked three times today, gets no mail.
    """
    address = address_in(typed)
    if not address:
        return False
    known = salted_hmac(SALT, address.lower()).hexdigest()
    with transaction.atomic():
        row, _new = Follower.objects.get_or_create(
            code=code, known=known, defaults={"asked_at": at}
        )
        if row.confirmed_at is not None and row.box is not None:
            return True
        if not allowed(f"follow:{known}", limit=A_DAY, per=DAY, at=at):
            return True
        row.asked_at, row.confirmed_at = at, None
        row.box = boxes.close(address, code=code)
        row.save(update_fields=["asked_at", "confirmed_at", "box"])
        words = _asking(row)
        key = f"follow:{row.pk}:{at.isoformat()}"
        queue(code=code, key=key, words=words, at=at, about=code, asks=True, follower=row)
    return True


def _asking(row: Follower) -> Callable[[], Words]:
    def words() -> Words:
        link = site(reverse("plain:oversight:follow_confirm", args=[token_of(row.pk)]))
        text = _(
            "Somebody, probably you, asked for news of %(code)s by mail. If it was you, please "
            "open this link within 48 hours and press the button. If not, do nothing: nothing is "
            "sent."
        )
        return Words(
            _("News of %(code)s by mail?") % {"code": row.code},
            f"{text % {'code': row.code}}\n\n{link}",
        )

    return words


def token_of(pk: int) -> str:
    return Signer(salt=SALT).sign(f"{MARK}{pk}")


def waiting(token: str, *, at: datetime) -> Follower:
    """Who the link of a first mail was sent to; DeadLink for what is unknown or too old."""
    try:
        row = Follower.objects.filter(pk=int(Signer(salt=SALT).unsign(token)[1:])).first()
    except (BadSignature, ValueError) as bad:
        raise DeadLink from bad
    if row is None or row.box is None or (row.confirmed_at is None and at - row.asked_at > WITHIN):
        raise DeadLink
    return row


def confirm(token: str, *, at: datetime) -> Follower:
    """News go out from now on; confirmed twice is confirmed once."""
    row = waiting(token, at=at)
    Follower.objects.filter(pk=row.pk, confirmed_at=None).update(confirmed_at=at)
    return row


@transaction.atomic
def stop(pk: int) -> None:
    """No more news, and the address is gone; what waits is not sent."""
    notices = Notice.objects.filter(follower=pk)
    notices.filter(state=Notice.State.WAITING).update(state=Notice.State.UNSENT, box=None)
    notices.update(follower=None)
    Follower.objects.filter(pk=pk).delete()


def tidy(*, at: datetime) -> int:
    """Addresses that nobody confirmed are forgotten; how many."""
    stale = Follower.objects.filter(confirmed_at=None, asked_at__lt=at - WITHIN)
    found = list(stale.values_list("pk", flat=True)[:1000])
    for pk in found:
        stop(pk)
    return len(found)


def followers_of(codes: Iterable[str]) -> list[Follower]:
    """Everybody who confirmed that he wants news of one of these codes."""
    rows = Follower.objects.filter(code__in=list(codes), confirmed_at__isnull=False)
    return list(rows.exclude(box=None).order_by("pk"))


def tell(row: Follower, *, key: str, words: Callable[[], Words], at: datetime) -> None:
    """Queue one digest for one follower."""
    queue(code=row.code, key=key, words=words, at=at, about=row.code, asks=False, follower=row)


def address(row: Follower, *, asks: bool) -> str:
    """Where a mail to this follower goes; nowhere before he confirmed, but the question itself."""
    if row.box is None or (row.confirmed_at is None and not asks):
        return ""
    return boxes.open_(row.box, code=row.code)


def page_of(code: str) -> str:
    """The whole address of what is followed."""
    if code == CORRECTIONS:
        return page("tracking:corrections")
    return f"{page('tracking:lookup')}?q={code}"
