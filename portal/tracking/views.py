"""The pages of one thing: gift, need, shipment, organisation."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from portal.tracking import need_showing, queries, showing
from portal.tracking.finding import lookup as finding
from portal.tracking.gift import gift_showing, staying
from portal.tracking.listing import asking
from portal.tracking.models import Need, Organisation
from portal.tracking.money import holdings, money_showing
from portal.tracking.responding import fragment, page
from portal.tracking.statistics import of_organisation
from portal.tracking.voices import due, remarks

View = Callable[..., HttpResponse]


def by_code(view: View) -> View:
    """Correct a mistyped address, and answer what is not public with a sentence."""

    @wraps(view)
    @require_safe
    def wrapped(request: HttpRequest, code: str) -> HttpResponse:
        try:
            known = finding.read(code)
            if known != code:
                return redirect(request.resolver_match.view_name, known)  # type: ignore[union-attr]  # resolved
            return view(request, code)
        except finding.Lost as lost:
            return _lost(request, code, lost, status=404)

    return wrapped


def _lost(request: HttpRequest, typed: str, lost: finding.Lost, *, status: int) -> HttpResponse:
    context = {"typed": typed[: finding.LONGEST], "error": str(lost), "section": "gifts"}
    return render(request, "tracking/lookup.html", context, status=status)


@by_code
def gift(request: HttpRequest, code: str) -> HttpResponse:
    """Where the gift is, everything that happened to it, and how its pieces add up."""
    found = queries.followed(code)
    if found is None:
        raise finding.Lost(finding.nothing(code), status=404)
    row = found.gift
    if holdings.is_money(row):
        template = "tracking/_money.html" if fragment(request) else "tracking/money.html"
        bought = max((purchase.version for purchase, _spans in found.paid), default=0)
        told, version = partial(_money, found), f"{row.version}.{bought}"
    else:
        template = "tracking/_live.html" if fragment(request) else "tracking/gift.html"
        told, version = partial(_gift, found), f"{row.version}.{found.usual.version}"
    return page(request, template, told, version=version, entries=row.version)


def _money(found: queries.Followed) -> dict[str, Any]:
    row, lines = found.gift, queries.lines_of(found.gift.code)
    shown = money_showing.gift(row, lines, queries.named_of(lines), found.paid)
    return {**shown, **remarks.of(row.code, lines=lines, asked=found.asked)}


def _gift(found: queries.Followed) -> dict[str, Any]:
    row, lines = found.gift, queries.lines_of(found.gift.code)
    shown = gift_showing.shown(row, lines, queries.named_of(lines))
    beside = remarks.of(row.code, lines=lines, asked=found.asked)
    return {**shown, "staying": staying.told(lines, found.usual), **beside}


@by_code
def need(request: HttpRequest, code: str) -> HttpResponse:
    """What a hospital asks for, how much of it is promised, under way and received."""
    hospital = Organisation.objects.filter(code=OuterRef("hospital")).values("version")
    row = Need.objects.filter(code=code).annotate(hospitals=Subquery(hospital[:1])).first()
    if row is None:
        raise finding.Lost(finding.nothing(code), status=404)
    version = f"{row.version}.{row.hospitals}"  # the page says how gifts reach the hospital

    def context() -> dict[str, Any]:
        lines, first, count = queries.latest_of(code, showing.RECENT)
        named = queries.named_of([*lines, *([first] if first else [])])
        rows = queries.rows_of([row])[code]
        return {**need_showing.shown(row, rows, lines, named, count=count), **remarks.of(code)}

    return page(request, "tracking/need.html", context, version=version, entries=row.version)


@by_code
def shipment(request: HttpRequest, code: str) -> HttpResponse:
    """One consignment: which gifts it carries, to whom, and what the hospital said."""
    row = queries.shipment(code)
    if row is None:
        raise finding.Lost(finding.nothing(code), status=404)

    def context() -> dict[str, Any]:
        lines = queries.lines_of(code)
        return {**showing.shipment(row, lines, queries.named_of(lines)), **remarks.of(code)}

    return page(
        request, "tracking/shipment.html", context, version=row.version, entries=row.version
    )


@by_code
def organisation(request: HttpRequest, code: str) -> HttpResponse:
    """An organisation as sealed, with what concerned it lately."""
    row = Organisation.objects.filter(code=code).first()
    if row is None:
        raise finding.Lost(finding.nothing(code), status=404)

    def context() -> dict[str, Any]:
        lines, first, count = queries.latest_of(code, showing.RECENT)
        named = queries.named_of([*lines, *([first] if first else [])])
        told = named.get(first.uid, {}) if first else {}
        shown = showing.organisation(row, lines, named, first=told, count=count)
        own = {"designated": queries.is_designated(code), "late": due.late(code)}
        own |= {"figures": of_organisation.figures(row)}
        own |= {"needs": asking.of_hospital(code) if row.kind == "hospital" else []}
        return {**shown, **own, **remarks.of(code)}

    return page(
        request, "tracking/organisation.html", context, version=row.version, entries=row.version
    )
