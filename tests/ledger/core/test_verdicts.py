"""Bad proofs and notes, one for each check of the verifier."""

import random

import pytest

from ledger.core import notes, tree

KEY = notes.SigningKey("ours.example/log", bytes(range(32)))
STRANGER = notes.SigningKey("ours.example/log", bytes(32))


def refused(work, *words):
    with pytest.raises((tree.WrongProof, notes.WrongNote)):
        work(*words)


def test_failure_31_the_verifier_sees_every_bad_proof():
    chance = random.Random(31)
    leaves = [tree.leaf_hash(b"%d" % n) for n in range(40)]
    for size in range(1, 41):
        root = tree.root(leaves[:size])
        read = tree.reader(leaves[:size])
        index = chance.randrange(size)
        proof = tree.inclusion_proof(read, index, size)
        good = (leaves[index], index, size, proof, root)
        tree.verify_inclusion(*good)
        first = tree.inclusion_proof(read, 0, size)
        refused(tree.verify_inclusion, leaves[0], size, size, first, root)
        refused(tree.verify_inclusion, leaves[0], -1, size, first, root)
        refused(tree.verify_inclusion, leaves[index], index, size, proof, leaves[39 - index])
        refused(tree.verify_inclusion, leaves[index], index, size, [*proof, leaves[0]], root)
        refused(tree.verify_inclusion, tree.leaf_hash(b"other"), index, size, proof, root)
        for place in range(len(proof)):
            refused(
                tree.verify_inclusion,
                *(leaves[index], index, size, proof[:place] + proof[place + 1 :], root),
            )
            bent = [*proof]
            bent[place] = tree.leaf_hash(bent[place])
            refused(tree.verify_inclusion, leaves[index], index, size, bent, root)
    refused(tree.verify_inclusion, b"", 0, 1, [], b"")  # hashes have 32 bytes
    for old in range(1, 40):
        olds, news = tree.root(leaves[:old]), tree.root(leaves)
        path = tree.consistency_proof(tree.reader(leaves), old, 40)
        tree.verify_consistency(old, olds, 40, news, path)
        refused(tree.verify_consistency, old, leaves[0][::-1], 40, news, path)
        refused(tree.verify_consistency, old, olds, 40, news[::-1], path)
        refused(tree.verify_consistency, old, olds, 40, news, path[:-1])
        refused(tree.verify_consistency, old, olds, 40, news, [*path, news])


def test_failure_31_the_verifier_sees_every_bad_signature():
    text = notes.Checkpoint(KEY.name, 3, bytes(32)).text()
    good = KEY.sign(text).encode()
    notes.open_checkpoint(good, KEY.verifier)
    refused(notes.open_checkpoint, STRANGER.sign(text).encode(), KEY.verifier)
    refused(notes.open_checkpoint, good.replace(b"\n3\n", b"\n4\n"), KEY.verifier)
    refused(notes.open_checkpoint, good.rpartition("\u2014".encode())[0], KEY.verifier)
