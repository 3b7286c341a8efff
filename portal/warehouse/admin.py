"""The warehouse's workbench: arrivals to count, stock, allocations, the houses themselves."""

from dataclasses import replace
from typing import Any

from django.contrib import admin
from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Concat
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.acting import Actor
from portal.accounts.roles import AUDITOR, COORDINATOR, DISPATCHER, QUALITY, WAREHOUSE
from portal.balance.models import Holding
from portal.catalogue.goods_list import GoodsList
from portal.catalogue.queries import described, unit_of
from portal.funds.queries import to_announce
from portal.organisations.models import Organisation
from portal.pledges.models import Pledge
from portal.stages.admin import ReadOnlyRows, StageFilter, SubjectAdmin, public_page
from portal.stages.models import Subject
from portal.warehouse.arrival_pages import ArrivalPages
from portal.warehouse.forms import WarehouseForm
from portal.warehouse.models import (
    Allocation,
    AllocationLine,
    Arrival,
    ArrivalLine,
    Lot,
    Warehouse,
)
from portal.warehouse.nearing import RED, YELLOW, near
from portal.warehouse.plan_page import PlanPage
from portal.warehouse.queries import label_of, waiting_first
from portal.warehouse.waybills import with_warning


class OfOneOrganisation(SubjectAdmin):
    """A person sees the subjects of the organisations that he works for."""

    sees = (COORDINATOR, WAREHOUSE, QUALITY, DISPATCHER)
    org_path = "warehouse__org__code"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        actors = self.capacities(request)
        found = self.ordered()
        if any(actor.role == AUDITOR for actor in actors):
            return found
        return found.filter(**{f"{self.org_path}__in": [actor.org for actor in actors]})

    def ordered(self) -> QuerySet[Any]:
        """Every subject, in the order in which they are to be looked at: the newest first."""
        found: QuerySet[Any] = self.model._default_manager.order_by("-pk")
        return found


@admin.register(Warehouse)
class WarehouseAdmin(OfOneOrganisation):
    list_display = ("code", "name", "city", "at_stage", "since")
    fields = ("code", "at_stage", "since", "owner", "name_zh", "name_en", "province", "city")
    readonly_fields = ("at_stage", "owner")
    opening_form = WarehouseForm
    org_path = "org__code"

    def ordered(self) -> QuerySet[Any]:
        return Warehouse.objects.select_related("org").order_by("name_zh", "pk")

    def opening_fields(self, request: HttpRequest, actor: Actor) -> dict[str, Any]:
        return {"org": Organisation.objects.get(code=actor.org)}

    @admin.display(description=_("organisation"))
    def owner(self, house: Warehouse) -> str:
        return public_page(house.org, "organisation")

    @admin.display(description=_("warehouse"))
    def name(self, house: Warehouse) -> str:
        return label_of(house)


class ArrivalLines(ReadOnlyRows):
    model = ArrivalLine
    fields = (
        *("no", "item", "lot", "announced", "accepted", "rejected", "missing", "surplus"),
        "verdict_label",
    )
    readonly_fields = ("item", "verdict_label")
    ordering = ("no",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("lot__variant__item")

    @admin.display(description=_("item and standard"))
    def item(self, line: ArrivalLine) -> str:
        return f"{described(line.lot.variant)} · {unit_of(line.lot.variant)}"

    @admin.display(description=_("verdict"))
    def verdict_label(self, line: ArrivalLine) -> str:
        return line.verdict_label


@admin.register(Arrival)
class ArrivalAdmin(ArrivalPages, OfOneOrganisation, GoodsList):
    """What waits at the door comes first."""

    list_display = ("code", "goods", "at_stage", "since", "pledge", "warehouse", "expected")
    pieces = staticmethod(lambda line: line.announced)
    list_filter = (StageFilter,)
    search_fields = ("code", "pledge__code", "waybill")
    fields = (
        *("code", "at_stage", "since", "gift", "warehouse", "carrier_label", "number"),
        *("expected", "addressed_to"),
    )
    readonly_fields = ("at_stage", "gift", "carrier_label", "number", "expected", "addressed_to")
    inlines = (ArrivalLines,)

    def ordered(self) -> QuerySet[Any]:
        return waiting_first()

    def opening_fields(self, request: HttpRequest, actor: Actor) -> dict[str, Any]:
        gift = Pledge.objects.filter(code=actor.by_link).first()
        return {"pledge": gift} if gift is not None else {}  # what was bought has none yet

    def _take(
        self, request: HttpRequest, *, move: str, actor: Actor, subject: Subject | None
    ) -> HttpResponse:
        """Staff who announce for a donor say first which gift it is; or what was bought."""
        if subject is not None:
            return super()._take(request, move=move, actor=actor, subject=subject)
        code = request.GET.get("gift", "")
        spends = to_announce(actor.org)
        if not (spends.filter(code=code).exists() or _gifts().filter(code=code).exists()):
            return self._choose_gift(request, houses=[], spends=list(spends[:100]))
        return super()._take(request, move=move, actor=replace(actor, by_link=code), subject=None)

    @admin.display(description=_("gift"))
    def gift(self, arrival: Arrival) -> str:
        return public_page(arrival.pledge, "gift")

    @admin.display(description=_("addressed to"))
    def addressed_to(self, arrival: Arrival) -> str:
        return public_page(arrival.consignee, "organisation")

    @admin.display(description=_("expected"), ordering="slot_on")
    def expected(self, arrival: Arrival) -> str:
        return arrival.slot_label or "-"

    @admin.display(description=_("carrier"))
    def carrier_label(self, arrival: Arrival) -> str:
        return arrival.carrier_label

    @admin.display(description=_("waybill number"))
    def number(self, arrival: Arrival) -> str:
        """With a warning where the carrier's numbers look different."""
        return with_warning(arrival.waybill, arrival.carrier)


def _gifts() -> QuerySet[Pledge]:
    """Gifts with a donor: what a spending bought is announced once, from the spending."""
    return Pledge.objects.filter(code__startswith="G")


class AllocationLines(ReadOnlyRows):
    model = AllocationLine
    verbose_name_plural = _("lots")
    fields = ("item", "lot_code", "pieces")
    readonly_fields = ("item", "lot_code", "pieces")
    ordering = ("pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("lot__variant__item")

    @admin.display(description=_("lot"))
    def lot_code(self, line: AllocationLine) -> str:
        return line.lot.code

    @admin.display(description=_("quantity"))
    def pieces(self, line: AllocationLine) -> str:
        return f"{line.quantity:,}"

    @admin.display(description=_("item and standard"))
    def item(self, line: AllocationLine) -> str:
        return f"{described(line.lot.variant)} · {unit_of(line.lot.variant)}"


@admin.register(Allocation)
class AllocationAdmin(PlanPage, OfOneOrganisation, GoodsList):
    list_display = ("code", "goods", "at_stage", "since", "warehouse", "need_label")
    list_filter = (StageFilter,)
    search_fields = ("code", "need_line__need__code")
    fields = ("code", "at_stage", "since", "warehouse", "need_label")
    readonly_fields = ("at_stage", "need_label")
    inlines = (AllocationLines,)
    org_path = "org"

    def ordered(self) -> QuerySet[Any]:
        found = Allocation.objects.select_related("warehouse", "need_line__need__hospital")
        return found.order_by("-since", "-pk")

    def opening_fields(self, request: HttpRequest, actor: Actor) -> dict[str, Any]:
        return {"org": actor.org}

    @admin.display(description=_("need line"))
    def need_label(self, allocation: Allocation) -> str:
        line = allocation.need_line
        return f"{line.need.code}/{line.no} · {line.need.hospital}" if line else "-"


@admin.register(Lot)
class LotAdmin(OfOneOrganisation):
    """The lots, what of each is in stock now, how near it is to its date."""

    list_display = (
        *("code", "at_stage", "item", "in_stock", "unit", "expiry", "nearness", "bin"),
        *("warehouse", "pledge"),
    )
    list_filter = (StageFilter,)
    search_fields = ("code", "batch", "bin", "pledge__code", "variant__key")
    fields = (
        *("code", "at_stage", "since", "item", "in_stock", "unit", "asked_for", "batch"),
        *("expiry", "nearness", "community_only", "warehouse", "bin", "stocked_at", "sent_to"),
        *("answers_given", "gift"),
    )
    readonly_fields = (
        *("at_stage", "item", "in_stock", "unit", "asked_for", "nearness", "gift"),
        "answers_given",
    )

    def ordered(self) -> QuerySet[Lot]:
        stock = Concat(Value("stock:"), OuterRef("warehouse__code"))
        held = Holding.objects.filter(lot=OuterRef("code"), place=stock).values("amount")[:1]
        lots = Lot.objects.filter(warehouse__isnull=False).annotate(held=Subquery(held))
        related = lots.select_related("variant__item", "warehouse__org", "pledge", "sent_to")
        return related.order_by(F("held").desc(nulls_last=True), "expiry", "pk")

    @admin.display(description=_("item and standard"))
    def item(self, lot: Lot) -> str:
        return described(lot.variant)

    @admin.display(description=_("gift"))
    def gift(self, lot: Lot) -> str:
        return public_page(lot.pledge, "gift")

    @admin.display(description=_("in stock now"))
    def in_stock(self, lot: Lot) -> int:
        return getattr(lot, "held", None) or 0

    @admin.display(description=_("unit"))
    def unit(self, lot: Lot) -> str:
        return unit_of(lot.variant)

    @admin.display(description=_("nearness"))
    def nearness(self, lot: Lot) -> str:
        said = {RED: _("use first: it expires soon"), YELLOW: _("use soon")}
        return str(said.get(near(lot.expiry, at=timezone.now()), ""))

    @admin.display(description=_("asked for"))
    def asked_for(self, lot: Lot) -> str:
        quantity = lot.asked.get("quantity")
        return f"{quantity:,} {unit_of(lot.variant)}" if quantity else "-"

    @admin.display(description=_("answers to the recall"))
    def answers_given(self, lot: Lot) -> str:
        rows = lot.answers.order_by("hospital")
        said = _("%(hospital)s: %(aside)s set aside, %(used)s used")
        words = [{"hospital": a.hospital, "aside": a.aside, "used": a.used} for a in rows]
        return "; ".join(str(said % row) for row in words) or "-"
