"""The ledger's own pages, files made for a gift, and what stands still: about, privacy."""

import io
import json
from typing import Any

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

import ledger.api as ledger
from ledger.core import tiles
from portal.tracking import queries, showing, telling
from portal.tracking.lookup import Lost, nothing
from portal.tracking.models import Gift, Line
from portal.tracking.projecting import seen
from portal.tracking.responding import page, public
from portal.tracking.views import by_code


def first_files(size: int) -> list[str]:
    """One file of each kind that a log of this published size has."""
    if not size:
        return []
    begun = [tiles.path(next(tiles.of_level(level, 0, size))) for level in (0, tiles.ENTRIES)]
    return ["checkpoint", "policy", *begun, f"disclosures/{tiles.number(0)}"]


@by_code
def qr(request: HttpRequest, code: str) -> HttpResponse:
    """The address of the gift's page as a picture."""
    if not Gift.objects.filter(code=code).exists():
        raise Lost(nothing(code), status=404)
    picture = io.BytesIO()
    address = settings.SITE_ORIGIN + reverse("plain:tracking:gift", args=[code])
    segno.make(address, error="m", micro=False).save(
        picture, kind="svg", scale=4, border=2, xmldecl=False, svgclass=None, lineclass=None
    )
    response = HttpResponse(picture.getvalue(), content_type="image/svg+xml")
    response["Cache-Control"] = "public, max-age=86400"
    return response


@by_code
def events(request: HttpRequest, code: str) -> HttpResponse:
    """Every entry that concerns the gift, as sealed, byte for byte."""
    row = Gift.objects.filter(code=code).first()
    if row is None:
        raise Lost(nothing(code), status=404)
    tag = f"{settings.RELEASE}.{row.version}.events"
    unchanged = get_conditional_response(request, etag=quote_etag(tag))
    if unchanged is not None:
        return public(request, unchanged, tag=tag)
    found = [ledger.entry(line.seq) for line in reversed(queries.lines_of(code))]
    parts = [
        f'{{"index":{e.index},"leaf":"{e.leaf.hex()}","entry":{e.raw.decode()}}}'
        for e in found
        if e
    ]
    listed = ",\n".join(parts)
    body = f'{{"code":"{code}","entries":[\n{listed}\n]}}\n'
    response = HttpResponse(body, content_type="application/json")
    return public(request, response, tag=tag)


@require_safe
def ledger_page(request: HttpRequest) -> HttpResponse:
    """How large the ledger is, its newest checkpoint, and how to check it oneself."""
    newest = next(iter(ledger.checkpoints(1)), None)
    size = newest.size if newest else 0
    version = seen()

    def context() -> dict[str, Any]:
        lines = list(Line.objects.order_by("-seq")[:12])
        return {
            "section": "ledger",
            "size": version,
            "checkpoint": newest,
            "origin": settings.LEDGER_ORIGIN,
            "site": settings.SITE_ORIGIN,
            "files": [f"{settings.SITE_ORIGIN}/ledger/{name}" for name in first_files(size)],
            "entries": [{"line": line, "title": telling.title(line)} for line in lines],
        }

    return page(request, "tracking/ledger.html", context, version=f"{version}-{size}")


@require_safe
def entry(request: HttpRequest, index: int) -> HttpResponse:
    """One entry: told in words, and the very bytes that were sealed."""
    line = Line.objects.filter(seq=index).first() if index < 2**63 else None
    sealed = ledger.entry(index) if line else None
    if line is None or sealed is None:
        return render(request, "404.html", status=404)

    def context() -> dict[str, Any]:
        told = showing.timeline([line], queries.named_of([line]), of="")
        return {
            "section": "ledger",
            "line": line,
            "told": told,
            "raw": sealed.raw.decode(),
            "pretty": json.dumps(sealed.body, ensure_ascii=False, indent=2),
            "previous": index - 1 if index else None,
            "crumbs": showing.crumbs((_("Ledger"), reverse("tracking:ledger")), (str(index), "")),
        }

    return page(request, "tracking/entry.html", context, version=f"{index}-{seen() > index + 1}")


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return page(request, "tracking/about.html", lambda: {"section": "about"}, version=0)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return page(request, "tracking/privacy.html", dict, version=0)
