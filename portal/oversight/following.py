"""Following by mail: one field, and the page behind the link of the first mail."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from ledger.core import codes
from portal.accounts.secret import by_secret_link
from portal.input.fields import CleanText
from portal.input.limits import allowed
from portal.notices import following
from portal.oversight.queries import may_be_asked_about

PER_HOUR = 20


class FollowForm(forms.Form):
    address = CleanText(label=_("Your e-mail address (never public)"), limit=200)


@never_cache
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """Says the same whoever asks with whatever address: who follows is nobody's business."""
    known = _followed(code)
    form = FollowForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not _may_follow(request):
        response = render(request, "429.html", status=429)
        response["Retry-After"] = "3600"
        return response
    asked = False
    if form.is_bound and form.is_valid():
        asked = following.ask(known, form.cleaned_data["address"], at=timezone.now())
        if not asked:
            form.add_error("address", _("This is no e-mail address. Please mend it."))
    context = {"code": known, "form": form, "asked": asked}
    status = 422 if form.is_bound and not asked else 200
    return render(request, "oversight/follow.html", context, status=status)


def _followed(typed: str) -> str:
    """What may be followed: the corrections, or anything public with a page. Http404."""
    if typed == following.CORRECTIONS:
        return typed
    try:
        code = codes.normalise(typed)
    except codes.WrongCode as wrong:
        raise Http404 from wrong
    if not may_be_asked_about(code):
        raise Http404
    return code


def _may_follow(request: HttpRequest) -> bool:
    """No address is kept: what is counted is its keyed hash."""
    sender = salted_hmac("follow", request.META.get("REMOTE_ADDR", "")).hexdigest()
    return allowed(f"follow:{sender}", limit=PER_HOUR, per=3600, at=timezone.now())


@by_secret_link
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the button and changes nothing; POST confirms."""
    at, done = timezone.now(), request.method == "POST"
    row = following.confirm(token, at=at) if done else following.waiting(token, at=at)
    return render(request, "oversight/follow_confirm.html", {"code": row.code, "done": done})
