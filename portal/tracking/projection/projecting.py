"""From the ledger to the public rows: in index order, exactly once, by a cursor of its own."""

from itertools import islice

from django.db import transaction

import ledger.api as ledger
from portal.tracking.models import TABLES, Cursor
from portal.tracking.projection.folding import fold
from portal.tracking.projection.shelf import StoredShelf

AT_ONCE = 500


@transaction.atomic(durable=True)
def project(*, limit: int = AT_ONCE) -> int:
    """Fold the next entries, at most `limit`; how many there were.

    Run twice or by two at once it is the same as run once: the cursor is locked and moves with the
    rows.
    """
    Cursor.objects.get_or_create(pk=1)
    cursor = Cursor.objects.select_for_update().get(pk=1)
    entries = list(islice(ledger.entries(cursor.next, cursor.next + limit), limit))
    shelf = StoredShelf()
    shelf.read({code for entry in entries for code, _n in entry.body["cases"]})
    for entry in entries:
        fold(shelf, entry)
    shelf.write()
    Cursor.objects.filter(pk=1).update(next=cursor.next + len(entries))
    return len(entries)


def project_all() -> int:
    """Until nothing is left; how many entries that were."""
    done = 0
    while count := project():
        done += count
    return done


@transaction.atomic(durable=True)
def drop() -> None:
    """Empty the public tables; the next projection begins with the first entry."""
    Cursor.objects.get_or_create(pk=1)
    Cursor.objects.select_for_update().get(pk=1)
    for model in reversed(TABLES):
        model.objects.all().delete()
    Cursor.objects.filter(pk=1).update(next=0)


def rebuild() -> int:
    """Drop the public tables and fill them again from the sealed entries; how many they were."""
    drop()
    return project_all()


def seen() -> int:
    """How many entries the public pages know: part of the ETag of every list."""
    return Cursor.objects.filter(pk=1).values_list("next", flat=True).first() or 0
