"""Headers that neither Django nor django-csp sets, forms on pages that keep their address secret,
the refusal to write while the ledger takes nothing, and what a mirror leaves to the original."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.cache import add_never_cache_headers

import ledger.api as ledger
from portal.languages import unprefixed

# whose views show nothing but what is public, or how this very site is
MIRRORED = (
    *("portal.tracking.", "portal.evidence.", "portal.pages", "portal.metrics", "ledger."),
    "django.views.i18n",
)
View = Callable[[HttpRequest], HttpResponse]
SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
RETRY_AFTER = 600  # seconds; an operator is at it
HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",  # the ledger's files say cross-origin themselves
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",  # the dock asks for it
}


def headers(get_response: View) -> View:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        return response

    return middleware


def own_origin(get_response: View) -> View:
    """Name our own origin where a page of ours that keeps its address secret could not.

    From a page with `Referrer-Policy: no-referrer` a browser sends `Origin: null` (Fetch, section
    3.2), which Django's check of forms refuses. It is read as ours where the browser itself says
    that the page was ours, or is too old to say; cookie and token must agree all the same, and the
    `__Host-` cookie can be set by nobody else.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        ours = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
        if request.META.get("HTTP_ORIGIN") == "null" and ours:
            request.META["HTTP_ORIGIN"] = f"{request.scheme}://{request.get_host()}"
        return get_response(request)

    return middleware


def writable(get_response: View) -> View:
    """While the ledger is behind or read only, nothing that could change it gets further."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method in SAFE or not ledger.closed():
            return get_response(request)
        response = render(request, "503.html", status=503)
        response["Retry-After"] = str(RETRY_AFTER)
        add_never_cache_headers(response)
        return response

    return middleware


def mirrored(get_response: View) -> View:
    """On a mirror, whatever is not a public page is the original's: sign-in, forms, secret links.

    307 keeps method and body: a form sent to the mirror reaches the portal that can take it.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not settings.MIRROR_OF or _is_public(request.path_info):
            return get_response(request)
        original = settings.MIRROR_OF + request.get_full_path()
        response = HttpResponseRedirect(original, preserve_request=True)
        add_never_cache_headers(response)
        return response

    return middleware


def _is_public(path: str) -> bool:
    try:
        return resolve(unprefixed(path)).func.__module__.startswith(MIRRORED)
    except Resolver404:
        return True  # the page that says so is public
