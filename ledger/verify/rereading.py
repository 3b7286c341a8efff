"""The entries of a verified log, read once more and held against its leaf hashes."""

from collections.abc import Iterator
from typing import Any

from ledger.core import canonical, tiles, tree
from ledger.verify.reports import LogReport
from ledger.verify.sources import Source, Unreachable


class Entries:
    """(index, bytes) in order; `body` is what an entry says, once its hash is right."""

    def __init__(self, source: Source, log: LogReport, width: int) -> None:
        self.source, self.log, self.width = source, log, width

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        for tile in tiles.of_level(tiles.ENTRIES, 0, self.log.size, self.width):
            entries = self._bundle(tile)
            yield from enumerate(entries[: tile.width], tile.n * self.width)

    def _bundle(self, tile: tiles.Tile) -> list[bytes]:
        for width in (tile.width, self.width):
            path = tiles.path(tiles.Tile(tile.level, tile.n, width), self.width)
            if (data := self.source.read(path)) is not None:
                return tiles.unbundle(data, width)
        raise Unreachable("a bundle went while it was read: please run it again")

    def body(self, index: int, entry: bytes) -> dict[str, Any]:
        if tree.leaf_hash(entry) != self.log.leaves[index]:
            raise Unreachable(f"entry {index} changed while it was read: please run it again")
        body: dict[str, Any] = canonical.parse(entry)
        return body

    def first(self) -> dict[str, Any]:
        """`ledger.create`, which names the log's keys."""
        return self.body(*next(iter(self)))
