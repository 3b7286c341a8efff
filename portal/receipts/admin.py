"""Hospital receipts in the admin: read, and where something differs, explained."""

from django.contrib import admin

from portal.receipts.models import Receipt, ReceiptLine
from portal.stages.admin import ReadOnlyRows, StageFilter, SubjectAdmin


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
class ReceiptAdmin(SubjectAdmin):
    list_display = ("code", "at_stage", "shipment", "since")
    list_select_related = ("shipment",)
    fields = ("code", "at_stage", "shipment", "since")
    inlines = (ReceiptLines,)
    list_filter = (StageFilter,)
    search_fields = ("code",)
    ordering = ("-pk",)
