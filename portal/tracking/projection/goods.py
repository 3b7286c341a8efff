"""Postings folded into holdings, and from them the sums of gifts, need lines and totals.

What is set aside for a need line keeps that purpose while it moves on: packed, sent, confirmed.
Where pieces of one lot are meant for several lines, the first set aside is the first to move.
"""

import re
from collections.abc import Iterator
from typing import Any

from ledger.api import Entry
from ledger.core import postings as rules
from ledger.core.postings import Posting
from portal.tracking.models import Gift, Holding, Need, NeedLine, Organisation
from portal.tracking.projection import after
from portal.tracking.projection.entries import name_of
from portal.tracking.projection.parties import count_line, rank_need
from portal.tracking.projection.shelf import Shelf
from portal.tracking.statistics import counting

AIMED = {"reserved", "transit", "received", "held"}  # places where goods are for somebody
NEED_LINE = re.compile(r"(N-[2-9A-HJKMNP-Z]{10})[/.#:](\d+)", re.ASCII)
Meant = list[list[Any]]
Left = dict[tuple[str, str, str], Meant]  # gift, lot, place: what left it in this very entry


def fold(shelf: Shelf, entry: Entry, codes: list[str]) -> None:
    """Book the entry's postings as the ledger's own rules say."""
    left: Left = {}
    for told in entry.body["data"].get("postings", []):
        posting = Posting.from_json(told)
        _hold(shelf, posting, version=entry.index + 1)
        _aim(shelf, entry, posting, codes, left)
        _sum(shelf, posting, corrects=bool(entry.body.get("corrects")))


def _hold(shelf: Shelf, posting: Posting, *, version: int) -> None:
    ends = (posting.from_, posting.to)
    rows = [shelf.row(Holding, posting.gift, posting.lot, posting.item, place) for place in ends]
    held = {(r.gift, r.lot, r.item, r.place): r.amount for r in rows}
    rules.apply(held, [posting])
    for row in rows:
        booked = held[(row.gift, row.lot, row.item, row.place)]
        counting.hold(shelf, row, booked - row.amount, version=version)
        row.amount = booked
        row.version = version


def _aim(shelf: Shelf, entry: Entry, posting: Posting, codes: list[str], left: Left) -> None:
    """Pieces that leave a place and come back to it in one entry, under another name, keep their
    purpose."""
    source = shelf.row(Holding, posting.gift, posting.lot, posting.item, posting.from_)
    target = shelf.row(Holding, posting.gift, posting.lot, posting.item, posting.to)
    moved, source.meant = _taken(source.meant, posting.amount)
    for key, amount in moved:
        _count(shelf, key, posting, name_of(posting.from_), -amount, version=entry.index + 1)
    gone = left.setdefault((posting.gift, posting.lot, posting.from_), [])
    gone += moved
    if name_of(posting.to) not in AIMED:
        return
    back = (posting.gift, posting.lot, posting.to)
    if not moved and back in left:
        moved, left[back] = _taken(left[back], posting.amount)
    rest = posting.amount - sum(amount for _key, amount in moved)
    if rest:
        moved = [*moved, [_purpose(shelf, entry, posting, codes), rest]]
    target.meant = _joined([*target.meant, *moved])
    for key, amount in moved:
        _count(shelf, key, posting, name_of(posting.to), amount, version=entry.index + 1)


def _taken(meant: Meant, amount: int) -> tuple[Meant, Meant]:
    """(the first `amount` pieces, what stays)."""
    moved: Meant = []
    stays: Meant = []
    for key, held in meant:
        part = min(held, amount)
        amount -= part
        moved += [[key, part]] if part else []
        stays += [[key, held - part]] if held > part else []
    return moved, stays


def _joined(meant: Meant) -> Meant:
    out: Meant = []
    for key, amount in meant:
        if out and out[-1][0] == key:
            out[-1] = [key, out[-1][1] + amount]
        else:
            out.append([key, amount])
    return out


def _purpose(shelf: Shelf, entry: Entry, posting: Posting, codes: list[str]) -> str:
    """The need line that goods newly set aside are for.

    As the entry says, else as the donor said, else the line of that item in the need concerned.
    """
    if said := NEED_LINE.fullmatch(str(entry.body["data"].get("need_line", ""))):
        return f"{said[1]}/{said[2]}"
    for told in _told_lines(entry.body["data"]):
        same = [told.get(n) for n in ("gift", "lot", "item")]
        if same == [posting.gift, posting.lot, posting.item] and told.get("need"):
            return f"{told['need']}/{told['need_line']}"
    needs = [code for code in codes if code[0] == "N"]
    gift = shelf.find(Gift, posting.gift)
    for told in gift.lines if gift else []:
        if told["variant"] == posting.item and told.get("need") in needs:
            return f"{told['need']}/{told.get('need_line', 0)}"
    for code in needs:
        need = shelf.find(Need, code)
        for number in need.numbers if need else []:
            line = shelf.find(NeedLine, code, number)
            if line is not None and line.variant == posting.item:
                return f"{code}/{number}"
    return ""


def _told_lines(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The lines of a shipment that an entry names, under whatever word."""
    for word in ("lines", "result", "goods"):
        yield from (row for row in data.get(word, []) if isinstance(row, dict))


def _count(
    shelf: Shelf, key: str, posting: Posting, place: str, amount: int, *, version: int
) -> None:
    code, _slash, number = key.partition("/")
    if not key or shelf.find(NeedLine, code, int(number)) is None:
        return
    line = shelf.row(NeedLine, code, int(number))
    promised, supplied = line.gifts.get(posting.gift, [0, 0])
    line.gifts[posting.gift] = [promised, supplied + amount]
    line.moving += amount if place == "transit" else 0
    line.received += amount if place == "received" else 0
    need = shelf.find(Need, code)
    count_line(shelf, line, open_need=need is not None and need.open, version=version)
    rank_need(shelf, code)


def _sum(shelf: Shelf, posting: Posting, *, corrects: bool) -> None:
    """The gift's own sums by item and place, and what the hospital has confirmed."""
    came, went = name_of(posting.from_), name_of(posting.to)
    if confirmed := counting.confirmed(posting.to_json(), corrects=corrects):
        owner = (posting.to if confirmed > 0 else posting.from_).partition(":")[2]
        if shelf.find(Organisation, owner) is not None:
            hospital = shelf.row(Organisation, owner)
            hospital.received += confirmed
            after.count(hospital, posting.item, received=confirmed)
    if shelf.find(Gift, posting.gift) is None:
        return
    gift = shelf.row(Gift, posting.gift)
    places = gift.places.setdefault(posting.item, {})
    for place, amount in ((posting.from_, -posting.amount), (posting.to, posting.amount)):
        places[place] = places.get(place, 0) + amount
        if not places[place]:
            del places[place]
    flows = gift.flows.setdefault(posting.item, {})
    flow = f"{came}>{went}"
    flows[flow] = flows.get(flow, 0) + posting.amount
    gift.confirmed = any(
        name_of(place) == "received" for held in gift.places.values() for place in held
    )
