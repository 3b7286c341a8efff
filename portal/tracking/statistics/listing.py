"""The pages behind the numbers: the rows of one figure, and figures by organisation."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.input import provinces
from portal.tracking import showing as public
from portal.tracking import words
from portal.tracking.finding.lookup import PAGES
from portal.tracking.finding.places import whole
from portal.tracking.models import Organisation, Tally, Variant
from portal.tracking.projection.parties import variant_names
from portal.tracking.statistics import making
from portal.tracking.statistics.making import Asked
from portal.tracking.statistics.reading import Sums, kind_of, unit_of
from portal.tracking.statistics.registry import BY_KEY, COUNT, CURRENCY, FEN, HOURS, Figure, InStage
from portal.tracking.statistics.statement import Statement

AT_ONCE = 20
OF_HOSPITALS = ("shipments_confirmed", "confirm_hours", "shipments_late", "needs_open")
OF_OTHERS = ("gifts",)
IN_PIECES = {"hospital": ("confirmed", "gap"), "charity": ("counted", "dispatched")}


@dataclass(frozen=True)
class Told:
    """What the rows of a page are told with: names of organisations, words for units, items."""

    named: dict[str, str]
    units: dict[str, str]
    items: words.Names


def page_of(code: str) -> str:
    """The page of a code; nothing where it has none, for it stands on its gift's."""
    if code[:1] in PAGES:
        return reverse(PAGES[code[0]][0], args=[code])
    return f"{reverse('tracking:lookup')}?q={code}" if code[:1] == "P" else ""


def rows(
    figure: Figure, asked: Asked, found: list[making.Record], *, after: str, mark: str
) -> dict[str, Any]:
    """Everything on the page of one figure's rows."""
    chosen = asked.chosen(figure)
    query = urlencode(chosen)
    csv = reverse("tracking:statistics_csv", args=[figure.key])
    codes = {code for row in found if (code := _of(row))}
    told = Told(
        {row.code: public.organisation_name(row) for row in _organisations(codes)},
        _units() if any(row["unit"] for row in found) else {},
        _items({row["item"] for row in found if row["item"]}),
    )
    return {
        "section": "statistics",
        "figure": figure,
        "asked": [
            {"text": _said(name, value), "href": _without(chosen, name)}
            for name, value in chosen.items()
        ],
        "rows": [_row(figure, row, told) for row in found],
        "csv": f"{csv}?{query}" if query else csv,
        "older": f"?{urlencode({**chosen, 'after': mark})}" if mark else "",
        "newer": f"?{query}" if after else "",
        "crumbs": public.crumbs(
            (_("Statistics"), reverse("tracking:statistics")), (str(figure.title), "")
        ),
    }


def _organisations(codes: set[str]) -> list[Organisation]:
    return list(Organisation.objects.filter(code__in=codes)) if codes else []


def _units() -> dict[str, str]:
    row = Tally.objects.filter(of="", kind="all", day="").first()
    return dict(row.amounts.get("units", {})) if row else {}


def _items(keys: set[str]) -> words.Names:
    rows = Variant.objects.filter(key__in=keys) if keys else []
    return {row.key: variant_names(row) for row in rows}


def _of(row: making.Record) -> str:
    """The organisation that a row counts for, or who or what holds what lies there."""
    return str(row["organisation"] or str(row["place"]).partition(":")[2])


def _row(figure: Figure, row: making.Record, told: Told) -> dict[str, Any]:
    part = f"{row['class']}|{row['unit']}"
    entry, org = row["entry"], _of(row)
    amount = words.yuan(row["amount"]) if figure.unit == FEN else f"{row['amount']:,}"
    unit = {COUNT: "", FEN: "", HOURS: _("h")}.get(figure.unit, unit_of(part, told.units))
    return {
        "code": row["code"],
        "href": page_of(row["code"]),
        "about": " · ".join(dict.fromkeys(text for text in _about(figure, row, told) if text)),
        "amount": f"{amount} {unit}".strip(),
        "org": told.named.get(org, org),
        "org_href": page_of(org) if org in told.named or org[:1] != "U" else "",
        "region": provinces.named(row["region"]),
        "day": row["day"],
        "entry": entry,
        "entry_href": reverse("tracking:entry", args=[entry]) if entry != "" else "",
    }


def _about(figure: Figure, row: making.Record, told: Told) -> tuple[str, ...]:
    """The stage of what is counted by stages; of goods their kind and item."""
    if isinstance(figure.rows, InStage):
        return (public.stage_label(figure.rows.kind, row["place"]),)
    kind = kind_of(f"{row['class']}|{row['unit']}") if row["unit"] else ""
    item = "" if row["item"] == CURRENCY else row["item"]
    return (kind, words.item_title(told.items, item) if item in told.items else item)


def _said(name: str, value: str) -> str:
    if name == "part":
        kind, unit = kind_of(value), value.partition("|")[2]
        return f"{kind} · {unit}" if unit else kind
    if name == "before":
        return _("There since before %(day)s") % {"day": value}
    return provinces.named(value) if name == "region" else value


def _without(chosen: dict[str, str], name: str) -> str:
    return "?" + urlencode({key: value for key, value in chosen.items() if key != name})


def organisations(told: Statement, *, kind: str, before: str) -> dict[str, Any]:
    """A page of organisations of one kind, the newest first, each with its own figures."""
    kinds = [key for key in words.KINDS if key in ("hospital", "charity", "donor")]
    shown = kind if kind in kinds else kinds[0]
    rows = Organisation.objects.filter(kind=shown).order_by("-opened_seq")
    rows = rows.filter(opened_seq__lt=whole(before)) if whole(before) else rows
    found = list(rows[: AT_ONCE + 1])
    more = found[AT_ONCE - 1].opened_seq if len(found) > AT_ONCE else 0
    sums = sums_of({row.code for row in found[:AT_ONCE]}, told.units)
    return {
        "section": "statistics",
        "told": told,
        "last": max(told.index - 1, 0),
        "kinds": [{"key": key, "label": words.KINDS[key], "chosen": key == shown} for key in kinds],
        "columns": [BY_KEY[key].title for key in _columns(shown)],
        "rows": [
            {
                "name": public.organisation_name(row),
                "href": reverse("tracking:organisation", args=[row.code]),
                "cells": [
                    _cell(told, BY_KEY[key], sums.get(row.code), row.code)
                    for key in _columns(shown)
                ],
            }
            for row in found[:AT_ONCE]
        ],
        "older": f"?{urlencode({'kind': shown, 'before': more})}" if more else "",
        "newer": f"?{urlencode({'kind': shown})}" if whole(before) else "",
        "crumbs": public.crumbs(
            (_("Statistics"), reverse("tracking:statistics")), (_("By organisation"), "")
        ),
    }


def _columns(kind: str) -> tuple[str, ...]:
    plain = OF_HOSPITALS if kind == "hospital" else OF_OTHERS
    return (*plain, *IN_PIECES.get(kind, ()))


def _cell(told: Statement, figure: Figure, sums: Sums | None, code: str) -> dict[str, Any]:
    """One figure of one organisation; of goods a number for each kind."""
    values = told.values(figure, sums or Sums({}, {}), org=code)
    return {
        "values": [
            {
                "text": f"{value.kind} {value.text} {value.unit}".strip(),
                "href": value.href if value.amount else "",
            }
            for value in values
        ]
    }


def sums_of(codes: set[str], units: Any) -> dict[str, Sums]:
    """The sums of some organisations."""
    rows = Tally.objects.filter(of__in=codes, kind="org", day="") if codes else []
    return {row.of: Sums(row.amounts, units) for row in rows}
