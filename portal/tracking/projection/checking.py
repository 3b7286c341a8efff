"""The public rows compared, one by one, with what the ledger says."""

from typing import Any

import ledger.api as ledger
from portal.tracking.models import TABLES, Projected
from portal.tracking.projection.folding import fold
from portal.tracking.projection.projecting import seen
from portal.tracking.projection.shelf import Key, Shelf, columns

Difference = dict[str, Any]


def replayed(size: int) -> Shelf:
    """The rows that follow from the first `size` entries, in memory."""
    shelf = Shelf()
    for entry in ledger.entries(0, size):
        fold(shelf, entry)
    return shelf


def differences() -> list[Difference]:
    """Every public row that is missing, too many or different, as {table, index, field, reason}."""
    shelf = replayed(seen())
    return [found for model in TABLES for found in _of_table(model, shelf.rows[model])]


def _of_table(model: type[Projected], expected: dict[Key, Projected]) -> list[Difference]:
    table, found = model._meta.db_table, []
    missing = dict(expected)
    for row in model.objects.order_by("pk").iterator(chunk_size=1000):
        key = tuple(getattr(row, name) for name in model.KEY)
        should = missing.pop(key, None)
        if should is None:
            found.append(_difference(table, key, "", "no entry says this"))
            continue
        for name in columns(model):
            is_, must = getattr(row, name), getattr(should, name)
            if is_ != must:
                found.append(_difference(table, key, name, f"is {is_!r}, the ledger says {must!r}"))
    found += [_difference(table, key, "", "is missing") for key in missing]
    return found


def _difference(table: str, key: Key, field: str, reason: str) -> Difference:
    return {
        "table": table,
        "index": "/".join(map(str, key)),
        "field": field,
        "reason": reason[:300],
    }
