"""The first page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

import ledger.api as ledger
from portal.tracking import queries, showing, telling, words
from portal.tracking.models import Need, NeedLine
from portal.tracking.responding import fragment, page
from portal.tracking.statistics import reading
from portal.tracking.voices import due

ON_HOME = 5
DIGITS = 18


def whole(text: str) -> int:
    """A number from an address; what is none is 0."""
    plain = text.isascii() and text.isdigit() and len(text) <= DIGITS
    return int(text) if plain else 0


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
                shown.append(showing.need_line(need, lines[turn]))
    return shown


def _counters(version: int, size: int) -> dict[str, Any]:
    sums = reading.everything()
    kinds = [_confirmed(part) for part in sums.parts("confirmed")]
    gifts_of = reverse("tracking:gifts")
    empty = {"label": _("Confirmed by hospitals"), "value": "0", "unit": "", "href": gifts_of}
    return {
        "first": {
            "label": _("Gifts registered"),
            "value": f"{sums.of('gifts'):,}",
            "unit": "笔" if not words.english() else "",
            "exact": _("each one can be followed by its code"),
            "href": gifts_of,
        },
        "others": [
            {
                "label": _("Open needs"),
                "value": f"{sums.of('needs_open'):,}",
                "unit": "",
                "href": reverse("tracking:needs"),
            },
            *(kinds[:2] or [empty]),
        ],
        "more_confirmed": kinds[2:],
        "pulse": _("%(n)s entries sealed, checkpoint at %(size)s")
        % {"n": f"{version:,}", "size": f"{size:,}"},
        "pulse_href": reverse("tracking:ledger"),
    }


def _confirmed(part: reading.Counted) -> dict[str, str]:
    return {
        "label": _("%(kind)s confirmed") % {"kind": part.kind},
        "value": f"{part.amount:,}",
        "unit": part.unit,
        "href": reverse("tracking:gifts") + "?confirmed=1",
    }
