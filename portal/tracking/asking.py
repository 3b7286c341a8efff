"""The list of needs: what is missing longest stands first, what nobody confirmed lately last."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from portal.tracking import queries, showing, words
from portal.tracking.lists import whole
from portal.tracking.models import Need, NeedLine
from portal.tracking.projecting import seen
from portal.tracking.responding import page

OF_A_NEED = 5  # lines of one need on the list


@require_safe
def needs(request: HttpRequest) -> HttpResponse:
    """Open needs by their place, filtered by the address; `?never=1`: of hospitals that have got
    nothing yet."""
    asked = {key: request.GET.get(key, "")[:60] for key in ("province", "class")}
    ticked = {key: request.GET.get(key) == "1" for key in ("all", "never")}
    before, version = whole(request.GET.get("before", "")), seen()
    keep = {key: value for key, value in asked.items() if value}
    keep |= {key: "1" for key, on in ticked.items() if on}

    def context() -> dict[str, Any]:
        found = queries.needs(
            province=asked["province"],
            item_class=asked["class"],
            everything=ticked["all"],
            never=ticked["never"],
            before=before,
        )
        shown, more = found[: queries.AT_ONCE], len(found) > queries.AT_ONCE
        return {
            "section": "needs",
            "cards": _cards(shown, item_class=asked["class"]),
            "asked": asked,
            "ticked": ticked,
            "provinces": queries.provinces(),
            "classes": [(key, words.label(words.CLASSES, key)) for key in queries.classes()],
            "older": f"?{urlencode({**keep, 'before': shown[-1].place})}" if more else "",
            "newer": f"?{urlencode(keep)}" if before else "",
        }

    key = urlencode({**asked, **ticked, "before": before})
    return page(request, "tracking/needs.html", context, version=f"{version}-{key}")


def _cards(found: list[Need], *, item_class: str) -> list[dict[str, Any]]:
    rows = queries.rows_of(found, item_class=item_class)
    waiting = queries.never_received().filter(code__in={need.hospital for need in found})
    never = set(waiting.values_list("code", flat=True))
    return [_card(need, rows[need.code], never=need.hospital in never) for need in found]


def _card(need: Need, rows: list[NeedLine], *, never: bool) -> dict[str, Any]:
    return {
        "need": need,
        "name": showing.need_name(need),
        "place": words.place_of(vars(need)),
        "stage": showing.stage_label("need", need.stage),
        "href": reverse("tracking:need", args=[need.code]),
        "rows": [showing.need_line(need, line) for line in rows[:OF_A_NEED]],
        "more": max(0, len(rows) - OF_A_NEED),
        "never": never,
    }
