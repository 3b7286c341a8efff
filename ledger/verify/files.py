"""Bundles and tiles of one log as they lie there: read, taken apart, and hashed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from ledger.core import notes, tiles, tree
from ledger.verify.sources import Source

Taken = dict[str, list[bytes]]  # by path: entries, or hashes


class Wrong(Protocol):
    def __call__(self, file: str, reason: str) -> None:
        """What is damaged, and why."""


@dataclass
class Bundle:
    """One number of the log: the leaf hashes by every bundle and level 0 tile there is for it."""

    entries: Taken
    hashes: Taken

    def all(self) -> Iterator[list[bytes]]:
        yield from self.entries.values()
        yield from self.hashes.values()

    @property
    def said(self) -> list[bytes]:
        """By the bundle that holds most."""
        return max(self.entries.values(), key=len, default=[])

    @property
    def tiled(self) -> list[bytes]:
        return max(self.hashes.values(), key=len, default=[])


class Files:
    """What there is of a log. `listed`: all paths, where they can be asked for."""

    def __init__(
        self, source: Source, listed: list[str] | None, head: notes.Checkpoint, width: int
    ) -> None:
        self.source, self.head, self.width = source, head, width
        self.known: dict[tuple[int, int], list[tiles.Tile]] | None = None
        if listed is not None:
            self.known = {}
            for tile in filter(None, (tiles.parse_path(path, width) for path in listed)):
                self.known.setdefault((tile.level, tile.n), []).append(tile)

    def levels(self) -> set[int]:
        return {level for level, _ in self.known or {}} | {0}

    def numbers(self, level: int) -> set[int]:
        return {n for at, n in self.known or {} if at == level}

    def bundles(self) -> int:
        """How many numbers there are, those ahead of the checkpoint too."""
        count = -(-self.head.size // self.width)
        while self._candidates(tiles.ENTRIES, count) or self._candidates(0, count):
            count += 1
        return count

    def entries(self, n: int, wrong: Wrong) -> Taken | None:
        """The bundles of a number; None where the log has ended."""
        if n >= self.bundles():
            return None
        return self.load(tiles.ENTRIES, n, self._needed(n), tiles.unbundle, wrong)

    def bundle(self, n: int, entries: Taken, wrong: Wrong) -> Bundle:
        hashes = self.load(0, n, self._needed(n), tiles.unpack, wrong)
        said = {path: [tree.leaf_hash(entry) for entry in found] for path, found in entries.items()}
        longest = max(said.values(), key=len, default=[])
        for path, found in hashes.items():
            if found == longest:
                hashes[path] = longest  # the same hashes, held once
        return Bundle(said, hashes)

    def _needed(self, n: int) -> int:
        return min(self.head.size - n * self.width, self.width)

    def _candidates(self, level: int, n: int) -> list[tiles.Tile]:
        """All there are; of an address the one the size needs, or the full one."""
        if self.known is not None:
            return self.known.get((level, n), [])
        count = self.head.size // self.width ** max(level, 0)
        part = min(count - n * self.width, self.width)
        both = [tiles.Tile(level, n, part), tiles.Tile(level, n, self.width)]
        return both[: 1 if part == self.width else 2] if part > 0 else []

    def load(
        self,
        level: int,
        n: int,
        needed: int,
        take: Callable[[bytes, int], list[bytes]],
        wrong: Wrong,
    ) -> Taken:
        """{path: entries or hashes}; names what is missing or cannot be read."""
        found: Taken = {}
        for tile in self._candidates(level, n):
            path = tiles.path(tile, self.width)
            data = self.source.read(path)
            if data is None:
                continue
            found[path] = []
            try:
                found[path] = take(data, tile.width)
            except ValueError as error:
                wrong(path, str(error))
            if self.known is None:
                break
        if needed > 0 and not any(
            tile.width >= needed and tiles.path(tile, self.width) in found
            for tile in self._candidates(level, n)
        ):
            wanted = tiles.Tile(level, n, min(needed, self.width))
            wrong(tiles.path(wanted, self.width), "is missing")
        return found
