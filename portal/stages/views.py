"""One view for every move: GET shows its form, POST makes one domain call and goes on."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import salted_hmac

from portal.accounts.acting import Actor
from portal.evidence.commands import Refused, attach
from portal.evidence.forms import FilesForm
from portal.evidence.limits import Unfit
from portal.evidence.models import Shows
from portal.input.once import Once, repeated
from portal.languages import unprefixed
from portal.stages import engine
from portal.stages.engine import MoveRefused
from portal.stages.forms import MoveForm
from portal.stages.models import Subject
from portal.stages.rooms import room
from portal.stages.table import Move

KEPT = "X-Kept-Form"  # sent by static/dock/keeping.js
GO_TO = "X-Go-To"  # and what it is answered


def take(
    request: HttpRequest,
    *,
    model: type[Subject],
    move: str,
    actor: Actor,
    done: Callable[[Subject], str],
    subject: Subject | None = None,
    fields: dict[str, Any] | None = None,
    template: str = "stages/move.html",
    context: dict[str, Any] | None = None,
    prefill: QueryDict | None = None,
    blank_rows: int = 3,
    kind: Callable[..., MoveForm] = MoveForm,
    opening: forms.BaseForm | None = None,
    photos: Callable[..., FilesForm] | None = None,
) -> HttpResponse:
    """The page of one move of one subject (or of an opening), in whatever clothes `template` gives
    it.

    404 where the subject is not the actor's or the move does not exist, 422 with everything kept
    for input that is refused, a redirect to `done(subject)` once it is taken. `fields` are the
    model's own fields of an opening, `opening` a form on the same page that asks for them, `photos`
    makes one that asks for photos and papers, kept once the move is taken; before it where the
    table says so.
    """
    row = _row(model, move, subject, actor)
    about: dict[str, Any] = {"model": model, "actor": actor, "subject": subject}
    form = make_form(request, move=row, data=prefill, blank_rows=blank_rows, kind=kind, **about)
    sent = request.method == "POST" and prefill is None and not form.wants_more
    files = None if photos is None else photos(*_sent_files(request) if sent else ())
    about["row"] = row
    if sent and (taken := _taken(request, form, opening, files, fields or {}, about)):
        return went_on(request, done(taken))
    refused = form.is_bound and prefill is None and not form.wants_more
    page: dict[str, Any] = {"form": form, "opening": opening, "photos": files, "refused": refused}
    page |= {"move": row, "subject": subject, "actor": actor, "keep": keep_name(request, actor)}
    page |= context or {}
    response = render(request, template, page, status=422 if refused else 200)
    add_never_cache_headers(response)
    return response


def _taken(
    request: HttpRequest,
    form: MoveForm,
    opening: forms.BaseForm | None,
    files: FilesForm | None,
    fields: dict[str, Any],
    about: dict[str, Any],
) -> Subject | None:
    """The subject once the move is taken, or was when the form came first; None where something is
    refused, which the forms then say. `about`: model, row, actor and subject."""
    first = not about["row"].evidence  # the move, then the photos
    if known := _known(form, **about):
        if _all_valid(files):
            _keep(request, files, known, actor=about["actor"])
        return known
    if not _all_valid(form, opening, files):
        return None
    own = opening.cleaned_data if opening is not None else {}
    try:
        if not first:
            _show(files, about["subject"], actor=about["actor"])
        taken = _call(form, fields={**fields, **own}, at=timezone.now(), **about)
    except MoveRefused as refusal:
        form.add_error(None, str(refusal))
        return None
    if first:
        _keep(request, files, taken, actor=about["actor"])
    return taken


def went_on(request: HttpRequest, address: str) -> HttpResponse:
    """A redirect; to a script that keeps the form until it is taken, the address alone: so it knows
    that it was taken, and the next page is asked for once."""
    if KEPT not in request.headers:
        return redirect(address)
    return HttpResponse(status=204, headers={GO_TO: address})


def keep_name(request: HttpRequest, actor: Actor) -> str:
    """Under which the browser keeps what was typed: of this address and this person; tells
    neither."""
    about = f"{actor.who} {unprefixed(request.path_info)}"
    return salted_hmac("portal.stages.keep", about, algorithm="sha256").hexdigest()[:32]


def make_form(
    request: HttpRequest,
    *,
    model: type[Subject],
    move: Move,
    actor: Actor,
    subject: Subject | None,
    data: QueryDict | None = None,
    blank_rows: int = 3,
    kind: Callable[..., MoveForm] = MoveForm,
) -> MoveForm:
    """The move's form, with the choices and the first values that the part's queries give."""
    queries = room(model, "queries") if move.initial or _names_choices(move) else None
    sent = data if data is not None else request.POST if request.method == "POST" else None
    return kind(
        move,
        choices=lambda name: getattr(queries, name)(subject=subject, actor=actor),
        data=sent,
        initial=getattr(queries, move.initial)(subject=subject, actor=actor)
        if move.initial
        else None,
        blank_rows=blank_rows,
    )


def _known(
    form: MoveForm, *, model: type[Subject], row: Move, actor: Actor, subject: Subject | None
) -> Subject | None:
    """What this very form led to when it was sent before: its choices may be gone since."""
    code = repeated(_sending(form, model=model, row=row, actor=actor, subject=subject))
    return model._default_manager.filter(code=code).first() if code else None


def _all_valid(*others: forms.BaseForm | None) -> bool:
    """All are asked, so that the page shows what is wrong in any."""
    fine = [each.is_valid() for each in others if each is not None]
    return all(fine)


def _sent_files(request: HttpRequest) -> tuple[Any, Any]:
    return request.POST, request.FILES


def _keep(request: HttpRequest, files: FilesForm | None, subject: Subject, *, actor: Actor) -> None:
    """The move is taken whatever becomes of its photos: what is too many is said on the next
    page."""
    if wrong := _attached(files, subject, actor=actor):
        messages.error(request, wrong)


def _show(files: FilesForm | None, subject: Subject | None, *, actor: Actor) -> None:
    """The photos first: the move may rest on them. They stay, whatever becomes of it."""
    if wrong := _attached(files, subject, actor=actor):
        raise MoveRefused(wrong)


def _attached(files: FilesForm | None, subject: Subject | None, *, actor: Actor) -> str:
    """Photos and papers kept with the subject; what is wrong with them, or nothing."""
    if files is None or subject is None or not files.found:
        return ""
    shows = Shows(files.cleaned_data["shows"])
    try:
        attach(code=subject.code, found=files.found, shows=shows, by=actor, at=timezone.now())
    except (Unfit, Refused) as unfit:
        return str(unfit)
    return ""


def _row(model: type[Subject], move: str, subject: Subject | None, actor: Actor) -> Move:
    row = model.lifecycle.by_name.get(move)
    if row is None or row.within or actor.role not in row.by or row.opens != (subject is None):
        raise Http404
    if subject is not None and not subject.reachable_by(actor):
        raise Http404
    return row


def _call(
    form: MoveForm,
    *,
    model: type[Subject],
    row: Move,
    actor: Actor,
    subject: Subject | None,
    fields: dict[str, Any],
    at: datetime,
) -> Subject:
    once = _sending(form, model=model, row=row, actor=actor, subject=subject)
    if subject is None:
        return engine.begin(
            model, row.name, actor=actor, facts=form.facts(), at=at, once=once, **fields
        )
    return engine.advance(
        model, subject.code, row.name, actor=actor, facts=form.facts(), at=at, once=once
    )


def _sending(
    form: MoveForm, *, model: type[Subject], row: Move, actor: Actor, subject: Subject | None
) -> Once:
    about = subject.code if subject else ""
    return form.sending(action=f"{model.lifecycle.event(row)}:{about}", who=actor.who)


def _names_choices(move: Move) -> bool:
    specs = move.facts.specs()
    inner = [s for spec in specs if spec.rows is not None for s in spec.rows.specs()]
    return any(isinstance(s.choices, str) for s in (*specs, *inner))
