"""Codes find every single wrong character and every swap."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import codes

minted = st.builds(codes.mint, st.sampled_from(sorted(codes.KINDS)))


def test_the_examples_of_the_reference():
    for code in ("G-7K2M9Q4TX5", "S-B8KD3M7QW7", "N-3XW8H2PCAF", "U-5RD6V9KME4", "B-4HT9X2PNCW"):
        assert codes.check(code)


@given(minted)
def test_every_single_error_is_found(code):
    for place in [0, *range(2, 12)]:
        for character in set(codes.ALPHABET) - {code[place]}:
            assert not codes.check(code[:place] + character + code[place + 1 :])


@given(minted)
def test_every_swap_is_found(code):
    body = code[0] + code[2:]
    for i, j in combinations(range(11), 2):
        if body[i] != body[j]:
            swapped = list(body)
            swapped[i], swapped[j] = swapped[j], swapped[i]
            assert not codes.check(f"{swapped[0]}-{''.join(swapped[1:])}")


@given(minted)
def test_what_people_type_is_understood(code):
    for typed in (
        code,
        code.lower(),
        code.replace("-", ""),
        f"  {code[:4]} {code[4:8]} {code[8:]} ",
        code.replace("-", "－"),
        "".join(chr(ord(c) + 0xFEE0) for c in code),
    ):
        assert codes.normalise(typed) == code


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("G-7K2M9Q4TXO", "characters"),
        ("G-7K2M9Q4TX1", "characters"),
        ("G-7K2M9Q4TXß", "characters"),
        ("ſ-7K2M9Q4TX5", "characters"),
        ("٣-7K2M9Q4TX5", "characters"),
        ("G-7K2M9Q4TX5\u202e", "characters"),
        ("", "length"),
        ("G-7K2M9Q4TX", "length"),
        ("G-7K2M9Q4TX55", "length"),
        ("E-7K2M9Q4TX5", "kind"),
        ("G-7K2M9Q4TX6", "check"),
    ],
)
def test_what_is_no_code_says_why(typed, reason):
    with pytest.raises(codes.WrongCode) as caught:
        codes.normalise(typed)

    assert caught.value.reason == reason


@pytest.mark.parametrize("code", [None, 7, "", "G7K2M9Q4TX5", "g-7k2m9q4tx5", "G-7K2M9Q4TX5\n"])
def test_only_the_sealed_spelling_is_a_code(code):
    assert not codes.check(code)


def test_unknown_kinds_are_not_minted():
    with pytest.raises(ValueError, match="kind"):
        codes.mint("E")


def test_a_code_follows_from_bytes_and_from_nothing_else():
    code = codes.following("Z", of=b"a seal")

    assert code == codes.following("Z", of=b"a seal") == "Z-ETFBTG96AQ"
    assert codes.check(code)
    assert code != codes.following("Z", of=b"a seaL")
    with pytest.raises(ValueError, match="no such kind"):
        codes.following("X", of=b"a seal")
