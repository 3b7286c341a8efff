"""The first page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

import ledger.api as ledger
from ledger.core.postings import MONEY
from portal.tracking import need_showing, queries, telling, words
from portal.tracking.models import Need, NeedLine
from portal.tracking.responding import fragment, page
from portal.tracking.statistics import reading
from portal.tracking.voices import due

ON_HOME = 5
CONFIRMED = "?confirmed=1"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Look-up, three counters, open needs, what happened lately, how it works, how to check it."""
    version, is_late = due.standing()
    if fragment(request):
        return page(request, "tracking/_feed.html", _feed, version=version)
    newest = next(iter(ledger.checkpoints(1)), None)
    size = newest.size if newest else 0

    def context() -> dict[str, Any]:
        found = queries.newest_needs()
        rows = queries.rows_of(found)
        return {
            **_counters(version, size),
            **_feed(),
            "rows": _some_lines(found, rows),
            "home": reverse("tracking:home"),
            "late": due.late() if is_late else [],
        }

    return page(request, "tracking/home.html", context, version=f"{version}-{size}")


def _feed() -> dict[str, Any]:
    lines = queries.latest(6)
    example = next((code for line in lines for code in line.codes if code[0] == "G"), "")
    return {
        "events": [telling.feed_row(line) for line in lines],
        "example": example,
        "example_href": reverse("tracking:gift", args=[example]) if example else "",
    }


def _some_lines(found: list[Need], rows: dict[str, list[NeedLine]]) -> list[dict[str, Any]]:
    """A line of each of the newest needs, then a second one, until there are enough."""
    shown: list[dict[str, Any]] = []
    for turn in range(ON_HOME):
        for need in found:
            lines = [line for line in rows[need.code] if line.open]
            lines.sort(key=lambda line: (line.asked is None, line.no))
            if len(shown) < ON_HOME and turn < len(lines):
                shown.append(need_showing.line_of(need, lines[turn]))
    return shown


def _counters(version: int, size: int) -> dict[str, Any]:
    """Gifts, open needs, money, and goods by kind and unit (never added up), from the same sums as
    the statistics."""
    sums = reading.everything()
    kinds = [
        _counter(_("%(kind)s confirmed") % {"kind": part.kind}, part.amount, part.unit, CONFIRMED)
        for part in sums.parts("confirmed")
    ]
    gifts = _counter(_("Gifts registered"), sums.of("gifts"), "" if words.english() else "笔")
    told = _("each one can be followed by its code")
    exact = f"{gifts['whole']} · {told}" if gifts["whole"] else told
    money = sums.of("money", MONEY)
    rows = reverse("tracking:statistics_rows", args=["money"])
    received = _counter(_("Money received"), money, "", href=rows, money=True)
    empty = _counter(_("Confirmed by hospitals"), 0, "")
    needs = _counter(_("Open needs"), sums.of("needs_open"), "", href=reverse("tracking:needs"))
    return {
        "first": {**gifts, "exact": exact},
        "others": [needs, *(kinds[:2] or [empty])],
        "more": [*([received] if money else []), *kinds[2:]],
        "pulse": _("%(n)s entries sealed, checkpoint at %(size)s")
        % {"n": f"{version:,}", "size": f"{size:,}"},
        "pulse_href": reverse("tracking:ledger"),
    }


def _counter(
    label: str, number: int, unit: str, query: str = "", *, href: str = "", money: bool = False
) -> dict[str, Any]:
    """`value` and `unit` as they are shown; `whole`: the number itself, where the value is a round
    one."""
    exact = words.yuan(number) if money else f"{number:,}"
    shown, _space, large = words.in_large(number, money=money).partition(" ")
    return {
        "label": label,
        "value": shown,
        "unit": f"{large} {unit}".strip() if words.english() else f"{large}{unit}",
        "number": number,
        "whole": f"{exact} {unit}".strip() if large else "",
        "href": href or reverse("tracking:gifts") + query,
    }
