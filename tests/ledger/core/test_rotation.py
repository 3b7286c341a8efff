"""The log's key is handed on by both keys or not at all."""

import pytest

from ledger.core import notes, rotation

ORIGIN = "ledger.example.org/donations"
FIRST, SECOND, THIRD = (notes.SigningKey(ORIGIN, bytes([n]) * 32) for n in (1, 2, 3))
STRANGER = notes.SigningKey("other.example", bytes([9]) * 32)


def body(seq, type_, data):
    return {"seq": seq, "type": type_, "log": ORIGIN, "data": data}


CREATE = body(0, rotation.CREATE, {"vkey": FIRST.verifier.vkey})


@pytest.fixture
def keys():
    found = rotation.Keys()
    found.follow(CREATE)
    return found


def test_the_first_entry_names_the_key(keys):
    assert keys.current == FIRST.verifier.vkey
    assert keys.retired == ""
    assert keys.at(0) == keys.at(1) == keys.at(10**9) == FIRST.verifier


def test_a_log_that_names_no_key_has_none():
    keys = rotation.Keys()
    keys.follow(body(0, "gift.count", {}))

    assert (keys.current, keys.at(5)) == ("", None)


def test_the_new_key_is_needed_beyond_the_entry_that_brings_it(keys):
    keys.follow(body(500, rotation.ROTATE, rotation.data(FIRST, SECOND)))
    keys.follow(body(700, rotation.ROTATE, rotation.data(SECOND, THIRD)))

    assert keys.at(500) == FIRST.verifier  # entries 0 to 499
    assert keys.at(501) == keys.at(700) == SECOND.verifier
    assert keys.at(701) == THIRD.verifier
    assert keys.current == THIRD.verifier.vkey
    assert rotation.split(keys.retired) == [SECOND.verifier.vkey, FIRST.verifier.vkey]


def bent(**changes):
    return {**rotation.data(FIRST, SECOND), **changes}


@pytest.mark.parametrize(
    "data",
    [
        {},
        rotation.data(SECOND, THIRD),
        rotation.data(FIRST, FIRST),
        rotation.data(FIRST, STRANGER),
        bent(old_sig=rotation.data(FIRST, THIRD)["old_sig"]),
        bent(new_sig=rotation.data(FIRST, SECOND)["old_sig"]),
        bent(new_sig="zz"),
        bent(new_sig=""),
        bent(new=THIRD.verifier.vkey),
        bent(new=notes.Verifier(ORIGIN, notes.ED25519, b"\1" + bytes(31)).vkey),
        bent(new=notes.Verifier(ORIGIN, notes.COSIGNATURE, SECOND.verifier.public).vkey),
        bent(new=7),
    ],
    ids=str,
)
def test_what_is_not_signed_by_both_keys_hands_nothing_on(keys, data):
    with pytest.raises(rotation.WrongRotation):
        keys.follow(body(500, rotation.ROTATE, data))

    assert keys.current == FIRST.verifier.vkey


def test_a_key_does_not_come_back(keys):
    keys.follow(body(5, rotation.ROTATE, rotation.data(FIRST, SECOND)))

    with pytest.raises(rotation.WrongRotation, match="used before"):
        keys.follow(body(6, rotation.ROTATE, rotation.data(SECOND, FIRST)))


def test_a_first_entry_with_a_weak_key_is_refused():
    weak = notes.Verifier(ORIGIN, notes.ED25519, b"\1" + bytes(31)).vkey

    with pytest.raises(rotation.WrongRotation, match="small-order"):
        rotation.Keys().follow(body(0, rotation.CREATE, {"vkey": weak}))


def test_a_rotation_cannot_be_taken_for_a_checkpoint():
    with pytest.raises(notes.WrongNote):
        notes.parse_checkpoint(rotation.text(ORIGIN, "a", "b"))
