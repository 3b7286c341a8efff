"""What organisations, catalogue items, needs and gifts say of themselves, in their own rows."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from ledger.api import Entry
from portal.input.provinces import short
from portal.stages.table import lifecycle
from portal.tracking.models import Gift, Need, NeedLine, Organisation, Variant
from portal.tracking.money import holdings
from portal.tracking.projection import wishes
from portal.tracking.projection.entries import when
from portal.tracking.projection.shelf import Shelf
from portal.tracking.statistics import counting

ORGANISATION: tuple[str, ...] = (
    "kind",
    "legal_name",
    "name_en",
    "credit_code",
    "province",
    "city",
    "district",
    "level",
)
SAYS_IT = ("need.publish", "need.still_needed", "need.change")  # the hospital's own word
CLOSED = ("met", "expired")
LONGEST = 10**7  # hundredths of days
ENTRIES = 10**10  # more than a ledger has


def hospital_among(shelf: Shelf, codes: Iterable[str]) -> str:
    """The hospital among the codes an entry concerns, or nothing."""
    for code in codes:
        organisation = shelf.find(Organisation, code) if code[0] == "U" else None
        if organisation is not None and organisation.kind == "hospital":
            return code
    return ""


def variant_names(variant: Variant) -> dict[str, str]:
    names = {"zh": variant.name_zh, "en": variant.name_en or variant.name_zh}
    names |= {"standard": variant.standard, "class": variant.item_class}
    return names | {"unit_zh": variant.unit_zh, "unit_en": variant.unit_en or variant.unit_zh}


def _organisation(shelf: Shelf, entry: Entry) -> None:
    data = entry.body["data"]
    row = shelf.row(Organisation, entry.body["case"])
    if not row.version:
        row.opened_seq = entry.index
    row.since = when(entry)
    row.stage = data.get("stage", row.stage)
    for name in ORGANISATION:
        if name in data:
            setattr(row, name, data[name] or "")
    if "channel" in data:
        row.channel_body = data.get("body") or ""
    row.version = entry.index + 1


def _item(shelf: Shelf, entry: Entry) -> None:
    data = entry.body["data"]
    for n, told in enumerate(data.get("variants", [])):
        row = shelf.row(Variant, told["key"])
        row.opened_seq = row.opened_seq if row.version else entry.index
        row.place = n
        row.item = entry.body["case"]
        row.item_class = data.get("item_class", "")
        row.name_zh, row.name_en = told.get("name_zh", ""), told.get("name_en", "")
        row.standard = told.get("standard") or ""
        row.unit_zh, row.unit_en = data.get("unit_zh", ""), data.get("unit_en", "")
        row.item_zh, row.item_en = data.get("name_zh", ""), data.get("name_en", "")
        row.valid_from, row.valid_to = _day(told, "valid_from"), _day(told, "valid_to")
        row.replaced_by, row.unsure = told.get("replaced_by") or "", bool(told.get("unsure"))
        row.fitness, row.equivalents = told.get("fitness") or [], told.get("equivalents") or []
        row.care = data.get("care") or []
        row.version = entry.index + 1


def _need(shelf: Shelf, entry: Entry) -> None:
    data = entry.body["data"]
    row = shelf.row(Need, entry.body["case"])
    if not row.version:
        row.opened_seq, row.opened_at, row.uid = entry.index, when(entry), entry.uid
        row.since = row.opened_at
    _uncount(shelf, row, version=entry.index + 1)
    if data.get("stage", row.stage) != row.stage:
        row.stage, row.since = data["stage"], when(entry)
    row.hospital = data.get("hospital", row.hospital)
    for name in ("campus", "department", "hours", "revision"):
        setattr(row, name, data.get(name, getattr(row, name)))
    row.valid_until = _day(data, "valid_until") if "valid_until" in data else row.valid_until
    if entry.body["type"] in SAYS_IT:
        row.confirmed_at = when(entry)
    _of_hospital(shelf, row)
    row.version = entry.index + 1
    for told in data.get("lines", []):
        row.numbers = sorted({*row.numbers, told["no"]})
        line = shelf.row(NeedLine, row.code, told["no"])
        line.opened_seq = row.opened_seq
        line.variant, line.asked = told["variant"], told.get("quantity")
        line.quantity_kind = told.get("quantity_kind", "exact")
        line.fitness, line.priority = told.get("fitness", ""), told.get("priority", "")
        line.only_exact = bool(told.get("only_exact"))
        line.daily_use, line.stock_days = told.get("daily_use"), told.get("stock_days")
        if variant := shelf.find(Variant, line.variant):
            line.names, line.item_class = variant_names(variant), variant.item_class
    _open_need(shelf, row, version=row.version)


def _of_hospital(shelf: Shelf, row: Need) -> None:
    hospital = shelf.find(Organisation, row.hospital)
    if hospital is not None and not row.name_zh:  # the name valid when the need was published
        row.name_zh, row.name_en = hospital.legal_name, hospital.name_en
        row.listed = hospital.stage == "listed"
        row.province, row.city, row.district = hospital.province, hospital.city, hospital.district
        row.region = short(row.province)


def _open_need(shelf: Shelf, row: Need, *, version: int) -> None:
    """A need is open until it is met, withdrawn or past its day; each of its lines until nothing is
    missing."""
    table = lifecycle("need")
    stage = table.by_key.get(row.stage) if table else None
    row.open = stage is not None and not stage.ends and row.stage not in CLOSED
    if row.open:
        counting.ask(shelf, row, 1, version=version)
    for number in row.numbers:
        line = shelf.row(NeedLine, row.code, number)
        count_line(shelf, line, open_need=row.open, version=version)
    rank_need(shelf, row.code)


def _uncount(shelf: Shelf, row: Need, *, version: int) -> None:
    """Take the need out of the sums, before what it says changes; `_open_need` adds it again."""
    for number in row.numbers:
        line = shelf.row(NeedLine, row.code, number)
        counting.gap(shelf, line, -1, version=version)
        line.gap = None
    if row.open:
        counting.ask(shelf, row, -1, version=version)
        row.open = False


def rank_need(shelf: Shelf, code: str) -> None:
    """Its place in the list: what is missing over what is used a day, in hundredths of a day; its
    longest-missing line speaks for it. Whatever nobody has confirmed lately stands behind the
    others, and what is equal stands by age, the newest first."""
    if shelf.find(Need, code) is None:
        return
    row, days = shelf.row(Need, code), 0
    for number in row.numbers:
        line = shelf.find(NeedLine, code, number)
        if line is not None and line.open and line.gap and line.daily_use:
            days = max(days, min(line.gap * 100 // line.daily_use, LONGEST - 1))
    rank = days if row.stage == "stale" else LONGEST + days
    row.place = rank * ENTRIES + row.opened_seq


def count_line(shelf: Shelf, line: NeedLine, *, open_need: bool, version: int) -> None:
    """What is promised or farther, and what is still missing."""
    counting.gap(shelf, line, -1, version=version)
    line.pledged = sum(max(promised, supplied) for promised, supplied in line.gifts.values())
    endless = line.asked is None or line.quantity_kind == "per_week"
    line.gap = None if endless else max((line.asked or 0) - line.pledged, 0)
    line.open = open_need and line.gap != 0
    line.version = version
    counting.gap(shelf, line, 1, version=version)


def _gift(shelf: Shelf, entry: Entry) -> None:
    data = entry.body["data"]
    row = shelf.row(Gift, entry.body["case"])
    if not row.version:
        row.opened_seq, row.opened_at, row.uid = entry.index, when(entry), entry.uid
        row.visibility = data.get("visibility", "")
    row.since = when(entry)
    row.stage = data.get("stage", row.stage)
    row.lines = data.get("lines", row.lines) if row.opened_seq == entry.index else row.lines
    row.version = entry.index + 1
    wishes.fold_gift(row, entry)
    table = lifecycle("pledge")
    stage = table.by_key.get(row.stage) if table else None
    promise(shelf, row, stands=stage is None or not (stage.ends and stage.detour))


def promise(shelf: Shelf, gift: Gift, *, stands: bool) -> None:
    """What the gift promises to each need line; nothing once it is declined or withdrawn."""
    wanted: dict[tuple[str, int], int] = {}
    for told in gift.lines:
        if told.get("need"):
            key = (told["need"], told.get("need_line", 0))
            wanted[key] = wanted.get(key, 0) + told["quantity"]
    for (code, number), quantity in sorted(wanted.items()):
        if shelf.find(NeedLine, code, number) is None:
            continue
        line = shelf.row(NeedLine, code, number)
        supplied = line.gifts.get(gift.code, [0, 0])[1]
        line.gifts[gift.code] = [quantity if stands else 0, supplied]
        need = shelf.find(Need, code)
        count_line(shelf, line, open_need=need is not None and need.open, version=gift.version)
        rank_need(shelf, code)


def _day(told: dict[str, Any], name: str) -> date | None:
    return date.fromisoformat(told[name]) if told.get(name) else None


FOLDS: dict[str, Callable[[Shelf, Entry], None]] = {
    "organisation": _organisation,
    "item": _item,
    "need": _need,
    "pledge": _gift,
    "diversion": wishes.fold_diversion,
    "money": holdings.fold_gift,
    "fund": holdings.fold_fund,
    "spend": holdings.fold_fund,
}
