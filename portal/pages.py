"""Pages of no part: refusals, the page for a bug, and the one that says how the site is."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

import ledger.api as ledger
from portal.standing import untroubled


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _refusal(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """With the sentence of PermissionDenied where somebody wrote one."""
    return _refusal(request, "403.html", {"reason": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """One page for all: what the exception says is meant for developers."""
    return _refusal(request, "404.html", status=404)


def _refusal(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int
) -> HttpResponse:
    """Asks nothing of the database, and so not how the ledger stands."""
    untroubled(request)
    return render(request, template, context, status=status)


def server_error(request: HttpRequest) -> HttpResponse:
    """Asks nothing of database or session: they may be what broke."""
    return render(request, "500.html", status=500)


def healthz(request: HttpRequest) -> JsonResponse:
    """How the ledger is, in numbers. Without a log the mode is null and the answer 503."""
    told = health(timezone.now())
    answer = JsonResponse(told, status=200 if told["mode"] else 503)
    add_never_cache_headers(answer)
    return answer


def health(now: datetime) -> dict[str, Any]:
    """What `/healthz` says; ages in seconds, None where there is nothing to be old."""
    waiting, oldest = ledger.pending()
    newest = next(iter(ledger.checkpoints(1)), None)
    try:
        mode = ledger.mode()
    except ledger.NoLog:
        mode = None
    told: dict[str, Any] = {
        "mode": mode,
        "tree_size": ledger.size(),
        "checkpoint_age_s": _age(newest.signed_at if newest else None, now),
        "unsealed": waiting,
        "oldest_unsealed_s": _age(oldest, now),
    }
    witnessed = ledger.witnessed()
    if witnessed.since:  # the quorum is missing
        told["witnesses"] = f"{witnessed.have} of {witnessed.of}"
        told["since"] = witnessed.since.isoformat()
    return told


def _age(then: datetime | None, now: datetime) -> float | None:
    return round((now - then).total_seconds(), 1) if then else None
