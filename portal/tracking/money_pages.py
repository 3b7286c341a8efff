"""Public pages of funds and campaigns. No button here takes money: it is recorded only."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal.tracking import due, lookup, money_showing, voices
from portal.tracking.models import Subject
from portal.tracking.projecting import seen
from portal.tracking.responding import page
from portal.tracking.views import by_code


@require_safe
def funds(request: HttpRequest) -> HttpResponse:
    """Every fund with what came, what was spent and what is left, and the fee beside it."""

    def context() -> dict[str, Any]:
        rows = _newest("fund")
        return {"section": "funds", "cards": [money_showing.fund_card(row) for row in rows]}

    return page(request, "tracking/funds.html", context, version=seen())


@by_code
def fund(request: HttpRequest, code: str) -> HttpResponse:
    """One fund: its conditions, its figures, every spending and what became of it."""
    return _one(request, "fund", code, money_showing.fund)


@require_safe
def campaigns(request: HttpRequest) -> HttpResponse:
    def context() -> dict[str, Any]:
        rows = _newest("campaign")
        return {"section": "funds", "cards": [money_showing.campaign_card(row) for row in rows]}

    return page(request, "tracking/campaigns.html", context, version=seen())


@by_code
def campaign(request: HttpRequest, code: str) -> HttpResponse:
    """A campaign with exactly the fields that 慈善法 Art. 24 asks for."""
    return _one(request, "campaign", code, money_showing.campaign)


def _newest(kind: str) -> list[Subject]:
    rows = Subject.objects.filter(kind=kind).order_by("-opened_at", "code")
    return list(rows[: money_showing.MOST])


def _one(
    request: HttpRequest, kind: str, code: str, shown: Callable[[Subject], dict[str, Any]]
) -> HttpResponse:
    row = Subject.objects.filter(kind=kind, code=code).first()
    if row is None:
        raise lookup.Lost(lookup.nothing(code), status=404)
    version = row.version

    def context() -> dict[str, Any]:
        return {**shown(row), "late": due.late(code), **voices.of(code)}

    return page(request, f"tracking/{kind}.html", context, version=version, entries=version)
