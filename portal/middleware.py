"""Headers that neither Django nor django-csp sets; a view that set its own keeps it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

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
