"""Lists of the workbench that say what a thing is about, and not only its code."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.catalogue.queries import described, unit_of
from portal.stages.admin import SubjectAdmin


class GoodsChangeList(ChangeList):
    """Reads the lines of a whole page of rows at once."""

    def get_queryset(self, request: HttpRequest, *args: Any) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request, *args)
        assert isinstance(self.model_admin, GoodsList), "only such lists read lines"
        return rows.prefetch_related(f"lines__{self.model_admin.variant_path}__item")


class GoodsList(SubjectAdmin):
    """Adds the column `goods`: the first line's item and pieces, and how many lines more.
    `variant_path`: from a line to its variant; `pieces`: how many, of a line."""

    variant_path = "lot__variant"
    pieces: Callable[[Any], int | None] = staticmethod(lambda line: line.quantity)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return GoodsChangeList

    @admin.display(description=_("goods"))
    def goods(self, subject: Any) -> str:
        lines = sorted(subject.lines.all(), key=lambda line: line.pk)
        if not lines:
            return "–"
        first, more = lines[0], len(lines) - 1
        variant = attrgetter(self.variant_path.replace("__", "."))(first)
        count = type(self).pieces(first)
        text = described(variant)
        text += f" · {count:,} {unit_of(variant)}" if count is not None else ""
        if not more:
            return text
        rest = ngettext("and %(n)s more line", "and %(n)s more lines", more)
        return f"{text} ({rest % {'n': more}})"
