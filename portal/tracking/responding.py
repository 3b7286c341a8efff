"""How a public page is answered: the same bytes for everybody, an ETag, no cookie."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django_htmx.middleware import HtmxDetails

from portal.languages import prefix_of
from portal.standing import remember

Context = dict[str, Any]


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
) -> HttpResponse:
    """The page, or 304 where the reader has it already. `version` is all that it depends on beside
    release, language, erasures and how the ledger stands."""
    stands = remember(request)
    parts = settings.RELEASE, get_language(), version, stands.erasures, stands.mode
    tag = f"{'.'.join(map(str, parts))}.{template.partition('/')[2]}"
    response = get_conditional_response(request, etag=quote_etag(tag))
    if response is None:
        response = render(request, template, context())
    return public(request, response, tag=tag)


def public(request: HttpRequest, response: HttpResponse, *, tag: str) -> HttpResponse:
    """Headers that let shared caches keep it for a minute and browsers ask again cheaply."""
    response["ETag"] = quote_etag(tag)
    response["Cache-Control"] = "public, max-age=0, s-maxage=60"
    varies = ["HX-Request", "HX-History-Restore-Request"]
    if not prefix_of(request.path_info):
        varies += ["Accept-Language", "Cookie"]
    patch_vary_headers(response, varies)
    return response
