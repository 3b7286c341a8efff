"""A need and its lines as its page and the lists want them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.tracking import showing, words
from portal.tracking.models import Line, Need, NeedLine, Variant
from portal.tracking.queries import Erased
from portal.tracking.showing import Named, need_name, variant_name


def shown(
    row: Need, rows: list[NeedLine], lines: list[Line], named: Named, *, count: int
) -> dict[str, Any]:
    """Everything on the page of a need."""
    told = named.get(row.uid, {})
    told_lines = [line_of(row, line) for line in sorted(rows, key=lambda r: r.no)]
    _say_equivalents(rows, told_lines)
    written = told.get("lines_as_written")
    for line in told_lines:
        texts = written if isinstance(written, list) else []
        text = texts[line["no"] - 1] if len(texts) >= line["no"] else ""
        line["as_written"] = written if isinstance(written, Erased) else text
    came = {code for r in rows for code, (p, s) in r.gifts.items() if p or s}
    return {
        "section": "needs",
        "need": row,
        "name": need_name(row),
        "place": words.place_of(vars(row)),
        "stage": showing.stage_label("need", row.stage),
        "text": showing.stage_text("need", row.stage),
        "lines": told_lines,
        "notes": told.get("notes", ""),
        "unwanted": told.get("unwanted", ""),
        "source": told.get("source", ""),
        "gifts": [{"code": c, "href": showing.source_href(c)} for c in sorted(came)],
        "hospital_href": reverse("tracking:organisation", args=[row.hospital]),
        "channel": showing.channel_of(row.hospital),
        "entries": showing.timeline(lines, named, of=row.code),
        "count": count,
        "crumbs": showing.crumbs((_("Needs"), reverse("tracking:needs")), (row.code, "")),
    }


def line_of(row: Need, line: NeedLine) -> dict[str, Any]:
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
