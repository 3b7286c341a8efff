"""Needs in the workbench: reviewed, published and withdrawn there."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from portal.needs.forms import ForHospital
from portal.needs.models import Need, NeedLine
from portal.stages.admin import StageFilter, SubjectAdmin


class Lines(admin.TabularInline[Any, Any]):
    model = NeedLine
    extra = 0
    can_delete = False
    fields = (
        "no",
        "variant",
        "quantity_kind",
        "quantity",
        "as_written",
        "pledged",
        "allocated",
        "received",
    )
    ordering = ("no",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("variant")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # asked only where the need itself is seen

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Need)
class NeedAdmin(SubjectAdmin):
    opening_form = ForHospital
    inlines = (Lines,)
    list_display = ("code", "hospital", "at_stage", "opened_at", "since", "valid_until")
    list_filter = (StageFilter,)
    list_select_related = ("hospital",)
    search_fields = ("code", "hospital__legal_name")
    ordering = ("-opened_at", "-pk")
