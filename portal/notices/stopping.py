"""The stop link of a donor's mails: signed, for one gift; it allows nothing else.

A mail program's one click (RFC 8058) is a POST without a page and without cookies; it is answered
here, before forms are checked for theirs. Its token is the whole authority, as with every secret
link.
"""

import re
from collections.abc import Callable
from datetime import datetime

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from portal.accounts.links import DeadLink
from portal.notices import following
from portal.notices.commands import site, stop
from portal.notices.following import MARK

SALT = "notices.stop"
PATH = re.compile(r"(?:/(?:zh|en))?/notices/stop/([A-Za-z0-9:_-]{20,120})/\Z", re.ASCII)
ONE_CLICK = "List-Unsubscribe"


def stop_address(code: str) -> str:
    token = Signer(salt=SALT).sign(code)
    return site(reverse("plain:notices:stop", args=[token]))


def stopped_code(token: str) -> str:
    """The code whose news this token stops, or a follower's mark and number; DeadLink."""
    try:
        return Signer(salt=SALT).unsign(token)
    except BadSignature as bad:
        raise DeadLink from bad


def stop_all(what: str, *, at: datetime) -> None:
    """Stop what a token is for: the news about a code, or a follower."""
    if what.startswith(MARK):
        following.stop(int(what[1:]))
    else:
        stop(what, at=at)


def one_click(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer a mail program's own POST; everything else goes on."""

    def middleware(request: HttpRequest) -> HttpResponse:
        found = PATH.fullmatch(request.path_info) if request.method == "POST" else None
        if found is None or request.POST.get(ONE_CLICK) != "One-Click":
            return get_response(request)
        try:
            stop_all(stopped_code(found[1]), at=timezone.now())
        except DeadLink:
            return HttpResponse(status=410)
        return HttpResponse(status=200)

    return middleware
