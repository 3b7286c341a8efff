"""Pages of no part: refusals, the page for a bug, and the one that says how the site is."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """With the sentence of PermissionDenied where somebody wrote one."""
    return render(request, "403.html", {"reason": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """One page for all: what the exception says is meant for developers."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Asks nothing of database or session: they may be what broke."""
    return render(request, "500.html", status=500)


def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"mode": "ok"})
