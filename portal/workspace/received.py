"""What a hospital does after it confirmed: what came later, objections, use reports."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.evidence.forms import FilesForm
from portal.evidence.models import Shows
from portal.receipts.models import Receipt
from portal.stages.models import Subject
from portal.stages.views import take
from portal.workspace.views import Actors, of_hospital


@of_hospital
def move(request: HttpRequest, *, actors: Actors, code: str, move: str) -> HttpResponse:
    """A move of one receipt of this hospital, with photos from the phone; nobody else finds it."""
    rows = Receipt.objects.select_related("shipment__hospital")
    receipt = get_object_or_404(rows.filter(shipment__hospital__code__in=actors), code=code)
    assert receipt.shipment.hospital is not None
    return take(
        request,
        model=Receipt,
        move=move,
        actor=actors[receipt.shipment.hospital.code],
        subject=receipt,
        context={"back": reverse("workspace:hospital")},
        photos=partial(
            FilesForm, papers=False, camera=True, required=False, initial={"shows": Shows.USE}
        ),
        done=lambda taken: _done(request, taken),
    )


def _done(request: HttpRequest, receipt: Subject) -> str:
    text = _("Thank you. It is recorded for shipment %(code)s.")
    messages.success(request, text % {"code": receipt.code})
    return reverse("workspace:hospital")
