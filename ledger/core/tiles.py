"""Tiles and entry bundles (c2sp.org/tlog-tiles): the tree and its entries as static files.

    tile/<L>/<N>[.p/<W>]         hash i of tile (L, N) = root of entries
                                 (width*N + i) * width^L up to (width*N + i + 1) * width^L
    tile/entries/<N>[.p/<W>]     per entry a big-endian uint16 length and the bytes

N is written in groups of three digits, all but the last with an `x` before them: 1234067 is
`x001/x234/067`. A full tile holds 256 hashes; the partial one of level L in size s holds
s // 256^L mod 256 and has the suffix `.p/<W>`; empty tiles do not exist. The width is a
parameter so that tests reach every level with few entries.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ledger.core.tree import Frontier, perfect

WIDTH = 256
ENTRIES = -1  # the "level" of entry bundles
MAX_ENTRY = 65_535
MAX_LEVEL = 63

ReadRange = Callable[[int, int, int], Sequence[bytes]]  # (tile level, start, stop) -> hashes

_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<n>(?:x[0-9]{3}/)*[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?",
    re.ASCII,
)


class Tile(NamedTuple):
    """Which tile, and how many hashes (or entries) of it."""

    level: int
    n: int
    width: int


def number(n: int) -> str:
    """1234067 -> x001/x234/067"""
    groups = [f"{n % 1000:03d}"]
    while n >= 1000:
        n //= 1000
        groups.append(f"x{n % 1000:03d}")
    return "/".join(reversed(groups))


def path(tile: Tile, full: int = WIDTH) -> str:
    level = "entries" if tile.level == ENTRIES else str(tile.level)
    suffix = "" if tile.width == full else f".p/{tile.width}"
    return f"tile/{level}/{number(tile.n)}{suffix}"


def parse_path(text: str, full: int = WIDTH) -> Tile | None:
    """The tile a path names; None if it is not written exactly as `path` writes it."""
    match = _PATH.fullmatch(text)
    if not match:
        return None
    level = ENTRIES if match["level"] == "entries" else int(match["level"])
    n = int(match["n"].replace("x", "").replace("/", ""))
    tile = Tile(level, n, int(match["width"] or full))
    if level > MAX_LEVEL or tile.width > full or path(tile, full) != text:
        return None
    return tile


def of_level(level: int, old: int, size: int, full: int = WIDTH) -> Iterator[Tile]:
    """The tiles of one level that a tree of `size` has and a tree of `old` has not."""
    unit = full ** max(level, 0)
    before, after = old // unit, size // unit
    for n in range(before // full, after // full):
        yield Tile(level, n, full)
    if after % full and after != before:
        yield Tile(level, after // full, after % full)


def of_size(old: int, size: int, full: int = WIDTH) -> Iterator[Tile]:
    """Bundles first, then hash tiles from level 0 up: what is new in `size` since `old`."""
    yield from of_level(ENTRIES, old, size, full)
    level = 0
    while size // full**level:
        yield from of_level(level, old, size, full)
        level += 1


def completed(done: Sequence[bytes], size: int, full: int = WIDTH) -> Iterator[tuple[int, int]]:
    """(height, tile level >= 1) of the tile hashes that the append to `size` completed.

    `done` is what Frontier.append returned.
    """
    step = full.bit_length() - 1
    for height in range(step, len(done), step):
        yield height, height // step


def frontier_at(size: int, read: ReadRange, full: int = WIDTH) -> Frontier:
    """The frontier of the first `size` entries from the partial tiles: one read per level."""
    levels = 0
    while size // full**levels:
        levels += 1
    hashes: list[bytes] = []
    for level in reversed(range(levels)):
        count = size // full**level
        part = count % full
        row = list(read(level, count - part, count)) if part else []
        if len(row) != part:
            raise ValueError(f"hashes of level {level} are missing")
        for bit in reversed(range(part.bit_length())):
            if part >> bit & 1:
                hashes.append(perfect(row[: 1 << bit]))
                row = row[1 << bit :]
    return Frontier(size, hashes)


def bundle(entries: Sequence[bytes]) -> bytes:
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def unbundle(data: bytes, width: int) -> list[bytes]:
    """The entries of a bundle of exactly `width`; ValueError if it is cut or too long."""
    entries: list[bytes] = []
    place = 0
    for _ in range(width):
        end = place + 2 + int.from_bytes(data[place : place + 2], "big")
        if place + 2 > len(data) or end > len(data):
            raise ValueError(f"ends within entry {len(entries)} of the bundle")
        entries.append(data[place + 2 : end])
        place = end
    if place != len(data):
        raise ValueError("goes on after the last entry")
    return entries


def unpack(data: bytes, width: int) -> list[bytes]:
    """The hashes of a tile of exactly `width`."""
    if len(data) != 32 * width:
        raise ValueError(f"{len(data)} bytes instead of {32 * width}")
    return [data[i : i + 32] for i in range(0, len(data), 32)]
