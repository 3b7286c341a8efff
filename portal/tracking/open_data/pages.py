"""The page of open data: what there is, in which shape, how far it goes, how to mirror it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from portal.tracking.feeds import LICENCE
from portal.tracking.listing.listings import LISTS
from portal.tracking.open_data.schemas import schemas
from portal.tracking.projection.projecting import seen
from portal.tracking.responding import page


@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    """Every file and address that may be read, with the entry index that it goes up to."""
    version = seen()

    def context() -> dict[str, Any]:
        return {
            "section": "open_data",
            "size": version,
            "licence": LICENCE,
            "site": settings.SITE_ORIGIN,
            "lists": [
                {
                    "title": listing.title,
                    "columns": len(listing.columns),
                    "page": reverse(listing.address),
                    "csv": reverse("tracking:list_csv", args=[listing.key]),
                    "json": reverse("plain:tracking:api_list", args=[listing.key]),
                }
                for listing in LISTS.values()
            ],
            "lots": reverse("plain:tracking:api_lots"),
            "statistics": reverse("plain:tracking:api_statistics"),
            "entries": reverse("plain:tracking:api_entries"),
            "openapi": reverse("plain:tracking:api_description"),
            "limit": settings.API_PER_MINUTE,
            "schemas": [
                {"name": name, "href": reverse("plain:tracking:schema", args=[name])}
                for name in schemas()
            ],
        }

    return page(request, "tracking/open_data.html", context, version=version)
