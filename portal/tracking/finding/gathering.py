"""Rows of what can be found and listed, folded from the rows that an entry has just changed.

A row is written only when something in it changes: an entry that moves goods on within the same
stage, for the same hospital, leaves it alone.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac

import ledger.api as ledger
from ledger.api import Entry
from ledger.core.postings import MONEY
from portal.input.provinces import short
from portal.tracking.finding import grams
from portal.tracking.finding.findable import Findable, ShownName
from portal.tracking.models import Gift, Need, NeedLine, Organisation, Projected, Subject
from portal.tracking.projection.shelf import Shelf

Told = dict[str, Any]
SUBJECTS = ("shipment", "warehouse", "fund", "campaign")
DONORS = {"pledge.register": "donor_name", "money.enter": "shown_name"}
DONORS |= {"money.arrive": "shown_name", "money.identify": "shown_name"}
WAYBILL = "waybill"
FREE, MONEY_CLASS = "free", "money"


def fold(shelf: Shelf, entry: Entry) -> None:
    """Bring the rows of what this entry changed up to date."""
    for model, key in shelf.changed():
        made = MAKERS.get(model)
        if made is not None and (row := shelf.find(model, *key)) is not None:
            told = made(shelf, row)
            if told:
                _put(shelf, entry, told)
    _names(shelf, entry)


def _put(shelf: Shelf, entry: Entry, told: Told) -> None:
    before = shelf.find(Findable, told["code"])
    told.setdefault("seq", before.seq if before else entry.index)
    if before is not None:
        told |= {"at": before.at} if told["kind"] == "organisation" else {}
    told["tokens"] = tokens(told)
    if before is not None and all(getattr(before, n) == value for n, value in told.items()):
        return
    row = shelf.row(Findable, told["code"])
    for name, value in told.items():
        setattr(row, name, value)
    row.version = entry.index + 1


def tokens(told: Mapping[str, Any]) -> str:
    """All that the row can be found by, in a fixed order."""
    facets = {facet("kind", told["kind"]), facet("stage", told["stage"])}
    for name, word in (("classes", "class"), ("regions", "in"), ("marks", "mark")):
        facets |= {facet(word, key) for key in told.get(name, "").strip("|").split("|") if key}
    if aim := told.get("aim"):
        facets |= {facet("aim", aim), facet("aim", aim.partition(":")[0])}
    if told.get("owner"):
        facets.add(facet("of", told["owner"]))
    return " ".join(sorted(facets | grams.of_text(told["text"])))


def facet(name: str, value: str) -> str:
    """A token that no text has: `class:mask`."""
    return f"{name}:{value.replace(' ', '_')}"


def among(keys: Iterable[str]) -> str:
    """`|a|b|` of the keys, sorted; empty for none."""
    found = sorted({key for key in keys if key})
    return f"|{'|'.join(found)}|" if found else ""


def _gift(shelf: Shelf, row: Gift) -> Told:
    items = [*(line["variant"] for line in row.lines), *row.places]
    aim = str(row.said.get("designation") or FREE)
    concerned = {told["hospital"] for told in row.subjects.values()}
    hospitals = {code for code in (*concerned, aim.partition(":")[2]) if code[:1] == "U"}
    needs = {str(line.get("need") or "") for line in row.lines}
    places = _places(shelf, row.code, {*hospitals, *needs})
    region = row.names.get(aim, {}).get("zh", "").partition(" · ")[0]
    classes = [row.names.get(item, {}).get("class", "") for item in items]
    money = MONEY in items
    return {
        "code": row.code,
        "kind": "gift",
        "seq": row.opened_seq,
        "at": row.opened_at,
        "due": row.due,
        "stage": row.stage,
        "aim": aim,
        "places": places,
        "classes": among([*classes, MONEY_CLASS if money else ""]),
        "regions": among(map(short, [*places.values(), region])),
        "marks": among(["confirmed" if row.confirmed else "", *(f"to-{h}" for h in hospitals)]),
        "said": _said([row.names.get(item, {}) for item in dict.fromkeys(items)]),
        "text": grams.joined(*_written(row.names, [*items, *sorted(hospitals)])),
    }


def _places(shelf: Shelf, code: str, about: set[str]) -> dict[str, str]:
    """{hospital or need: its province when it first concerned this code}."""
    before = shelf.find(Findable, code)
    found = dict(before.places) if before else {}
    for other in sorted(about - {""} - set(found)):
        model: type[Organisation] | type[Need] = Organisation if other[0] == "U" else Need
        place = shelf.find(model, other)
        if place is not None and place.province:
            found[other] = place.province
    return found


def _written(names: Mapping[str, Mapping[str, str]], keys: Iterable[str]) -> list[str]:
    told = [names.get(key, {}) for key in dict.fromkeys(keys)]
    return [one.get(word, "") for one in told for word in ("zh", "standard", "en")]


def _said(names: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """One name of several, in both languages."""
    told = [one for one in names if one.get("zh")]
    return {
        "zh": "、".join(one["zh"] for one in told),
        "en": ", ".join(one.get("en") or one["zh"] for one in told),
    }


def _titles(facts: Mapping[str, Any]) -> dict[str, str]:
    zh = str(facts.get("title_zh") or facts.get("name_zh") or "")
    return {"zh": zh, "en": str(facts.get("title_en") or facts.get("name_en") or "")} if zh else {}


def _need(shelf: Shelf, row: Need) -> Told:
    found = (shelf.find(NeedLine, row.code, number) for number in row.numbers)
    lines = [line for line in found if line is not None]
    names = {line.variant: line.names for line in lines}
    own = [row.name_zh, row.name_en, row.city, row.district, row.campus]
    urgent = any(line.open and line.priority == "urgent" for line in lines)
    marks = ["open" if row.open else "", "urgent" if urgent else ""]
    return {
        "code": row.code,
        "kind": "need",
        "seq": row.opened_seq,
        "at": row.opened_at,
        "due": row.valid_until,
        "stage": row.stage,
        "owner": row.hospital,
        "rank": row.place,
        "classes": among(line.item_class for line in lines),
        "regions": among([short(row.province)]),
        "marks": among([*marks, f"to-{row.hospital}" if row.hospital else ""]),
        "said": {"zh": row.name_zh, "en": row.name_en or row.name_zh},
        "text": grams.joined(*own, *_written(names, names)),
    }


def _organisation(shelf: Shelf, row: Organisation) -> Told:
    marks = [row.kind, "unconfirmed" if row.unconfirmed else ""]
    return {
        "code": row.code,
        "kind": "organisation",
        "seq": row.opened_seq,
        "at": row.since,
        "stage": row.stage,
        "regions": among([short(row.province)]),
        "marks": among(marks),
        "said": {"zh": row.legal_name, "en": row.name_en or row.legal_name},
        "text": grams.joined(
            *(row.legal_name, row.name_en, row.province, row.city, row.district),
            row.credit_code or "",
        ),
    }


def _subject(shelf: Shelf, row: Subject) -> Told:
    if row.kind not in SUBJECTS:
        return {}
    facts, names = row.facts, {**row.names, **_stocked(row.facts)}
    items = [key for key in names if "class" in names[key]]
    titles = ("title_zh", "title_en", "name_zh", "name_en", "city", "filing_number")
    own = [str(facts.get(name) or "") for name in titles]
    places = _places(shelf, row.code, {row.hospital})
    owner = row.hospital or str(facts.get("org") or "")
    return {
        "code": row.code,
        "kind": row.kind,
        "at": row.opened_at,
        "stage": row.stage,
        "owner": owner,
        "places": places,
        "classes": among(names[item].get("class", "") for item in items),
        "regions": among(map(short, [*places.values(), str(facts.get("province") or "")])),
        "marks": among([f"to-{row.hospital}" if row.hospital else ""]),
        "said": _said([_titles(facts) or row.names.get(row.hospital, {})]),
        "text": grams.joined(
            *own, *_written(names, [owner, row.hospital, row.warehouse, *sorted(items)])
        ),
    }


def _stocked(facts: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """{item: its names} of what a warehouse had in stock when it last stated it."""
    told = facts.get("statement") or {}
    there = [row["item"] for row in told.get("items", []) if row["stock"]]
    return {item: told["names"][item] for item in there if item in told["names"]}


MAKERS: dict[type[Projected], Callable[[Shelf, Any], Told]] = {
    Gift: _gift,
    Need: _need,
    Organisation: _organisation,
    Subject: _subject,
}


def _names(shelf: Shelf, entry: Entry) -> None:
    """What the entry names beside a code and may be found by, as far as it still exists."""
    kind, code = entry.body["type"], entry.body["case"]
    name = WAYBILL if kind == "shipment.dispatch" else DONORS.get(kind)
    if name is None or (name == "donor_name" and entry.body["data"].get("visibility") != "named"):
        return
    row = shelf.row(ShownName, code, "donor" if name != WAYBILL else WAYBILL)
    row.uid, row.seq, row.version = entry.uid, entry.index, entry.index + 1
    value = str(ledger.disclosures([entry.uid]).get(entry.uid, {}).get(name) or "")
    row.text = "" if name == WAYBILL else value[:200]
    row.tokens = " ".join(sorted(grams.of_text(grams.normal(row.text))))
    if name == WAYBILL and value and not settings.MIRROR_OF:  # hashed with this site's own secret
        row.tokens = waybill_token(value)


def waybill_token(number: str) -> str:
    """The keyed hash that a whole waybill number is found by: nobody reads numbers out of it."""
    written = grams.normal(number).replace(" ", "")
    return facet(WAYBILL, salted_hmac("tracking.waybill", written).hexdigest()[:32])


def renew(*, at_once: int = 500) -> int:
    """Empty the names that are no longer disclosed; how many. An erasure empties them itself, but
    a mirror only learns from the files that a name is gone."""
    gone, last = 0, 0
    while rows := list(ShownName.objects.filter(pk__gt=last).order_by("pk")[:at_once]):
        last = rows[-1].pk
        erased = ledger.erased(row.uid for row in rows)
        found = [row.pk for row in rows if row.tokens and row.uid in erased]
        gone += ShownName.objects.filter(pk__in=found).update(text="", tokens="")
    return gone
