"""The catalogue in the workbench: read there, changed by its data file."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from portal.catalogue.care import Care
from portal.catalogue.fitness import Fitness
from portal.catalogue.models import Item, Pack, Variant
from portal.catalogue.queries import class_label
from portal.input.speaking import Many
from portal.stages.admin import ReadOnlyRows, SubjectAdmin, Way
from portal.stages.facts import Choice
from portal.stages.models import Subject


def _labels(choices: type[Choice], keys: Iterable[str]) -> str:
    """In the language of the reader; a key that is no longer in the list as it is."""
    known: dict[str, object] = {member.value: member.label for member in choices}
    return str(Many(lambda key: known.get(key, key), keys))


class Variants(ReadOnlyRows):
    model = Variant
    fields = ("called", "validity", "fit_for", "accepted", "details", "unsure")
    readonly_fields = ("called", "validity", "fit_for", "accepted", "details")
    ordering = ("order", "pk")

    @admin.display(description=_("name and key"))
    def called(self, variant: Variant) -> str:
        lines = filter(None, (variant.name_zh, variant.name_en, variant.key))
        return format_html_join("", "<div>{}</div>", ((line,) for line in lines))

    @admin.display(description=_("standard and validity"))
    def validity(self, variant: Variant) -> str:
        ends = (variant.valid_from, variant.valid_to)
        days = [date_format(day) if day else "" for day in ends]
        span = f"{days[0]} – {days[1]}".strip() if any(days) else ""
        after = f"→ {variant.replaced_by}" if variant.replaced_by else ""
        return " · ".join(filter(None, (variant.standard, span, after))) or "–"

    @admin.display(description=_("fit for"))
    def fit_for(self, variant: Variant) -> str:
        return _labels(Fitness, variant.fitness)

    @admin.display(description=_("accepted foreign equivalents"))
    def accepted(self, variant: Variant) -> str:
        return ", ".join(variant.equivalents) or "–"

    @admin.display(description=_("class, size, sterile"))
    def details(self, variant: Variant) -> str:
        sterile = {True: _("sterile"), False: _("not sterile"), None: ""}[variant.sterile]
        told = (variant.grade, variant.size, str(sterile))
        return " · ".join(filter(None, told)) or "–"


class Packs(ReadOnlyRows):
    model = Pack
    fields = ("name_zh", "name_en", "units", "level", "unsure")
    ordering = ("pk",)


@admin.register(Item)
class ItemAdmin(SubjectAdmin):
    """No buttons: items are published and revised by `load_catalogue`."""

    inlines = (Variants, Packs)
    list_display = ("name_zh", "name_en", "key", "kind", "unit_zh", "since")
    list_filter = ("item_class",)
    search_fields = ("name_zh", "name_en", "key")
    ordering = ("pk",)
    fields = (
        *("code", "at_stage", "since", "name_zh", "name_en", "key", "kind", "unit_zh", "unit_en"),
        "handling",
    )
    readonly_fields = ("kind", "handling")

    @admin.display(description=_("item class"), ordering="item_class")
    def kind(self, item: Item) -> str:
        return class_label(item.item_class)

    @admin.display(description=_("handle with care"))
    def handling(self, item: Item) -> str:
        return _labels(Care, item.care)

    def _openings(self, request: HttpRequest) -> list[Any]:
        return []

    def _moves(self, request: HttpRequest, subject: Subject) -> list[Way]:
        return []
