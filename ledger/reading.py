"""Hashes of the log from its tables, by tile level: what guard, publisher and fsck read."""

from collections.abc import Iterator

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from ledger.core import notes, rotation, tiles, tree
from ledger.models import Head, SealedEntry, StoredCheckpoint, TileHash

CHUNK = 4096


class NoLog(RuntimeError):
    """There is no log in this database: run create_log."""


class Unsound(ValueError):
    """A stored entry is not what was sealed."""


def head() -> Head:
    """The head as it is now, without a lock."""
    found = Head.objects.first()
    if found is None:
        raise NoLog("There is no log in this database yet: run manage.py create_log.")
    if found.origin != settings.LEDGER_ORIGIN:
        raise ImproperlyConfigured(
            f"LEDGER_ORIGIN is {settings.LEDGER_ORIGIN!r}, but the log in this database is"
            f" {found.origin!r}; a log keeps its origin for ever."
        )
    return found


def log_keys(head: Head) -> list[notes.Verifier]:
    """The log's keys, the current one first; under older notes stand older ones."""
    return [notes.parse_vkey(vkey) for vkey in (head.vkey, *rotation.split(head.retired))]


def hashes(level: int, start: int, stop: int) -> list[bytes]:
    """The hashes start..stop of a tile level; level 0 are the leaves."""
    if level == 0:
        leaves = SealedEntry.objects.filter(idx__gte=start, idx__lt=stop).order_by("idx")
        return [bytes(leaf) for leaf in leaves.values_list("leaf", flat=True)]
    rows = TileHash.objects.filter(level=level, n__gte=start, n__lt=stop).order_by("n")
    return [bytes(row) for row in rows.values_list("hash", flat=True)]


def leaves(start: int, stop: int) -> Iterator[bytes]:
    """Leaf hashes, each computed anew from the stored bytes; Unsound if it is not the stored one.

    Bits flip in memory and on disks; logs have died of signing such an entry.
    """
    for index, _uid, leaf, entry in sealed(start, stop):
        if tree.leaf_hash(entry) != leaf:
            raise Unsound(f"entry {index} does not have its leaf hash")
        yield leaf


def frontier(size: int, *, width: int = tiles.WIDTH) -> tree.Frontier:
    """The frontier at a size; ValueError if hashes are missing."""
    return tiles.frontier_at(size, hashes, width)


def newest_checkpoint() -> StoredCheckpoint | None:
    return StoredCheckpoint.objects.order_by("-size").first()


def sealed(start: int, stop: int) -> Iterator[tuple[int, str, bytes, bytes]]:
    """(index, uid, leaf hash, bytes) of entries start..stop, in order."""
    while start < stop:
        rows = SealedEntry.objects.filter(idx__gte=start, idx__lt=stop).order_by("idx")
        chunk = list(rows.values_list("idx", "uid", "leaf", "entry")[:CHUNK])
        for index, uid, leaf, entry in chunk:
            yield index, uid, bytes(leaf), bytes(entry)
        if len(chunk) < CHUNK:
            return
        start = chunk[-1][0] + 1


def all_sealed() -> Iterator[tuple[int, str, bytes, bytes]]:
    """Every row there is, whatever its index says."""
    return sealed(-(2**62), 2**62)
