"""The golden vectors: the format may not drift."""

import json
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

import pytest

from ledger.core import commitments, leaf, notes, tiles, tree

VECTORS = Path(__file__).parents[2] / "vectors"
MERKLE = json.loads((VECTORS / "merkle.json").read_text())
NOTES = json.loads((VECTORS / "notes.json").read_text())
LEAF = json.loads((VECTORS / "leaf.json").read_text())
HASHES = [bytes.fromhex(h) for h in MERKLE["leaf_hashes"]]
ROOTS = [bytes.fromhex(h) for h in MERKLE["roots"]]


def test_leaf_hashes():
    assert [tree.leaf_hash(bytes.fromhex(leaf)) for leaf in MERKLE["leaves"]] == HASHES


def test_every_root_on_the_way():
    frontier, roots = tree.Frontier(), [tree.Frontier().root()]

    for leaf_hash in HASHES:
        frontier.append(leaf_hash)
        roots.append(frontier.root())

    assert roots == ROOTS


def test_inclusion_proofs_are_made_and_verified():
    for case in MERKLE["inclusion"]:
        index, size = case["index"], case["size"]
        proof = tree.inclusion_proof(tree.reader(HASHES), index, size)

        assert [p.hex() for p in proof] == case["path"]
        tree.verify_inclusion(HASHES[index], index, size, proof, ROOTS[size])


def test_consistency_proofs_are_made_and_verified():
    for case in MERKLE["consistency"]:
        old, new = case["old"], case["new"]
        proof = tree.consistency_proof(tree.reader(HASHES), old, new)

        assert [p.hex() for p in proof] == case["proof"]
        tree.verify_consistency(old, ROOTS[old], new, ROOTS[new], proof)


def test_tile_paths():
    for case in MERKLE["paths"]:
        tile = tiles.Tile(case["level"], case["index"], case["width"])

        assert tiles.path(tile) == case["path"]
        assert tiles.parse_path(case["path"]) == tile


@pytest.mark.parametrize("label", NOTES["keys"])
def test_keys(label):
    key = NOTES["keys"][label]
    signing = notes.SigningKey(key["name"], bytes.fromhex(key["seed"]))
    verifier = notes.parse_vkey(key["vkey"])

    assert verifier == notes.Verifier(key["name"], key["alg"], bytes.fromhex(key["public"]))
    assert verifier.id.hex() == key["key_id"]
    assert signing.verifier.public == verifier.public
    assert notes.parse_skey(signing.skey) == signing


def test_the_checkpoint_with_its_four_cosignatures():
    hashes = [tree.leaf_hash(entry.encode()) for entry in NOTES["entries"]]
    known = [notes.parse_vkey(key["vkey"]) for key in NOTES["keys"].values()]
    note = NOTES["checkpoint"].encode()

    text, verified = notes.open_note(note, known)
    checkpoint = notes.open_checkpoint(note, known[0])

    assert [h.hex() for h in hashes] == NOTES["leaf_hashes"]
    assert tree.root(hashes).hex() == NOTES["root_7"]
    assert checkpoint == notes.Checkpoint(NOTES["origin"], 7, tree.root(hashes))
    assert checkpoint.text() == text
    assert verified == {known[0].vkey: None, **{key.vkey: 1767225607 for key in known[1:]}}


def test_signing_gives_the_same_line_as_the_vector():
    key = NOTES["keys"]["log"]
    signing = notes.SigningKey(key["name"], bytes.fromhex(key["seed"]))
    request = NOTES["add_checkpoint_3_to_7"]

    note = signing.sign(notes.Checkpoint(NOTES["origin"], 7, bytes.fromhex(NOTES["root_7"])).text())

    assert request.endswith("\n\n" + note)


def test_the_proofs_inside_request_and_proof_bundle():
    hashes = [bytes.fromhex(h) for h in NOTES["leaf_hashes"]]
    root = bytes.fromhex(NOTES["root_7"])
    asked = NOTES["add_checkpoint_3_to_7"].split("\n\n")[0].split("\n")[1:]
    bundle = NOTES["tlog_proof_4"].split("\n\n")[0].split("\n")[2:]

    tree.verify_consistency(3, tree.root(hashes[:3]), 7, root, [b64decode(h) for h in asked])
    tree.verify_inclusion(hashes[4], 4, 7, [b64decode(h) for h in bundle], root)


def test_the_note_of_c2sp():
    vector = LEAF["c2sp_note"]
    verifier = notes.parse_vkey(vector["vkey"])

    text, verified = notes.open_note(vector["note"].encode(), [verifier])

    assert (text, verified) == ("This is an example message.\n", {verifier.vkey: None})


def test_the_valid_leaf():
    entry = LEAF["valid"]["entry"].encode()

    body = leaf.validate(
        entry, log="ledger.example.org/donations", seq=0, prev=tree.EMPTY, last_at=""
    )
    draft = leaf.draft(
        uid=body["uid"],
        type=body["type"],
        case=body["case"],
        codes=[code for code, _ in body["cases"]],
        data=body["data"],
        sd=body["_sd"],
        log=body["log"],
    )

    assert len(entry) == LEAF["valid"]["bytes"]
    assert tree.leaf_hash(entry).hex() == LEAF["valid"]["leaf_hash"]
    assert draft.content(body["log"]) == LEAF["valid"]["content"]
    assert entry == draft.seal(
        log=body["log"],
        seq=0,
        prev=leaf.FIRST,
        at=body["at"],
        cases=leaf.cases_text(map(tuple, body["cases"])),
    )


def test_the_older_leaf_is_hashed_and_not_valid():
    entry = LEAF["hash_only"]["entry"].encode()

    assert tree.leaf_hash(entry).hex() == LEAF["hash_only"]["leaf_hash"]
    with pytest.raises(leaf.BadLeaf):
        leaf.validate(entry, log="ledger.example.org/donations", seq=0, prev=tree.EMPTY, last_at="")


@pytest.mark.parametrize("vector", LEAF["disclosures"], ids=lambda vector: vector["name"])
def test_disclosures(vector):
    made = commitments.disclosure(vector["salt"], vector["name"], vector["value"])

    assert made == vector["disclosure"]
    assert commitments.digest(made) == vector["digest"]
    assert commitments.read(made) == (vector["salt"], vector["name"], vector["value"])


def test_the_disclosure_of_rfc_9901():
    vector = LEAF["rfc9901"]

    assert commitments.digest(vector["disclosure"]) == vector["digest"]
    assert commitments.read(vector["disclosure"])[1:] == ("family_name", "Möbius")


def test_the_empty_root():
    assert sha256(b"").digest() == tree.EMPTY == ROOTS[0]
