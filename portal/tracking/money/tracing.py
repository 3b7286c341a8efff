"""A gift of money followed to goods, in fen: which of its fen paid for which pieces, and where
those are.

The fen of a payment stand in a row, gift after gift as the sealed postings name them; so do the
pieces, line after line of what was bought. A line's fen are spread evenly over its pieces, each
border rounded down to a whole fen: the last piece takes what rounding left. Where the two rows
meet is nobody's choice, and the sums are exact.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from portal.tracking.gift.verdict import where
from portal.tracking.models import Purchase
from portal.tracking.money.purchases import (
    COUNT,
    FIRST,
    HOUSE,
    ITEM,
    LINE,
    LOT,
    PLACE,
    SHIPMENT,
    UNPAID,
)

Span = tuple[int, int]  # first fen, the fen after the last


@dataclass(frozen=True)
class Bought:
    """Fen of one spending that are goods on one way: item, lot, warehouse, shipment, and where they
    are now (as in `verdict.Share`). `kind` "paid": nobody has said yet what was bought; "ordered":
    bought, and still at the supplier's."""

    spend: str
    item: str = ""
    lot: str = ""
    house: str = ""
    shipment: str = ""
    kind: str = "paid"
    owner: str = ""


def whole(purchase: Purchase) -> list[Span]:
    return [(0, purchase.paid)] if purchase.paid else []


def spans_of(told: Iterable[Iterable[int]]) -> list[Span]:
    """A share's spans as they are kept."""
    return [(first, first + count) for first, count in told]


def follow(purchase: Purchase, spans: list[Span]) -> list[tuple[Bought, int]]:
    """(way, fen) of a share in a payment; together exactly the share."""
    found: dict[Bought, int] = defaultdict(int)
    for way, piece in _pieces(purchase):
        for span in spans:
            found[way] += max(min(piece[1], span[1]) - max(piece[0], span[0]), 0)
    return [(way, fen) for way, fen in found.items() if fen]


def _pieces(purchase: Purchase) -> Iterable[tuple[Bought, Span]]:
    """Every fen of the payment once, with what it is now."""
    if not purchase.lines:
        yield Bought(purchase.code), (0, purchase.paid)
        return
    starts, begin = [], 0
    for _item, _pieces_of, fen, _sent in purchase.lines:
        starts.append(begin)
        begin += fen
    for no, (item, count, _fen, sent) in enumerate(purchase.lines):
        if sent < count:
            span = _fen_of(purchase, starts[no], no, sent, count)
            yield Bought(purchase.code, item=item, kind="ordered"), span
    for held in purchase.held:
        no, first = held[LINE], held[FIRST]
        if no != UNPAID:
            span = _fen_of(purchase, starts[no], no, first, first + held[COUNT])
            yield _way(purchase, held), span


def _fen_of(purchase: Purchase, start: int, no: int, first: int, end: int) -> Span:
    _item, count, fen, _sent = purchase.lines[no]
    return start + first * fen // count, start + end * fen // count


def _way(purchase: Purchase, held: list[Any]) -> Bought:
    at = where(purchase, held[PLACE])
    if at is None:
        return Bought(purchase.code, item=held[ITEM], kind="ordered")
    ways = {"lot": held[LOT], "house": held[HOUSE], "shipment": held[SHIPMENT]}
    return Bought(purchase.code, item=held[ITEM], kind=at[0], owner=at[1], **ways)
