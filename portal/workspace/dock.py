"""Pages at the dock, made for a phone: scan or type a code, do the one thing there is to do."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from portal.accounts.acting import Actor, acting_as
from portal.accounts.models import Person
from portal.accounts.roles import AT_THE_DOCK
from portal.evidence.forms import FilesForm
from portal.shipping.models import Release, Shipment
from portal.stages.forms import MoveForm
from portal.stages.models import Subject
from portal.stages.table import Move
from portal.stages.views import take
from portal.workspace import handling
from portal.workspace.scanned import Unread, read

CAMERA = "geolocation=(), camera=(self), microphone=()"  # on these pages only
Actors = list[Actor]


class Filled(MoveForm):
    """A move's form with first values that the page knows already."""

    def __init__(self, move: Move, *, first: dict[str, Any], **kwargs: Any) -> None:
        kwargs["initial"] = {**(kwargs.get("initial") or {}), **first}
        super().__init__(move, **kwargs)


def at_the_dock(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for those who handle goods; `actors`: in which capacities. Never cached; may ask for
    the camera."""

    @login_required
    @wraps(view)
    def page(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        assert isinstance(request.user, Person)
        actors = acting_as(request.user, AT_THE_DOCK)
        if not actors:
            raise PermissionDenied(_("These pages are for those who handle goods."))
        response = view(request, actors=actors, **kwargs)
        add_never_cache_headers(response)
        response["Permissions-Policy"] = CAMERA
        return response

    return page


@at_the_dock
def dock(request: HttpRequest, *, actors: Actors) -> HttpResponse:
    """What do you have in your hands? A code leads to the one thing there is to do with it."""
    typed = request.GET.get("code")
    if typed is None:
        return _start(request, actors)
    try:
        code = read(typed, hosts=_hosts(request))
    except Unread as unread:
        return _start(request, actors, typed=typed, error=str(unread), status=422)
    found = handling.reachable(handling.about(code), actors)
    if not found:
        return _start(request, actors, typed=code, error=_nothing(code), status=404)
    ways = [handling.deeds(subject, actors, scanned=code) for subject in found]
    main = [deeds[0] for deeds in ways if deeds and deeds[0].main]
    if len(main) == 1:
        return redirect(main[0].address)
    return redirect("workspace:dock_thing", code=code)


def _start(
    request: HttpRequest, actors: Actors, *, typed: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    context = {"typed": typed, "error": error, "waiting": handling.waiting(actors)}
    return render(request, "workspace/dock.html", context, status=status)


@at_the_dock
def thing(request: HttpRequest, *, actors: Actors, code: str) -> HttpResponse:
    """What goes by this code, what this person can do with each part, or who can."""
    found = handling.reachable(handling.about(code), actors)
    if not found:
        return _start(request, actors, typed=code, error=_nothing(code), status=404)
    rows = [
        {
            "subject": subject,
            "kind": subject.lifecycle.label,
            "deeds": handling.deeds(subject, actors, scanned=code),
            "who": handling.who_can(subject),
        }
        for subject in found
    ]
    return render(request, "workspace/dock_thing.html", {"code": code, "rows": rows})


@at_the_dock
def move(request: HttpRequest, *, actors: Actors, code: str, move: str) -> HttpResponse:
    """One move of one thing: the very form of the workbench, for a phone."""
    found = handling.about(code)
    order = next((s for s in found if isinstance(s, Release)), None)
    if move == handling.PACK and order is not None:
        return _pack(request, order, _who(actors, order, Shipment.lifecycle.move(move)))
    for subject in found:
        row = subject.lifecycle.by_name.get(move)
        if subject.code == code and row and not row.opens and not row.within:
            return _advance(request, subject, row, _who(actors, subject, row))
    raise Http404


def _advance(request: HttpRequest, subject: Subject, row: Move, actor: Actor) -> HttpResponse:
    if request.method == "GET" and subject.stage not in row.source:
        return redirect("workspace:dock_thing", code=subject.code)  # done meanwhile
    order = request.GET.get("order", "")[:40]
    gate = any(spec.name == "order" for spec in row.facts.specs())
    return take(
        request,
        model=type(subject),
        move=row.name,
        actor=actor,
        subject=subject,
        kind=partial(Filled, first={"order": order} if order and gate else {}),
        template="workspace/dock_move.html",
        context=_about(subject) | {"scans": "order" if gate else ""},
        photos=partial(FilesForm, papers=False, camera=True, required=False),
        blank_rows=0 if row.initial else 1,  # more at a press: a phone shows one card a line
        done=lambda taken: _done(request, taken),
    )


def _pack(request: HttpRequest, order: Release, actor: Actor) -> HttpResponse:
    return take(
        request,
        model=Shipment,
        move=handling.PACK,
        actor=actor,
        fields={"org": actor.org},
        kind=partial(Filled, first={"release": order.code}),
        template="workspace/dock_move.html",
        context=_about(order),
        done=lambda taken: _done(request, taken),
    )


def _about(subject: Subject) -> dict[str, Any]:
    """What the page says of the thing in one's hands."""
    return {"thing": subject, "contents": handling.contents(subject)}


def _who(actors: Actors, subject: Subject, row: Move) -> Actor:
    """In which capacity this person may take it; 404 for what is not his."""
    mine = (a for a in actors if a.role in row.by and subject.reachable_by(a))
    if (actor := next(mine, None)) is None:
        raise Http404
    return actor


def _done(request: HttpRequest, taken: Subject) -> str:
    words = {"code": taken.code, "stage": taken.stage_label}
    messages.success(request, _("%(code)s is now: %(stage)s.") % words)
    return reverse("workspace:dock")


def _nothing(code: str) -> str:
    return _(
        "There is nothing with the code %(code)s for you here. Is it the label of another "
        "organisation? Arrivals begin with C, lots with B, release orders with R, shipments with S."
    ) % {"code": code}


def _hosts(request: HttpRequest) -> tuple[str, str]:
    """Whose addresses are ours: where labels lead, and where this very page is."""
    return urlsplit(settings.SITE_ORIGIN).netloc.lower(), request.get_host().lower()
