"""Postings: a quantity or an amount that goes from one place to another. The only rules of balance.

A posting moves `amount` base units of `item` (or fen of CNY) of one gift and lot between places
written `<name>:<code of the owner>`. Outside places may be negative; inside places and ends never
go below zero, entry after entry. Ends only grow, but for a correction that takes back what it
put there. Tables, pages, auditors and the stand-alone verifier call these same functions.
"""

import re
from collections.abc import MutableMapping, Sequence
from dataclasses import asdict, dataclass
from operator import itemgetter
from typing import Any

from ledger.core import codes

OUTSIDE = frozenset({"donor", "purchase", "buyer", "found"})
INSIDE = frozenset(
    {"inbound", "quarantine", "stock", "held", "reserved", "transit", "received"}
    | {"fund", "unidentified", "committed"}
)
ENDS = frozenset(
    {"rejected", "returned", "damaged", "lost", "expired", "community", "sold"}
    | {"paid", "fee", "refunded"}
)
PLACES = OUTSIDE | INSIDE | ENDS
MONEY = "CNY"
MAX_POSTINGS = 500
MAX_AMOUNT = 2**53 - 1
FIELDS = ("amount", "item", "gift", "lot", "from", "to")
_FIELDS = set(FIELDS)
_SHAPE = "a posting has exactly the keys amount, item, gift, lot, from, to"
_in_order = itemgetter(*FIELDS)
_ITEM = re.compile(r"CNY|[a-z0-9][a-z0-9._-]{0,99}", re.ASCII)


Key = tuple[str, str, str, str]  # gift, lot, item, place: what a holding is counted under


class BadPosting(ValueError):
    """A posting of the wrong shape; the text says which and why."""


class Short(ValueError):
    """A place would go below zero: it holds `held`, less than the posting takes."""

    def __init__(self, posting: "Posting", held: int) -> None:
        super().__init__(
            f"{posting.from_} holds {held} of {posting.item} ({posting.gift}), "
            f"{posting.amount} were to leave it"
        )
        self.posting = posting
        self.held = held


@dataclass(frozen=True, slots=True)
class Posting:
    amount: int
    item: str
    gift: str
    lot: str
    from_: str
    to: str

    def to_json(self) -> dict[str, Any]:
        fields = asdict(self)
        fields["from"] = fields.pop("from_")
        return fields

    @classmethod
    def from_json(cls, fields: object) -> "Posting":
        if not isinstance(fields, dict) or fields.keys() != _FIELDS:
            raise BadPosting(_SHAPE)
        return cls(*_in_order(fields))


def place(name: str, owner: str) -> str:
    return f"{name}:{owner}"


def check(postings: Sequence[Posting]) -> None:
    """Refuse (BadPosting) a list that may not be sealed: shape, closed list, limits."""
    _check_count(len(postings))
    for number, one in enumerate(postings):
        if fault := _fault(one.amount, one.item, one.gift, one.lot, one.from_, one.to):
            raise BadPosting(f"posting {number}: {fault}")


def check_json(rows: Sequence[Any]) -> None:
    """The same of postings as they stand in an entry."""
    for row in rows:
        if not isinstance(row, dict) or row.keys() != _FIELDS:
            raise BadPosting(_SHAPE)
    _check_count(len(rows))
    for number, row in enumerate(rows):
        if fault := _fault(*_in_order(row)):
            raise BadPosting(f"posting {number}: {fault}")


def _check_count(count: int) -> None:
    if not 1 <= count <= MAX_POSTINGS:
        raise BadPosting(f"{count} postings; 1 to {MAX_POSTINGS} are allowed")


def _fault(amount: object, item: object, gift: Any, lot: Any, from_: object, to: object) -> str:
    if type(amount) is not int or not 1 <= amount <= MAX_AMOUNT:
        return "amount is not a whole number from 1 to 2^53 - 1"
    if not isinstance(item, str) or not _ITEM.fullmatch(item):
        return "item is not a variant key or CNY"
    if not codes.check(gift) or gift[0] not in "GP":
        return "gift is not the code of a gift or a spend"
    if lot != "" and (not codes.check(lot) or lot[0] != "B"):
        return "lot is not the code of a lot"
    if not (_is_place(from_) and _is_place(to)):
        return "from and to are <place>:<code>"
    return "goes nowhere" if from_ == to else ""


def _is_place(text: object) -> bool:
    if not isinstance(text, str):
        return False
    name, _, owner = text.partition(":")
    return name in PLACES and codes.check(owner)


def apply(holdings: MutableMapping[Key, int], postings: Sequence[Posting]) -> None:
    """Book the postings in order, in place, all or none; Short if one takes what is not there."""
    changed: dict[Key, int] = {}
    for posting in postings:
        source = (posting.gift, posting.lot, posting.item, posting.from_)
        target = (posting.gift, posting.lot, posting.item, posting.to)
        held = changed.get(source, holdings.get(source, 0))
        if held < posting.amount and posting.from_.partition(":")[0] not in OUTSIDE:
            raise Short(posting, held)
        changed[source] = held - posting.amount
        changed[target] = changed.get(target, holdings.get(target, 0)) + posting.amount
    holdings.update(changed)
