"""Public pages of funds and campaigns. No button here takes money: it is recorded only."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal.tracking.finding import lookup
from portal.tracking.listing import list_pages
from portal.tracking.listing.declared import Asked
from portal.tracking.models import Subject
from portal.tracking.money import holdings, money_showing
from portal.tracking.responding import page
from portal.tracking.views import by_code
from portal.tracking.voices import due, remarks


@require_safe
def funds(request: HttpRequest) -> HttpResponse:
    """Every fund with what came, what was spent and what is left, and the fee beside it."""
    return list_pages.answer(request, "funds", _funds, section="funds")


def _funds(rows: list[Subject], _asked: Asked) -> list[dict[str, Any]]:
    sums = holdings.sums_of(row.code for row in rows)
    return [money_showing.fund_card(row, sums[row.code]) for row in rows]


@by_code
def fund(request: HttpRequest, code: str) -> HttpResponse:
    """One fund: its conditions, its figures, every spending and what became of it."""
    return _one(request, "fund", code, money_showing.fund)


@require_safe
def campaigns(request: HttpRequest) -> HttpResponse:
    """Every campaign, as it was filed."""
    cards = list_pages.each(money_showing.campaign_card)
    return list_pages.answer(request, "campaigns", cards, section="funds")


@by_code
def campaign(request: HttpRequest, code: str) -> HttpResponse:
    """A campaign with exactly the fields that 慈善法 Art. 24 asks for."""
    return _one(request, "campaign", code, money_showing.campaign)


def _one(
    request: HttpRequest, kind: str, code: str, shown: Callable[[Subject], dict[str, Any]]
) -> HttpResponse:
    row = Subject.objects.filter(kind=kind, code=code).first()
    if row is None:
        raise lookup.Lost(lookup.nothing(code), status=404)
    version = row.version

    def context() -> dict[str, Any]:
        return {**shown(row), "late": due.late(code), **remarks.of(code)}

    return page(request, f"tracking/{kind}.html", context, version=version, entries=version)
