"""The floor under sealing: the same entry and case rows, copied raw, one commit a batch."""

from django.db import connection, transaction

from ledger.models import CaseNumber, SealedEntry

TABLES = {
    SealedEntry: ("floor_entry", ("int8", "varchar", "bytea", "bytea")),
    CaseNumber: ("floor_case", ("varchar", "int8", "int8")),
}
Rows = list[tuple]


def make() -> None:
    """Tables as the ledger's: same columns, same indexes."""
    with connection.cursor() as cursor:
        for model, (name, _types) in TABLES.items():
            cursor.execute(f"DROP TABLE IF EXISTS {name}")
            table = model._meta.db_table
            if connection.vendor == "postgresql":
                cursor.execute(f"CREATE TABLE {name} (LIKE {table} INCLUDING ALL)")
                continue
            cursor.execute(
                "SELECT sql FROM sqlite_master WHERE tbl_name = %s AND type IN ('table', 'index')"
                " AND sql IS NOT NULL ORDER BY type DESC",
                [table],
            )
            for (sql,) in cursor.fetchall():
                cursor.execute(sql.replace(f'"{table}', f'"{name}'))


def rows(start: int, stop: int) -> tuple[Rows, Rows]:
    """The entry rows and the case rows of entries start..stop, as they were sealed."""
    entries = SealedEntry.objects.filter(idx__gte=start, idx__lt=stop).order_by("idx")
    cases = CaseNumber.objects.filter(idx__gte=start, idx__lt=stop).order_by("idx", "code")
    return (
        [(i, uid, bytes(h), bytes(e)) for i, uid, h, e in entries.values_list()],
        list(cases.values_list("code", "n", "idx")),
    )


def copy(batch: tuple[Rows, Rows]) -> None:
    with transaction.atomic():
        for (name, types), lines in zip(TABLES.values(), batch, strict=True):
            _copy(name, types, lines)


def _copy(name: str, types: tuple[str, ...], lines: Rows) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {name} FROM STDIN (FORMAT BINARY)") as copying:
                copying.set_types(types)
                for line in lines:
                    copying.write_row(line)
        else:
            places = ", ".join(["%s"] * len(types))
            cursor.executemany(f"INSERT INTO {name} VALUES ({places})", lines)  # noqa: S608
