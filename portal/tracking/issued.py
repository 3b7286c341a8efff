"""The public list of what left a warehouse without a release order."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal.tracking import queries, showing
from portal.tracking.models import URGENT, Line
from portal.tracking.projection.projecting import seen
from portal.tracking.responding import page

MOST = 200


@require_safe
def issued(request: HttpRequest) -> HttpResponse:
    """Every one, newest first, with its reason; from sealed entries alone."""
    version = seen()

    def context() -> dict[str, Any]:
        lines = list(Line.objects.filter(type=URGENT).order_by("-seq")[:MOST])
        return {
            "section": "gifts",
            "entries": showing.timeline(lines, queries.named_of(lines), of=""),
        }

    return page(request, "tracking/issued.html", context, version=version)
