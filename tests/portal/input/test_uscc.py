"""Unified social credit codes, place by place (GB 32100-2015, GB 11714)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.demo.markers import make_marker
from portal.input.uscc import ALPHABET, WrongCreditCode, check_uscc, is_marker

VALID = [
    "91110000600037341L",
    "91350100M000100Y43",
    "12420100000000019X",
    "53420000000000027C",
    "13420000000000035B",
    "91330100MA000004XA",
]


@pytest.mark.parametrize("code", VALID)
def test_a_valid_code_is_taken(code):
    assert check_uscc(code) == code


def test_what_people_type_is_normalised():
    assert check_uscc(" 1242-0100 0000 0001 9ｘ") == "12420100000000019X"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("", "length"),
        ("12420100000000019", "length"),
        ("12420100000000019O", "characters"),
        ("1242010000000001!X", "characters"),
        ("12A20100000000019X", "division"),
        ("12420100000000018X", "organisation"),
        ("12420100000000019Y", "check"),
        ("13420100000000019X", "check"),
    ],
)
def test_a_wrong_code_is_refused_with_its_reason(code, reason):
    with pytest.raises(WrongCreditCode) as refused:
        check_uscc(code)

    assert refused.value.reason == reason
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("division", "kind", "n", "code"),
    [
        ("420100", "12", 1, "12420100000000019X"),
        ("420000", "53", 2, "53420000000000027C"),
        ("420000", "13", 3, "13420000000000035B"),
    ],
)
def test_markers_are_those_of_the_reference(division, kind, n, code):
    assert make_marker(division, kind, n) == code


@given(
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=2, max_size=2),
    st.integers(1, 960),
)
def test_every_marker_is_valid_and_known_as_invented(division, kind, n):
    code = make_marker(division, kind, n)

    assert check_uscc(code) == code
    assert is_marker(code)


@given(st.sampled_from(VALID), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_no_single_wrong_character_passes(code, place, char):
    changed = code[:place] + char + code[place + 1 :]

    if changed != code:
        with pytest.raises(WrongCreditCode):
            check_uscc(changed)


def test_real_organisations_are_no_markers():
    assert not is_marker("91110000600037341L")
