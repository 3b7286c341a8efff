"""Gifts for the charity's staff: what was promised, and the buttons to accept or decline it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.catalogue.goods_list import GoodsList
from portal.catalogue.queries import described
from portal.input.registrations import read_registration
from portal.pledges.designation import FREE
from portal.pledges.models import Diversion, Pledge, PledgeLine
from portal.pledges.stages import UNDER_WAY, Visibility
from portal.stages.admin import ReadOnlyRows, StageFilter, SubjectAdmin


class PledgeLines(ReadOnlyRows):
    model = PledgeLine
    fields = ("no", "item", "quantity", "need", "sent", "arrived", "label")
    readonly_fields = ("item", "need", "label")
    ordering = ("no",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("variant__item", "need_line__need")

    @admin.display(description=_("item and standard"))
    def item(self, line: PledgeLine) -> str:
        return described(line.variant)

    @admin.display(description=_("need line"))
    def need(self, line: PledgeLine) -> str:
        asked = line.need_line
        return f"{asked.need.code}/{asked.no}" if asked else "-"

    @admin.display(description=_("on the label"))
    def label(self, line: PledgeLine) -> str:
        """As the donor says; beside a registration number that looks wrong, why."""
        said = [
            line.maker,
            line.batch,
            *(day.isoformat() for day in (line.made_on, line.expiry) if day),
        ]
        said.append(line.registration)
        warning = read_registration(line.registration).warning if line.registration else None
        return " · ".join(filter(None, [*said, str(warning or "")])) or "-"


@admin.register(Pledge)
class PledgeAdmin(GoodsList):
    """Unanswered gifts first: they wait for the charity's word."""

    list_display = ("code", "goods", "at_stage", "since", "shown_as")
    variant_path = "variant"
    list_filter = (StageFilter,)
    search_fields = ("code", "donor_name")
    fields = (
        "code",
        "at_stage",
        "since",
        "opened_at",
        "shown_as",
        "donor_name",
        "contact",
        "meant_for",
        "related_to",
        "own_product",
        "announced_by",
    )
    readonly_fields = ("at_stage", "shown_as", "meant_for")
    inlines = (PledgeLines,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        unanswered = Case(
            When(stage="registered", then=Value(0)), default=Value(1), output_field=IntegerField()
        )
        return super().get_queryset(request).order_by(unanswered, "-since", "-pk")

    @admin.display(description=_("name on the public page"))
    def shown_as(self, gift: Pledge) -> str:
        named = gift.visibility == Visibility.NAMED
        return gift.donor_name if named else str(_("Anonymous"))

    @admin.display(description=_("whom it is for"))
    def meant_for(self, gift: Pledge) -> str:
        return gift.designation_label


class AskAbout(forms.Form):
    """Which gift's donor is asked: one that meant it for somebody, and was not asked before."""

    pledge = forms.ModelChoiceField(queryset=Pledge.objects.none(), label=_("Gift"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = Pledge.objects.filter(stage__in=UNDER_WAY, diversion=None)
        self.fields["pledge"].queryset = found.exclude(designation=FREE).order_by("-since", "-pk")  # type: ignore[attr-defined]  # a ModelChoiceField

    def clean(self) -> dict[str, Any]:
        """The question is sealed under the gift's own code."""
        cleaned = super().clean() or {}
        return cleaned | ({"code": cleaned["pledge"].code} if cleaned.get("pledge") else {})


@admin.register(Diversion)
class DiversionAdmin(SubjectAdmin):
    """Questions to donors whether a gift may be used otherwise; unanswered ones first."""

    list_display = ("code", "at_stage", "since", "agreed", "asked_for", "reminders")
    list_filter = (StageFilter,)
    search_fields = ("code",)
    opening_form = AskAbout
    fields = (
        *("code", "at_stage", "since", "agreed", "asked_for", "reason_label", "note"),
        *("asked_at", "reminded_at", "reminders"),
    )
    readonly_fields = ("at_stage", "agreed", "asked_for", "reason_label")

    @admin.display(description=_("agreed use"))
    def agreed(self, asked: Diversion) -> str:
        return asked.old_label

    @admin.display(description=_("new use"))
    def asked_for(self, asked: Diversion) -> str:
        return asked.new_label

    @admin.display(description=_("reason"))
    def reason_label(self, asked: Diversion) -> str:
        return asked.reason_label
