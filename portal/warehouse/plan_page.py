"""The planner's page in the workbench: what it proposes, why, and a filled-in form for each line.

Nothing is booked here: whoever agrees opens the form of the allocation, changes what he likes, and
sends it.
"""

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.catalogue.queries import described, unit_of
from portal.input.once import fresh_key
from portal.needs.models import NeedLine
from portal.organisations.queries import name_of
from portal.stages.admin import SubjectAdmin
from portal.warehouse.models import Lot, Warehouse
from portal.warehouse.planning import MOST, QUARTERS, Proposed
from portal.warehouse.proposing import TERMS, Plan, plan_for
from portal.warehouse.queries import label_of
from portal.warehouse.stages import ALLOCATION, AllocationReason, Rule

REASONS = {
    "urgency": AllocationReason.URGENT,
    "lasts": AllocationReason.URGENT,
    "never": AllocationReason.NEVER_RECEIVED,
    "expiry": AllocationReason.NEAR_EXPIRY,
}
FORM = "admin:warehouse_allocation_open"


class PlanPage(SubjectAdmin):
    """The list of allocations leads to the planner; its form may come filled in from there."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.plan_view)
        return [path("plan/", view, name="warehouse_allocation_plan"), *super().get_urls()]

    def openings(self, request: HttpRequest) -> list[tuple[str, object]]:
        found = super().openings(request)
        planner = (reverse("admin:warehouse_allocation_plan"), _("Propose allocations"))
        return [*found, planner] if found else []

    def prefill(self, request: HttpRequest) -> QueryDict | None:
        """The fields that an address names, in a form that was not sent yet."""
        if request.method != "GET" or "need_line" not in request.GET:
            return None
        named = request.GET.copy()
        named["once"] = fresh_key()
        return named

    def plan_view(self, request: HttpRequest) -> HttpResponse:
        """The best plan for the organisation's stock at this moment."""
        openers = (a for a in self.capacities(request) if a.role in ALLOCATION.opening.by)
        actor = next(openers, None)
        if actor is None:
            raise Http404
        plan = plan_for(actor.org, at=timezone.now())
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Propose allocations"),
            "terms": TERMS.values(),
            "quarters": QUARTERS,
            "total": plan.total,
            "proposals": list(told(plan)),
            "most": MOST if MOST in (len(plan.lots), len(plan.lines)) else 0,
        }
        return render(request, "warehouse/plan.html", context)


def told(plan: Plan) -> Iterable[dict[str, Any]]:
    """One allocation to a row: a need line from one warehouse, with its lots and their points."""
    groups: dict[tuple[int, Warehouse], list[Proposed]] = {}
    for each in plan.proposed:
        house = plan.lots[each.way.supply].warehouse
        assert house is not None, "lots in stock have a warehouse"
        groups.setdefault((each.way.demand, house), []).append(each)
    for (demand, house), parts in groups.items():
        line = plan.lines[demand]
        yield {
            "hospital": name_of(line.need.hospital),
            "need": line.need.code,
            "item": described(line.variant),
            "unit": unit_of(line.variant),
            "gap": None if line.quantity is None else line.quantity - line.allocated,
            "amount": sum(part.amount for part in parts),
            "warehouse": label_of(house),
            "lots": [_lot(plan.lots[part.way.supply], part) for part in parts],
            "total": sum(part.total for part in parts),
            "form": f"{reverse(FORM, args=['publish'])}?{_filled_in(plan, line, parts)}",
        }


def _lot(lot: Lot, part: Proposed) -> dict[str, Any]:
    return {
        "code": lot.code,
        "item": described(lot.variant),
        "expiry": lot.expiry,
        "amount": part.amount,
        "points": [part.way.terms[name] for name in TERMS],
        "each": part.way.points,
        "quarters": [{"points": p, "pieces": n} for p, n in part.quarters],
        "total": part.total,
    }


def _filled_in(plan: Plan, line: NeedLine, parts: list[Proposed]) -> str:
    """The form's fields as an address: what the move asks, nothing else."""
    fields = QueryDict(mutable=True)
    fields["need_line"] = f"{line.need.code}/{line.no}"
    fields["reason"], fields["rule"] = _reason(parts[0]).value, Rule.FIRST.value
    fields["lots-TOTAL_FORMS"] = str(len(parts))
    for n, part in enumerate(parts):
        fields[f"lots-{n}-lot"] = plan.stock[part.way.supply].key
        fields[f"lots-{n}-quantity"] = str(part.amount)
    return fields.urlencode()


def _reason(part: Proposed) -> AllocationReason:
    """The term that weighs most; the gap, where none does."""
    name = max(REASONS, key=lambda term: part.way.terms[term])
    return REASONS[name] if part.way.terms[name] else AllocationReason.LARGEST_GAP
