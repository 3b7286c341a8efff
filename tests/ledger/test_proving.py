"""Inclusion proofs from tiles, from memory or not, are those of the tree."""

import pytest
from django.utils import timezone

from ledger import api, creating, proving, publishing, reading, sealing
from ledger.core import tree
from ledger.models import StoredCheckpoint

WIDTH = 4


@pytest.fixture(autouse=True)
def empty_memory():
    proving.forget()


@pytest.fixture
def leaves(db, log_files, story):
    """21 sealed entries, 14 of them signed, in tiles of width 4."""
    creating.create(at=timezone.now(), width=WIDTH)
    story.tell(13)
    sealing.seal_all(at=timezone.now(), width=WIDTH)
    publishing.sign_and_publish(at=timezone.now(), width=WIDTH)
    story.tell(7)
    sealing.seal_all(at=timezone.now(), width=WIDTH)
    return list(reading.leaves(0, api.size()))


def right(leaves, size):
    read = tree.reader(leaves[:size])
    return {index: tree.inclusion_proof(read, index, size) for index in range(size)}


def test_every_path_at_every_size_is_that_of_the_tree(leaves):
    for _ in range(2):  # the second time from memory
        for size in range(1, len(leaves) + 1):
            assert proving.paths(range(size), size, width=WIDTH) == right(leaves, size)
            assert proving.paths([0], size, width=WIDTH) == {0: right(leaves, size)[0]}


def test_the_second_time_one_query_is_enough(leaves, django_assert_num_queries):
    with django_assert_num_queries(2):
        first = proving.paths([5, 11], 14, width=WIDTH)

    with django_assert_num_queries(1):
        assert proving.paths([5, 11], 14, width=WIDTH) == first


def test_only_what_is_signed_stays_in_memory(leaves):
    proving.paths(range(21), 21, width=WIDTH)

    assert StoredCheckpoint.objects.get().size == 14
    kept = {(key.tile.level, key.tile.n, key.tile.width) for key in proving._memory}
    assert kept == {(0, 0, 4), (0, 1, 4), (0, 2, 4)}


def test_the_memory_has_an_end(leaves, monkeypatch):
    monkeypatch.setattr(proving, "KEPT", 2)

    for index in range(14):
        proving.paths([index], 14, width=WIDTH)

    assert len(proving._memory) == 2
    assert proving.paths(range(14), 14, width=WIDTH) == right(leaves, 14)


def test_tiles_are_kept_under_the_first_hash_of_their_log(leaves):
    proving.paths([5], 14, width=WIDTH)

    assert {key.log for key in proving._memory} == {leaves[0]}


def test_missing_hashes_are_said(leaves):
    with pytest.raises(ValueError, match="missing"):
        proving.paths([3], 30, width=WIDTH)
    with pytest.raises(ValueError, match="outside"):
        proving.paths([21], 21, width=WIDTH)
