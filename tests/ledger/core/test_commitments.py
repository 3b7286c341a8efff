"""What is hidden stays hidden, and opens in one way only."""

import pytest

from ledger.core import canonical, commitments


def test_salts_are_never_twice_the_same():
    assert len({commitments.salt() for _ in range(1000)}) == 1000


@pytest.mark.parametrize(("fields", "length"), [(0, 4), (1, 4), (4, 4), (5, 8), (8, 8)])
def test_decoys_pad_to_a_multiple_of_four(fields, length):
    digests = [
        commitments.digest(commitments.disclosure(commitments.salt(), "n", i))
        for i in range(fields)
    ]

    padded = commitments.padded(digests)

    assert len(set(padded)) == length
    assert set(digests) <= set(padded)
    assert padded == sorted(padded)
    assert all(map(commitments.is_digest, padded))


def test_a_phone_number_is_not_found_by_trying_all():
    made = commitments.disclosure(commitments.salt(), "phone", "10000000042")
    guesses = {
        commitments.digest(commitments.disclosure("", "phone", f"100000000{i:02d}"))
        for i in range(100)
    }

    assert commitments.digest(made) not in guesses


@pytest.mark.parametrize(
    "text", ["", "W10", "WzEsMiwzXQ", "bm8", "WyJhIiwgImIiLCAxXQ==", "é", "WyJh"]
)
def test_what_is_no_disclosure_does_not_open(text):
    with pytest.raises(commitments.WrongDisclosure):
        commitments.read(text)


def test_values_outside_the_profile_are_refused():
    with pytest.raises(canonical.NotCanonical):
        commitments.disclosure(commitments.salt(), "weight", 1.5)


D = commitments.base64url(bytes(32))


@pytest.mark.parametrize(
    "listed",
    [[], [D], [D, D], [f"{D},{D}"], [D, 7], [None], [D + ","], ["," + D], [D[:-1] + "x"], [D, ""]],
    ids=str,
)
def test_a_list_of_digests_is_one_digest_after_another(listed):
    assert commitments.are_digests(listed) is all(map(commitments.is_digest, listed))
