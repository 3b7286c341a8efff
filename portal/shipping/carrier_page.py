"""The page on which a dispatcher notes what a carrier's query service says of many shipments."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import DISPATCHER
from portal.input.tables import Unreadable
from portal.shipping.carrier_lists import MOST, Told, apply, read_states
from portal.stages.admin import SubjectAdmin

ADDRESS = "admin:shipping_shipment_states"


class StatesForm(forms.Form):
    """The list as text, so that what was looked at is what is booked."""

    service = forms.ChoiceField(
        label=_("From which service"),
        choices=[("kuaidi100", "Kuaidi100 快递100"), ("kdniao", "KDNiao 快递鸟")],
    )
    text = forms.CharField(
        label=_("The list"),
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_(
            "With a heading: waybill, state and, if known, time; separated by commas or tabs, as "
            "copied from a spreadsheet. At most 500 lines."
        ),
    )


class StatesPage(SubjectAdmin):
    """The list of shipments leads to it."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.states_view)
        return [path("states/", view, name="shipping_shipment_states"), *super().get_urls()]

    def openings(self, request: HttpRequest) -> list[tuple[str, object]]:
        found = super().openings(request)
        if not any(a.role == DISPATCHER for a in self.capacities(request)):
            return found
        return [*found, (reverse(ADDRESS), _("Note what carriers say"))]

    def states_view(self, request: HttpRequest) -> HttpResponse:
        """First what would become of each line; the same text sent with `book` notes it."""
        actor = next((a for a in self.capacities(request) if a.role == DISPATCHER), None)
        if actor is None:
            raise Http404
        form = StatesForm(request.POST or None)
        told: list[Told] = []
        if form.is_valid():
            data, service = form.cleaned_data["text"].encode(), form.cleaned_data["service"]
            try:
                rows = read_states(data, service=service)
            except Unreadable as unreadable:
                form.add_error("text", str(unreadable))
            else:
                book = "book" in request.POST
                told = list(apply(rows, actor=actor, at=timezone.now(), book=book))
        return self._states(request, form, told)

    def _states(self, request: HttpRequest, form: StatesForm, told: list[Told]) -> HttpResponse:
        page: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Note what carriers say"),
            "form": form,
            "told": told,
            "booked": bool(told) and "book" in request.POST,
            "useful": sum(row.good for row in told),
            "most": MOST,
        }
        status = 422 if form.is_bound and form.errors else 200
        response = render(request, "shipping/states.html", page, status=status)
        add_never_cache_headers(response)
        return response
