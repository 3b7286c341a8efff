"""A hospital's word on what it still has of a recalled lot."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.stages.models import Subject
from portal.stages.views import take
from portal.warehouse.models import Lot
from portal.warehouse.stock_recall import received_by
from portal.workspace.views import Actors, of_hospital


@of_hospital
def answer(request: HttpRequest, *, actors: Actors, code: str) -> HttpResponse:
    """What is left of a recalled lot; nobody who had none of it finds it."""
    lot = Lot.objects.select_related("variant__item", "pledge", "warehouse__org").filter(code=code)
    found = lot.filter(stage="recalled").first()
    wanted = request.GET.get("for", "")
    mine = [c for c in sorted(actors) if wanted in ("", c) and found and received_by(found, c)]
    if found is None or not mine:
        raise Http404
    return take(
        request,
        model=Lot,
        move="answer",
        actor=actors[mine[0]],
        subject=found,
        context={"back": reverse("workspace:hospital")},
        done=lambda taken: _answered(request, taken),
    )


def _answered(request: HttpRequest, lot: Subject) -> str:
    text = _("Thank you. What you have of lot %(code)s is recorded.")
    messages.success(request, text % {"code": lot.code})
    return reverse("workspace:hospital")
