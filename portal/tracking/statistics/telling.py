"""The statement of all figures as JSON."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from portal.tracking.statistics.reading import Sums
from portal.tracking.statistics.registry import FIGURES, HOURS, PIECES, Figure, InStage
from portal.tracking.statistics.statement import AGES, Statement, Value


def told(found: Statement) -> dict[str, Any]:
    """Every number of the page, by the keys of the registry; integers in base units and fen."""
    return {
        "as_of": {"entries": found.index, "at": found.at.isoformat() if found.at else None},
        "site": settings.SITE_ORIGIN,
        "figures": [_figure(found, figure) for figure in FIGURES],
        "regions": {
            region: _sums(found, sums, region=region)
            for region, sums in sorted(found.regions.items())
        },
        "days": {day: _sums(found, sums, day=day) for day, sums in found.days},
        "stages": [
            {
                "stage": stay.key,
                "hours": _value(stay.hours),
                "there_now": _value(stay.now),
                "over_days": {
                    str(days): value.amount for days, value in zip(AGES, stay.older, strict=True)
                },
            }
            for stay in found.stays
        ],
        "taken_back": [
            {
                "entry": part.seq,
                "figure": part.figure,
                "part": part.part,
                "amount": part.amount,
                "corrects": line.corrects if line else "",
            }
            for part, line in found.falls
        ],
        "medians_as_of": found.today,
    }


def _figure(found: Statement, figure: Figure) -> dict[str, Any]:
    return {
        "key": figure.key,
        "title": str(figure.title),
        "definition": str(figure.says),
        "unit": figure.unit,
        "grows": figure.grows,
        "values": [_value(value) for value in found.values(figure)],
    }


def _sums(found: Statement, sums: Sums, **only: str) -> dict[str, Any]:
    """The numbers of a province or a day that are not nothing."""
    shown = (figure for figure in FIGURES if figure.name in sums.amounts)
    return {
        figure.key: [_value(value) for value in found.values(figure, sums, **only)]
        for figure in shown
        if not isinstance(figure.rows, InStage)
    }


def _value(value: Value) -> dict[str, Any]:
    _address, _mark, query = value.href.partition("?")
    csv = reverse("tracking:statistics_csv", args=[value.figure.key])
    out: dict[str, Any] = {"amount": value.amount, "rows": value.href}
    out["csv"] = f"{csv}?{query}" if query else csv
    if value.figure.unit == PIECES:
        out |= {"part": value.part, "kind": value.kind, "unit": value.unit}
    if value.figure.unit == HOURS:
        out = {"median": out.pop("amount"), "p90": value.most, "count": value.count, **out}
    return out
