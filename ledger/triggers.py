"""Append-only by the database itself: UPDATE, DELETE and TRUNCATE of sealed rows are refused.

PostgreSQL has no TRUNCATE trigger per row, so that one stands apart; SQLite has no TRUNCATE.
They do not protect from who may drop triggers: signer state, witnesses and receipts do.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = (
    *("ledger_entry", "ledger_case", "ledger_hash", "ledger_checkpoint"),
    *("ledger_cosignature", "ledger_anchor"),
)
EVENTS = ("update", "delete")
_FUNCTION = """
CREATE OR REPLACE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""


def _statements(vendor: str) -> dict[str, tuple[str, str, str]]:
    """{name: (table, create, drop)}"""
    found = {}
    for table in TABLES:
        for event in EVENTS if vendor == "sqlite" else (*EVENTS, "truncate"):
            name = f"{table}_no_{event}"
            if vendor == "sqlite":
                body = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                create = f"CREATE TRIGGER {name} BEFORE {event} ON {table} {body}"
                drop = f"DROP TRIGGER {name}"
            else:
                each = "STATEMENT" if event == "truncate" else "ROW"
                body = f"FOR EACH {each} EXECUTE FUNCTION ledger_append_only()"
                create = f"CREATE TRIGGER {name} BEFORE {event} ON {table} {body}"
                drop = f"DROP TRIGGER {name} ON {table}"
            found[name] = (table, create, drop)
    return found


def present(connection: BaseDatabaseWrapper) -> set[str]:
    """The names of our triggers that are in the database."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        return {name for (name,) in cursor.fetchall()} & set(_statements(connection.vendor))


def expected(connection: BaseDatabaseWrapper) -> set[str]:
    return set(_statements(connection.vendor))


def create(connection: BaseDatabaseWrapper) -> None:
    """Make those that are missing; a table of a later migration is not there yet."""
    have, tables = present(connection), set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for name, (table, statement, _drop) in _statements(connection.vendor).items():
            if name not in have and table in tables:
                cursor.execute(statement)


def drop(connection: BaseDatabaseWrapper) -> None:
    have = present(connection)
    with connection.cursor() as cursor:
        for name, (_table, _create, statement) in _statements(connection.vendor).items():
            if name in have:
                cursor.execute(statement)


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Without the triggers: how tests empty tables, and `rebuild` refills them."""
    drop(connection)
    try:
        yield
    finally:
        create(connection)


def migrate(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    create(schema_editor.connection)


def unmigrate(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    drop(schema_editor.connection)
