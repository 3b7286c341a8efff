"""The public warehouse board and the page of a lot: what stands in a house, from sealed statements
(R17), and where the pieces of one lot are. No person, no price."""

from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from portal.input.templatetags.pages import day_words
from portal.tracking import showing, words
from portal.tracking.gift import sums, verdict
from portal.tracking.listing.declared import Asked
from portal.tracking.models import Gift, Holding, Line, Organisation, Purchase, Subject
from portal.tracking.queries import lines_of, named_of


def name_of(row: Subject) -> str:
    return words.either(row.facts.get("name_zh", ""), row.facts.get("name_en", "")) or row.code


def board(rows: list[Subject], _asked: Asked) -> list[dict[str, Any]]:
    """The warehouses of a page of their list."""
    owners = {row.facts.get("org", "") for row in rows}
    named = {o.code: o for o in Organisation.objects.filter(code__in=owners)}
    return [_card(row, named) for row in rows]


def _card(row: Subject, named: dict[str, Organisation]) -> dict[str, Any]:
    told = row.facts.get("statement", {})
    owner = named.get(row.facts.get("org", ""))
    place = words.place_of(row.facts)
    return {
        "name": name_of(row),
        "href": reverse("tracking:warehouse", args=[row.code]),
        "code": row.code,
        "who": " · ".join(filter(None, (showing.organisation_name(owner) if owner else "", place))),
        "open": row.stage == "open",
        "stage": showing.stage_label("warehouse", row.stage),
        "told": told,
        "urgent": told.get("urgent_lots", 0),
        "red": told.get("red_lots", 0),
        "lines": [_sum(item, told.get("names", {})) for item in _largest(told)],
    }


def _largest(told: dict[str, Any], most: int = 3) -> list[dict[str, Any]]:
    rows = [row for row in told.get("items", []) if row["stock"]]
    return sorted(rows, key=lambda row: (-row["stock"], row["item"]))[:most]


def _sum(row: dict[str, Any], names: words.Names) -> str:
    return words.amount(row["stock"], names, row["item"], named=True)


def house(row: Subject, statements: list[Line]) -> dict[str, Any]:
    """Everything on the page of one warehouse: its last statement, and those before it."""
    told = row.facts.get("statement", {})
    names = told.get("names", {})
    return {
        "section": "warehouses",
        "house": row,
        "name": name_of(row),
        "place": words.place_of(row.facts),
        "stage": showing.stage_label("warehouse", row.stage),
        "tone": showing.stage_tone("warehouse", row.stage),
        "text": showing.stage_text("warehouse", row.stage),
        "owner": row.facts.get("org", ""),
        "told": told,
        "columns": _columns(),
        "rows": [_row(item, names) for item in told.get("items", [])],
        "urgent": [_urgent(each, names) for each in told.get("urgent", [])],
        "statements": [_statement(line) for line in statements],
        "crumbs": showing.crumbs((_("Warehouses"), reverse("tracking:warehouses")), (row.code, "")),
    }


def _columns() -> list[str]:
    return [
        *(_("Came in"), _("Went out"), _("In stock now"), _("Of it set aside")),
        *(_("To be used soon"), _("Oldest waiting since")),
    ]


def _row(row: dict[str, Any], names: words.Names) -> dict[str, Any]:
    figures = [row[name] for name in ("in", "out", "stock", "aside", "soon")]
    cells = [{"value": f"{n:,}" if n else "–", "differs": False} for n in figures]
    cells[4]["differs"] = bool(row["soon"])
    return {
        "name": capfirst(words.name(names, row["item"])),
        "note": " · ".join(
            filter(
                None, (words.standard_beside(names, row["item"]), words.unit(names, row["item"]))
            )
        ),
        "cells": [*cells, {"value": _moment(row["oldest"]) or "–", "differs": False}],
    }


def _urgent(row: dict[str, Any], names: words.Names) -> dict[str, Any]:
    return {
        "code": row["lot"],
        "href": reverse("tracking:lot", args=[row["lot"]]),
        "amount": words.amount(row["quantity"], names, row["item"], named=True),
        "since": row["since"],
        "red": row["red"],
    }


def _statement(line: Line) -> dict[str, Any]:
    items = line.data.get("items", [])
    return {
        "href": reverse("tracking:entry", args=[line.seq]),
        "index": line.seq,
        "until": line.data.get("until", ""),
        "came": sum(1 for row in items if row["in"]),
        "went": sum(1 for row in items if row["out"]),
        "red": line.data.get("red_lots", 0),
    }


def _moment(text: str) -> str:
    return f"{timezone.localtime(datetime.fromisoformat(text)):%Y-%m-%d %H:%M}" if text else ""


def source_of(code: str) -> Gift | None:
    """The gift that a lot is of; what a spending bought (P-…) as if it were a gift. Not saved."""
    if code[:1] != "P":
        return Gift.objects.filter(code=code).first()
    row = Purchase.objects.filter(code=code).first()
    if row is None:
        return None
    return Gift(code=row.code, version=row.version, subjects=row.subjects, names=row.names)


def lot(code: str, gift: Gift, row: Subject | None) -> dict[str, Any]:
    """Everything on the page of one lot: where its pieces are, how they add up, what happened."""
    lines = lines_of(code)
    part = part_of(gift, code)
    shares = verdict.shares(part)
    stopped = row is not None and row.stage in ("recalled", "blocked", "expired", "differs")
    source = showing.source_href(gift.code)
    return {
        "section": "gifts",
        "code": code,
        "gift": gift,
        "bought": gift.code[0] == "P",
        "source_href": source,
        "title": " + ".join(words.item_title(gift.names, item) for item in part.places),
        "stage": showing.stage_label("lot", row.stage) if row else "",
        "tone": showing.stage_tone("lot", row.stage) if row else "",
        "near": _near(row) if row else "",
        "headline": _headline(row if stopped else None, verdict.headline(part, shares)),
        "picture": "alert" if stopped else "box",
        "next": showing.stage_text("lot", row.stage) if row and stopped else "",
        "warn": "warn" if stopped else "",
        "holder": verdict.holders(part, shares),
        "since": lines[0].recorded_at if lines else gift.since,
        "goods": _goods(part),
        "lines": lines,
        "entries": showing.timeline(lines, named_of(lines), of=code),
        "crumbs": showing.crumbs((gift.code, source), (code, "")),
    }


def _headline(stopped: Subject | None, said: str) -> str:
    """Where it is; of a lot that nobody should use that first."""
    if stopped is None:
        return said
    stage = showing.stage_label("lot", stopped.stage)
    return _("%(stage)s: %(said)s") % {"stage": stage, "said": said}


def _near(row: Subject) -> str:
    """A badge where the clock has said that the date is near, and it is not past it."""
    if not row.facts.get("near") or row.stage == "expired":
        return ""
    return _("expires %(day)s") % {"day": day_words(date.fromisoformat(row.facts["expiry"]))}


def _goods(part: Gift) -> dict[str, Any]:
    """Its goods table without what only a whole gift has: what was promised and counted in."""
    table = sums.table(part)
    unsaid = {_("Promised"), _("Counted in")}
    kept = [n for n, column in enumerate(table["columns"]) if column not in unsaid]
    for row in table["rows"]:
        row["cells"] = [row["cells"][n] for n in kept]
        row["cells"][0]["differs"] = False
    return {**table, "columns": [table["columns"][n] for n in kept]}


def part_of(gift: Gift, code: str) -> Gift:
    """The gift as if it were this lot alone: its places, the same names and carriers. Not saved.
    A supplier counts as its donor."""
    places: dict[str, dict[str, int]] = {}
    for held in Holding.objects.filter(gift=gift.code, lot=code).exclude(amount=0):
        place = held.place.replace("purchase:", "donor:")
        places.setdefault(held.item, {})[place] = held.amount
    return Gift(
        code=gift.code,
        stage=gift.stage,
        since=gift.since,
        opened_at=gift.opened_at,
        places=places,
        subjects=gift.subjects,
        names=gift.names,
    )
