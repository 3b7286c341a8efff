"""A list as a file: CSV of exactly what the page shows, all pages of it, in the same order.

The first row names the columns, the second says in HXL what they mean. Every cell is quoted, and
what a spreadsheet would take for a formula begins with an apostrophe.
"""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.tracking.listing.declared import Asked, ListOf
from portal.tracking.listing.listings import LISTS
from portal.tracking.projection.projecting import seen
from portal.tracking.responding import conditional

FORMULA = "=+-@\t\r\n＝＋－＠"
MARK = "\ufeff"  # tells spreadsheets that it is UTF-8


class Echo:
    """A file that gives back each line."""

    def write(self, text: str) -> str:
        return text


@require_safe
def list_csv(request: HttpRequest, key: str) -> HttpResponse:
    """The list of this name, filtered and sorted by the address as its page is."""
    if key not in LISTS:
        raise Http404
    asked, at = LISTS[key].read(request.GET.dict()), seen()

    def made() -> HttpResponse:
        response = StreamingHttpResponse(lines(asked), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{key}-{at}.csv"'
        return response  # type: ignore[return-value]  # no more than headers is asked of it

    return conditional(request, f"{key}.{at}.{asked.key()}.csv", made)


def lines(asked: Asked) -> Iterator[str]:
    """The file line by line."""
    writer = csv.writer(Echo(), quoting=csv.QUOTE_ALL)
    yield MARK + writer.writerow([column.key for column in asked.listing.columns])
    yield writer.writerow([column.hxl for column in asked.listing.columns])
    for record in asked.every():
        yield writer.writerow(row(asked.listing, record))


def row(listing: ListOf, record: Any) -> list[str]:
    return [written(value) for value in listing.cells(record).values()]


def written(value: Any) -> str:
    """A value as text: whole numbers, days as 2026-03-02, moments in China's time with offset."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, bool | int | date):
        return str(value).lower() if isinstance(value, bool) else str(value)
    text = str(value)
    bare = text.lstrip(" \"'")
    return f"'{text}" if bare[:1] in FORMULA and bare else text
