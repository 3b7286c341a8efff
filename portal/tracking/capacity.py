"""The public list of transport that carriers offer, from sealed entries alone."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal.input.provinces import place
from portal.tracking import queries, words
from portal.tracking.models import Subject
from portal.tracking.projection.projecting import seen
from portal.tracking.responding import page

KIND, OFFERED = "capacity", ("capacity.offer", "capacity.change")
MOST = 200
FIRST = ("since", "code")  # as an index has them


@require_safe
def capacity(request: HttpRequest) -> HttpResponse:
    """The open offers, those that end first on top; who offers is named, whom to call is not."""

    def context() -> dict[str, Any]:
        rows = list(Subject.objects.filter(kind=KIND, stage="open").order_by(*FIRST)[:MOST])
        codes = [row.code for row in rows]
        lines = list(queries.opening(codes).filter(type__in=OFFERED))
        named = queries.named_of(lines)
        firms = {line.code: named.get(line.uid, {}).get("firm", "") for line in lines}
        told = [_told(row, firms.get(row.code, "")) for row in rows]
        return {"section": "gifts", "offers": sorted(told, key=lambda row: row["last"])}

    return page(request, "tracking/capacity.html", context, version=seen())


def _told(row: Subject, firm: Any) -> dict[str, Any]:
    carrier = words.choice(KIND, "offer", "carrier", str(row.facts.get("carrier", "")))
    names = ("first", "last", "kg", "litres", "dangerous", "cold")
    facts = {name: row.facts.get(name, "") for name in names}
    ends = {name: place(str(row.facts.get(name, ""))) for name in ("origin", "to")}
    return {"code": row.code, "carrier": carrier, "firm": firm, **facts, **ends}
