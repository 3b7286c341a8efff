"""Which files a size has, and that paths have one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import tiles


def hash_tiles(size):
    return [tiles.path(tile) for tile in tiles.of_size(0, size) if tile.level >= 0]


def test_size_256_is_one_full_tile_and_one_hash_above():
    assert hash_tiles(256) == ["tile/0/000", "tile/1/000.p/1"]


def test_size_70000_has_277_hash_tiles():
    paths = hash_tiles(70_000)

    assert len(paths) == 277
    assert paths[273] == "tile/0/273.p/112"
    assert paths[274:] == ["tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]


@given(st.integers(0, 3000), st.integers(0, 3000), st.sampled_from([2, 4, 256]))
def test_the_new_tiles_are_those_the_old_size_had_not(first, second, width):
    old, size = sorted([first, second])

    new = set(tiles.of_size(old, size, width))

    assert new == set(tiles.of_size(0, size, width)) - set(tiles.of_size(0, old, width))


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/00/000",
        "tile/64/000",
        "tile/0/x000/001",
        "tile/0/1",
        "tile/0/0001",
        "tile/0/x001/x000",
        "tile/0/../000",
        "tile/entries",
        "tile/data/000",
        "/tile/0/000",
        "tile/0/000\n",
        "tile/0/٠٠٠",
    ],
)
def test_other_spellings_name_no_tile(path):
    assert tiles.parse_path(path) is None


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=20))
def test_bundles_come_back(entries):
    data = tiles.bundle(entries)

    assert tiles.unbundle(data, len(entries)) == entries
    for wrong in (data[:-1], data + b"\0", b""):
        with pytest.raises(ValueError, match="bundle|goes on"):
            tiles.unbundle(wrong, len(entries))
