"""The disclosure centre: statements that the law asks for, which are late, and who was on time."""

from collections import Counter
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.tracking import queries, showing, words
from portal.tracking.finding import lookup
from portal.tracking.models import Subject, Variant
from portal.tracking.money import money_showing
from portal.tracking.projection import parties
from portal.tracking.projection.projecting import seen
from portal.tracking.responding import page
from portal.tracking.views import by_code
from portal.tracking.voices import due, remarks
from portal.tracking.voices.due import KIND

MOST = 200  # statements on the list; in an emergency two years and a half of one campaign


@require_safe
def disclosures(request: HttpRequest) -> HttpResponse:
    """What is late on top, then what is due, then what was published; `?org=` of one."""
    org, version = request.GET.get("org", "")[:12], seen()

    def context() -> dict[str, Any]:
        found = Subject.objects.filter(kind=KIND)
        rows = _shown(found)
        records = _records(found.values_list("org", "stage", "facts__late"))
        known = remarks.organisations([*(row.org for row in rows), *records])
        mine = [row for row in rows if not org or row.org == org]
        names = {code: showing.organisation_name(row) for code, row in known.items()}
        return {
            "section": "disclosures",
            "late": [due.card(r, names) for r in mine if r.stage == "late"],
            "due": [due.card(r, names) for r in mine if r.stage == "due"],
            "published": [due.card(r, names) for r in mine if r.stage == "published"],
            "records": [
                {"code": code, "name": names.get(code, code), **counts}
                for code, counts in sorted(records.items())
            ],
            "org": org,
        }

    return page(request, "tracking/disclosures.html", context, version=f"{version}-{org}")


def _shown(found: QuerySet[Subject]) -> list[Subject]:
    """What is late or due, the oldest first, then what was published, the newest first."""
    waiting = found.exclude(stage="published").order_by("since", "code")[:MOST]
    published = found.filter(stage="published").order_by("-since", "code")[:MOST]
    both = Q(pk__in=waiting.values("pk")) | Q(pk__in=published.values("pk"))
    rows = sorted(found.filter(both), key=lambda row: row.code)
    rest = [row for row in rows if row.stage != "published"]
    told = [row for row in rows if row.stage == "published"]
    told.sort(key=lambda row: row.since, reverse=True)
    return [*sorted(rest, key=lambda row: row.since), *told]


def _records(rows: Any) -> dict[str, dict[str, int]]:
    """{organisation: {on_time, late, missing, waiting}}: how punctual each has been."""
    found: dict[str, Counter[str]] = {}
    for org, stage, late in rows:
        key = {"due": "waiting", "late": "missing"}.get(stage, "late" if late else "on_time")
        found.setdefault(org, Counter(on_time=0, late=0, missing=0, waiting=0))[key] += 1
    return {org: dict(counts) for org, counts in found.items()}


@by_code
def disclosure(request: HttpRequest, code: str) -> HttpResponse:
    """One statement: its window of the ledger, and every figure as sealed."""
    row = Subject.objects.filter(kind=KIND, code=code).first()
    if row is None:
        raise lookup.Lost(lookup.nothing(code), status=404)

    def context() -> dict[str, Any]:
        lines = queries.lines_of(code)
        named = queries.named_of(lines)
        note = next((told["note"] for told in named.values() if told.get("note")), "")
        parent = (_("Disclosures"), reverse("tracking:disclosures"))
        return {
            "section": "disclosures",
            "card": due.card(row, {}),
            "note": note,
            "first": row.facts.get("first"),
            "last": (row.facts.get("until") or 0) - 1,
            **_tables(row.facts.get("figures") or {}),
            "entries": showing.timeline(lines, named, of=code),
            "crumbs": showing.crumbs(parent, (code, "")),
        }

    return page(
        request, "tracking/disclosure.html", context, version=row.version, entries=row.version
    )


def _tables(figures: dict[str, Any]) -> dict[str, Any]:
    """Rows of the goods-table component; never added over items."""
    goods_in, goods_out = figures.get("goods_in", []), figures.get("goods_out", [])
    keys = {item for item, _n in goods_in} | {row[1] for row in goods_out}
    found = Variant.objects.filter(key__in=keys) if keys else []
    names: dict[str, dict[str, str]] = {v.key: parties.variant_names(v) for v in found}
    hospitals = remarks.organisations(row[0] for row in goods_out)
    shown = {code: showing.organisation_name(row) for code, row in hospitals.items()}
    money = figures.get("money", [])
    rows = Subject.objects.filter(kind="fund", code__in=[row[0] for row in money]) if money else []
    funds = {row.code: money_showing.title_of(row) for row in rows}
    return {
        "goods_in": [_line(words.item_title(names, item), [_n(n, names, item)])
                     for item, n in goods_in],
        "goods_out": [
            _line(shown.get(row[0], row[0]), [_n(n, names, row[1]) for n in row[2:]],
                  words.item_title(names, row[1]), _page("organisation", row[0]))
            for row in goods_out
        ],
        "money": [_line(funds.get(row[0], row[0]), [words.yuan(n) for n in row[1:]], "",
                        _page("fund", row[0])) for row in money],
        "more": figures.get("more", 0),
        "in_columns": [_("Counted in")],
        "out_columns": [_("Set aside"), _("Sent"), _("Confirmed")],
        "money_columns": [_("Received"), _("Set aside"), _("Paid"), _("Fee kept"), _("Given back")],
    }  # fmt: skip


def _n(number: int, names: words.Names, item: str) -> str:
    return words.amount(number, names, item, named=False)


def _line(name: str, cells: list[str], note: str = "", href: str = "") -> dict[str, Any]:
    told = [{"value": cell, "differs": False} for cell in cells]
    return {"name": name, "note": note, "href": href, "cells": told}


def _page(name: str, code: str) -> str:
    return reverse(f"tracking:{name}", args=[code])
