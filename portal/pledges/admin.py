"""Gifts for the charity's staff: what was promised, and the buttons to accept or decline it."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.catalogue.queries import described
from portal.pledges.models import Pledge, PledgeLine
from portal.stages.admin import StageFilter, SubjectAdmin

if TYPE_CHECKING:
    Inline = admin.TabularInline[Any, Any]
else:
    Inline = admin.TabularInline


class Lines(Inline):
    """The lines of a subject, to read: they are changed by its moves alone."""

    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # whoever may see the subject

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PledgeLines(Lines):
    model = PledgeLine
    fields = ("no", "item", "quantity", "need", "sent", "arrived")
    readonly_fields = ("item", "need")
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


@admin.register(Pledge)
class PledgeAdmin(SubjectAdmin):
    """Unanswered gifts first: they wait for the charity's word."""

    list_display = ("code", "at_stage", "since", "visibility_label", "donor_name")
    list_filter = (StageFilter,)
    search_fields = ("code", "donor_name")
    fields = (
        "code",
        "at_stage",
        "since",
        "opened_at",
        "visibility_label",
        "donor_name",
        "contact",
    )
    readonly_fields = ("at_stage", "visibility_label")
    inlines = (PledgeLines,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        unanswered = Case(
            When(stage="registered", then=Value(0)), default=Value(1), output_field=IntegerField()
        )
        return super().get_queryset(request).order_by(unanswered, "-since", "-pk")

    @admin.display(description=_("name on the public page"))
    def visibility_label(self, gift: Pledge) -> str:
        return gift.visibility_label
