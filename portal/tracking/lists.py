"""The pages that list: home, needs, gifts, organisations."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

import ledger.api as ledger
from portal.tracking import money, money_showing, queries, showing, sums, telling, verdict, words
from portal.tracking.models import Gift, Need, NeedLine, Organisation
from portal.tracking.projecting import seen
from portal.tracking.responding import fragment, page
from portal.tracking.statistics import reading

ON_HOME = 5
DIGITS = 18


def whole(text: str) -> int:
    """A number from an address; what is none is 0."""
    plain = text.isascii() and text.isdigit() and len(text) <= DIGITS
    return int(text) if plain else 0


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Look-up, three counters, open needs, what happened lately, how it works, how to check it."""
    version = seen()
    if fragment(request):
        return page(request, "tracking/_feed.html", _feed, version=version)
    newest = next(iter(ledger.checkpoints(1)), None)
    size = newest.size if newest else 0

    def context() -> dict[str, Any]:
        found = queries.needs(province="", item_class="", everything=False, before=0)
        rows = queries.rows_of(found)
        return {
            **_counters(version, size),
            **_feed(),
            "rows": _some_lines(found, rows),
            "home": reverse("tracking:home"),
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


@require_safe
def gifts(request: HttpRequest) -> HttpResponse:
    """Every gift, newest first; `?confirmed=1`: those of which hospitals confirmed something;
    `?overdue=1`: promises made in public whose day has passed, the longest ago first."""
    confirmed = request.GET.get("confirmed") == "1"
    overdue = request.GET.get("overdue") == "1"
    before, version = whole(request.GET.get("before", "")), seen()

    def context() -> dict[str, Any]:
        found, older = queries.page_of(queries.gifts(confirmed=confirmed, before=before))
        if overdue:
            found, older = queries.overdue_gifts(), 0
        keep = {"confirmed": "1"} if confirmed else {}
        return {
            "section": "gifts",
            "cards": [_gift_card(gift) for gift in found],
            "confirmed": confirmed and not overdue,
            "overdue": overdue,
            "older": f"?{urlencode({**keep, 'before': older})}" if older else "",
            "newer": f"?{urlencode(keep)}" if before else "",
        }

    key = f"{version}-{confirmed}-{overdue}-{before}"
    return page(request, "tracking/gifts.html", context, version=key)


def _gift_card(gift: Gift) -> dict[str, Any]:
    if money.is_money(gift):
        return money_showing.card(gift)
    return {
        "gift": gift,
        "href": reverse("tracking:gift", args=[gift.code]),
        "title": showing.gift_title(gift),
        "stage": showing.stage_label("pledge", gift.stage),
        "headline": verdict.headline(gift, verdict.shares(gift)),
        "bars": sums.split_bars(gift)[:1],
    }


@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """Hospitals, charities, donors, authorities: verified, or known from a notice."""
    kind = request.GET.get("kind", "") if request.GET.get("kind", "") in words.KINDS else ""
    before, version = whole(request.GET.get("before", "")), seen()

    def context() -> dict[str, Any]:
        rows = Organisation.objects.filter(kind=kind) if kind else Organisation.objects.all()
        rows = rows.filter(opened_seq__lt=before) if before else rows
        found, older = queries.page_of(list(rows.order_by("-opened_seq")[: queries.AT_ONCE + 1]))
        keep = {"kind": kind} if kind else {}
        return {
            "section": "organisations",
            "cards": [
                {
                    "organisation": row,
                    "name": showing.organisation_name(row),
                    "kind": words.label(words.KINDS, row.kind),
                    "place": words.place_of(vars(row)),
                    "stage": showing.stage_label("organisation", row.stage),
                    "href": reverse("tracking:organisation", args=[row.code]),
                }
                for row in found
            ],
            "kinds": [(key, str(label)) for key, label in words.KINDS.items()],
            "kind": kind,
            "older": f"?{urlencode({**keep, 'before': older})}" if older else "",
            "newer": f"?{urlencode(keep)}" if before else "",
        }

    key = f"{version}-{kind}-{before}"
    return page(request, "tracking/organisations.html", context, version=key)
