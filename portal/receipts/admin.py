"""Hospital receipts in the admin: read, and where something differs, explained."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from portal.receipts.models import Receipt, ReceiptLine
from portal.stages.admin import StageFilter, SubjectAdmin


class ReceiptLines(admin.TabularInline[ReceiptLine, Receipt]):
    """What the hospital said of each line, to read; who sees the receipt sees its lines."""

    model = ReceiptLine
    fields = readonly_fields = (
        "shipment_line",
        "accepted",
        "rejected",
        "missing",
        "surplus",
        "reason",
    )
    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Receipt)
class ReceiptAdmin(SubjectAdmin):
    list_display = ("code", "at_stage", "shipment", "since")
    list_select_related = ("shipment",)
    fields = ("code", "at_stage", "shipment", "since")
    inlines = (ReceiptLines,)
    list_filter = (StageFilter,)
    search_fields = ("code",)
    ordering = ("-pk",)
