"""The words between log and witness, against the vectors and against nonsense."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import notes, policy, tree, witness
from ledger.witness import __main__ as command
from tests.ledger.core.test_notes import SMALL

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "notes.json").read_text())
KEYS = {label: notes.parse_vkey(key["vkey"]) for label, key in VECTORS["keys"].items()}
LOG = KEYS["log"]
WITNESSES = {label: key for label, key in KEYS.items() if label != "log"}
NOTE = VECTORS["checkpoint"]
TEXT = NOTE.partition("\n\n")[0] + "\n"
TIME = 1767225607


def test_a_request_is_the_vectors_byte_for_byte():
    leaves = [bytes.fromhex(leaf) for leaf in VECTORS["leaf_hashes"]]
    proof = tree.consistency_proof(tree.reader(leaves), 3, 7)
    own = witness.own_lines(NOTE.encode(), [LOG])

    assert witness.make_request(3, proof, own).decode() == VECTORS["add_checkpoint_3_to_7"]
    read = witness.parse_request(VECTORS["add_checkpoint_3_to_7"].encode())
    assert (read.old, read.proof, read.note) == (3, proof, own)


@pytest.mark.parametrize("label", sorted(WITNESSES))
def test_each_of_the_four_cosignatures_is_made_and_found(label):
    lines = NOTE.partition("\n\n")[2].encode()
    key = notes.SigningKey(WITNESSES[label].name, bytes.fromhex(VECTORS["keys"][label]["seed"]))

    line, time = witness.parse_answer(lines, TEXT, WITNESSES[label], now=TIME)

    assert (time, line) == (TIME, witness.cosign(key, TEXT, time=TIME))
    assert witness.cosigner(key) == WITNESSES[label]


def test_the_newest_of_several_lines_counts():
    key = notes.SigningKey("w.example", bytes(32))
    body = "".join(witness.cosign(key, TEXT, time=time) for time in (5, 9, 7)).encode()

    assert witness.parse_answer(body, TEXT, witness.cosigner(key), now=10)[1] == 9


def test_time_zero_is_never_signed():
    with pytest.raises(notes.WrongNote, match="time"):
        witness.cosign(notes.SigningKey("w.example", bytes(32)), TEXT, time=0)


def test_more_hashes_than_any_tree_has_are_not_sent():
    with pytest.raises(witness.WrongRequest):
        witness.make_request(1, [bytes(32)] * 64, NOTE.encode())
    with pytest.raises(witness.WrongRequest):
        witness.make_request(1, [], NOTE.encode() * 40)


@pytest.mark.parametrize("body", [b"7\n", b"7"])
def test_the_size_in_a_409(body):
    assert witness.parse_size(body) == 7


@pytest.mark.parametrize(
    "body", [b"", b"\n", b"07\n", b"-7\n", b"7 \n", b"7\n\n", b"7.0", "７".encode(), b"9" * 30]
)
def test_what_is_no_size(body):
    assert witness.parse_size(body) is None


@given(st.binary(max_size=400))
def test_garbage_is_refused_and_nothing_worse(data):
    with pytest.raises((witness.WrongRequest, notes.WrongNote)):
        notes.parse_note(witness.parse_request(b"old 1\n" + data + b"\xff").note)
    with pytest.raises(witness.WrongAnswer):
        witness.parse_answer(data, TEXT, WITNESSES["media"], now=TIME)


@pytest.mark.parametrize("top", [0, 0x80])
@pytest.mark.parametrize("encoding", SMALL)
def test_failure_33_no_weak_key_becomes_a_witness_or_is_witnessed(encoding, top, tmp_path, capsys):
    public = bytearray.fromhex(encoding)
    public[31] |= top
    weak = {alg: notes.Verifier("weak", alg, bytes(public)).vkey for alg in (0x01, 0x04)}
    (tmp_path / "key").write_text(notes.SigningKey("w.example", bytes(32)).skey)
    rules = f"witness w {weak[0x04]}\nquorum w\n"

    with pytest.raises(policy.WrongPolicy, match=r"line 2: (small|non)"):
        policy.parse(policy.write(LOG.vkey, rules=rules).encode())
    words = ["--key", str(tmp_path / "key"), "--state", str(tmp_path), "--port", "0"]
    assert command.main([*words, "--log", weak[0x01]]) == 2
    assert "key" in capsys.readouterr().err


def test_the_operators_log_lines_give_way_to_ours():
    written = policy.write("a", "b", rules="log c\n# ours\nwitness w v\nlog d x\nquorum w")

    assert written == "log a\nlog b\n# ours\nwitness w v\nquorum w\n"


def test_submission_addresses_are_read():
    key = WITNESSES["media"].vkey
    rules = f"witness w {key} https://w.example/x/\nquorum w\n"

    read = policy.parse(policy.write(LOG.vkey, rules=rules).encode())

    assert read.may_ask() == {"w": "https://w.example/x"}
    assert policy.parse(f"log {LOG.vkey}\nwitness w {key}\nquorum w\n".encode()).may_ask() == {}
