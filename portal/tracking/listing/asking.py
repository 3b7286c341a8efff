"""The list of needs: what is missing longest stands first, what nobody confirmed lately last."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from portal.tracking import need_showing, queries, showing, words
from portal.tracking.listing import list_pages
from portal.tracking.listing.declared import Asked
from portal.tracking.models import Need, NeedLine

OF_A_NEED = 5  # lines of one need on the list
MOST = 3  # needs on the page of a hospital


@require_safe
def needs(request: HttpRequest) -> HttpResponse:
    """Open needs by their place, filtered by the address; `?never=1`: of hospitals that have got
    nothing yet."""
    return list_pages.answer(request, "needs", _cards, section="needs")


def _cards(found: list[Any], asked: Asked) -> list[dict[str, Any]]:
    rows = queries.rows_of(found, item_class=asked.values.get("class", ""))
    return [card(need, rows[need.code], never=need.never) for need in found]


def of_hospital(code: str) -> list[dict[str, Any]]:
    """Its open needs as in the list, what is missing longest first; two questions."""
    found = list(Need.objects.filter(hospital=code, open=True).order_by("-place", "code")[:MOST])
    rows = queries.rows_of(found) if found else {}
    return [card(need, rows[need.code], never=False) for need in found]


def card(need: Need, rows: list[NeedLine], *, never: bool) -> dict[str, Any]:
    return {
        "need": need,
        "name": showing.need_name(need),
        "place": words.place_of(vars(need)),
        "stage": showing.stage_label("need", need.stage),
        "href": reverse("tracking:need", args=[need.code]),
        "rows": [need_showing.line_of(need, line) for line in rows[:OF_A_NEED]],
        "more": max(0, len(rows) - OF_A_NEED),
        "never": never,
    }
