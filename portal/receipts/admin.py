"""Hospital receipts in the admin: read, and where something differs, explained."""

from django.contrib import admin

from portal.accounts.links import AFTER_DAYS
from portal.accounts.roles import COORDINATOR, DISPATCHER
from portal.receipts.afterwards import renew_link
from portal.receipts.models import Receipt, ReceiptLine
from portal.stages.admin import ReadOnlyRows, StageFilter
from portal.stages.link_page import HospitalLink, LinkPage


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

    hospital_link = HospitalLink(
        template="receipts/link.html",
        page="receipts:after",
        days=AFTER_DAYS,
        roles=(DISPATCHER, COORDINATOR),
        renew=renew_link,
    )
    list_display = ("code", "at_stage", "shipment", "since")
    list_select_related = ("shipment",)
    fields = ("code", "at_stage", "shipment", "since")
    inlines = (ReceiptLines,)
    list_filter = (StageFilter,)
    search_fields = ("code",)
    ordering = ("-pk",)
