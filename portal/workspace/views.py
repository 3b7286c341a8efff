"""The hospital's workspace: its needs, what is on the way to it, and confirming what came."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from operator import itemgetter
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from portal.accounts.acting import Actor, acting_as
from portal.accounts.models import Person
from portal.accounts.roles import HOSPITAL
from portal.needs.models import Need
from portal.organisations.models import Organisation
from portal.organisations.queries import name_of, names
from portal.oversight.queries import questions_to
from portal.receipts.views import confirm_shipment
from portal.shipping.models import Shipment
from portal.shipping.queries import CONFIRMABLE, coming_to, confirmed_by
from portal.stages.engine import allowed_moves
from portal.stages.models import Subject
from portal.stages.promises import receipt_file
from portal.stages.views import take
from portal.warehouse.models import Arrival
from portal.warehouse.queries import held_for
from portal.warehouse.stock_recall import recalled_rows
from portal.workspace.pasting import pasted_rows
from portal.workspace.queries import (
    MOST,
    line_rows,
    needs_with_counters,
    received_rows,
    with_insides,
    with_items,
)

Actors = dict[str, Actor]  # by the hospital's code
BLANK_ROWS = 3


def of_hospital(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for the people of a hospital; `actors` are the hospitals this person acts for. Never
    cached."""

    @login_required
    @wraps(view)
    def page(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        assert isinstance(request.user, Person)
        actors = {actor.org: actor for actor in acting_as(request.user, [HOSPITAL])}
        if not actors:
            raise PermissionDenied(_("This workspace is for the people of a hospital."))
        response = view(request, actors=actors, **kwargs)
        add_never_cache_headers(response)
        return response

    return page


@of_hospital
def hospital(request: HttpRequest, *, actors: Actors) -> HttpResponse:
    """Own needs with their counters, shipments on the way, and what was confirmed lately."""
    context = {
        "hospitals": sorted(names(actors).items(), key=itemgetter(1, 0)),
        "coming": with_insides(coming_to(actors)[:MOST]),
        "received": received_rows(actors),
        "held": held_for(actors)[:MOST],
        "recalled": [{**row, "href": _answer(row)} for row in recalled_rows(actors)],
        "asked": questions_to(actors),
        "needs": with_items(needs_with_counters(actors)[:MOST]),
        "confirmed": with_insides(confirmed_by(actors)[:10]),
        "confirmable": CONFIRMABLE,
    }
    return render(request, "workspace/hospital.html", context)


@of_hospital
def write(request: HttpRequest, *, actors: Actors) -> HttpResponse:
    """Post a need: lines typed or pasted from a spreadsheet, looked over, sent for review."""
    org, actor = _chosen(request, actors)
    pasted = pasted_rows(request.POST) if "place" in request.POST else None
    return take(
        request,
        model=Need,
        move="write",
        actor=actor,
        fields={"hospital": org},
        template="workspace/write.html",
        context={"hospital": name_of(org), "pasted": pasted},
        prefill=pasted.form if pasted else None,
        blank_rows=BLANK_ROWS,
        done=lambda found: _went_well(request, found),
    )


@of_hospital
def need(request: HttpRequest, *, actors: Actors, code: str) -> HttpResponse:
    """One own need with its lines, counters and the moves there are."""
    found, actor = _own_need(actors, code)
    moves = [m for m in allowed_moves(found, actor) if not m.opens]
    context = {"need": found, "moves": moves, "rows": line_rows(found)}
    return render(request, "workspace/need.html", context)


@of_hospital
def move(request: HttpRequest, *, actors: Actors, code: str, move: str) -> HttpResponse:
    """A move of one own need."""
    found, actor = _own_need(actors, code)
    back = reverse("workspace:need", args=[code])
    return take(
        request,
        model=Need,
        move=move,
        actor=actor,
        subject=found,
        context={"back": back},
        done=lambda taken: _went_well(request, taken),
    )


@of_hospital
def held_move(request: HttpRequest, *, actors: Actors, code: str, move: str) -> HttpResponse:
    """A parcel that a warehouse keeps for this hospital: fetched, or given on. Nobody else finds
    it."""
    rows = Arrival.objects.select_related("consignee", "warehouse", "pledge")
    found = get_object_or_404(rows.filter(consignee__code__in=actors), code=code)
    assert found.consignee is not None
    return take(
        request,
        model=Arrival,
        move=move,
        actor=actors[found.consignee.code],
        subject=found,
        context={"back": reverse("workspace:hospital")},
        done=lambda taken: _held_moved(request, taken),
    )


@of_hospital
def confirm(request: HttpRequest, *, actors: Actors, code: str) -> HttpResponse:
    """What came of one shipment to this hospital; nobody else finds it here."""
    rows = Shipment.objects.select_related("hospital").filter(hospital__code__in=actors)
    shipment = get_object_or_404(rows, code=code)
    assert shipment.hospital is not None
    if shipment.stage not in CONFIRMABLE and request.method != "POST":  # sent twice: same answer
        return render(request, "receipts/closed.html", {"shipment": shipment}, status=410)
    actor = replace(actors[shipment.hospital.code], by_link=shipment.code)
    return confirm_shipment(
        request, shipment=shipment, actor=actor, done=lambda taken: _confirmed(request, taken)
    )


@of_hospital
def receipt(request: HttpRequest, *, actors: Actors, code: str) -> HttpResponse:
    """The ledger's receipt for a confirmation of this hospital."""
    get_object_or_404(Shipment, code=code, hospital__code__in=actors)
    return receipt_file(lifecycle="receipt", code=code, move="confirm")


def _answer(recalled: dict[str, Any]) -> str:
    """Where this person answers a recall for one of his hospitals."""
    return f"{reverse('workspace:recall', args=[recalled['lot'].code])}?for={recalled['hospital']}"


def _chosen(request: HttpRequest, actors: Actors) -> tuple[Organisation, Actor]:
    """The hospital named in the address, or the first of this person's."""
    code = request.GET.get("for", next(iter(actors)))
    if code not in actors:
        raise Http404
    return get_object_or_404(Organisation, code=code), actors[code]


def _own_need(actors: Actors, code: str) -> tuple[Need, Actor]:
    rows = Need.objects.select_related("hospital").filter(hospital__code__in=actors)
    found = get_object_or_404(rows, code=code)
    return found, actors[found.hospital.code]


def _went_well(request: HttpRequest, found: Subject) -> str:
    text = _("Need %(code)s is now: %(stage)s.")
    messages.success(request, text % {"code": found.code, "stage": found.stage_label})
    return reverse("workspace:need", args=[found.code])


def _held_moved(request: HttpRequest, arrival: Subject) -> str:
    text = _("Parcel %(code)s is now: %(stage)s.")
    messages.success(request, text % {"code": arrival.code, "stage": arrival.stage_label})
    return reverse("workspace:hospital")


def _confirmed(request: HttpRequest, receipt: Subject) -> str:
    text = _("Thank you. What came of shipment %(code)s is recorded.")
    messages.success(request, text % {"code": receipt.code})
    return reverse("workspace:hospital")
