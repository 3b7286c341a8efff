"""Release orders and shipments in the admin; the hospital's secret link is made and shown there,
once."""

import io
from typing import Any

import segno
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.cache import add_never_cache_headers
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from portal.accounts.acting import Actor
from portal.accounts.roles import AUTHORITY, COORDINATOR, DISPATCHER, WAREHOUSE
from portal.catalogue.goods_list import GoodsList
from portal.shipping.asking import CONFIRM_DAYS
from portal.shipping.carrier_link import CarrierLink
from portal.shipping.carrier_page import StatesPage
from portal.shipping.carrying import CarrierState, Holder
from portal.shipping.commands import renew_confirm_link
from portal.shipping.models import (
    Capacity,
    Release,
    Shipment,
    ShipmentLine,
    UrgentIssue,
    UrgentLine,
)
from portal.shipping.paper_buttons import Paper, WithPapers
from portal.shipping.printed import labels, packing_list, release_order, waited
from portal.shipping.queries import CONFIRMABLE
from portal.stages.admin import ReadOnlyRows, StageFilter, SubjectAdmin, public_page
from portal.stages.link_page import HospitalLink, LinkPage
from portal.stages.models import Subject
from portal.warehouse.stages import Carrier
from portal.warehouse.waybills import with_warning


def _order(request: HttpRequest, release: Release) -> dict[str, Any] | None:
    return None if release.stage == "cancelled" else release_order(release)


def _list(request: HttpRequest, shipment: Shipment) -> dict[str, Any] | None:
    return packing_list(shipment)


def _labels(request: HttpRequest, shipment: Shipment) -> dict[str, Any] | None:
    """For the boxes from `?from=` on; none where nobody said how many there are."""
    asked = request.GET.get("from", "1")
    first = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    return labels(shipment, first=first) if 1 <= first <= shipment.boxes else None


class ShipmentLines(ReadOnlyRows):
    model = ShipmentLine
    fields = readonly_fields = ("no", "lot", "need_line", "quantity", "lost")


@admin.register(Release)
class ReleaseAdmin(WithPapers):
    papers = (Paper("order", _("Release order on paper"), "shipping/release_order.html", _order),)
    list_display = ("code", "at_stage", "hospital", "warehouse", "slot", "queue", "since")
    list_select_related = ("hospital", "warehouse", "shipment")
    fields = (
        *("code", "at_stage", "to", "receiving_unit", "taker", "slot", "warehouse"),
        *("allocations", "since", "queue", "to_scan"),
    )
    readonly_fields = ("to", "to_scan", "queue")
    list_filter = (StageFilter,)
    search_fields = ("code",)
    ordering = ("-pk",)

    def opening_fields(self, request: HttpRequest, actor: Actor) -> dict[str, Any]:
        return {"org": actor.org}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.qr_view)
        return [path("<int:pk>/qr.svg", view, name="shipping_release_qr"), *super().get_urls()]

    def qr_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The order's code as a picture, to be scanned at the gate: the code and nothing else."""
        release = self.get_object(request, str(pk))
        if release is None or not self.has_view_permission(request, release):
            raise Http404
        picture = io.BytesIO()
        segno.make(release.code, error="m", micro=False).save(
            picture, kind="svg", scale=6, border=2, xmldecl=False, svgclass=None, lineclass=None
        )
        response = HttpResponse(picture.getvalue(), content_type="image/svg+xml")
        add_never_cache_headers(response)
        return response

    @admin.display(description=_("wait at the gate"))
    def queue(self, release: Release) -> str:
        return waited(release, getattr(release, "shipment", None)) or "-"

    @admin.display(description=_("to be scanned at the gate"))
    def to_scan(self, release: Release) -> str:
        return format_html(
            '<img src="{}" alt="{}" width="180" height="180">',
            self._address("qr", release.pk),
            release.code,
        )

    @admin.display(description=_("hospital"))
    def to(self, release: Release) -> str:
        return public_page(release.hospital, "organisation")


class UrgentLines(ReadOnlyRows):
    model = UrgentLine
    verbose_name_plural = _("lots")
    fields = readonly_fields = ("lot", "quantity")


@admin.register(UrgentIssue)
class UrgentIssueAdmin(SubjectAdmin):
    """What left without a release order; the same list stands in public."""

    list_display = ("code", "at_stage", "need_line", "warehouse", "since")
    list_select_related = ("need_line", "warehouse")
    fields = ("code", "at_stage", "need_line", "warehouse", "since")
    inlines = (UrgentLines,)
    search_fields = ("code",)
    ordering = ("-pk",)
    sees = (COORDINATOR,)

    def opening_fields(self, request: HttpRequest, actor: Actor) -> dict[str, Any]:
        return {"org": actor.org}


@admin.register(Capacity)
class CapacityAdmin(CarrierLink):
    """What carriers can carry; the open offers stand in public too."""

    list_display = ("code", "at_stage", "origin", "to", "first", "last", "kg", "dangerous", "cold")
    list_filter = (StageFilter,)
    search_fields = ("code", "origin", "to")
    ordering = ("-pk",)

    def opening_fields(self, request: HttpRequest, actor: Actor) -> dict[str, Any]:
        return {"org": actor.org}


@admin.register(Shipment)
class ShipmentAdmin(WithPapers, StatesPage, LinkPage, GoodsList):
    hospital_link = HospitalLink(
        template="shipping/link.html",
        page="receipts:confirm",
        days=CONFIRM_DAYS,
        roles=(DISPATCHER, COORDINATOR, WAREHOUSE),
        renew=renew_confirm_link,
        stages=CONFIRMABLE,
    )
    papers = (
        Paper("packing", _("Packing list"), "shipping/packing_list.html", _list),
        Paper("labels", _("Box labels"), "shipping/labels.html", _labels),
    )
    list_display = ("code", "goods", "at_stage", "hospital", "in_hands", "since")
    list_select_related = ("hospital",)
    fields = (
        *("code", "at_stage", "to", "order", "given", "boxes", "by_carrier", "number"),
        *("in_hands", "held_since", "carrier_says", "since"),
    )
    readonly_fields = ("order", "to", "given", "by_carrier", "number", "in_hands", "carrier_says")
    inlines = (ShipmentLines,)
    list_filter = (StageFilter,)
    search_fields = ("code",)
    ordering = ("-pk",)
    sees = (COORDINATOR, AUTHORITY)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Shipment]:
        """The authority's list holds what it may open: deliveries that nobody confirms."""
        found = super().get_queryset(request)
        roles = {actor.role for actor in self.capacities(request)}
        return found.filter(stage="unconfirmed") if roles <= {AUTHORITY} else found

    def opening_fields(self, request: HttpRequest, actor: Actor) -> dict[str, Any]:
        return {"org": actor.org}

    @admin.display(description=_("hospital"))
    def to(self, shipment: Shipment) -> str:
        return public_page(shipment.hospital, "organisation")

    @admin.display(description=_("release order"))
    def order(self, shipment: Shipment) -> str:
        """Its code: not all who see shipments may open orders."""
        return shipment.release.code if shipment.release else "-"

    @admin.display(description=_("gift, direct lane"))
    def given(self, shipment: Shipment) -> str:
        return public_page(shipment.gift, "gift")

    @admin.display(description=_("carrier"))
    def by_carrier(self, shipment: Shipment) -> str:
        return str(Carrier(shipment.carrier).label) if shipment.carrier else "-"

    @admin.display(description=_("waybill number"))
    def number(self, shipment: Shipment) -> str:
        """With a warning where the carrier's numbers look different."""
        return with_warning(shipment.waybill, shipment.carrier)

    @admin.display(description=_("in whose hands"))
    def in_hands(self, shipment: Shipment) -> str:
        if not shipment.holder:
            return "-"
        kind = Holder(shipment.holder)
        carrier = self.by_carrier(shipment) if kind == Holder.CARRIER else ""
        return " ".join(filter(None, (carrier or str(kind.label), shipment.holder_name)))

    @admin.display(description=_("the carrier says"))
    def carrier_says(self, shipment: Shipment) -> str:
        """Its word only: what is signed for is delivered, not confirmed."""
        said = shipment.carrier_state
        return str(CarrierState(said).label) if said else "-"

    def _page_of(self, subject: Subject) -> str:
        """After the dispatch comes the link, which a hospital without account needs."""
        just_sent = (
            isinstance(subject, Shipment)
            and subject.stage == "in_transit"
            and subject.since == subject.dispatched_at
        )
        return self._address("link" if just_sent else "change", subject.pk)
