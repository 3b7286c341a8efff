"""One entry folded into the public rows: a pure reduction, driven by the stage tables.

Nothing but the entry and the rows before it decides what the rows are afterwards. A type that this
release does not know is kept with its facts and shown by its key.
"""

from datetime import datetime
from typing import Any

from ledger.api import Entry
from portal.stages.table import Stage, lifecycle, lifecycles
from portal.tracking.certificates import certifying
from portal.tracking.finding import gathering
from portal.tracking.models import Gift, Line, Link, Need, Organisation, Projected, Subject, Variant
from portal.tracking.money import purchases
from portal.tracking.projection import after, goods, parties, stating, wishes
from portal.tracking.projection.entries import when
from portal.tracking.projection.shelf import Shelf
from portal.tracking.statistics import counting

ENTRY_WORDS = {"recorded_at", "actor_role", "actor_org", "stage", "postings"}
BESIDE = {"evidence"}  # entries about a subject that leave its stage and facts alone
FOLDS = {**parties.FOLDS, "statement": stating.fold}
OF_THEIR_OWN: dict[str, type[Projected]] = {"G": Gift, "N": Need, "U": Organisation}


def fold(shelf: Shelf, entry: Entry) -> None:
    """Bring the rows up to this entry."""
    body = entry.body
    kind, data = body["type"].partition(".")[0], body["data"]
    codes = [code for code, _n in body["cases"]]
    if own := FOLDS.get(kind):
        own(shelf, entry)
    moved = body["case"] and kind not in BESIDE
    before = shelf.find(Subject, kind, body["case"]) if moved else None
    was, since = (before.stage, before.since) if before else ("", None)
    subject = _subject(shelf, entry, kind, codes) if moved else None
    goods.fold(shelf, entry, codes)
    names = names_of(shelf, codes, data)
    _line(shelf, entry, codes, names)
    if subject is not None:
        subject.names |= names
        after.fold(shelf, data, subject, was=was)
        _around_gifts(shelf, subject, codes, names, at=when(entry))
    purchases.fold(shelf, entry, codes, subject, names)
    counting.fold(shelf, entry, subject, was=was, since=since)
    certifying.fold(shelf, entry, at=when(entry))
    _raise_versions(shelf, codes, version=entry.index + 1)
    gathering.fold(shelf, entry)


def stage_of(kind: str, key: str) -> Stage | None:
    table = lifecycle(kind)
    return table.by_key.get(key) if table else None


def names_of(shelf: Shelf, codes: list[str], data: dict[str, Any]) -> dict[str, Any]:
    """The names, as they are now, of what the entry speaks about."""
    names: dict[str, Any] = {}
    for code in codes:
        if code[0] == "U" and (org := shelf.find(Organisation, code)):
            names[code] = {"zh": org.legal_name, "en": org.name_en or org.legal_name}
            names[code] |= {"kind": org.kind, "stage": org.stage, "city": org.city}
            names[code] |= {"province": org.province} if org.province else {}
        if code[0] in "FM":
            kind = "fund" if code[0] == "F" else "campaign"
            if known := shelf.find(Subject, kind, code):
                zh = known.facts.get("title_zh", "")
                names[code] = {"zh": zh, "en": known.facts.get("title_en") or zh}
        if code[0] == "W" and (house := shelf.find(Subject, "warehouse", code)):
            zh = house.facts.get("name_zh", "")
            names[code] = {"zh": zh, "en": house.facts.get("name_en") or zh}
            names[code] |= {n: house.facts[n] for n in ("province", "city") if house.facts.get(n)}
    names |= wishes.names_in(data)
    for key in sorted(_variants(data)):
        if variant := shelf.find(Variant, key):
            names[key] = parties.variant_names(variant)
    return names


def _variants(value: Any) -> set[str]:
    """Every variant key that facts and postings mention."""
    if isinstance(value, list):
        return {key for row in value for key in _variants(row)}
    if isinstance(value, dict):
        own = {value[name] for name in ("variant", "item") if isinstance(value.get(name), str)}
        return own | {key for inner in value.values() for key in _variants(inner)}
    return set()


def _subject(shelf: Shelf, entry: Entry, kind: str, codes: list[str]) -> Subject:
    data, at = entry.body["data"], when(entry)
    row = shelf.row(Subject, kind, entry.body["case"])
    if not row.version:
        row.opened_at, row.since = at, at
    if data.get("stage", row.stage) != row.stage:
        row.stage, row.since = data["stage"], at
    row.hospital = parties.hospital_among(shelf, codes) or row.hospital
    row.warehouse = next((code for code in codes if code[0] == "W"), row.warehouse)
    row.org = data.get("org") or _owner(shelf, row) or row.org or _charity(shelf, data)
    row.about = data.get("record") or row.about
    row.facts |= {name: value for name, value in data.items() if name not in ENTRY_WORDS}
    row.around = sorted({*row.around, *codes} - {row.code})
    stage = stage_of(kind, row.stage)
    row.waits = stage is not None and bool(stage.owed_by)
    row.version = entry.index + 1
    return row


def _owner(shelf: Shelf, row: Subject) -> str:
    """The organisation whose warehouse it goes through."""
    house = shelf.find(Subject, "warehouse", row.warehouse) if row.warehouse else None
    return str(house.facts.get("org", "")) if house else ""


def _charity(shelf: Shelf, data: dict[str, Any]) -> str:
    """The charity that acts for it, where one does."""
    acts = shelf.find(Organisation, data.get("actor_org", ""))
    return acts.code if acts is not None and acts.kind == "charity" else ""


def _line(shelf: Shelf, entry: Entry, codes: list[str], names: dict[str, Any]) -> None:
    body, data = entry.body, entry.body["data"]
    stage = stage_of(body["type"].partition(".")[0], data.get("stage", ""))
    shelf.add(
        Line(
            seq=entry.index,
            uid=entry.uid,
            type=body["type"],
            code=body["case"],
            stage=data.get("stage", ""),
            public=stage.public if stage else "",
            role=data.get("actor_role", ""),
            org=data.get("actor_org", ""),
            recorded_at=when(entry),
            at=datetime.fromisoformat(body["at"]),
            leaf=entry.leaf.hex(),
            corrects=body.get("corrects", ""),
            codes=codes,
            data=data,
            names=names,
            version=entry.index + 1,
        )
    )
    told = {"line_id": entry.index, "corrects": bool(body.get("corrects"))}
    for code, n in body["cases"]:
        shelf.add(Link(code=code, n=n, **told, version=entry.index + 1))


def _around_gifts(
    shelf: Shelf, subject: Subject, codes: list[str], names: dict[str, Any], *, at: datetime
) -> None:
    """Each gift concerned keeps what carries it, so that its page needs no other row."""
    for code in codes:
        gift = shelf.find(Gift, code)
        if gift is None:
            continue
        gift = shelf.row(Gift, code)
        gift.since = at
        gift.names |= names
        if subject.code != code:
            gift.subjects[f"{subject.kind}:{subject.code}"] = {
                "stage": subject.stage,
                "since": subject.since.isoformat(),
                "hospital": subject.hospital,
                "warehouse": subject.warehouse,
                "needs": [c for c in subject.around if c[0] == "N"],
            }
            if use := after.use_of(subject, code):
                gift.subjects[f"{subject.kind}:{subject.code}"]["use"] = use
            if "holder" in subject.facts:
                gift.subjects[f"{subject.kind}:{subject.code}"]["holder"] = subject.facts["holder"]


def _raise_versions(shelf: Shelf, codes: list[str], *, version: int) -> None:
    for code in codes:
        model = OF_THEIR_OWN.get(code[0])
        if model is not None and shelf.find(model, code):
            shelf.row(model, code).version = version
        for table in lifecycles():
            if table.kind == code[0] and shelf.find(Subject, table.key, code):
                shelf.row(Subject, table.key, code).version = version
