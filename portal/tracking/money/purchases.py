"""Entries folded into what was bought with money: whose fen paid, and where each piece is.

The pieces of a line are counted through, and so are the fen of a payment; both go first in, first
out, as the sealed postings say. Which fen paid for which piece follows from that (`tracing`).
"""

from typing import Any

from ledger.api import Entry
from ledger.core.postings import MONEY
from portal.tracking.gift.paths import Way, through
from portal.tracking.models import Gift, Purchase, Share, Subject
from portal.tracking.projection.shelf import Shelf

UNPAID = -1  # the line of pieces that were found beyond what was bought
Held = list[list[Any]]
PLACE, LOT, LINE, FIRST, COUNT, HOUSE, SHIPMENT, ITEM = range(8)


def fold(
    shelf: Shelf, entry: Entry, codes: list[str], subject: Subject | None, names: dict[str, Any]
) -> None:
    """Bring the purchases up to this entry."""
    kind, data = entry.body["type"].partition(".")[0], entry.body["data"]
    if kind == "spend":
        _spend(shelf, entry.body["case"], entry.body["type"], data)
    for code in codes:
        if code[0] != "P" or shelf.find(Purchase, code) is None:
            continue
        row = shelf.row(Purchase, code)
        row.names |= names
        row.version = entry.index + 1
        if subject is not None and subject.code != code:
            row.subjects[f"{subject.kind}:{subject.code}"] = {
                "stage": subject.stage,
                "hospital": subject.hospital,
                "warehouse": subject.warehouse,
            }
        for told in data.get("postings", []):
            if told["gift"] == code and told["item"] != MONEY:
                _move(row, told)


def _spend(shelf: Shelf, code: str, event: str, data: dict[str, Any]) -> None:
    row = shelf.row(Purchase, code)
    row.stage = data.get("stage", row.stage)
    row.fund = data.get("fund", row.fund)
    row.hospital = data.get("recipient", row.hospital)
    if event == "spend.buy":
        row.lines = [[told["variant"], told["quantity"], told["paid"], 0] for told in data["lines"]]
    for told in data.get("postings", []):
        _count_fen(shelf, row, told)


def _count_fen(shelf: Shelf, row: Purchase, told: dict[str, Any]) -> None:
    """Setting aside takes from the oldest gifts first; a cancelled spending has no shares."""
    aside = f"committed:{row.code}"
    if told["to"] == f"paid:{row.code}":
        row.paid += told["amount"]
    elif aside in (told["to"], told["from"]) and shelf.find(Gift, told["gift"]) is not None:
        share = shelf.row(Share, told["gift"], row.code)
        came = told["to"] == aside
        share.spans = [*share.spans, [row.aside, told["amount"]]] if came else []
        row.aside += told["amount"] if came else 0


def _move(row: Purchase, told: dict[str, Any]) -> None:
    """The first pieces of the place go on; what goes back to the supplier waits to come again."""
    source, lot, amount = told["from"], told["lot"], told["amount"]
    held: Held = [list(span) for span in row.held]
    if source.startswith("found:"):
        owner = source.partition(":")[2]
        carrier = owner if owner[:1] == "S" else ""
        moved: Held = [[source, lot, UNPAID, 0, amount, "", carrier, told["item"]]]
    elif source.startswith("purchase:"):
        moved = _taken(held, source, amount, lot=lot)
        moved += _taken(held, source, amount - _count(moved), item=told["item"])
        moved += _ordered(row, told["item"], amount - _count(moved))
    else:
        moved = _taken(held, source, amount, lot=lot)
    for span in moved:
        way = through(Way("", span[HOUSE], span[SHIPMENT]), told["to"])
        span[PLACE], span[LOT], span[ITEM] = told["to"], lot, told["item"]
        span[HOUSE], span[SHIPMENT] = way.house, way.shipment
        _add(held, span)
    row.held = held


def _taken(held: Held, place: str, amount: int, *, lot: str = "", item: str = "") -> Held:
    """The first pieces of a place, of one lot or of one item; they leave the list."""
    moved: Held = []
    for span in list(held):
        fits = span[LOT] == lot if lot else span[ITEM] == item
        if span[PLACE] != place or not fits or amount <= 0:
            continue
        part = min(span[COUNT], amount)
        amount -= part
        moved.append([*span[:COUNT], part, *span[HOUSE:]])
        span[FIRST], span[COUNT] = span[FIRST] + part, span[COUNT] - part
        if not span[COUNT]:
            held.remove(span)
    return moved


def _ordered(row: Purchase, item: str, amount: int) -> Held:
    """Pieces that leave the supplier for the first time, in the order of the lines."""
    moved: Held = []
    lines = [list(line) for line in row.lines]
    for no, line in enumerate(lines):
        if line[0] != item:
            continue
        part = min(line[1] - line[3], amount)
        if part > 0:
            moved.append(["", "", no, line[3], part, "", "", item])
            line[3] += part
            amount -= part
    row.lines = lines
    return [*moved, ["", "", UNPAID, 0, amount, "", "", item]] if amount > 0 else moved


def _count(spans: Held) -> int:
    return sum(int(span[COUNT]) for span in spans)


def _add(held: Held, span: list[Any]) -> None:
    """Behind what is there; pieces that follow each other on the same way are one span."""
    for known in held:
        same = known[:FIRST] == span[:FIRST] and known[HOUSE:] == span[HOUSE:]
        if same and (known[FIRST] + known[COUNT] == span[FIRST] or span[LINE] == UNPAID):
            known[COUNT] += span[COUNT]
            return
    held.append(span)
