"""Needs in the workbench: reviewed, published and withdrawn there."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts.acting import Actor
from portal.accounts.roles import COORDINATOR
from portal.catalogue.fitness import Fitness
from portal.catalogue.goods_list import GoodsList
from portal.needs.forms import ForHospital
from portal.needs.freshness import LINK_DAYS, renew_link
from portal.needs.models import Need, NeedLine
from portal.needs.queries import OPEN
from portal.needs.stages import Priority
from portal.needs.views import import_list
from portal.stages.admin import ReadOnlyRows, StageFilter, public_page
from portal.stages.link_page import HospitalLink, LinkPage


class NeedLines(ReadOnlyRows):
    model = NeedLine
    fields = (
        "no",
        "variant",
        "quantity_kind",
        "quantity",
        "told",
        "pledged",
        "allocated",
        "received",
    )
    readonly_fields = ("told",)
    ordering = ("no",)

    @admin.display(description=_("as written in the notice"))
    def told(self, line: NeedLine) -> str:
        """The notice's words, where it is used, how urgent, how fast: in one column."""
        said = [line.as_written, str(Fitness(line.fitness).label)]
        if line.priority != Priority.NORMAL:
            said.append(str(Priority(line.priority).label))
        if line.daily_use:
            said.append(f"{_('used a day')} {line.daily_use:,}")
        if line.only_exact:
            said.append(str(_("exactly this standard")))
        return " · ".join(filter(None, said))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("variant")


@admin.register(Need)
class NeedAdmin(LinkPage, GoodsList):
    hospital_link = HospitalLink(
        template="needs/link.html",
        page="needs:still_needed",
        days=LINK_DAYS,
        roles=(COORDINATOR,),
        renew=renew_link,
        stages=OPEN,
    )
    opening_form = ForHospital
    inlines = (NeedLines,)
    readonly_fields = ("asker",)
    list_display = ("code", "hospital", "goods", "at_stage", "since", "valid_until")
    variant_path = "variant"
    list_filter = (StageFilter,)
    list_select_related = ("hospital",)
    search_fields = ("code", "hospital__legal_name")
    ordering = ("-opened_at", "-pk")

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.import_view)
        return [path("import/", page, name="needs_need_import"), *super().get_urls()]

    def openings(self, request: HttpRequest) -> list[tuple[str, object]]:
        """A coordinator may import a list beside writing a need."""
        found = super().openings(request)
        if self._coordinator(request) is not None:
            found.append((reverse("admin:needs_need_import"), _("Import a list")))
        return found

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """The page of an import; for coordinators only."""
        actor = self._coordinator(request)
        if actor is None:
            raise Http404
        context = {**self.admin_site.each_context(request), "opts": self.opts}
        context["title"] = _("Import a list of needs")
        return import_list(
            request, actor=actor, template="admin/needs/need/import.html", context=context
        )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = super().get_fields(request, obj)
        return ["asker" if name == "hospital" else name for name in names]

    @admin.display(description=_("hospital"))
    def asker(self, need: Need) -> str:
        return public_page(need.hospital, "organisation")

    def _coordinator(self, request: HttpRequest) -> Actor | None:
        return next((a for a in self.capacities(request) if a.role == COORDINATOR), None)
