"""The slip that a donor puts on his boxes: its QR code opens the consignment at the dock."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from portal.accounts.links import open_link
from portal.accounts.secret import by_secret_link
from portal.catalogue.queries import described, unit_of
from portal.papers.printing import paper
from portal.warehouse.models import Arrival
from portal.warehouse.queries import label_of
from portal.workspace.claims import CLAIM


@by_secret_link
def slip(request: HttpRequest, token: str, *, code: str) -> HttpResponse:
    """The slip of one consignment of this link's gift, as PDF or page to print."""
    link = open_link(token, purpose=CLAIM, at=timezone.now())
    rows = Arrival.objects.select_related("warehouse", "pledge", "consignee")
    arrival = get_object_or_404(rows, code=code, pledge__code=link.code)
    assert arrival.warehouse is not None, "announced arrivals have a warehouse"
    lines = arrival.lines.select_related("lot__variant__item").order_by("no")
    context = {
        "arrival": arrival,
        "house": label_of(arrival.warehouse),
        "opens": settings.SITE_ORIGIN + reverse("plain:workspace:dock_thing", args=[code]),
        "rows": [
            {
                "name": described(line.lot.variant),
                "quantity": line.announced,
                "unit": unit_of(line.lot.variant),
                "pack": line.pack,
            }
            for line in lines
        ],
    }
    return paper(request, "workspace/slip.html", context, name=f"{code}-slip")
