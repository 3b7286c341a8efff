"""Hospital receipts in the admin: read, and where something differs, explained."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from portal.accounts.links import AFTER_DAYS
from portal.accounts.roles import COORDINATOR, DISPATCHER
from portal.receipts.afterwards import renew_link
from portal.receipts.models import Receipt, ReceiptLine
from portal.stages.admin import ReadOnlyRows, StageFilter
from portal.stages.link_page import LinkPage
from portal.stages.models import Subject


class ReceiptLines(ReadOnlyRows):
    model = ReceiptLine
    fields = readonly_fields = (
        "shipment_line",
        "accepted",
        "rejected",
        "missing",
        "surplus",
        "reason",
    )


@admin.register(Receipt)
class ReceiptAdmin(LinkPage):
    """A hospital without account and address gets the link for its later words from here."""

    link_template, link_days = "receipts/link.html", AFTER_DAYS
    list_display = ("code", "at_stage", "shipment", "since")
    list_select_related = ("shipment",)
    fields = ("code", "at_stage", "shipment", "since")
    inlines = (ReceiptLines,)
    list_filter = (StageFilter,)
    search_fields = ("code",)
    ordering = ("-pk",)

    def may_link(self, request: HttpRequest, subject: Subject) -> bool:
        mine = [a for a in self.capacities(request) if a.role in (DISPATCHER, COORDINATOR)]
        return any(subject.reachable_by(actor) for actor in mine)

    def new_link(self, subject: Subject) -> str:
        assert isinstance(subject, Receipt), "the list shows receipts"
        token = renew_link(subject, at=timezone.now())
        return reverse("plain:receipts:after", args=[token])
