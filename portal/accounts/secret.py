"""Pages opened by a secret link: the token in the address is the whole authority, no cookie is."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from portal.accounts.links import DeadLink
from portal.input.limits import allowed

PER_MINUTE = 30
Page = Callable[..., HttpResponse]


def by_secret_link(view: Page) -> Page:
    """A page opened by a token: tries are limited, a dead link is 410, nothing of it is kept or
    passed on."""

    @wraps(view)
    def page(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        if not _may_try(request):
            response = render(request, "429.html", status=429)
            response["Retry-After"] = "60"
        else:
            try:
                response = view(request, token, **kwargs)
            except DeadLink:
                response = render(request, "410.html", {"reason": _dead()}, status=410)
        add_never_cache_headers(response)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return page


def _dead() -> str:
    """One answer for unknown, used and expired links, so that it tells nothing."""
    return _(
        "This secret link is unknown, has done its work or has run out. If you have just sent "
        "something with it, that is recorded. For a new link please ask the charity that gave "
        "it to you."
    )


def _may_try(request: HttpRequest) -> bool:
    """No address is kept: what is counted is its keyed hash."""
    caller = salted_hmac("links", request.META.get("REMOTE_ADDR", "")).hexdigest()
    return allowed(f"link:{caller}", limit=PER_MINUTE, per=60, at=timezone.now())
