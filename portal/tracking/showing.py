"""Public rows as the templates want them."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.stages.table import lifecycle
from portal.tracking import telling, words
from portal.tracking.certificates import certifying
from portal.tracking.gift import answers, carried, drawing, folded, photos, route, sums, verdict
from portal.tracking.models import Gift, Line, Need, NeedLine, Organisation, Subject, Variant
from portal.tracking.projection import after, wishes
from portal.tracking.queries import Erased

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


def stage_label(kind: str, key: str) -> str:
    table = lifecycle(kind)
    stage = table.by_key.get(key) if table else None
    return str(stage.label) if stage else key


def stage_text(kind: str, key: str) -> str:
    table = lifecycle(kind)
    stage = table.by_key.get(key) if table else None
    return str(stage.text) if stage else ""


def stage_tone(kind: str, key: str) -> str:
    """The colour of a stage's tag: amber for what is off the way."""
    table = lifecycle(kind)
    stage = table.by_key.get(key) if table else None
    return "amber" if stage is None or stage.detour else "green"


def gift_title(row: Gift) -> str:
    """`医用防护口罩 1,000 只`; more than two items are counted."""
    items = verdict.items(row)
    parts = [
        f"{capfirst(words.name(row.names, item))} "
        f"{words.amount(verdict.promised(row, item), row.names, item, named=False)}"
        for item in items
    ]
    if len(parts) > 2:
        return _("%(first)s and %(n)d more items") % {"first": parts[0], "n": len(parts) - 1}
    return (" + " if words.english() else "、").join(parts)


def gift(row: Gift, lines: list[Line], named: Named) -> dict[str, Any]:
    """Everything on the page of a gift."""
    reached: dict[str, Any] = {}
    for line in reversed(lines):
        if line.public and (line.code == row.code or line.code[:1] in "CARS"):
            reached.setdefault(line.public, line.recorded_at)
    donor = named.get(row.uid, {}).get("donor_name", "") if row.visibility == "named" else ""
    bars, told = sums.split_bars(row), verdict.view(row)
    for segment in (s for bar in bars for s in bar["rows"] if s["by"]):
        segment["href"] = reverse("tracking:shipment", args=[segment["by"]])
    return {
        "section": "gifts",
        "gift": row,
        "title": gift_title(row),
        "stage": stage_label("pledge", row.stage),
        "tone": "amber" if told["tone"] else stage_tone("pledge", row.stage),
        "donor": donor,
        "donor_erased": isinstance(donor, Erased),
        "certified": bool(certifying.state_of(row)),
        "said": [*wishes.sentences(row), *after.proceeds_of_gift(row)],
        "verdict": told,
        "answers": answers.answers(row, lines),
        "steps": verdict.stage_bar(row, reached),
        "bars": bars,
        "ways": drawing.pictures(row, lines),
        "goods": sums.table(row),
        "issued": after.issued_of_gift(row),
        **folded.fold(timeline(lines, named, of=row.code)),
        "many": len(lines),
        "signers": folded.signers(lines),
        "route": route.route(row, lines),
        "around": _around(row),
        "unknown": _unknown(row),
        "address": settings.SITE_ORIGIN + reverse("plain:tracking:gift", args=[row.code]),
        "crumbs": crumbs((_("Gifts"), reverse("tracking:gifts")), (row.code, "")),
    }


def _around(row: Gift) -> dict[str, list[dict[str, str]]]:
    """Shipments, needs and hospitals of a gift, as links."""
    shipments, hospitals, needs = [], {}, dict[str, None]()
    for key, told in sorted(row.subjects.items(), key=lambda pair: (pair[1]["since"], pair[0])):
        kind, _colon, code = key.partition(":")
        if kind == "shipment":
            to = words.name(row.names, told["hospital"]) if told["hospital"] else ""
            shipments.append(
                {
                    "code": code,
                    "href": reverse("tracking:shipment", args=[code]),
                    "note": words.joined([t for t in (to, stage_label(kind, told["stage"])) if t]),
                }
            )
            if told["hospital"]:
                href = reverse("tracking:organisation", args=[told["hospital"]])
                hospitals[told["hospital"]] = {"code": to, "href": href, "note": ""}
        needs |= dict.fromkeys(told["needs"] if kind != "need" else [code])
    needs |= dict.fromkeys(line["need"] for line in row.lines if line.get("need"))
    links = [
        {"code": code, "href": reverse("tracking:need", args=[code]), "note": ""} for code in needs
    ]
    return {"shipments": shipments, "needs": links, "hospitals": list(hospitals.values())}


def _unknown(row: Gift) -> list[str]:
    """What the ledger does not say, so that nobody reads it into the page."""
    said = [_("Whether each entry was true when it was written: that several parties say it does.")]
    kinds = {share.kind for share in verdict.shares(row)}
    if kinds & {"transit", "trouble", "turned_back", "delivered", "inbound"}:
        said.append(_("Where exactly the pieces under way are at this moment."))
    if "received" in kinds and not after.issued_of_gift(row):
        said.append(_("How the hospital has used what it confirmed."))
    if kinds & {"promised", "unanswered"}:
        said.append(_("Whether the promised pieces exist: nobody but the donor has seen them."))
    return said


def need_name(row: Need) -> str:
    return (row.name_en if words.english() else "") or row.name_zh or row.hospital


def need_line(row: Need, line: NeedLine) -> dict[str, Any]:
    """One line for the need-row component."""
    kinds = {"unlimited": _("as many as possible"), "unknown": _("quantity unknown")}
    kinds["per_week"] = _("every week")
    names = {line.variant: line.names} if line.names else {}
    ends = line.asked if line.quantity_kind != "per_week" else None
    percent = min(100, line.pledged * 100 // ends) if ends else 0
    return {
        "no": line.no,
        "name": words.item_title(names, line.variant),
        "href": reverse("tracking:need", args=[row.code]),
        "who": words.joined([need_name(row), words.place_of(vars(row))]),
        "pledged": line.pledged,
        "asked": line.asked,
        "ends": bool(ends),
        "about": line.quantity_kind == "estimated",
        "asked_label": kinds.get(line.quantity_kind, ""),
        "unit": words.unit(names, line.variant),
        "percent": percent,
        "moving": line.moving,
        "received": line.received,
        "gap": line.gap,
        "until": row.valid_until,
        "pledge_href": reverse("pledges:pledge", args=[row.code, line.no]) if line.open else "",
        "met": line.gap == 0,
        "urgent": words.label(words.PRIORITIES, line.priority)
        if line.priority in words.PRIORITIES and line.gap != 0
        else "",
        "said": _said_of(line, words.unit(names, line.variant)),
    }


def _say_equivalents(rows: list[NeedLine], shown: list[dict[str, Any]]) -> None:
    """What the catalogue accepts in place of the standard asked for, where the hospital does."""
    keys = {line.no: line.variant for line in rows if not line.only_exact}
    found = {v.key: v for v in Variant.objects.filter(key__in=keys.values())}
    others = {key for variant in found.values() for key in variant.equivalents}
    names = {v.key: v for v in Variant.objects.filter(key__in=others)} if others else {}
    for told in shown:
        variant = found.get(keys.get(told["no"], ""))
        taken = [names[key] for key in variant.equivalents if key in names] if variant else []
        if taken:
            said = words.joined([variant_name(v) for v in taken])
            told["said"].append(_("also accepted: %(names)s") % {"names": said})


def variant_name(variant: Variant) -> str:
    return (variant.name_en if words.english() else "") or variant.name_zh


def _said_of(line: NeedLine, unit: str) -> list[str]:
    """Where it is used, how fast it runs out, and what is taken in its place."""
    said = []
    if line.fitness in words.FITNESS and line.fitness != "general_ward":  # what nobody said too
        said.append(_("for: %(use)s") % {"use": words.label(words.FITNESS, line.fitness)})
    if line.daily_use:
        said.append(_("uses %(n)s %(unit)s a day") % {"n": f"{line.daily_use:,}", "unit": unit})
    if line.stock_days is not None:
        days = {"n": line.stock_days}
        said.append(
            ngettext("own stock lasts %(n)d day", "own stock lasts %(n)d days", line.stock_days)
            % days
        )
    if line.gap and line.daily_use:
        days = {"n": max(1, line.gap // line.daily_use)}
        said.append(
            ngettext("%(n)d day's use is missing", "%(n)d days' use is missing", days["n"]) % days
        )
    if line.only_exact:
        said.append(_("exactly this standard"))
    return said


def need(
    row: Need, rows: list[NeedLine], lines: list[Line], named: Named, *, count: int
) -> dict[str, Any]:
    """Everything on the page of a need."""
    told = named.get(row.uid, {})
    shown = [need_line(row, line) for line in sorted(rows, key=lambda r: r.no)]
    _say_equivalents(rows, shown)
    written = told.get("lines_as_written")
    for line in shown:
        texts = written if isinstance(written, list) else []
        text = texts[line["no"] - 1] if len(texts) >= line["no"] else ""
        line["as_written"] = written if isinstance(written, Erased) else text
    came = {code for r in rows for code, (p, s) in r.gifts.items() if p or s}
    return {
        "section": "needs",
        "need": row,
        "name": need_name(row),
        "place": words.place_of(vars(row)),
        "stage": stage_label("need", row.stage),
        "text": stage_text("need", row.stage),
        "lines": shown,
        "notes": told.get("notes", ""),
        "unwanted": told.get("unwanted", ""),
        "source": told.get("source", ""),
        "gifts": [{"code": c, "href": source_href(c)} for c in sorted(came)],
        "hospital_href": reverse("tracking:organisation", args=[row.hospital]),
        "channel": channel_of(row.hospital),
        "entries": timeline(lines, named, of=row.code),
        "count": count,
        "crumbs": crumbs((_("Needs"), reverse("tracking:needs")), (row.code, "")),
    }


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
    return (row.name_en if words.english() else "") or row.legal_name
