"""Which rows have all that is asked for, page by page, at any depth and at a million rows.

Tokens are looked up in their index and capped: up to `MOST` rows are sorted here; where there are
more, rows are read in their order until a page is full, which then is soon. Nothing is counted
beyond `MOST`: people read "more than 1,000".
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import StrIndex

from portal.tracking.finding.findable import Findable
from portal.tracking.finding.gathering import facet
from portal.tracking.finding.grams import of_term

MOST = 1000
MOST_ROWS = "gift"  # its token would narrow nothing, and be the longest to read
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DIGITS = 19
Key = tuple[Any, ...]


@dataclass
class Wanted:
    """Tokens that a row must have, words its text must hold, and plain conditions; each token's
    own plain condition is among them."""

    kind: str
    tokens: set[str] = field(default_factory=set)
    terms: list[str] = field(default_factory=list)
    where: Q = field(default_factory=Q)


def indexed(wanted: Wanted) -> QuerySet[Findable]:
    """Through the index of tokens; in no order."""
    tokens = {token for term in wanted.terms for token in of_term(term)}
    tokens |= wanted.tokens | ({facet("kind", wanted.kind)} if wanted.kind != MOST_ROWS else set())
    rows = Findable.objects.filter(tokens__having=sorted(tokens), kind=wanted.kind)
    for term in wanted.terms:
        rows = rows.filter(text__contains=term)
    return rows.filter(wanted.where)


def plain(wanted: Wanted) -> QuerySet[Findable]:
    """By plain columns alone, for reading in an order."""
    rows = Findable.objects.filter(wanted.where, kind=wanted.kind)
    for n, term in enumerate(wanted.terms):  # asked so that no planner takes it for a rare thing
        rows = rows.alias(**{f"at_{n}": StrIndex("text", Value(term))}).filter(**{f"at_{n}__gt": 0})
    return rows


def page(
    wanted: Wanted, *, by: tuple[str, ...], side: str, cursor: Key | None, limit: int
) -> tuple[list[Findable], int]:
    """(rows after or before the cursor, how many rows there are at all); two queries at most."""
    fields = ["id", "code", *(name.lstrip("-") for name in by)]
    if not wanted.tokens and not wanted.terms:
        count = plain(wanted).order_by()[: MOST + 1].count()
        return _ordered(plain(wanted), by, side, cursor, limit, fields), count
    few = list(indexed(wanted).only(*fields)[: MOST + 1])
    if len(few) > MOST:
        return _ordered(plain(wanted), by, side, cursor, limit, fields), len(few)
    turned = _turned(by) if side == "before" else by
    few.sort(key=lambda row: _sortable(key_of(row, by), turned))
    if cursor is not None:
        least = _sortable(cursor, turned)
        few_after = [row for row in few if _sortable(key_of(row, by), turned) > least]
        return few_after[:limit], len(few)
    return few[:limit], len(few)


def _ordered(
    rows: QuerySet[Findable],
    by: tuple[str, ...],
    side: str,
    cursor: Key | None,
    limit: int,
    fields: list[str],
) -> list[Findable]:
    turned = _turned(by) if side == "before" else by
    if cursor is not None:
        rows = rows.filter(_beyond(turned, cursor))
    return list(rows.only(*fields).order_by(*turned)[:limit])


def _turned(by: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name[1:] if name[0] == "-" else f"-{name}" for name in by)


def _beyond(by: tuple[str, ...], cursor: Key) -> Q:
    """Rows that stand behind the cursor: by the first field, or equal in it and by the next.

    The first field is said once more on its own, so that an index can begin there.
    """
    found, equal = Q(), Q()
    for name, value in zip(by, cursor, strict=True):
        bare, sign = name.lstrip("-"), "lt" if name[0] == "-" else "gt"
        found |= equal & Q(**{f"{bare}__{sign}": value})
        equal &= Q(**{bare: value})
    first = by[0].lstrip("-"), "lte" if by[0][0] == "-" else "gte"
    return Q(**{f"{first[0]}__{first[1]}": cursor[0]}) & found


def key_of(row: Findable, by: tuple[str, ...]) -> Key:
    return tuple(getattr(row, name.lstrip("-")) for name in by)


def _sortable(key: Key, by: tuple[str, ...]) -> tuple[int, ...]:
    numbers = map(_number, key)
    return tuple(-n if name[0] == "-" else n for n, name in zip(numbers, by, strict=True))


def _number(value: Any) -> int:
    if isinstance(value, datetime):
        return (value - EPOCH) // MICROSECOND
    return value.toordinal() if isinstance(value, date) else int(value)


def cursor(row: Findable, by: tuple[str, ...]) -> str:
    """Where the row stands in the order, for an address: whole numbers with points between."""
    return ".".join(str(_number(value)) for value in key_of(row, by))


def read_cursor(text: str, by: tuple[str, ...]) -> Key | None:
    """A place in the order from an address; None for what is none."""
    parts = text.split(".")
    fit = all(p.isascii() and p.isdigit() and len(p) <= DIGITS for p in parts)
    if not fit or len(parts) != len(by):
        return None
    try:
        return tuple(_value(name.lstrip("-"), int(p)) for name, p in zip(by, parts, strict=True))
    except (OverflowError, ValueError):
        return None


def _value(name: str, number: int) -> Any:
    if name == "at":
        return EPOCH + number * MICROSECOND
    if name == "due":
        return date.fromordinal(number)
    if number >= 2**63:
        raise OverflowError(name)
    return number
