"""The statement of all figures as the template wants it: cards, tables, charts with their words."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.input import provinces
from portal.input.templatetags.pages import day_words
from portal.stages.table import lifecycle
from portal.tracking import telling, words
from portal.tracking.statistics import charts, registry, tiles
from portal.tracking.statistics.reading import Sums, kind_of, unit_of
from portal.tracking.statistics.registry import BY_KEY, FIGURES, GROUPS, HOURS, PIECES, Figure
from portal.tracking.statistics.statement import DAYS, Statement, Value

CARDS = ("people", "deliveries", "money")
TABLES = ("goods", "where", "ends")
Table = dict[str, Any]


def page(told: Statement, *, part: str) -> dict[str, Any]:
    """Everything on the page. `part`: the kind of goods that chart and map show; another than
    those confirmed is the largest."""
    kinds = [found.part for found in told.sums.parts("confirmed")]
    chosen = part if part in kinds else next(iter(kinds), "")
    return {
        "section": "statistics",
        "told": told,
        "last": max(told.index - 1, 0),
        "cards": [_cards(told, group) for group in CARDS],
        "goods": [_goods(told, group) for group in TABLES],
        "balance": balance(told),
        "kinds": [
            {"part": each, "label": _kind(told, each), "chosen": each == chosen} for each in kinds
        ],
        "days": _days(told, chosen),
        "map": _map(told, chosen),
        "deliveries": _deliveries(told),
        "stays": _stays(told),
        "falls": _falls(told),
        "falls_more": len(told.falls),
    }


def _kind(told: Statement, part: str) -> str:
    """`Masks (pieces)`; nothing for nothing."""
    kind, unit = kind_of(part), unit_of(part, told.units)
    if not unit:
        return kind
    return f"{kind} ({unit})" if words.english() else f"{kind}（{unit}）"


def of_group(group: str) -> list[Figure]:
    return [figure for figure in FIGURES if figure.group == group]


def card(value: Value) -> dict[str, Any]:
    """One number with its title and definition; of hours its 90th percentile too."""
    note = ""
    if value.figure.unit == HOURS and value.count:
        note = _("median; 90%% within %(most)s; of %(n)s") % {
            "most": f"{value.most:,}",
            "n": f"{value.count:,}",
        }
    return {
        "title": value.figure.title,
        "says": value.figure.says,
        "text": value.headline,
        "number": value.amount,
        "exact": value.text if value.headline != value.text else "",
        "note": note,
        "unit": _("h") if value.figure.unit == HOURS and value.amount is not None else "",
        "href": value.href,
    }


def _cards(told: Statement, group: str) -> dict[str, Any]:
    found = [card(value) for figure in of_group(group) for value in told.values(figure)]
    return {"key": group, "title": GROUPS[group], "cards": found}


def _goods(told: Statement, group: str) -> dict[str, Any]:
    """Kinds of goods in rows, figures in columns; what is nowhere anything is left out."""
    return {"key": group, "title": GROUPS[group], **table_of(told, of_group(group), told.sums)}


def table_of(told: Statement, figures: Iterable[Figure], sums: Sums, **only: str) -> Table:
    """Kinds of goods in rows, these figures in columns, each number with its rows."""
    cells: dict[str, dict[str, Value]] = {}
    shown = []
    for figure in figures:
        values = told.values(figure, sums, **only)
        shown += [figure] if values else []
        for value in values:
            cells.setdefault(value.part, {})[figure.key] = value
    return {
        "columns": [figure.title for figure in shown],
        "rows": [
            {
                "name": _kind(told, part),
                "cells": [_cell(found.get(figure.key)) for figure in shown],
            }
            for part, found in sorted(cells.items())
        ],
        "says": [{"title": figure.title, "says": figure.says} for figure in shown],
    }


def _cell(value: Value | None, text: str = "") -> dict[str, str]:
    return {"text": text or value.text, "href": value.href} if value else {"text": "–", "href": ""}


def balance(told: Statement) -> list[str]:
    """One sentence for each kind: what came is where it is now, to the piece."""
    out = []
    places = [figure for group in ("where", "ends") for figure in of_group(group)]
    sources = [BY_KEY[key] for key in ("sent", "bought", "found")]
    parts = {v.part for figure in sources for v in told.values(figure)}
    for part in sorted(parts):
        came = sum(told.sums.of(figure.name, part) for figure in sources)
        there = sum(told.sums.of(figure.name, part) for figure in places)
        sign = "=" if came == there else "≠"
        colon = ": " if words.english() else "："
        out.append(f"{_kind(told, part)}{colon}{came:,} {sign} {there:,}")
    return out


def _days(told: Statement, part: str) -> dict[str, Any] | None:
    """The last days' dispatched and confirmed pieces of one kind, with a table of these days."""
    if not told.days or not part:
        return None
    by_day = dict(told.days)
    days = charts.whole_days(told.days[0][0], told.today, most=DAYS)
    empty = Sums({}, told.units)
    sent = [by_day.get(day, empty).of("dispatched", part) for day in days]
    came = [by_day.get(day, empty).of("confirmed", part) for day in days]
    series = [
        charts.Series(str(BY_KEY["dispatched"].title), sent),
        charts.Series(str(BY_KEY["confirmed"].title), came),
    ]
    best = max(range(len(days)), key=lambda n: (came[n], n))
    said = {
        "kind": _kind(told, part),
        "from": day_words(date.fromisoformat(days[0])),
        "to": day_words(date.fromisoformat(days[-1])),
        "sent": f"{sum(sent):,}",
        "came": f"{sum(came):,}",
        "best": day_words(date.fromisoformat(days[best])),
        "most": f"{came[best]:,}",
    }
    return {
        "title": _("%(kind)s: handed over and confirmed, by day") % said,
        "says": _(
            "From %(from)s to %(to)s %(sent)s were handed over for hospitals and %(came)s "
            "confirmed, most on %(best)s: %(most)s."
        )
        % said,
        "chart": charts.lines(days, series),
        "columns": [BY_KEY[key].title for key in ("gifts", "dispatched", "confirmed")],
        "rows": [_day(told, day, sums, part) for day, sums in reversed(told.days)],
    }


def _day(told: Statement, day: str, sums: Sums, part: str) -> dict[str, Any]:
    cells = [_cell(told.values(BY_KEY["gifts"], sums, day=day)[0])]
    for key in ("dispatched", "confirmed"):
        values = told.values(BY_KEY[key], sums, day=day)
        cells.append(_cell(next((value for value in values if value.part == part), None)))
    return {"name": day, "cells": cells}


def _map(told: Statement, part: str) -> dict[str, Any]:
    """What hospitals of each province confirmed, as tiles and as a table."""
    amounts = {region: sums.of("confirmed", part) for region, sums in told.regions.items()}
    ranked = sorted(((n, region) for region, n in amounts.items() if n > 0), reverse=True)[:3]
    listed = words.joined([f"{provinces.named(region)} {n:,}" for n, region in ranked])
    keys = ("shipments_confirmed", "confirmed", "needs_open", "gap")
    rows = []
    for region, sums in sorted(told.regions.items(), key=lambda pair: (-amounts[pair[0]], pair[0])):
        cells = []
        for key in keys:
            figure = BY_KEY[key]
            values = told.values(figure, sums, region=region)
            kept = [v for v in values if figure.unit != PIECES or v.part == part]
            cells.append(_cell(next(iter(kept), None)))
        rows.append({"name": provinces.named(region), "cells": cells})
    kind = {"kind": _kind(told, part) if part else _("Goods")}
    return {
        "title": _("%(kind)s confirmed, by province") % kind,
        "says": _("Most was confirmed in: %(places)s.") % {"places": listed}
        if listed
        else _("Nothing has been confirmed yet."),
        "tiles": tiles.tiles(amounts),
        "most": f"{max(amounts.values(), default=0):,}",
        "columns": [BY_KEY[key].title for key in keys],
        "rows": rows,
        "width": tiles.WIDTH,
        "height": tiles.HEIGHT,
    }


def _deliveries(told: Statement) -> dict[str, Any]:
    """Sent, said to have arrived, confirmed, unconfirmed now: bars under one another."""
    keys = ("shipments_sent", "shipments_delivered", "shipments_confirmed", "unconfirmed")
    values = [told.values(BY_KEY[key])[0] for key in keys]
    sent, said, sure, late = (value.amount or 0 for value in values)
    bars = charts.bars([(value.amount or 0, None) for value in values])
    return {
        "title": _("Delivered is not confirmed"),
        "says": _(
            "Of %(sent)s shipments sent to hospitals carriers say that %(said)s arrived; hospitals "
            "confirmed %(sure)s, and %(late)s are unconfirmed for over 72 hours."
        )
        % {"sent": f"{sent:,}", "said": f"{said:,}", "sure": f"{sure:,}", "late": f"{late:,}"},
        "rows": [
            {"name": v.figure.title, "bar": bar, "cells": [_cell(v)]}
            for v, bar in zip(values, bars, strict=True)
        ],
    }


def _stays(told: Statement) -> dict[str, Any]:
    """How long each stage takes, and what waits in it now."""
    rows = []
    stays = told.stays
    bars = charts.bars([(s.hours.amount or 0, s.hours.most) for s in stays])
    for stay, bar in zip(stays, bars, strict=True):
        table = lifecycle(stay.kind)
        assert table is not None
        most = "–" if stay.hours.most is None else f"{stay.hours.most:,}"
        cells = [
            _cell(stay.hours),
            {"text": most, "href": stay.hours.href if stay.hours.count else ""},
        ]
        cells += [{"text": f"{stay.hours.count or 0:,}", "href": stay.hours.href}, _cell(stay.now)]
        cells += [_cell(old if old.amount else None) for old in stay.older]
        name = f"{table.label} · {table.by_key[stay.stage].label}"
        rows.append({"name": name, "cells": cells, "bar": bar})
    ended = sum(stay.hours.count or 0 for stay in stays)
    return {
        "title": _("Hours in each stage"),
        "says": ngettext(
            "%(n)s stay in a stage has ended so far; the bar is the median, the paler part goes "
            "up to what nine in ten did not exceed.",
            "%(n)s stays in a stage have ended so far; the bar is the median, the paler part goes "
            "up to what nine in ten did not exceed.",
            ended,
        )
        % {"n": f"{ended:,}"},
        "columns": [
            *(_("Median"), _("90th percentile"), _("Stays"), _("There now")),
            *(_("Over 1 day"), _("Over 3 days"), _("Over 7 days")),
        ],
        "rows": rows,
        "today": told.today,
    }


def _falls(told: Statement) -> list[dict[str, Any]]:
    """What was taken back, each with the entry that did it and what that corrects."""
    rows = []
    for part, line in told.falls:
        figure = registry.figure(part.figure)
        of = unit_of(part.part, told.units)
        amount = words.yuan(-part.amount) if part.part == registry.CURRENCY else f"{-part.amount:,}"
        rows.append(
            {
                "index": part.seq,
                "href": reverse("tracking:entry", args=[part.seq]),
                "title": figure.title if figure else part.figure,
                "kind": kind_of(part.part) if of else "",
                "amount": f"{amount} {of}".strip(),
                "why": telling.title(line) if line else "",
                "corrects": bool(line and line.corrects),
                "day": part.day,
            }
        )
    return rows
