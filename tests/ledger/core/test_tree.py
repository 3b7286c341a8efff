"""The tree against the recursive definition of RFC 6962 and against a second implementation."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from ledger.core import tiles, tree

HASHES = [tree.leaf_hash(b"leaf %d" % i) for i in range(400)]


def slow_root(leaves):
    """RFC 6962 section 2.1, word for word."""
    n = len(leaves)
    if n == 0:
        return sha256(b"").digest()
    if n == 1:
        return leaves[0]
    k = 1
    while k * 2 < n:
        k *= 2
    return sha256(b"\1" + slow_root(leaves[:k]) + slow_root(leaves[k:])).digest()


@given(st.integers(0, 400))
def test_the_root_is_the_recursive_one(size):
    assert tree.root(HASHES[:size]) == slow_root(HASHES[:size])


@given(st.data())
def test_proofs_verify_and_nothing_else_does(data):
    size = data.draw(st.integers(1, 400))
    index = data.draw(st.integers(0, size - 1))
    root = tree.root(HASHES[:size])
    proof = tree.inclusion_proof(tree.reader(HASHES), index, size)

    tree.verify_inclusion(HASHES[index], index, size, proof, root)
    other = data.draw(st.integers(-1, size).filter(lambda i: i != index))
    for wrong in (
        (tree.leaf_hash(b"another"), index, size, proof, root),
        (HASHES[index], other, size, proof, root),
        (HASHES[index], index, size, [*proof, bytes(32)], root),
        (HASHES[index], index, size, proof, bytes(32)),
        (HASHES[index], index, size, [p[:31] for p in proof], root[:31]),
    ):
        with pytest.raises(tree.WrongProof):
            tree.verify_inclusion(*wrong)


@given(st.data())
def test_consistency_verifies_and_nothing_else_does(data):
    size = data.draw(st.integers(0, 400))
    old = data.draw(st.integers(0, size))
    roots = tree.root(HASHES[:old]), tree.root(HASHES[:size])
    proof = tree.consistency_proof(tree.reader(HASHES), old, size)

    tree.verify_consistency(old, roots[0], size, roots[1], proof)
    with pytest.raises(tree.WrongProof):
        tree.verify_consistency(old, roots[0], size, roots[1], [*proof, bytes(32)])
    with pytest.raises(tree.WrongProof):
        tree.verify_consistency(old, bytes(32), size, roots[1], proof)
    if old:
        with pytest.raises(tree.WrongProof):
            tree.verify_consistency(old, roots[0], size, bytes(32), proof)
    for place in range(len(proof)):
        broken = [*proof[:place], bytes(32), *proof[place + 1 :]]
        with pytest.raises(tree.WrongProof):
            tree.verify_consistency(old, roots[0], size, roots[1], broken)


def test_a_second_implementation_agrees():
    other = InmemoryTree(algorithm="sha256")
    for i in range(100):
        other.append_entry(b"leaf %d" % i)

    for size in range(1, 101):
        assert tree.root(HASHES[:size]) == other.get_root(size)
    for index, size in [(0, 1), (3, 7), (63, 64), (64, 65), (99, 100), (50, 77)]:
        path = other.prove_inclusion(index + 1, size).path
        assert path[1:] == tree.inclusion_proof(tree.reader(HASHES), index, size)


@given(st.integers(0, 400), st.sampled_from([2, 4, 8, 256]))
def test_the_frontier_from_tiles_is_the_frontier_of_appending(size, width):
    frontier, rows = tree.Frontier(), {}
    for i, leaf in enumerate(HASHES[:size]):
        rows[0, i] = leaf
        done = frontier.append(leaf)
        for height, level in tiles.completed(done, i + 1, width):
            rows[level, ((i + 1) >> height) - 1] = done[height]

    rebuilt = tiles.frontier_at(
        size, lambda level, start, stop: [rows[level, n] for n in range(start, stop)], width
    )

    assert rebuilt.hashes == frontier.hashes


def test_a_missing_tile_hash_is_named():
    with pytest.raises(ValueError, match="level 0"):
        tiles.frontier_at(3, lambda level, start, stop: [])


def test_a_frontier_of_the_wrong_size_is_refused():
    with pytest.raises(ValueError, match="does not fit"):
        tree.Frontier.decode(3, bytes(32))
