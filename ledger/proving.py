"""Proofs from the stored hashes (RFC 6962 2.1): of inclusion from the tiles above the entries, and
of consistency with one query per subtree.

A tile below a signed size never changes: those met last stay in memory with the hashes between
their leaves and their root, 16 KiB each. They are kept under the log's first leaf hash: another
database in the same place has another. What is not signed yet is read each time: a rebuild may
seal it anew in another order.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from itertools import islice
from threading import Lock
from typing import NamedTuple

from django.db import connection

from ledger import reading
from ledger.core import tiles, tree

AT_ONCE = 200  # tiles in one query
KEPT = 1000  # tiles in memory

_LEAVES = "SELECT 0, idx, leaf FROM ledger_entry WHERE idx >= %s AND idx < %s"
_HASHES = "SELECT level, n, hash FROM ledger_hash WHERE level = %s AND n >= %s AND n < %s"

Rows = tuple[bytes, ...]  # by height within the tile: hashes one after another


class Key(NamedTuple):
    """Of a tile in memory. `log`: the hash of its first entry."""

    log: bytes
    tile: tiles.Tile
    full: int


_memory: OrderedDict[Key, Rows] = OrderedDict()
_lock = Lock()


def forget() -> None:
    """Empty the memory; after a rebuild, say."""
    with _lock:
        _memory.clear()


def paths(indexes: Iterable[int], size: int, *, width: int = tiles.WIDTH) -> dict[int, list[bytes]]:
    """{index: the sibling hashes of that entry in the tree of `size`, from the leaf up}."""
    wanted = sorted(set(indexes))
    if wanted and not 0 <= wanted[0] <= wanted[-1] < size:
        raise ValueError("index outside the tree")
    step = width.bit_length() - 1
    needed = {(tile.level, tile.n): tile for tile in _needed(wanted, size, width)}
    found = _tiles(set(needed.values()), width) if needed else {}

    def read(height: int, index: int) -> bytes:
        level, rest = divmod(height, step)
        n, place = divmod(index << rest, width)
        start = (place >> rest) * tree.SIZE
        return found[needed[level, n]][rest][start : start + tree.SIZE]

    return {index: tree.inclusion_proof(read, index, size) for index in wanted}


def consistency(old: int, size: int, *, width: int = tiles.WIDTH) -> list[bytes]:
    """The proof that the tree of `size` continues the tree of `old` (RFC 6962 2.1.2)."""
    step = width.bit_length() - 1

    def read(height: int, index: int) -> bytes:
        level, rest = divmod(height, step)
        return tree.perfect(reading.hashes(level, index << rest, (index + 1) << rest))

    return tree.consistency_proof(read, old, size)


def _needed(indexes: list[int], size: int, width: int) -> Iterator[tiles.Tile]:
    """Of each level the tiles above these entries, and the last, partial one."""
    level, count = 0, size
    while indexes and count:
        unit = width ** (level + 1)
        for n in {index // unit for index in indexes} | {count // width}:
            if part := min(count - n * width, width):
                yield tiles.Tile(level, n, part)
        level, count = level + 1, count // width


def _tiles(wanted: set[tiles.Tile], width: int) -> dict[tiles.Tile, Rows]:
    """From memory, or read and grown; those below a signed size are kept."""
    log, signed = _identity()
    found: dict[tiles.Tile, Rows] = {}
    with _lock:
        for tile in wanted:
            key = Key(log, tile, width)
            if key in _memory:
                _memory.move_to_end(key)
                found[tile] = _memory[key]
    for tile, hashes in _read(sorted(wanted - found.keys()), width):
        found[tile] = _grown(hashes, width)
        if (tile.n * width + tile.width) * width**tile.level <= signed:
            with _lock:
                _memory[Key(log, tile, width)] = found[tile]
                if len(_memory) > KEPT:
                    _memory.popitem(last=False)
    return found


def _identity() -> tuple[bytes, int]:
    """(hash of the first entry, newest signed size)"""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT leaf FROM ledger_entry WHERE idx = 0),"
            " (SELECT max(size) FROM ledger_checkpoint)"
        )
        log, signed = cursor.fetchone()
    return bytes(log or b""), signed or 0


def _grown(hashes: list[bytes], width: int) -> Rows:
    """The hashes of a tile, and level by level those above them that are whole."""
    rows, row = [], hashes
    for _ in range(width.bit_length() - 1):
        rows.append(b"".join(row))
        row = [
            tree.node_hash(left, right) for left, right in zip(row[::2], row[1::2], strict=False)
        ]
    return tuple(rows)


def _read(wanted: list[tiles.Tile], width: int) -> Iterator[tuple[tiles.Tile, list[bytes]]]:
    """The hashes of tiles, many in one query; ValueError if some are missing."""
    ordered = iter(wanted)
    while chunk := list(islice(ordered, AT_ONCE)):
        rows: dict[tuple[int, int], list[tuple[int, bytes]]] = {}
        for level, n, hashed in _select(chunk, width):
            rows.setdefault((level, n // width), []).append((n, bytes(hashed)))
        for tile in chunk:
            hashes = [hashed for _, hashed in sorted(rows.get((tile.level, tile.n), []))]
            if len(hashes) != tile.width:
                raise ValueError(f"hashes of level {tile.level} are missing")
            yield tile, hashes


def _select(chunk: list[tiles.Tile], width: int) -> list[tuple[int, int, bytes]]:
    """UNION ALL: SQLite walks through an OR of ranges five times slower."""
    parts, values = [], list[int]()
    for tile in chunk:
        start = tile.n * width
        if tile.level:
            parts.append(_HASHES)
            values.append(tile.level)
        else:
            parts.append(_LEAVES)
        values += [start, start + tile.width]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        found: list[tuple[int, int, bytes]] = cursor.fetchall()
    return found
