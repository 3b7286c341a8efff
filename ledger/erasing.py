"""Erasing: salt and value go together; 32 bytes that nobody can open stay in the entry.

Deleting is one transaction with the event `person.erase`, which names neither a person nor a case:
a list would tie one person's gifts together. Afterwards, and again whenever it is repeated:
`republish` writes the disclosure files without the values, `scrub` takes them out of what the
database still keeps of deleted rows. `ledger_erased` says of a named value that it was there, so
that pages can say "erased on request"; it holds no value, no salt and no digest.
"""

import time
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max

from ledger import guarding, publishing, reading, vault
from ledger.core import canonical, commitments, tiles
from ledger.failpoints import fp
from ledger.models import NAMED, CaseNumber, Disclosure, Erased, Intent, SealedEntry

TRIES = 50  # of emptying SQLite's write-ahead log, a tenth of a second apart


class StillRead(RuntimeError):
    """Other connections are reading: deleted text may stay in the write-ahead log for a while."""


def about(code: str) -> list[str]:
    """The uids of the events whose subject is this code, sealed or waiting."""
    numbers = CaseNumber.objects.filter(code=code).values("idx")
    rows = SealedEntry.objects.filter(idx__in=numbers).order_by("idx").values_list("uid", "entry")
    sealed = [uid for uid, entry in rows if canonical.parse(bytes(entry))["case"] == code]
    waiting = Intent.objects.filter(case=code).order_by("id").values_list("uid", flat=True)
    return [*sealed, *waiting]


def delete(
    uids: Collection[str], *, only: Collection[str], keep: Collection[str], at: datetime
) -> Counter[str]:
    """Delete the disclosures of these events; how many of each class. `only`: if any are named."""
    rows = Disclosure.objects.filter(uid__in=uids).exclude(name__in=keep)
    if only:
        rows = rows.filter(name__in=only)
    counts, told = Counter[str](), []
    for row in rows.order_by("uid", "digest"):
        counts[row.sort] += 1
        if row.sort == NAMED and not _is_empty(row):
            told.append(Erased(uid=row.uid, name=row.name, at=at))
    rows.delete()
    Erased.objects.bulk_create(told, ignore_conflicts=True)
    fp("erase.rows")
    return counts


def _is_empty(row: Disclosure) -> bool:
    """Whether nobody ever wrote anything there: an optional fact that was not given."""
    try:
        _, text = vault.open_(row.uid, row.digest, bytes(row.disclosure_enc))
        value: Any = commitments.read(text)[2]
    except (vault.Sealed, commitments.WrongDisclosure):
        return False  # damaged, but something was there
    return not any(value) if isinstance(value, list) else value in ("", None)


def erased(uids: Iterable[str]) -> dict[str, set[str]]:
    """{uid: names of the named values that were erased}; one query."""
    found: dict[str, set[str]] = {}
    for uid, name in Erased.objects.filter(uid__in=list(uids)).values_list("uid", "name"):
        found.setdefault(uid, set()).add(name)
    return found


def newest() -> int:
    """Grows with every erasure of a shown value: part of the tag of the pages."""
    return Erased.objects.aggregate(newest=Max("id"))["newest"] or 0


def republish(uids: Collection[str], *, width: int = tiles.WIDTH) -> int:
    """Write the disclosure files of these events anew, without what is erased; how many."""
    fp("erase.committed")
    indexes = set(SealedEntry.objects.filter(uid__in=uids).values_list("idx", flat=True))
    with publishing.publisher():
        publishing.clear_scratch()  # a killed publisher may have left values there
        public = guarding.published_checkpoint(*reading.log_keys(reading.head()))
        size = public.size if public else 0
        numbers = sorted({index // width for index in indexes if index < size})
        for number in numbers:
            publishing.write_disclosures(number, size=size, width=width)
            fp("erase.file")
    return len(numbers)


def scrub(tables: Iterable[str]) -> None:
    """Take deleted text out of the database's own files; after the commit. StillRead."""
    if connection.vendor == "sqlite":
        _empty_log()  # the pages themselves: PRAGMA secure_delete
        return
    with connection.cursor() as cursor:
        for name in map(connection.ops.quote_name, sorted(set(tables))):
            statement = f"VACUUM {name}"
            cursor.execute(statement)


def _empty_log() -> None:
    with connection.cursor() as cursor:
        for _try in range(TRIES):
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if cursor.fetchone()[0] == 0:
                return
            time.sleep(0.1)
    raise StillRead(
        "The values are deleted, but the database's write-ahead log is being read and still holds"
        " them. Run the same command again in a minute."
    )
