"""The catalogue in the workbench: read there, changed by its data file."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from portal.catalogue.models import Item, Pack, Variant
from portal.stages.admin import ReadOnlyRows, SubjectAdmin, Way
from portal.stages.models import Subject


class Variants(ReadOnlyRows):
    model = Variant
    fields = (
        *("key", "name_zh", "name_en", "standard", "valid_from", "valid_to", "replaced_by"),
        *("fitness", "equivalents", "grade", "size", "sterile", "unsure"),
    )
    ordering = ("order", "pk")


class Packs(ReadOnlyRows):
    model = Pack
    fields = ("name_zh", "name_en", "units", "level", "unsure")
    ordering = ("pk",)


@admin.register(Item)
class ItemAdmin(SubjectAdmin):
    """No buttons: items are published and revised by `load_catalogue`."""

    inlines = (Variants, Packs)
    list_display = ("name_zh", "name_en", "key", "item_class", "unit_zh", "since")
    list_filter = ("item_class",)
    search_fields = ("name_zh", "name_en", "key")
    ordering = ("pk",)

    def _openings(self, request: HttpRequest) -> list[Any]:
        return []

    def _moves(self, request: HttpRequest, subject: Subject) -> list[Way]:
        return []
