"""Many rows in one statement: COPY and arrays on PostgreSQL, executemany and JSON on SQLite.

What is written and why stands with the callers; here is only how it gets there quickly. Model
objects would cost more than all the hashing.
"""

import json
from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model

Row = tuple[Any, ...]
Rows = list[Row]


def insert(model: type[Model], rows: Sequence[Row]) -> None:
    """Insert rows, each with all columns of the model in its order."""
    fields = model._meta.concrete_fields
    names = ", ".join(str(field.column) for field in fields)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            types = [(field.db_type(connection) or "").partition("(")[0] for field in fields]
            statement = f"COPY {model._meta.db_table} ({names}) FROM STDIN (FORMAT BINARY)"
            with connection.wrap_database_errors, cursor.copy(statement) as copy:
                copy.set_types(types)
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(fields))
            into = f"INSERT INTO {model._meta.db_table} ({names})"
            cursor.executemany(f"{into} VALUES ({places})", rows)


def upsert(model: type[Model], rows: Sequence[tuple[str, int]]) -> None:
    """Set the number of each key, new or known; the model has just these two columns."""
    key, number = (field.column for field in model._meta.concrete_fields)
    known = f"ON CONFLICT ({key}) DO UPDATE SET {number} = excluded.{number}"
    into = f"INSERT INTO {model._meta.db_table} ({key}, {number})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            columns = [list(column) for column in zip(*rows, strict=True)] or [[], []]
            given = "SELECT * FROM unnest(%s::varchar[], %s::bigint[])"
            sql = f"{into} {given} {known}"
            cursor.execute(sql, columns)
        else:
            cursor.executemany(f"{into} VALUES (%s, %s) {known}", rows)


def among(column: str, values: Collection[str] | Collection[int]) -> tuple[str, list[Any]]:
    """(condition, parameters): the column has one of the values. One parameter, however many."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s)", [list(values)]
    listed = "(SELECT value FROM json_each(%s))"
    return f"{column} IN {listed}", [json.dumps(list(values))]
