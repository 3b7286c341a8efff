"""The index over tokens, one for each database: PostgreSQL's GIN over an array, on SQLite a table
of (token, row) kept by triggers. Both are the database's own: no code writes them."""

from typing import Any

TABLES = ("tracking_findable", "tracking_shownname")
# Its price is what asking row by row costs: done only where most rows fit, and a page is full at
# once. `PARALLEL UNSAFE`: starting helpers takes longer than the answer.
FUNCTION = """CREATE FUNCTION tracking_tokens(text) RETURNS text[] IMMUTABLE STRICT PARALLEL UNSAFE
    COST 200 LANGUAGE plpgsql AS $$ BEGIN RETURN string_to_array($1, ' '); END $$"""
# Without a list of pending rows: each question would read it from end to end.
GIN = """CREATE INDEX {0}_tokens ON {0} USING gin (tracking_tokens(tokens))
    WITH (fastupdate = off)"""
LISTED = """SELECT value, {1}.id FROM json_each('["' || replace({1}.tokens, ' ', '","') || '"]')"""
ADD = "INSERT OR IGNORE INTO {0}_token (token, row) " + LISTED.replace("{1}", "NEW") + ";"
TAKE = "DELETE FROM {0}_token WHERE (token, row) IN (%s);" % LISTED.replace("{1}", "OLD")  # noqa: S608, UP031 -- our own words
ROWS = "CREATE TABLE {0}_token (token text, row integer, PRIMARY KEY (token, row)) WITHOUT ROWID"
TRIGGERS = (
    f"CREATE TRIGGER {{0}}_token_add AFTER INSERT ON {{0}} BEGIN {ADD} END",
    f"CREATE TRIGGER {{0}}_token_take AFTER DELETE ON {{0}} BEGIN {TAKE} END",
    f"""CREATE TRIGGER {{0}}_token_new AFTER UPDATE OF tokens ON {{0}}
        WHEN OLD.tokens <> NEW.tokens BEGIN {TAKE} {ADD} END""",
)

DROPS = (
    *("DROP TRIGGER {0}_token_add", "DROP TRIGGER {0}_token_take", "DROP TRIGGER {0}_token_new"),
    "DROP TABLE {0}_token",
)


def build(apps: Any, editor: Any) -> None:
    postgres = editor.connection.vendor == "postgresql"
    if postgres:
        editor.execute(FUNCTION)
    for table in TABLES:
        for statement in (GIN,) if postgres else (ROWS, *TRIGGERS):
            editor.execute(statement.format(table))


def remove(apps: Any, editor: Any) -> None:
    postgres = editor.connection.vendor == "postgresql"
    for table in TABLES:
        for statement in ("DROP INDEX {0}_tokens",) if postgres else DROPS:
            editor.execute(statement.format(table))
    if postgres:
        editor.execute("DROP FUNCTION tracking_tokens(text)")
