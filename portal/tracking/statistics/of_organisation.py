"""What the page of an organisation says of it in numbers, from the same registry as all others."""

from typing import Any

from django.utils.translation import gettext as _

from portal.tracking.models import Organisation, Tally
from portal.tracking.statistics import showing
from portal.tracking.statistics.reading import Sums, kind_of, unit_of
from portal.tracking.statistics.registry import BY_KEY, FEN, HOURS, ON_TIME, PIECES, Figure
from portal.tracking.statistics.statement import Value, of_hours, rows_of

FIGURES = {
    "hospital": (
        *("confirmed", "shipments_confirmed", "confirm_hours", "shipments_late", "differences"),
        *("needs_open", "gap"),
    ),
    "charity": ("counted", "dispatched", "sent"),
    "donor": ("gifts", "sent"),
}


def figures(row: Organisation) -> list[dict[str, Any]]:
    """Its numbers, each with its definition and its rows; two questions."""
    found = Tally.objects.filter(of__in=(row.code, ""), kind__in=("org", "all"), day="")
    told = {tally.of: tally.amounts for tally in found}
    sums = Sums(told.get(row.code, {}), told.get("", {}).get("units", {}))
    out = []
    for key in FIGURES.get(row.kind, ()):
        out += _cards(BY_KEY[key], sums, row.code)
        if key == "confirm_hours":
            out += _on_time(sums, row.code)
    return out


def _cards(figure: Figure, sums: Sums, code: str) -> list[dict[str, Any]]:
    if figure.unit == HOURS:
        return [showing.card(of_hours(figure, sums.amounts.get(figure.name, {}), org=code))]
    if figure.unit != PIECES:
        part = "CNY" if figure.unit == FEN else ""
        amount = sums.of(figure.name, part)
        return [showing.card(Value(figure, amount, href=rows_of(figure, org=code)))]
    return [
        {
            **showing.card(
                Value(figure, one.amount, href=rows_of(figure, part=one.part, org=code))
            ),
            "unit": unit_of(one.part, sums.units),
            "note": kind_of(one.part),
        }
        for one in sums.parts(figure.name)
    ]


def _on_time(sums: Sums, code: str) -> list[dict[str, Any]]:
    """How many of the deliveries confirmed were confirmed within 72 hours."""
    spent = sums.amounts.get("confirm_hours", {})
    whole = sum(spent.values())
    if not whole:
        return []
    soon = sum(n for hours, n in spent.items() if int(hours) < ON_TIME)
    text = _("%(n)s of %(all)s") % {"n": f"{soon:,}", "all": f"{whole:,}"}
    return [
        {
            "title": _("Confirmed within 72 hours"),
            "says": _("Of the deliveries of which a carrier had said that they arrived."),
            "text": text,
            "number": soon,
            "exact": "",
            "unit": "",
            "note": "",
            "href": rows_of(BY_KEY["confirm_hours"], org=code),
        }
    ]
