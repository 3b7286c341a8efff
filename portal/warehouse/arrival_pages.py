"""Pages of an arrival in the workbench beside its moves: a goods-in note, a temperature log."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts.acting import Actor
from portal.accounts.roles import WAREHOUSE
from portal.catalogue.queries import cold_range
from portal.funds.models import Spend
from portal.pledges.models import Pledge
from portal.pledges.stages import PLEDGE
from portal.stages.admin import SubjectAdmin, Way
from portal.stages.models import Subject
from portal.warehouse.cold_page import put_log
from portal.warehouse.models import Arrival, Lot, Warehouse
from portal.warehouse.note_importing import COUNTABLE
from portal.warehouse.note_page import import_note


class ArrivalPages(SubjectAdmin):
    """Mixed into the arrivals' workbench."""

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        return [
            path("note/", guarded(self.gift_note_view), name="warehouse_arrival_gift_note"),
            path("<int:pk>/cold/", guarded(self.cold_view), name="warehouse_arrival_cold"),
            path("<int:pk>/note/", guarded(self.note_view), name="warehouse_arrival_note"),
            *super().get_urls(),
        ]

    def openings(self, request: HttpRequest) -> list[tuple[str, object]]:
        """The warehouse may import a note of what came unannounced."""
        found = super().openings(request)
        if self._keepers(request):
            found.append(
                (reverse("admin:warehouse_arrival_gift_note"), _("Import a goods-in note"))
            )
        return found

    def note_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A note for a consignment that was announced and is not counted yet."""
        arrival = self.get_object(request, str(pk))
        actor = self._counter(request, arrival)
        if not isinstance(arrival, Arrival) or actor is None:
            raise Http404
        return import_note(
            request,
            pledge=arrival.pledge,
            arrival=arrival,
            house=arrival.warehouse,
            actor=actor,
            context=self._page(request),
        )

    def cold_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A temperature log for one of its lots."""
        arrival = self.get_object(request, str(pk))
        actor = self._logger(request, arrival)
        if not isinstance(arrival, Arrival) or actor is None:
            raise Http404
        context = {**self._page(request), "title": _("Read a temperature log")}
        done = self._address("change", arrival.pk)
        return put_log(request, arrival=arrival, actor=actor, context=context, done=done)

    def gift_note_view(self, request: HttpRequest) -> HttpResponse:
        """A note for a gift whose goods came unannounced: first which gift, to which house."""
        actor = next(iter(self._keepers(request)), None)
        if actor is None:
            raise Http404
        gift = Pledge.objects.filter(code=request.GET.get("gift", "")).first()
        houses = Warehouse.objects.filter(org__code=actor.org, stage="open").order_by("pk")
        named = houses.filter(code=request.GET.get("house", "")).first()
        house = named or (houses.first() if len(houses) == 1 else None)
        if gift is None or house is None:
            return self._choose_gift(request, houses=list(houses))
        context = self._page(request)
        return import_note(
            request, pledge=gift, arrival=None, house=house, actor=actor, context=context
        )

    def _choose_gift(
        self, request: HttpRequest, *, houses: list[Warehouse], spends: Sequence[Spend] = ()
    ) -> HttpResponse:
        sendable = Pledge.objects.filter(
            stage__in=PLEDGE.move("dispatch").source, lines__sent__lt=F("lines__quantity")
        )
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Which gift has arrived or was sent?"),
            "houses": houses,
            "spends": spends,
            "gifts": sendable.distinct().order_by("-since", "-pk")[:100],
        }
        return render(request, "warehouse/choose_gift.html", context)

    def _page(self, request: HttpRequest) -> dict[str, Any]:
        title = _("Import a goods-in note")
        return {**self.admin_site.each_context(request), "opts": self.opts, "title": title}

    def _keepers(self, request: HttpRequest) -> list[Actor]:
        return [actor for actor in self.capacities(request) if actor.role == WAREHOUSE]

    def _counter(self, request: HttpRequest, arrival: Subject | None) -> Actor | None:
        """Who may count this arrival now."""
        if arrival is None or arrival.stage not in COUNTABLE:
            return None
        keepers = self._keepers(request)
        return next((actor for actor in keepers if arrival.reachable_by(actor)), None)

    def _logger(self, request: HttpRequest, arrival: Subject | None) -> Actor | None:
        """Who may put a temperature log on it now."""
        move = Arrival.lifecycle.move("log_cold")
        if arrival is None or arrival.stage not in move.source:
            return None
        mine = (actor for actor in self.capacities(request) if actor.role in move.by)
        return next((actor for actor in mine if arrival.reachable_by(actor)), None)

    def _is_cold(self, arrival: Subject) -> bool:
        lots = Lot.objects.filter(arrivalline__arrival__code=arrival.code)
        return any(cold_range(lot.variant) for lot in lots.select_related("variant__item"))

    def _moves(self, request: HttpRequest, subject: Subject) -> list[Way]:
        moves = super()._moves(request, subject)
        if self._counter(request, subject) is not None:
            moves.append((self._address("note", subject.pk), _("Import a goods-in note"), False))
        if self._logger(request, subject) is not None and self._is_cold(subject):
            moves.append((self._address("cold", subject.pk), _("Read a temperature log"), False))
        return moves
