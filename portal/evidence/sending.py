"""A page that takes photos and papers about one thing, in the clothes its template gives it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from portal.accounts.acting import Actor
from portal.evidence import queries
from portal.evidence.commands import Refused, attach
from portal.evidence.forms import FilesForm, sent_words
from portal.evidence.limits import Unfit
from portal.evidence.models import Shows


def send_files(
    request: HttpRequest,
    *,
    code: str,
    actor: Actor,
    template: str,
    context: dict[str, Any],
    done: str,
) -> HttpResponse:
    """GET lists what is there and asks for more; POST keeps it. 422 with a sentence for what is
    refused."""
    sent = request.method == "POST"
    form = FilesForm(request.POST, request.FILES) if sent else FilesForm()
    if sent and form.is_valid():
        shows, found = Shows(form.cleaned_data["shows"]), form.found
        try:
            kept = attach(code=code, found=found, shows=shows, by=actor, at=timezone.now())
        except (Unfit, Refused) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, sent_words(len(kept)))
            return redirect(done)
    page = {**context, "form": form, "kept": queries.of(code), "refused": form.is_bound}
    response = render(request, template, page, status=422 if form.is_bound else 200)
    add_never_cache_headers(response)
    return response
