"""How a public page is answered: the same bytes for everybody, an ETag, no cookie."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag
from django.utils.text import compress_string
from django.utils.translation import get_language
from django_htmx.middleware import HtmxDetails

import ledger.api as ledger
from portal.languages import prefix_of
from portal.standing import remember

Context = dict[str, Any]
WORTH_IT = 1000  # bytes of a page below which compressing saves nothing
TEXTS = ("text/", "application/json", "application/atom+xml", "image/svg+xml")


def fragment(request: HttpRequest) -> bool:
    """htmx asks for its part of the page; a history restore wants the whole."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]  # set by its middleware
    return bool(htmx) and not htmx.history_restore_request


def page(
    request: HttpRequest,
    template: str,
    context: Callable[[], Context],
    *,
    version: object,
    entries: int | None = None,
) -> HttpResponse:
    """The page, or 304 where the reader has it already. `version` is all that it depends on beside
    release, language, erasures and how the ledger stands. `entries`: it says of entries below this
    index whether they are witnessed."""
    stands = remember(request)
    version = f"{version}{_witnessed(stands.witnessed, entries)}"
    parts = settings.RELEASE, get_language(), version, stands.erasures, stands.mode
    tag = f"{'.'.join(map(str, parts))}.{template.partition('/')[2]}"
    response = get_conditional_response(request, etag=quote_etag(tag))
    if response is None:
        beside = {"witnessed": stands.witnessed, "feed": feed_of(request)}
        response = render(request, template, {**beside, **context()})
    return public(request, response, tag=tag)


def feed_of(request: HttpRequest) -> str:
    """The address of the page's Atom feed, if it has one: named as the page, with `_feed`."""
    match = request.resolver_match
    if match is None:
        return ""
    try:
        return reverse(f"tracking:{match.url_name}_feed", kwargs=match.kwargs)
    except NoReverseMatch:
        return ""


def _witnessed(stands: ledger.Witnessed, entries: int | None) -> str:
    """The part of the tag that changes when one of these entries becomes witnessed, and, until all
    are, with what the page says of the witnesses."""
    if entries is None or not stands.of:
        return ""
    if entries <= stands.size:
        return "-w"
    since = int(stands.since.timestamp()) if stands.since else 0
    return f"-w{stands.size}-{stands.have}-{stands.of}-{since}"


def _compress(request: HttpRequest, response: HttpResponse) -> None:
    """Smaller on the way, where the reader takes it: nothing on a public page is anybody's secret,
    so its length tells nothing. The tag then vouches for the text, not for the bytes."""
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return
    if not response.headers.get("Content-Type", "text/").startswith(TEXTS):
        return
    response["ETag"] = f"W/{response['ETag']}"
    if response.streaming or len(response.content) < WORTH_IT:
        return
    response.content = compress_string(response.content)
    response["Content-Encoding"] = "gzip"
    if response.has_header("Content-Length"):
        response["Content-Length"] = str(len(response.content))


def conditional(
    request: HttpRequest, version: str, made: Callable[[], HttpResponse]
) -> HttpResponse:
    """A file made of public rows, or 304 for who has this version of it in this language."""
    tag = f"{settings.RELEASE}.{get_language()}.{version}"
    response = get_conditional_response(request, etag=quote_etag(tag))
    return public(request, made() if response is None else response, tag=tag)


def public(request: HttpRequest, response: HttpResponse, *, tag: str) -> HttpResponse:
    """Headers that let shared caches keep it for a minute and browsers ask again cheaply."""
    response["ETag"] = quote_etag(tag)
    _compress(request, response)
    response["Cache-Control"] = "public, max-age=0, s-maxage=60"
    varies = ["HX-Request", "HX-History-Restore-Request", "Accept-Encoding"]
    if not prefix_of(request.path_info):
        varies += ["Accept-Language", "Cookie"]
    patch_vary_headers(response, varies)
    return response
