"""Public tables of any size: a few lives are told and projected as always, then their rows are
copied inside the database, each copy with codes, entries and a time of its own.

Only keys differ between copies; what a row holds is what the projection made. The sums are those
of the first multiplied, their hours and days spread as far as those of years would be.
"""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from portal.tracking import models
from portal.tracking.certificates.certificate import Certificate
from portal.tracking.finding import token_index
from portal.tracking.finding.findable import Findable
from portal.tracking.models import Cursor, Link, Tally

HEAD, DAYS, HOURS = 5, 700, 1500  # signs of a code that stay; days of the story; longest stay
BEGIN = "2024-03-02"
CODES = {"code", "gift", "need", "purchase"}  # columns with the code of what is copied
SEQS = {"seq", "opened_seq", "version", "rank"}
TIMES = {"recorded_at", "at", "since", "opened_at"}
COPIED = {  # and by which column a copy's rows are known; in the order in which they may be written
    models.Line: "seq",
    models.Link: "seq",
    models.Part: "seq",
    models.Subject: "code",
    models.Gift: "code",
    models.Holding: "gift",
    models.Need: "code",
    models.NeedLine: "need",
    models.Organisation: "code",
    models.Purchase: "code",
    models.Share: "gift",
    Certificate: "gift",
    Findable: "code",
}


def copy(first, last, times):
    """The rows of the entries from `first` to before `last`, so many times more."""
    top = Cursor.objects.get(pk=1).next
    links = Link.objects.filter(n=0, line_id__gte=first, line_id__lt=last)
    new = sorted(links.values_list("code", flat=True))
    assert len({code[:HEAD] for code in new}) == len(new), "two codes would be copied to one"
    kept = Written(", ".join(f"'{code}'" for code in new) or "''", top - first, last - first)
    with connection.cursor() as cursor:
        for model, key in COPIED.items():
            own = f"seq >= {first} AND seq < {last}" if key == "seq" else f"{key} IN ({kept.new})"
            cursor.execute(kept.statement(model, own, times))
    Cursor.objects.filter(pk=1).update(next=top + (last - first) * times)


@dataclass(frozen=True)
class Written:
    """What a copy is called: `new` its own codes, `shift` from its entries to those of the first
    copy, `each` from one copy to the next."""

    new: str
    shift: int
    each: int

    def statement(self, model, own, times):
        fields = [field for field in model._meta.concrete_fields if field.column != "id"]
        names = ", ".join(f'"{field.column}"' for field in fields)
        values = ", ".join(self._value(model, field.column) for field in fields)
        return (
            f"INSERT INTO {model._meta.db_table} ({names}) SELECT {values}"  # noqa: S608 -- names and numbers of our own
            f" FROM {model._meta.db_table}, {_numbers(times)} WHERE {own} ORDER BY i"
        )

    def _value(self, model, name):
        column, number = f'"{name}"', SQL["number"]
        if name in CODES:
            copied = f"substr({column}, 1, {HEAD}) || {number}"
            mine = (
                f"{column} IN ({self.new})"
                if model is not Certificate or name == "gift"
                else "1 = 1"
            )
            return f"CASE WHEN {mine} THEN {copied} ELSE {column} END"
        if name == "uid" or (name == "corrects" and model is models.Line):
            return f"CASE WHEN {column} = '' THEN '' ELSE substr({column}, 1, 25) || {number} END"
        if name in SEQS or (name == "place" and model is models.Need):
            return f"{column} + {self.shift} + i * {self.each}"
        if name == "n" and model is Link:
            return f"CASE WHEN code IN ({self.new}) THEN n ELSE n + 1 + i END"
        if name == "day":
            return SQL["day"]
        return (
            SQL["moment"].format(column)
            if name in TIMES and model is not models.Holding
            else column
        )


def _numbers(times):
    """A table of the whole numbers from nothing up."""
    if connection.vendor == "postgresql":
        return f"generate_series(0, {times - 1}) AS copies(i)"
    return (
        f"(WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i < {times - 1})"  # noqa: S608 -- a number
        " SELECT i FROM c) AS copies"
    )


SQL = {
    "postgresql": {
        "number": "lpad(i::text, 7, '0')",
        "day": f"to_char(date '{BEGIN}' + (i % {DAYS})::int, 'YYYY-MM-DD')",
        "moment": "{} + i * interval '17 seconds'",
    },
    "sqlite": {
        "number": "printf('%07d', i)",
        "day": f"date('{BEGIN}', '+' || (i % {DAYS}) || ' days')",
        "moment": "datetime({}, '+' || (i * 17) || ' seconds')",
    },
}[connection.vendor]


def multiply_sums(by):
    """Every sum so many times, spread over days and hours as those of years are."""
    first = date.fromisoformat(BEGIN)
    days = [(first + timedelta(days=n)).isoformat() for n in range(DAYS)]
    hours = sorted({str(n * n % HOURS) for n in range(HOURS)})
    over = {"hours": hours, "confirm_hours": hours, "since": days}
    for row in Tally.objects.exclude(kind="typical"):
        row.amounts = {
            name: found if name == "units" else _more(found, by, over.get(name))
            for name, found in row.amounts.items()
        }
        row.save(update_fields=["amounts"])
    one = Tally.objects.filter(kind="all").exclude(day="").latest("day")
    made = (Tally(of="", kind="all", day=day, amounts=one.amounts) for day in days)
    Tally.objects.bulk_create(made, ignore_conflicts=True)


def _more(found, by, over):
    """So many times the numbers; the same number in all over these keys, where some are given."""
    if over is None:
        return {key: n * by for key, n in found.items()}
    part, rest = divmod(sum(found.values()) * by, len(over))
    return {key: part + (n < rest) for n, key in enumerate(over) if part or n < rest}


@contextmanager
def without_token_index():
    """On PostgreSQL it is made when all rows are there."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX tracking_findable_tokens")
        yield
        cursor.execute("SET maintenance_work_mem = '256MB'")
        cursor.execute(token_index.GIN.format("tracking_findable"))
        cursor.execute("RESET maintenance_work_mem")
