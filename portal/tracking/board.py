"""The pages of the warehouses and of a lot."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal.tracking import houses, queries
from portal.tracking.finding.lookup import Lost, nothing
from portal.tracking.listing import list_pages
from portal.tracking.models import Line, Subject
from portal.tracking.responding import page
from portal.tracking.views import by_code
from portal.tracking.voices import remarks


@require_safe
def warehouses(request: HttpRequest) -> HttpResponse:
    """Every warehouse with its last stock statement, or those that the address asks for."""
    return list_pages.answer(request, "warehouses", houses.board, section="warehouses")


@by_code
def warehouse(request: HttpRequest, code: str) -> HttpResponse:
    """What came, what went, what is there and what waits, as last sealed."""
    row = Subject.objects.filter(kind="warehouse", code=code).first()
    if row is None:
        raise Lost(nothing(code), status=404)

    def context() -> dict[str, Any]:
        stated = Line.objects.filter(seq__in=row.facts.get("stated", [])).order_by("-seq")
        return {**houses.house(row, list(stated)), **remarks.of(code)}

    return page(
        request, "tracking/warehouse.html", context, version=row.version, entries=row.version
    )


@by_code
def lot(request: HttpRequest, code: str) -> HttpResponse:
    """Where the pieces of one lot are, and everything that happened to it."""
    first = queries.links_of(code).select_related("line").first()
    codes = first.line.codes if first else []
    postings = first.line.data.get("postings", []) if first else []
    owner = next((p["gift"] for p in postings if p["lot"] == code), "")
    gift = houses.source_of(owner or next((c for c in codes if c[0] == "G"), ""))
    if gift is None:
        raise Lost(nothing(code), status=404)

    def context() -> dict[str, Any]:
        own = Subject.objects.filter(kind="lot", code=code).first()
        shown = houses.lot(code, gift, own)
        return {**shown, **remarks.of(code, lines=shown["lines"])}

    return page(request, "tracking/lot.html", context, version=gift.version, entries=gift.version)
