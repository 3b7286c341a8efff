"""How the read-only interface answers: JSON for everybody, an ETag, problems as problem+json
(RFC 9457), and so many questions a minute for each reader.

The files of the log are not counted here: a mirror may follow them as fast as it can read.
"""

import json
from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from portal.input.limits import allowed
from portal.tracking.finding.lookup import Lost
from portal.tracking.responding import conditional

View = Callable[..., HttpResponseBase]
METHODS = ("GET", "HEAD", "OPTIONS")
PER = 60
PROBLEM = "application/problem+json"


class Problem(Exception):
    """It is not answered; `detail` says why and what to do."""

    def __init__(self, detail: str, *, status: int) -> None:
        super().__init__(detail)
        self.status = status


def reader_of(request: HttpRequest) -> str:
    """A keyed hash of who asks: an address, or with IPv6 the network that one reader has."""
    text = request.META.get("REMOTE_ADDR", "")
    try:
        address = ip_address(text)
    except ValueError:
        address = None
    if isinstance(address, IPv6Address):
        text = str(ip_network(f"{text.partition('%')[0]}/64", strict=False))
    return salted_hmac("reader", text).hexdigest()


def open_to_all(view: View) -> View:
    """`shared`, and so many questions a minute for each reader."""
    return shared(_counted(view))


def shared(view: View) -> View:
    """Any page may read it, no cookie goes with it; nobody may write."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = _asked(view, request, *args, **kwargs)
        except (Problem, Lost) as problem:
            response = problem_of(str(problem), status=problem.status)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag, Link, Retry-After"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return wrapped


def _asked(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    if request.method == "OPTIONS":
        response = HttpResponse(status=204)
        response["Access-Control-Allow-Methods"] = ", ".join(METHODS)
        response["Access-Control-Allow-Headers"] = "If-None-Match"
        response["Access-Control-Max-Age"] = "86400"
        return response
    if request.method not in METHODS:
        response = problem_of(_("Nothing can be written here: ask with GET."), status=405)
        response["Allow"] = ", ".join(METHODS)
        return response
    return view(request, *args, **kwargs)


def _counted(view: View) -> View:
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        now, limit = timezone.now(), settings.API_PER_MINUTE
        if allowed(f"api:{reader_of(request)}", limit=limit, per=PER, at=now):
            return view(request, *args, **kwargs)
        said = _("More than %(n)d questions in a minute came from your address. Please wait.")
        response = problem_of(said % {"n": limit}, status=429)
        response["Retry-After"] = str(PER - int(now.timestamp()) % PER)
        return response

    return wrapped


def problem_of(detail: str, *, status: int) -> HttpResponse:
    told = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    body = json.dumps({**told, "detail": detail}, ensure_ascii=False) + "\n"
    response = HttpResponse(body, content_type=PROBLEM, status=status)
    add_never_cache_headers(response)
    return response


def answer(request: HttpRequest, made: Callable[[], Any], *, version: object) -> HttpResponse:
    """What `made` gives as JSON, or 304 for who has this version of it."""
    return conditional(request, f"{version}.json", lambda: as_json(made()))


def as_json(told: Any, content_type: str = "application/json") -> HttpResponse:
    body = json.dumps(told, ensure_ascii=False, default=plain, separators=(",", ":")) + "\n"
    return HttpResponse(body, content_type=content_type)


def plain(value: object) -> str:
    """Times in UTC (RFC 3339), days as they are, words of a language as text."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else str(value)
