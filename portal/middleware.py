"""Headers that neither Django nor django-csp sets, and forms on pages that keep their address
secret."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

View = Callable[[HttpRequest], HttpResponse]
HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",  # the ledger's files say cross-origin themselves
    "Permissions-Policy": "geolocation=(), camera=(self), microphone=()",
}


def headers(get_response: View) -> View:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        return response

    return middleware


class Csrf(CsrfViewMiddleware):
    """Django's check, for pages with `Referrer-Policy: no-referrer` too.

    A browser sends `Origin: null` from such a page (Fetch, section 3.2), which Django refuses. It
    is
    taken here where the browser itself says that the page was ours, or is too old to say; cookie
    and token must agree all the same, and the `__Host-` cookie can be set by nobody else.
    """

    def _origin_verified(self, request: HttpRequest) -> bool:
        if request.META["HTTP_ORIGIN"] == "null":
            return request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
        return super()._origin_verified(request)  # type: ignore[misc,no-any-return]
