"""One meaning, one encoding: against a second implementation of RFC 8785."""

import unicodedata

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import canonical

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")).map(
    lambda text: unicodedata.normalize("NFC", text)
)
keys = st.from_regex(r"[a-z_][a-z0-9_]*", fullmatch=True).filter(str.isascii)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner) | st.dictionaries(keys, inner),
    max_leaves=20,
)


@given(values)
def test_the_bytes_are_those_of_rfc_8785(value):
    data = canonical.encode(value)

    assert data == rfc8785.dumps(value)
    assert canonical.parse(data) == value


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        2**53,
        -(2**53),
        "\ud800",
        "a\0",
        "e\u0301",
        b"bytes",
        {"A": 1},
        {"": 1},
        {"ключ": 1},
        {1: 1},
        {"a-b": 1},
        {"x": {1, 2}},
        {"x": [object]},
    ],
    ids=repr,
)
def test_what_is_outside_the_profile_is_refused(value):
    with pytest.raises(canonical.NotCanonical):
        canonical.encode(value)


def test_nesting_has_an_end():
    value = []
    for _ in range(10_000):
        value = [value]

    with pytest.raises(canonical.NotCanonical):
        canonical.encode(value)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b'{"b":1,"a":1}',
        b'{"a": 1}',
        b'{"a":1}\n',
        b'{"a":1.0}',
        b'{"a":1e2}',
        b'{"a":-0}',
        b'{"a":9007199254740992}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"A":1}',
        b'{"a":"\\u00e9"}',
        b'{"a":"\\/"}',
        b'{"a":"\\u000A"}',
        b'{"a":"e\xcc\x81"}',
        b'{"a":"\\ud800"}',
        b'{"a":"\xff"}',
        b'\xef\xbb\xbf{"a":1}',
        b"{'a':1}",
        b"[" * 100_000,
        b"1" * 10_000,
        b"",
        b"{",
    ],
    ids=lambda data: repr(data[:24]),
)
def test_bytes_in_another_form_are_refused(data):
    with pytest.raises(canonical.NotCanonical):
        canonical.parse(data)
