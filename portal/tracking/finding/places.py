"""A row's place in the order of a list, as an address writes it: numbers with points between."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DIGITS = 19
WHOLE = 18  # digits of a number that a column holds, whatever they are
Key = tuple[Any, ...]
By = tuple[str, ...]


def whole(text: str) -> int:
    """A number from an address; what is none is 0."""
    plain = text.isascii() and text.isdigit() and len(text) <= WHOLE
    return int(text) if plain else 0


@dataclass(frozen=True)
class Hit:
    """A row that was found: its code, and the values of the fields that it is ordered by."""

    code: str
    key: Key


def bare(by: By) -> list[str]:
    """The fields of an order without their direction."""
    return [name.lstrip("-") for name in by]


def turned(by: By) -> By:
    """The same order from its other end."""
    return tuple(name[1:] if name[0] == "-" else f"-{name}" for name in by)


def beyond(by: By, cursor: Key) -> Q:
    """Rows that stand behind the cursor: by the first field, or equal in it and by the next.

    The first field is said once more on its own, so that an index can begin there.
    """
    found, equal = Q(), Q()
    for name, value in zip(by, cursor, strict=True):
        field, sign = name.lstrip("-"), "lt" if name[0] == "-" else "gt"
        found |= equal & Q(**{f"{field}__{sign}": value})
        equal &= Q(**{field: value})
    first = by[0].lstrip("-"), "lte" if by[0][0] == "-" else "gte"
    return Q(**{f"{first[0]}__{first[1]}": cursor[0]}) & found


def past(by: By, cursor: Key) -> TupleGreaterThan:
    """Rows that stand behind the cursor in an order that goes upwards throughout, by one comparison
    of rows: an index is followed from there even where many are equal in the first fields."""
    return TupleGreaterThan(Tuple(*map(F, by)), cursor)


def sortable(key: Key, by: By) -> tuple[int, ...]:
    """Numbers that stand in this order when they are sorted."""
    numbers = map(_number, key)
    return tuple(-n if name[0] == "-" else n for n, name in zip(numbers, by, strict=True))


def _number(value: Any) -> int:
    if isinstance(value, datetime):
        return (value - EPOCH) // MICROSECOND
    return value.toordinal() if isinstance(value, date) else int(value)


def written(key: Key) -> str:
    """The place for an address."""
    return ".".join(str(_number(value)) for value in key)


def read(text: str, by: By) -> Key | None:
    """A place from an address; None for what is none."""
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
