"""An entry told in words: title, who, what with quantities, named values that still exist.

Made from the line, the stage tables and the live disclosures; no `if` per type.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from ledger.core.postings import MONEY
from portal.disclosure.classes import NAMED, OPEN
from portal.input import provinces
from portal.input.templatetags.pages import day_words
from portal.stages.facts import Facts, Spec
from portal.stages.table import Move, lifecycle
from portal.tracking import words
from portal.tracking.gift import photos
from portal.tracking.models import Line
from portal.tracking.projection.entries import name_of
from portal.tracking.queries import Erased

Fact = dict[str, str]
LATE = timedelta(minutes=10)
PICTURES = {"start": "heart", "match": "hand", "store": "box", "allocate": "split"}
PICTURES |= {"deliver": "truck", "confirm": "check"}
PAGES = {"G": "tracking:gift", "N": "tracking:need", "S": "tracking:shipment"}
PAGES |= {"F": "tracking:fund", "M": "tracking:campaign"}
LAST_FOUR = {"waybill"}
IN_THE_HEADER = {"visibility", "donor_name", "own_product"}


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def move_of(line: Line) -> Move | None:
    kind, _dot, move = line.type.partition(".")
    table = lifecycle(kind)
    return table.by_name.get(move) if table else None


def title(line: Line) -> str:
    """What the table says of the move; a type unknown to this release by its key."""
    move = move_of(line)
    if move is None:
        return words.label(words.OWN_ENTRIES, line.type)
    shown = {s.name: value_text(s, line.data.get(s.name), line.names) for s in move.facts.specs()}
    text = str(move.facts.says).format_map(_Blank(shown))
    return text or str(move.done or move.label) or line.type


def _unsaid(spec: Spec, value: Any) -> bool:
    """A count or weight that nobody had to say, and nobody said."""
    return value == 0 and spec.of is int and spec.kind in ("", "count") and not spec.required


def value_text(spec: Spec, value: Any, names: words.Names) -> str:
    """An open fact as people read it; nothing for nothing."""
    nothing = value in (None, "", []) or isinstance(value, list) or _unsaid(spec, value)
    if nothing or (spec.kind == "aim" and value == "free" and not spec.required):
        return ""
    if isinstance(spec.choices, type):
        known = {member.value: member for member in spec.choices}
        return str(getattr(known[value], "label", value)) if value in known else str(value)
    if spec.of is bool or isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        written = {"amount": words.yuan, "tenths": words.degrees}.get(spec.kind)
        return written(value) if written else f"{value:,}"
    if isinstance(value, str) and issubclass(spec.of, date):
        return day_words(date.fromisoformat(value[:10]))
    return _text(spec.kind, str(value), names)


def _text(kind: str, text: str, names: words.Names) -> str:
    if kind == "place":
        return provinces.place(text)
    return words.aim(text, names) if kind == "aim" else words.name(names, text)


def view(
    line: Line, named: Mapping[str, Any], *, of: str = "", bad: Collection[str] = ()
) -> dict[str, Any]:
    """One row of the timeline on the page of the code `of`; `bad`: photos found damaged."""
    told = photos.facts(line, named, bad) if photos.told(line) else _facts(line, of=of)
    return {
        "index": line.seq,
        "anchor": f"e{line.seq}",
        "title": title(line),
        "at": line.recorded_at,
        "picture": "pen" if line.corrects else PICTURES.get(line.public, "doc"),
        "kind": "fix" if line.corrects else "",
        "facts": [*who(line), *goods_of(line, of=of), *told, *_weighed(line), *_named(line, named)],
        "codes": _codes(line, of=of),
        "photos": photos.of(line, named, bad),
        "hash": line.leaf,
        "href": reverse("tracking:entry", args=[line.seq]),
        "sealed": _sealed(line),
    }


def who(line: Line) -> list[Fact]:
    """Role and organisation; never a person."""
    if not line.role:
        return []
    role = words.label(words.ROLES, line.role)
    if not line.org:
        return [{"label": _("By"), "value": role}]
    name = words.name(line.names, line.org)
    listed = line.names.get(line.org, {}).get("stage") == "listed"
    name += _(" (not verified)") if listed else ""
    return [{"label": _("By"), "value": f"{name} · {role}"}]


def _hospital(line: Line) -> str:
    return next((c for c, n in line.names.items() if n.get("kind") == "hospital"), "")


def goods_of(line: Line, *, of: str = "", most: int = 8) -> list[Fact]:
    """The quantities of the entry: its postings, else the goods that its facts name."""
    if "relabelled" in line.data:
        return [_relabelled(told, line.names) for told in line.data["relabelled"]]
    hospital = _hospital(line)
    told: dict[tuple[str, str, str], int] = {}
    postings = line.data.get("postings", [])
    passed = [(p["lot"], p["item"], p["from"], p["amount"]) for p in postings]
    for p in postings:
        kind, owner = name_of(p["to"]), p["to"].partition(":")[2]
        if kind == "donor" or (of[:1] == "G" and p["gift"] != of):
            continue
        if name_of(p["from"]) == "donor" and (p["lot"], p["item"], p["to"], p["amount"]) in passed:
            continue  # it is there only to go on in the same entry
        if kind == "reserved" and owner[:1] != "A":
            kind = "packing"
        if (name_of(p["from"]), kind) == ("quarantine", "held"):
            kind = "kept"
        kind = "crossing" if (kind, owner[:1]) == ("transit", "W") else kind
        owner = hospital if kind in ("reserved", "packing", "transit") else owner
        told[kind, p["item"], owner] = told.get((kind, p["item"], owner), 0) + p["amount"]
    lines = [
        words.phrase(
            kind,
            amount=words.amount(n, line.names, item, named=True),
            owner=words.name(line.names, owner),
        )
        for (kind, item, owner), n in told.items()
    ]
    if not postings:
        lines = [_asked(row, line.names) for row in line.data.get("lines", []) if "variant" in row]
    text = words.joined(lines[:most], strong=True)
    if len(lines) > most:
        text += _(" and %(n)d more") % {"n": len(lines) - most}
    money = bool(postings) and all(p["item"] == MONEY for p in postings)
    return [{"label": _("Money") if money else _("Goods"), "value": text}] if text else []


def _relabelled(told: Mapping[str, Any], names: words.Names) -> Fact:
    """The old name beside the new one."""
    amount = words.amount(told["quantity"], names, told["item"], named=True)
    said = _("%(goods)s; published before as %(was)s")
    value = said % {"goods": amount, "was": words.name(names, told["was"])}
    return {"label": _("Goods"), "value": value}


def _asked(row: Mapping[str, Any], names: words.Names) -> str:
    if row.get("quantity"):
        return words.amount(row["quantity"], names, row["variant"], named=True)
    kinds = {"unlimited": _("as many as possible"), "unknown": _("quantity unknown")}
    kind = kinds.get(row.get("quantity_kind", ""), "")
    return f"{words.name(names, row['variant'])} {kind}".strip()


def _facts(line: Line, *, of: str) -> list[Fact]:
    move, rows = move_of(line), []
    if move is None:
        skipped = {"postings", "recorded_at", "actor_role", "actor_org", "stage"}
        return [
            {"label": key, "value": str(value)}
            for key, value in line.data.items()
            if key not in skipped and not isinstance(value, list | dict)
        ]
    in_title = str(move.facts.says)
    for spec in move.facts.specs():
        if spec.name in IN_THE_HEADER:
            continue
        if spec.rows is not None:
            rows += _of_rows(spec.rows, line, line.data.get(spec.name, []), of=of)
        elif spec.disclosure is OPEN and spec.kind != "hidden":
            text = value_text(spec, line.data.get(spec.name), line.names)
            if text and f"{{{spec.name}}}" not in in_title:
                rows.append({"label": str(spec.label), "value": text})
    return rows


def _weighed(line: Line, most: int = 5) -> list[Fact]:
    """What a decision weighed: the recipient's register status that day, and the open needs."""
    if "weighed" not in line.data:
        return []
    rows = line.data["weighed"]
    register = _("yes") if line.data.get("designated") else _("no")
    out = [{"label": _("In the designated register that day"), "value": register}]
    needs = [
        f"{row['need']}/{row['need_line']}"
        + ("" if row["gap"] is None else _(" (%(gap)s open)") % {"gap": f"{row['gap']:,}"})
        for row in rows[:most]
    ]
    text = words.joined(needs, strong=True)
    if len(rows) > most:
        text += _(" and %(n)d more") % {"n": len(rows) - most}
    return [*out, {"label": _("Open needs weighed"), "value": text}] if needs else out


def _of_rows(facts: type[Facts], line: Line, rows: Iterable[Any], *, of: str) -> list[Fact]:
    """Reasons and days that the rows name, each once; their quantities are the postings'."""
    result = line.data.get("result", [])
    own = [n for n, r in enumerate(result) if r.get("gift", of) == of] if of[:1] == "G" else None
    out: dict[str, dict[str, None]] = {}
    for spec in facts.specs():
        if spec.disclosure is not OPEN or spec.kind in ("hidden", "quantity", "count"):
            continue
        if isinstance(spec.choices, str):
            continue
        for n, row in enumerate(rows):
            mine = own is None or not result or n in own
            text = value_text(spec, row.get(spec.name), line.names) if mine else ""
            if text and spec.name not in ("quantity_kind",):
                out.setdefault(str(spec.label), {})[text] = None
    return [{"label": label, "value": words.joined(list(texts))} for label, texts in out.items()]


def _named(line: Line, named: Mapping[str, Any]) -> list[Fact]:
    """Named values that still exist, with the labels of their facts."""
    move = move_of(line)
    out = []
    for spec in move.facts.specs() if move else ():
        if spec.name in IN_THE_HEADER:
            continue
        if spec.rows is None and spec.disclosure is NAMED:
            value = named.get(spec.name)
            if isinstance(value, str) and value:
                short = spec.name in LAST_FOUR and not isinstance(value, Erased)
                shown = f"…{value[-4:]}" if short else value
                out.append({"label": str(spec.label), "value": shown})
    return out


def _codes(line: Line, *, of: str) -> list[dict[str, str]]:
    found = [code for code in line.codes if code != of and code[0] in PAGES]
    return [{"code": code, "href": reverse(PAGES[code[0]], args=[code])} for code in found[:6]]


def _sealed(line: Line) -> str:
    if not settings.DEMO and line.at - line.recorded_at > LATE:
        return _("sealed late")
    return _("sealed")


def feed_row(line: Line) -> dict[str, Any]:
    """One line of what happened lately: booked goods speak for themselves."""
    goods = "".join(fact["value"] for fact in goods_of(line, most=3))
    hospital = _hospital(line)
    parts = [words.name(line.names, hospital) if line.code[:1] in "NU" and hospital else ""]
    parts += [goods] if "postings" in line.data else [title(line), goods]
    said = (": " if words.english() else "：").join(part for part in parts if part)
    code = next((c for c in (line.code, *line.codes) if c[:1] in PAGES), "")
    return {
        "at": line.recorded_at,
        "text": said,
        "code": code,
        "href": reverse(PAGES[code[0]], args=[code]) if code else "",
    }
