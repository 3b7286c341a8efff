"""Asking about a record without an account, and answering for one's organisation."""

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from portal.accounts.acting import Actor, acting_in
from portal.accounts.roles import DONOR
from portal.input.limits import allowed
from portal.oversight.models import Question
from portal.oversight.question_table import ANSWERERS
from portal.stages.forms import MoveForm
from portal.stages.models import Subject
from portal.stages.views import take

PER_HOUR = 10


class AskForm(MoveForm):
    """Begins with the code of the record from whose page the asker came."""

    def __init__(self, *args: Any, record: str = "", **kwargs: Any) -> None:
        initial = {**(kwargs.pop("initial", None) or {}), "record": record}
        super().__init__(*args, initial=initial, **kwargs)


def ask(request: HttpRequest) -> HttpResponse:
    """Anybody asks about a published record; `?record=` fills in which."""
    if request.method == "POST" and not _may_ask(request):
        reason = _(
            "At most 10 questions an hour can be asked from one connection. Please try again in "
            "an hour."
        )
        limited = render(request, "429.html", {"reason": reason}, status=429)
        limited["Retry-After"] = "3600"
        return limited
    return take(
        request,
        model=Question,
        move="ask",
        actor=Actor(role=DONOR),
        template="oversight/ask.html",
        done=_asked,
        kind=partial(AskForm, record=request.GET.get("record", "")[:12]),
    )


def _asked(question: Subject) -> str:
    return reverse("oversight:asked")


def _may_ask(request: HttpRequest) -> bool:
    """No address is kept: what is counted is its keyed hash."""
    sender = salted_hmac("questions", request.META.get("REMOTE_ADDR", "")).hexdigest()
    return allowed(f"question:{sender}", limit=PER_HOUR, per=3600, at=timezone.now())


@never_cache
def asked(request: HttpRequest) -> HttpResponse:
    """Says what happens next; the same for everybody."""
    return render(request, "oversight/asked.html")


@login_required
def answer(request: HttpRequest, code: str) -> HttpResponse:
    """The answer of whoever works for the organisation that is asked."""
    question = get_object_or_404(Question, code=code)
    actors = acting_in(request, ANSWERERS)
    actor = next((actor for actor in actors if question.reachable_by(actor)), None)
    if actor is None:
        raise Http404
    return take(
        request,
        model=Question,
        move="reply",
        actor=actor,
        subject=question,
        template="oversight/answer.html",
        done=lambda _question: reverse("tracking:question", args=[code]),
        context={"question": question},
    )
