"""Notes, keys and policies that somebody bent."""

import json
from base64 import b64encode
from pathlib import Path

import nacl.exceptions
import nacl.signing
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import notes, policy

KEYS = json.loads((Path(__file__).parents[2] / "vectors" / "notes.json").read_text())["keys"]
KEY = notes.SigningKey("example.org/log", bytes(range(32)))
LOG = KEY.verifier
TEXT = notes.Checkpoint(LOG.name, 7, bytes(32)).text()
NOTE = KEY.sign(TEXT)
SMALL = [
    "00" * 32,
    "01" + "00" * 31,
    "ec" + "ff" * 30 + "7f",
    "ed" + "ff" * 30 + "7f",
    "ee" + "ff" * 30 + "7f",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
]


@pytest.mark.parametrize("top", [0, 0x80])
@pytest.mark.parametrize("encoding", SMALL)
def test_failure_33_all_fourteen_small_order_keys_are_refused(encoding, top):
    public = bytearray.fromhex(encoding)
    public[31] |= top
    vkey = notes.Verifier("weak", notes.ED25519, bytes(public)).vkey

    with pytest.raises(notes.WrongNote, match="key"):
        notes.parse_vkey(vkey)


def test_a_small_order_key_would_have_signed_anything():
    weak = notes.Verifier("weak", notes.ED25519, b"\x01" + bytes(31))

    weak.verify("whatever\n", b"\x01" + bytes(63))  # OpenSSL accepts it: hence the refusal
    with pytest.raises(nacl.exceptions.BadSignatureError):
        nacl.signing.VerifyKey(weak.public).verify(b"whatever\n", b"\x01" + bytes(63))


@pytest.mark.parametrize("y", [2**255 - 19 + 2, 2**255 - 1])
def test_failure_33_keys_beyond_the_field_are_refused(y):
    with pytest.raises(notes.WrongNote, match="non-canonical"):
        notes.check_public(y.to_bytes(32, "little"))


@pytest.mark.parametrize("text", ["QR==", "QQ", "QQ=", "Q Q==", "QQ==\n", "QQ-_", "é"])
def test_failure_34_base64_has_one_spelling(text):
    with pytest.raises(notes.WrongNote):
        notes.strict_base64(text)


def test_a_note_opens():
    assert notes.open_checkpoint(NOTE.encode(), LOG) == notes.Checkpoint(LOG.name, 7, bytes(32))


@given(st.integers(0, len(NOTE.encode()) - 1), st.integers(1, 255))
def test_every_changed_byte_of_a_note_is_found(place, mask):
    data = bytearray(NOTE.encode())
    data[place] ^= mask

    with pytest.raises(notes.WrongNote):
        notes.open_checkpoint(bytes(data), LOG)


@pytest.mark.parametrize(
    "bend",
    [
        lambda note: note.rstrip("\n"),
        lambda note: note + "\n",
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note.replace("\u2014", "-"),
        lambda note: note.replace("\u2014 ", "\u2014  "),
        lambda note: note.rstrip("\n") + " \n",
        lambda note: note.rstrip("=\n") + "\n",
        lambda note: note.replace("\n", "\r\n"),
        lambda note: note + "\u2014 nobody QR==\n",
        lambda note: note.replace("\n\n", "\nextension\n\n"),
        lambda note: "\n" + note,
        lambda note: note.replace("\n7\n", "\n07\n"),
        lambda note: note + notes.line(LOG, bytes(64)) * 200,
        lambda note: note.replace(LOG.name, "example.org/other"),
    ],
)
def test_malformed_notes_are_refused(bend):
    with pytest.raises(notes.WrongNote):
        notes.open_checkpoint(bend(NOTE).encode(), LOG)


def test_lines_of_unknown_keys_are_ignored_and_repeats_too():
    other = notes.SigningKey("example.org/other", bytes(32))
    line = other.sign(TEXT).split("\n\n")[1]

    text, verified = notes.open_note((NOTE + line + NOTE.split("\n\n")[1]).encode(), [LOG])

    assert (text, verified) == (TEXT, {LOG.vkey: None})


def test_a_known_line_that_is_wrong_refuses_the_note():
    witness = notes.parse_vkey(KEYS["auditor"]["vkey"])
    note = NOTE + notes.line(witness, (5).to_bytes(8, "big") + bytes(64))

    with pytest.raises(notes.WrongNote, match="auditor"):
        notes.open_note(note.encode(), [LOG, witness])


@pytest.mark.parametrize("checkpoint", ["another\n7\n", f"{LOG.name}\n7\n"])
def test_a_checkpoint_of_another_shape_or_log_is_refused(checkpoint):
    root = "" if checkpoint.startswith(LOG.name) else b64encode(bytes(32)).decode() + "\n"

    with pytest.raises(notes.WrongNote):
        notes.open_checkpoint(KEY.sign(checkpoint + root).encode(), LOG)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u3000b", "a\nb"])
def test_names_without_blanks_and_plus(name):
    with pytest.raises(notes.WrongNote):
        notes.SigningKey(name, bytes(32))


WITNESSES = [KEYS[label]["vkey"] for label in ("charity", "hospital", "auditor")]
POLICY = f"""# who must sign
log {LOG.vkey} https://example.org/ledger
witness a {WITNESSES[0]} https://a.example
witness b {WITNESSES[1]}
witness c {WITNESSES[2]}
group two 2 a b
group all all two c
quorum all
"""


def test_a_quorum_of_groups():
    read = policy.parse(POLICY.encode())

    assert read.logs == [LOG]
    assert read.met(WITNESSES)
    assert not read.met(WITNESSES[:2])
    assert not read.met(WITNESSES[1:])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("quorum all", "quorum none\nquorum all"),
        ("quorum all", "quorum nobody"),
        ("quorum all", ""),
        ("log ", "#log "),
        ("log ", "Log "),
        ("all all two c", "all all two a"),
        ("all all two c", "all 3 two c"),
        ("all all two c", "all 0 two c"),
        ("all all two c", "all 02 two c"),
        ("all all two c", "a all two c"),
        ("witness b", "witness a"),
        (WITNESSES[1], WITNESSES[0]),
        (WITNESSES[0], LOG.vkey),
        ("\nquorum all\n", "\nquorum all"),
        ("log ", "log  "),
    ],
)
def test_a_policy_that_says_something_else_is_refused(old, new):
    with pytest.raises(policy.WrongPolicy):
        policy.parse(POLICY.replace(old, new, 1).encode())


@given(st.data())
def test_every_changed_byte_of_our_policy_is_found(data):
    written = policy.write(LOG.vkey).encode()
    place = data.draw(st.integers(0, len(written) - 1))
    changed = bytearray(written)
    changed[place] ^= data.draw(st.integers(1, 255))

    with pytest.raises(policy.WrongPolicy):
        policy.parse(bytes(changed))
