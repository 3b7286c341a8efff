"""Registering an address and telling it what was sealed, in order, again until it says yes.

Each hook has a cursor of its own over the public rows, so what it is told is what was projected,
and there is no second queue that could lose or double a message. A hook is claimed for a while
before it is sent to: of two workers one has it, and what a crash left is taken up again under the
same message ids. After two days without an answer it is stopped, and its organisation is told.
"""

import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

import ledger.api as ledger
from ledger.core import codes
from portal.notices import boxes
from portal.notices import commands as notices
from portal.organisations.queries import by_code
from portal.tracking.models import Line, Link
from portal.tracking.models import Organisation as Known
from portal.tracking.projection.projecting import seen
from portal.webhooks import outbound, signing
from portal.webhooks.events import body_of, name_of
from portal.webhooks.models import Hook

HOOKS, ENTRIES = 20, 10  # at once
LEASE = timedelta(minutes=15)
LONGEST = timedelta(hours=6)
ATTEMPTS = 14  # 1, 2, 4 … 256 minutes, then every six hours: about two days
A_ROUND = 20.0  # seconds: the worker has other things to do
MOST_CODES, MOST_HOOKS = 20, 5
GONE = 410


class NotRegistered(Exception):
    """The sentence says why, and what to do."""


@transaction.atomic(durable=True)
def register(*, org: str, address: str, follows: Iterable[str], at: datetime) -> Hook:
    """From now on tell `address` of every entry that concerns the codes, or the organisation where
    there are none. Outermost call: durable. Raises NotRegistered."""
    known = by_code(org)
    if known is None or known.stage != "verified":
        raise NotRegistered(_("Only a verified organisation can be told."))
    try:
        host, _path = outbound.parts_of(address)
    except outbound.Refused as refusal:
        raise NotRegistered(str(refusal)) from refusal
    if Hook.objects.filter(org=org, stopped_at=None).count() >= MOST_HOOKS:
        raise NotRegistered(_("Five addresses are the most. Please stop one of them first."))
    hook = Hook(org=org, address=address, follows=codes_in(follows), made_at=at)
    hook.box = boxes.close(signing.new_secret(), code=f"{org} {address}")
    hook.next, hook.next_at = ledger.size(), at
    try:
        with transaction.atomic():
            hook.save()
    except IntegrityError as again:
        said = _("%(host)s is registered already; start it again in the list.") % {"host": host}
        raise NotRegistered(said) from again
    return hook


def codes_in(typed: Iterable[str]) -> list[str]:
    """The codes as sealed, each once. Raises NotRegistered."""
    found: dict[str, None] = {}
    for word in typed:
        try:
            found[codes.normalise(word)] = None
        except codes.WrongCode as wrong:
            raise NotRegistered(_("%(word)s is no code.") % {"word": word[:40]}) from wrong
    if len(found) > MOST_CODES:
        raise NotRegistered(_("Twenty codes are the most."))
    return list(found)


def secret_of(hook: Hook) -> str:
    """The secret with which the receiver checks signatures."""
    return boxes.open_(hook.box, code=f"{hook.org} {hook.address}")


def stop(hook: Hook, *, at: datetime) -> None:
    Hook.objects.filter(pk=hook.pk, stopped_at=None).update(stopped_at=at)


def start_again(hook: Hook, *, at: datetime) -> None:
    """Go on where it stopped: nothing in between is left out."""
    Hook.objects.filter(pk=hook.pk).update(stopped_at=None, attempts=0, next_at=at, trouble="")


def deliver(*, at: datetime) -> int:
    """Send what is due; how many messages were taken."""
    end, sent = time.monotonic() + A_ROUND, 0
    due = Hook.objects.filter(stopped_at=None, next_at__lte=at).order_by("next_at", "pk")
    for hook in list(due[:HOOKS]):
        mine = Hook.objects.filter(pk=hook.pk, stopped_at=None, next_at=hook.next_at)
        if time.monotonic() < end and mine.update(next_at=at + LEASE):
            sent += _one(hook, at=at, end=end)
    return sent


def _one(hook: Hook, *, at: datetime, end: float) -> int:
    rows = Hook.objects.filter(pk=hook.pk)
    if not Known.objects.filter(code=hook.org, stage="verified").exists():
        rows.update(next_at=at + timedelta(hours=1), trouble=_("not verified now"))
        return 0
    size, sent = seen(), 0
    lines = lines_for(hook, size=size)
    for line in lines:
        answer = _tell(hook, line, at=at)
        if not answer.good:
            _later(hook, answer, at=at)
            return sent
        rows.update(next=line.seq + 1, attempts=0, trouble="", told_at=at)
        hook.attempts, sent = 0, sent + 1
        if time.monotonic() > end:
            break
    if sent == len(lines) < ENTRIES:  # nothing else concerns it; while rows are made anew size is 0
        rows.update(next=max(hook.next, size))
    rows.update(next_at=at)
    return sent


def lines_for(hook: Hook, *, size: int) -> list[Line]:
    """The next entries that concern what the hook follows."""
    concerned = Link.objects.filter(
        code__in=hook.follows or [hook.org], line_id__gte=hook.next, line_id__lt=size
    )
    found = concerned.values_list("line_id", flat=True).distinct().order_by("line_id")[:ENTRIES]
    return list(Line.objects.filter(seq__in=list(found)).order_by("seq"))


def _tell(hook: Hook, line: Line, *, at: datetime) -> outbound.Answer:
    body, secret = body_of(line), secret_of(hook)
    signed = signing.headers(secret, name=name_of(line), seconds=int(at.timestamp()), body=body)
    told = {"Content-Type": "application/json", "User-Agent": "Shanji-Webhooks/1"}
    return outbound.post(hook.address, body, {**told, **signed})


def _later(hook: Hook, answer: outbound.Answer, *, at: datetime) -> None:
    """Tried again with longer and longer pauses; given up when gone, or after two days."""
    attempts = hook.attempts + 1
    pause = min(timedelta(minutes=2**hook.attempts), LONGEST)
    rows = Hook.objects.filter(pk=hook.pk)
    rows.update(attempts=F("attempts") + 1, trouble=answer.trouble[:200], next_at=at + pause)
    if answer.status == GONE or attempts >= ATTEMPTS:
        rows.update(stopped_at=at)
        key = f"webhook:{hook.pk}:{at.timestamp():.0f}"
        notices.send(code=hook.org, key=key, words=lambda: _words(hook, answer), at=at, asks=True)


def _words(hook: Hook, answer: outbound.Answer) -> notices.Words:
    said = _(
        "%(address)s did not take our messages (%(trouble)s), so we send no more. Nothing is lost: "
        "start it again in the workbench and it goes on where it stopped."
    ) % {"address": hook.address, "trouble": answer.trouble}
    page = notices.site(reverse("admin:webhooks_hook_changelist"))
    return notices.Words(_("A webhook was stopped"), f"{said}\n\n{page}")
