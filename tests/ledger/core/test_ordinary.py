"""The quick way to read an entry says what the slow one says, or nothing."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import canonical, ordinary

ENTRY = json.loads((Path(__file__).parents[2] / "vectors" / "leaf.json").read_text())["valid"]
BYTES = ENTRY["entry"].encode()
GOOD = json.loads(BYTES)
PIECES = [b'"', b",", b"{", b"}", b"[", b"]", b":", b" ", b"\\", b"0", b"-", b"9" * 16, b"\n"]
PIECES += ["口".encode(), "e\u0301".encode(), b"\xff", b"true", b'"x":1,', b'"note":"x",']


def slow(data):
    """As `canonical.parse` was before it learnt to be quick."""

    def refuse(number):
        raise canonical.NotCanonical(number)

    try:
        value = json.loads(data.decode(), parse_float=refuse, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise canonical.NotCanonical(str(error)) from error
    if canonical.encode(value) != data:
        raise canonical.NotCanonical("not in canonical form")
    return value


def said(read, data):
    try:
        return read(data)
    except canonical.NotCanonical:
        return "refused"


def agree(data):
    right, quick = said(slow, data), ordinary.read(data)
    assert said(canonical.parse, data) == right
    assert quick is None or quick == right
    return quick


@given(st.lists(st.tuples(st.integers(0, len(BYTES)), st.sampled_from(PIECES)), max_size=3))
def test_put_anything_anywhere(put):
    data = BYTES
    for place, piece in put:
        data = data[:place] + piece + data[place:]

    agree(data)


@given(st.integers(0, len(BYTES) - 1), st.integers(0, 255), st.integers(0, 12))
def test_change_or_cut_anything(place, byte, length):
    agree(BYTES[:place] + bytes([byte]) + BYTES[place + 1 :])
    agree(BYTES[:place] + BYTES[place + length :])


texts = st.text(max_size=8) | st.sampled_from(['":', '"a":', '\\"a":', "\u0338", "}", '","log":"'])
members = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**54), 2**54) | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts | st.sampled_from("abc"), inner),
)


@given(st.dictionaries(texts | st.sampled_from(["a", "b_1", "text"]), members))
def test_whatever_the_open_facts_are(data):
    dumps = {"sort_keys": True, "separators": (",", ":"), "ensure_ascii": False}
    body = json.dumps({**GOOD, "data": data}, **dumps)

    agree(body.encode(errors="surrogatepass"))


@pytest.mark.parametrize("depth", [29, 30, 31, 32, 33])
def test_the_end_of_nesting_is_the_same(depth):
    data = {"x": 1}
    for _ in range(depth - 2):
        data = {"x": data}

    agree(json.dumps({**GOOD, "data": data}, sort_keys=True, separators=(",", ":")).encode())


def test_the_ordinary_entry_is_read_the_quick_way():
    assert agree(BYTES) == GOOD
    assert agree(canonical.encode({**GOOD, "corrects": GOOD["uid"]}))["corrects"] == GOOD["uid"]
    assert agree(canonical.encode({**GOOD, "by": "a", "sig": "00" * 64})) is None
