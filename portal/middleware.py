"""Headers that neither Django nor django-csp sets, forms on pages that keep their address secret,
and the refusal to write while the ledger takes nothing."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

import ledger.api as ledger

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
