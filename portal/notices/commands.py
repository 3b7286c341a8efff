"""Telling people by mail: who reads about a code, and one row for every notice.

    notices.follow("G-…", to=typed, at=at)           # the donor left a way to reach him
    notices.send(code="G-…", key="…", words=words, at=at)

Both are called inside the transaction of the move: a notice is queued with it or not at all, and a
task sends it afterwards (`sending`). Nothing here leaves the process.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from portal.accounts.links import make_link
from portal.accounts.models import Person
from portal.accounts.roles import COORDINATOR, HOSPITAL
from portal.notices import boxes
from portal.notices.models import Follower, Notice, Reader

ANSWERS = (HOSPITAL, COORDINATOR)  # whose account speaks for an organisation
LANGUAGES = ("zh-hans", "en")
PARTED = re.compile(r"[\s,;:，；：、（）()<>《》]+")


@dataclass(frozen=True)
class Words:
    """What a notice says, in the language that is active: one line as subject, and its text.

    No personal data of anybody else. Addresses of pages by `page`, of secret links by `site`.
    """

    subject: str
    text: str


def address_in(typed: str) -> str:
    """The first e-mail address in what somebody typed as "how to reach you"; else nothing."""
    for word in PARTED.split(typed):
        found = word.strip()
        if "@" not in found or len(found) > 200:
            continue
        try:
            validate_email(found)
        except ValidationError:
            continue
        return found
    return ""


def follow(code: str, *, to: str, at: datetime) -> bool:
    """From now on notices about this code go to the e-mail address in `to`; False if there is
    none. Replaces an earlier address of this code."""
    address = address_in(to)
    if not address:
        return False
    box = boxes.close(address, code=code)
    Reader.objects.update_or_create(code=code, defaults={"box": box, "stopped_at": None})
    return True


def send(
    *,
    code: str,
    key: str,
    words: Callable[[], Words],
    at: datetime,
    about: str = "",
    asks: bool = False,
) -> bool:
    """Queue one notice, in both languages, to whoever reads about `code`. False if nobody does.

    `code`: a gift (its donor) or an organisation (its registered contact, else its first account
    with an address). `key` names this very notice: queued again under it, it is there once.
    `words` is called once for each language. `about`: what the mail is about, for the workbench.
    `asks`: it waits for an answer, so it goes out even where news were stopped, and carries no stop
    link. Once sent, its text (and a secret link in it) is no longer kept.
    """
    reader = Reader.objects.filter(code=code).first()
    if not _reads(reader, code, asks=asks):
        return False
    queue(code=code, key=key, words=words, at=at, about=about or code, asks=asks)
    return True


def ask(
    *,
    code: str,
    key: str,
    about: str,
    purpose: str,
    days: int,
    to: str,
    words: Callable[[str], Words],
    at: datetime,
) -> None:
    """A mail that asks for an answer about `about` by a secret link of its own, once for each key;
    none to whom left no address. The link is for this purpose, ends after so many days and leads to
    the page named `to`: it is in the mail or not made at all."""
    if is_known(key) or not address_of(code):
        return
    with transaction.atomic():
        address = page(to, make_link(purpose=purpose, code=about, at=at, days=days))
        send(code=code, key=key, words=lambda: words(address), at=at, about=about, asks=True)


def queue(
    *,
    code: str,
    key: str,
    words: Callable[[], Words],
    at: datetime,
    about: str,
    asks: bool,
    follower: Follower | None = None,
) -> None:
    """One row for one mail, in both languages; under a key that is known nothing is added."""
    Notice.objects.bulk_create(
        [
            Notice(
                code=code,
                about=about,
                key=key,
                asks=asks,
                follower=follower,
                box=boxes.close(_text(words), code=code),
                state=Notice.State.WAITING,
                queued_at=at,
                next_at=at,
            )
        ],
        ignore_conflicts=True,
    )


def tell(
    codes: Iterable[str], *, step: str, about: str, words: Callable[[str], Words], at: datetime
) -> None:
    """News of one step, to every donor who reads about one of these gifts: each once per step."""
    gifts = sorted({code for code in codes if code.startswith("G-")})
    readers = Reader.objects.filter(code__in=gifts, stopped_at=None, box__isnull=False)
    for code in readers.order_by("pk").values_list("code", flat=True) if gifts else ():
        send(
            code=code,
            key=f"{code}:{about}:{step}",
            words=lambda code=code: words(code),  # type: ignore[misc]  # bound now, not later
            at=at,
            about=about,
        )


def stop(code: str, *, at: datetime) -> None:
    """No more news about this code; what waits is not sent either. What asks still goes out."""
    Reader.objects.filter(code=code, stopped_at=None).update(stopped_at=at)
    waiting = Notice.objects.filter(code=code, state=Notice.State.WAITING, asks=False)
    waiting.update(state=Notice.State.UNSENT, box=None)


def is_known(key: str) -> bool:
    """Whether a notice of this key was queued, whatever became of it."""
    return Notice.objects.filter(key=key).exists()


def page(name: str, *args: str) -> str:
    """The whole address of a public page, without language: `page("tracking:gift", "G-…")`."""
    return site(reverse(f"plain:{name}", args=args))


def site(path: str) -> str:
    """The whole address of a path of this site, never taken from a request."""
    return f"{settings.SITE_ORIGIN}{path}"


def address_of(code: str) -> str:
    """To whom notices for this code go; empty if to nobody."""
    reader = Reader.objects.filter(code=code).first()
    if reader is not None and reader.box is not None:
        return boxes.open_(reader.box, code=code)
    if not code.startswith("U-"):
        return ""
    staff = Person.objects.filter(
        is_active=True, grant__role__in=ANSWERS, grant__org=code, grant__until=None
    )
    found = staff.exclude(email="").order_by("pk").values_list("email", flat=True).first()
    return found or ""


def _reads(reader: Reader | None, code: str, *, asks: bool) -> bool:
    if reader is not None and reader.stopped_at is not None and not asks:
        return False
    return bool(address_of(code))


def _text(words: Callable[[], Words]) -> str:
    """Both languages, one after the other."""
    said = []
    for language in LANGUAGES:
        with translation.override(language):
            said.append(words())
            greeting = _("Shanji, where every gift can be followed")
            said[-1] = Words(said[-1].subject, f"{said[-1].text}\n\n{greeting}\n{site('/')}")
    subject = " / ".join(" ".join(one.subject.split()) for one in said)
    return json.dumps(
        {"subject": subject[:200], "text": "\n\n———\n\n".join(one.text for one in said)}
    )
