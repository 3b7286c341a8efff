"""Public rows as the templates want them: what all pages share, and the pages of a shipment and
of an organisation. Gifts: `gift.gift_showing`; needs: `need_showing`."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.stages.table import Stage, lifecycle
from portal.tracking import telling, words
from portal.tracking.gift import carried, photos
from portal.tracking.models import Line, Need, Organisation, Subject, Variant
from portal.tracking.projection import after

Named = Mapping[str, Mapping[str, Any]]
RECENT = 30  # entries on the page of an organisation or a need


def crumbs(*steps: tuple[str, str]) -> list[dict[str, str]]:
    home = {"label": _("Home"), "href": reverse("tracking:home")}
    return [home, *({"label": label, "href": href} for label, href in steps)]


def timeline(lines: list[Line], named: Named, *, of: str) -> list[dict[str, Any]]:
    """Newest first; what a later entry corrects says so beside itself."""
    index = {line.uid: line.seq for line in lines}
    fixed = {line.corrects: line.seq for line in lines if line.corrects}
    bad = photos.damaged(lines, named)
    out = []
    for line in lines:
        row = telling.view(line, named.get(line.uid, {}), of=of, bad=bad)
        if line.uid in fixed:
            said = _("by entry %(n)d; the old entry stays") % {"n": fixed[line.uid]}
            href = reverse("tracking:entry", args=[fixed[line.uid]])
            row["facts"].append({"label": _("Corrected"), "value": said, "href": href})
        if line.corrects in index:
            said = _("entry %(n)d") % {"n": index[line.corrects]}
            href = reverse("tracking:entry", args=[index[line.corrects]])
            row["facts"].append({"label": _("Corrects"), "value": said, "href": href})
        out.append(row)
    return out


def _stage(kind: str, key: str) -> Stage | None:
    """None for a kind or stage that this release does not know."""
    table = lifecycle(kind)
    return table.by_key.get(key) if table else None


def stage_label(kind: str, key: str) -> str:
    stage = _stage(kind, key)
    return str(stage.label) if stage else key


def stage_text(kind: str, key: str) -> str:
    stage = _stage(kind, key)
    return str(stage.text) if stage else ""


def stage_tone(kind: str, key: str) -> str:
    """The colour of a stage's tag: amber for what is off the way."""
    stage = _stage(kind, key)
    return "amber" if stage is None or stage.detour else "green"


def need_name(row: Need) -> str:
    return words.either(row.name_zh, row.name_en) or row.hospital


def variant_name(variant: Variant) -> str:
    return words.either(variant.name_zh, variant.name_en)


def source_href(code: str) -> str:
    """The page of a gift; of what a spending bought (P-…), its place on the page of its fund, to
    which the look-up leads."""
    if code[0] == "P":
        return f"{reverse('tracking:lookup')}?q={code}"
    return reverse("tracking:gift", args=[code])


def shipment(row: Subject, lines: list[Line], named: Named) -> dict[str, Any]:
    """Everything on the page of a shipment."""
    goods = after.goods_of(lines, row.code)
    columns: tuple[str, ...] = ("packed", "received", "rejected", "damaged", "lost", "held")
    columns += tuple(name for name in after.BACK if any(told.get(name) for told in goods.values()))
    hospital = words.name(row.names, row.hospital) if row.hospital else ""
    return {
        "section": "gifts",
        "shipment": row,
        "hospital": hospital,
        "hospital_href": reverse("tracking:organisation", args=[row.hospital])
        if row.hospital
        else "",
        "house": words.name(row.names, row.warehouse) if row.warehouse else "",
        "stage": stage_label("shipment", row.stage),
        "tone": stage_tone("shipment", row.stage),
        "verdict": carried.verdict(row),
        "columns": [_("Packed"), *(_heads()[c] for c in columns[1:])],
        "rows": [
            {
                "name": words.name(row.names, item),
                "note": code,
                "href": source_href(code),
                "cells": [
                    {"value": f"{told[c]:,}", "differs": c in columns[2:]}
                    if told.get(c)
                    else {"value": "–", "differs": False}
                    for c in columns
                ],
            }
            for (code, item), told in sorted(goods.items())
            if told
        ],
        "late": any(line.data.get("late") for line in lines),
        "issued": after.issued_of_shipment(row, lines),
        "entries": timeline(lines, named, of=row.code),
        "crumbs": crumbs((row.code, "")),
    }


def _heads() -> dict[str, str]:
    return {
        "received": _("Confirmed"),
        "rejected": _("Rejected"),
        "damaged": _("Damaged"),
        "lost": _("Missing"),
        "held": _("Held"),
        "quarantine": _("Came back"),
        "returned": _("Back to the donor"),
        "stock": _("Back in stock"),
        "community": _("Community use"),
    }


def organisation(
    row: Organisation, lines: list[Line], named: Named, *, first: Mapping[str, Any], count: int
) -> dict[str, Any]:
    """Everything on the page of an organisation; `first`: what its first entry names."""
    return {
        "section": "organisations",
        "organisation": row,
        "name": organisation_name(row),
        "kind": words.label(words.KINDS, row.kind),
        "place": words.place_of(vars(row)),
        "stage": stage_label("organisation", row.stage),
        "text": stage_text("organisation", row.stage),
        "source": first.get("source", ""),
        "channel": channel_of(row.code) if row.kind == "hospital" else "",
        "issued": after.issued_by(row),
        "entries": timeline(lines, named, of=row.code),
        "count": count,
        "crumbs": crumbs((_("Organisations"), reverse("tracking:organisations")), (row.code, "")),
    }


def channel_of(hospital: str) -> str:
    """How gifts reach the hospital with this code; one question for it and its body."""
    own = Organisation.objects.filter(code=hospital)
    found = Organisation.objects.filter(
        Q(code=hospital) | Q(code__in=own.exclude(channel_body="").values("channel_body"))
    )
    rows = {row.code: row for row in found}
    if hospital not in rows:
        return ""
    body = rows.get(rows[hospital].channel_body)
    if body is None:
        return _("straight from the donor")
    return _("only through %(body)s") % {"body": organisation_name(body)}


def organisation_name(row: Organisation) -> str:
    return words.either(row.legal_name, row.name_en)
