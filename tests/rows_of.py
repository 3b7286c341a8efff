"""All rows of the tables: read, compared, put back, past the models. For `tests.remembering`."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import chain, groupby, starmap
from operator import itemgetter

from django.apps import apps
from django.db import connection

MANY = 50  # rows in one statement
WRITES = re.compile(r'\s*(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM) "?(\w+)"?')


@dataclass(frozen=True)
class Table:
    """Its columns, and how many of them, the first ones, are the key."""

    names: tuple[str, ...]
    keys: int


@cache
def tables():
    """{name: Table} of every model."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        key = [field.column for field in model._meta.pk_fields]
        rest = [f.column for f in model._meta.local_concrete_fields if not f.generated]
        names = tuple(dict.fromkeys([*key, *filter(None, rest)]))
        found[model._meta.db_table] = Table(names, len(key))
    return found


def written(sql):
    """The table that a statement writes; empty: that cannot be told."""
    match = WRITES.match(sql)
    return match[1] if match and match[1] in tables() else ""


def read(name):
    """{key: row}, as the database gives them."""
    table, quote = tables()[name], connection.ops.quote_name
    with connection.cursor() as cursor:
        names = ", ".join(map(quote, table.names))
        cursor.execute(f"SELECT {names} FROM {quote(name)}")  # noqa: S608
        return {row[: table.keys]: row for row in cursor.fetchall()}


def everything():
    """{table: {key: row}} of the tables that have rows."""
    there = connection.introspection.table_names()
    return {name: rows for name in tables() if name in there and (rows := read(name))}


def changes(before, touched):
    """What leads from `before` to what these tables hold now, for `put`; and what all hold."""
    if "ledger_head" in touched:  # PostgreSQL is given entries by COPY, which nobody sees
        touched.update(name for name in tables() if name.startswith("ledger_"))
    now = {name: read(name) for name in sorted(touched)}
    gone, changed, new = [], [], []
    for name, rows in now.items():
        old = before.get(name, {})
        gone += [(name, key) for key in old if key not in rows]
        changed += [(name, row) for key, row in rows.items() if old.get(key, row) != row]
        new += [(name, row) for key, row in rows.items() if key not in old]
    steps = [*starmap(_delete, gone), *starmap(_update, changed), *_inserts(new)]
    return _script(steps), {**before, **now}


def _equal(names, between):
    return between.join(f'"{name}" = %s' for name in names)


def _delete(name, key):
    table = tables()[name]
    where = _equal(table.names[: table.keys], " AND ")
    return f'DELETE FROM "{name}" WHERE {where}', key  # noqa: S608


def _update(name, row):
    table = tables()[name]
    where, put = table.names[: table.keys], table.names[table.keys :]
    sql = f'UPDATE "{name}" SET {_equal(put, ", ")} WHERE {_equal(where, " AND ")}'  # noqa: S608
    return sql, (*row[table.keys :], *row[: table.keys])


def _inserts(new):
    """Few statements with many rows each."""
    for table, pairs in groupby(new, key=itemgetter(0)):
        names = ", ".join(f'"{name}"' for name in tables()[table].names)
        marks = f"({', '.join(['%s'] * len(tables()[table].names))})"
        rows = [row for _table, row in pairs]
        for first in range(0, len(rows), MANY):
            some = rows[first : first + MANY]
            values = ", ".join([marks] * len(some))
            sql = f'INSERT INTO "{table}" ({names}) VALUES {values}'  # noqa: S608
            yield sql, tuple(chain.from_iterable(some))


def _script(steps):
    if connection.vendor == "sqlite":
        return [(sql.replace("%s", "?"), row) for sql, row in steps]
    with connection.connection.cursor() as cursor:
        return ";".join(cursor.mogrify(*step) for step in steps)


def put(script):
    """Take the steps that `changes` found."""
    if connection.vendor == "sqlite":
        for step in script:
            connection.connection.execute(*step)
    elif script:
        connection.connection.execute(script)
