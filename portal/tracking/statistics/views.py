"""The public figures: the page, the same as JSON, and the rows that make each number."""

import csv
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from portal.tracking.listing.list_files import Echo
from portal.tracking.projection.projecting import seen
from portal.tracking.responding import conditional, page, public
from portal.tracking.statistics import listing, making, registry, showing, telling
from portal.tracking.statistics.making import Asked
from portal.tracking.statistics.registry import Figure
from portal.tracking.statistics.statement import at_present

AT_ONCE = 50


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Every figure of the portal, as of one entry of the ledger."""
    part = request.GET.get("part", "")[: making.LONGEST]

    def context() -> dict[str, Any]:
        return showing.page(at_present(), part=part)

    version = f"{seen()}-{quote(part, safe='')}"
    return page(request, "tracking/statistics.html", context, version=version)


@require_safe
def statistics_json(request: HttpRequest) -> HttpResponse:
    """The same numbers for programs, each with the address of its rows as CSV."""
    tag = f"{settings.RELEASE}.{get_language()}.{seen()}.statistics"
    response = get_conditional_response(request, etag=quote_etag(tag))
    if response is None:
        told = json.dumps(telling.told(at_present()), ensure_ascii=False, indent=1)
        response = HttpResponse(f"{told}\n", content_type="application/json")
    return public(request, response, tag=tag)


@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """The same figures by organisation, some at a time."""
    kind, before = request.GET.get("kind", ""), request.GET.get("before", "")[:18]

    def context() -> dict[str, Any]:
        return listing.organisations(at_present(), kind=kind, before=before)

    version = f"{seen()}-{quote(kind[:20], safe='')}-{quote(before, safe='')}"
    return page(request, "tracking/statistics_by.html", context, version=version)


def _figure(key: str) -> Figure:
    found = registry.figure(key)
    if found is None:
        raise Http404
    return found


@require_safe
def rows(request: HttpRequest, key: str) -> HttpResponse:
    """The rows that make one number, newest or longest first."""
    figure, asked = _figure(key), Asked.read(request.GET)
    after = request.GET.get("after", "")[:300]

    def context() -> dict[str, Any]:
        found, mark = making.page(figure, asked, after=after, limit=AT_ONCE)
        return listing.rows(figure, asked, found, after=after, mark=mark)

    version = (
        f"{seen()}-{key}-{quote(urlencode({**asked.chosen(figure), 'after': after}), safe='')}"
    )
    return page(request, "tracking/statistics_rows.html", context, version=version)


@require_safe
def rows_csv(request: HttpRequest, key: str) -> HttpResponse:
    """All of the same rows as a file."""
    figure, asked = _figure(key), Asked.read(request.GET)
    words = quote(urlencode(asked.chosen(figure)), safe="")

    def made() -> HttpResponse:
        response = StreamingHttpResponse(
            _lines(figure, asked), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="{key}.csv"'
        return response  # type: ignore[return-value]  # no more than headers is asked of it

    return conditional(request, f"{seen()}.{key}.{words}.csv", made)


def _lines(figure: Figure, asked: Asked) -> Iterator[str]:
    writer = csv.writer(Echo(), lineterminator="\r\n")
    yield writer.writerow(making.COLUMNS)
    yield writer.writerow(making.COLUMNS.values())
    for row in making.every(figure, asked):
        yield writer.writerow([row[name] for name in making.COLUMNS])
