"""Proofs from the stored hashes (RFC 6962 2.1): of inclusion with one query per tile level, and of
consistency with one per subtree."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from ledger import reading
from ledger.core import tiles, tree
from ledger.models import SealedEntry, TileHash

AT_ONCE = 200  # tiles in one query


def paths(indexes: Iterable[int], size: int, *, width: int = tiles.WIDTH) -> dict[int, list[bytes]]:
    """{index: the sibling hashes of that entry in the tree of `size`, from the leaf up}."""
    wanted = sorted(set(indexes))
    if wanted and not 0 <= wanted[0] <= wanted[-1] < size:
        raise ValueError("index outside the tree")
    step, levels = width.bit_length() - 1, _levels(wanted, size, width)

    def read(height: int, index: int) -> bytes:
        level, rest = divmod(height, step)
        known, start = levels[level], index << rest
        return tree.perfect([known[n] for n in range(start, start + (1 << rest))])

    return {index: tree.inclusion_proof(read, index, size) for index in wanted}


def consistency(old: int, size: int, *, width: int = tiles.WIDTH) -> list[bytes]:
    """The proof that the tree of `size` continues the tree of `old` (RFC 6962 2.1.2)."""
    step = width.bit_length() - 1

    def read(height: int, index: int) -> bytes:
        level, rest = divmod(height, step)
        return tree.perfect(reading.hashes(level, index << rest, (index + 1) << rest))

    return tree.consistency_proof(read, old, size)


def _levels(indexes: list[int], size: int, width: int) -> list[dict[int, bytes]]:
    """The hashes of each tile level: the tiles above these entries, and the last, partial one."""
    levels: list[dict[int, bytes]] = []
    count = size
    while indexes and count:
        numbers = {index // width ** (len(levels) + 1) for index in indexes} | {count // width}
        levels.append(dict(_hashes(len(levels), numbers, count, width)))
        count //= width
    return levels


def _hashes(level: int, numbers: set[int], count: int, width: int) -> Iterator[tuple[int, bytes]]:
    ordered = iter(sorted(numbers))
    while chunk := list(islice(ordered, AT_ONCE)):
        yield from _stored(level, [(n * width, min((n + 1) * width, count)) for n in chunk])


def _stored(level: int, ranges: list[tuple[int, int]]) -> Iterator[tuple[int, bytes]]:
    """UNION ALL: SQLite walks through an OR of ranges five times slower."""
    rows: QuerySet[Any, tuple[int, Any]]
    if level:
        key, rows = "n", TileHash.objects.filter(level=level).values_list("n", "hash")
    else:
        key, rows = "idx", SealedEntry.objects.values_list("idx", "leaf")
    parts = [rows.filter(**{f"{key}__gte": start, f"{key}__lt": stop}) for start, stop in ranges]
    for n, found in parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]:
        yield n, bytes(found)
