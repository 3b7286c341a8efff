"""What an invariant reports: where something does not add up, and what it should be."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import Sum

Difference = dict[str, Any]  # table, index, field, reason


def difference(table: str, index: object, field: str, reason: str) -> Difference:
    return {"table": table, "index": index, "field": field, "reason": reason}


def of(row: models.Model, field: str, reason: str) -> Difference:
    """A row of a table, named by its primary key."""
    return difference(row._meta.db_table, row.pk, field, reason)


def sums(rows: models.QuerySet[Any], *by: str, of: str) -> dict[tuple[Any, ...], int]:
    """The sum of a column by some others, as a dictionary; one query."""
    found = rows.order_by().values_list(*by).annotate(total=Sum(of))
    return {tuple(row[:-1]): row[-1] for row in found}


def added(*parts: Mapping[Any, int]) -> dict[Any, int]:
    """Several sums as one."""
    total: dict[Any, int] = {}
    for part in parts:
        for key, amount in part.items():
            total[key] = total.get(key, 0) + amount
    return total


def minus(part: Mapping[Any, int]) -> dict[Any, int]:
    return {key: -amount for key, amount in part.items()}
