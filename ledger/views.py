"""The files of LEDGER_DIR with the headers a file server would give them; nothing else."""

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ledger.core import tiles
from ledger.verify import anchors

IMMUTABLE = "public, max-age=31536000, immutable, no-transform"
SECONDS = "public, max-age=5"
ERASABLE = "public, max-age=60"


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    return _file("checkpoint", "text/plain; charset=utf-8", SECONDS)


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    return _file("policy", "text/plain; charset=utf-8", ERASABLE)


@require_safe
def receipt_vkey(request: HttpRequest) -> HttpResponse:
    return _file("receipt.vkey", "text/plain; charset=utf-8", ERASABLE)


@require_safe
def tile(request: HttpRequest, name: str) -> HttpResponse:
    if tiles.parse_path(name) is None:
        return _absent()
    return _file(name, "application/octet-stream", IMMUTABLE)


@require_safe
def anchor(request: HttpRequest, name: str) -> HttpResponse:
    if not anchors.is_known(name):
        return _absent()
    kind = "text/plain; charset=utf-8" if name.endswith(".note") else "application/timestamp-reply"
    return _file(name, kind, IMMUTABLE)


@require_safe
def disclosures(request: HttpRequest, number: str) -> HttpResponse:
    if ".p/" in number or tiles.parse_path(f"tile/0/{number}") is None:
        return _absent()
    return _file(f"disclosures/{number}", "application/json", ERASABLE)


def _file(path: str, content_type: str, cache: str) -> HttpResponse:
    try:
        data = Path(settings.LEDGER_DIR, path).read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return _absent()
    return _open(HttpResponse(data, content_type=content_type), cache)


def _absent() -> HttpResponse:
    return _open(
        HttpResponse("Not found\n", content_type="text/plain; charset=utf-8", status=404),
        "no-store",
    )


def _open(response: HttpResponse, cache: str) -> HttpResponse:
    response["Cache-Control"] = cache
    response["Access-Control-Allow-Origin"] = "*"
    return response
