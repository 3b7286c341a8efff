"""The only rules of balance."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import postings
from ledger.core.postings import BadPosting, Posting, Short

G, W, S, U, B = "G-7K2M9Q4TX5", "W-", "S-B8KD3M7QW7", "U-5RD6V9KME4", "B-4HT9X2PNCW"
GOOD = Posting(5, "mask.n95", G, B, f"donor:{G}", f"stock:{S}")
BACK = replace(GOOD, from_=GOOD.to, to=GOOD.from_)


def test_a_posting_comes_back_from_its_json():
    fields = {"amount": 5, "item": "mask.n95", "gift": G, "lot": B}
    fields |= {"from": f"donor:{G}", "to": f"stock:{S}"}

    assert GOOD.to_json() == fields
    assert Posting.from_json(fields) == GOOD


@pytest.mark.parametrize("fields", [None, {}, [], {**GOOD.to_json(), "note": ""}, "x"])
def test_other_keys_are_refused(fields):
    with pytest.raises(BadPosting):
        Posting.from_json(fields)
    with pytest.raises(BadPosting):
        postings.check_json([fields])


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 0},
        {"amount": -1},
        {"amount": True},
        {"amount": 1.0},
        {"amount": 2**53},
        {"item": "Mask"},
        {"item": ""},
        {"item": None},
        {"gift": S},
        {"gift": ""},
        {"lot": G},
        {"lot": None},
        {"from_": "shelf:" + S},
        {"from_": "stock"},
        {"from_": "stock:"},
        {"to": None},
        {"to": GOOD.from_},
    ],
    ids=str,
)
def test_a_posting_of_the_wrong_shape_is_refused(change):
    with pytest.raises(BadPosting, match="posting 1"):
        postings.check([GOOD, replace(GOOD, **change)])
    with pytest.raises(BadPosting, match="posting 1"):
        postings.check_json([GOOD.to_json(), replace(GOOD, **change).to_json()])


@pytest.mark.parametrize("count", [0, 501])
def test_a_list_has_one_to_500_postings(count):
    with pytest.raises(BadPosting):
        postings.check([GOOD] * count)
    with pytest.raises(BadPosting):
        postings.check_json([GOOD.to_json()] * count)


def test_inside_never_goes_below_zero_and_nothing_of_a_refused_list_is_booked():
    holdings = {}
    postings.apply(holdings, [GOOD])
    before = dict(holdings)

    with pytest.raises(Short) as caught:
        postings.apply(holdings, [replace(BACK, amount=3), replace(BACK, amount=3)])

    assert (caught.value.held, caught.value.posting.amount) == (2, 3)
    assert holdings == before


def test_outside_may_be_negative_and_ends_hold_what_came():
    holdings = {}
    lost = replace(GOOD, from_=GOOD.to, to=f"lost:{S}")

    postings.apply(holdings, [GOOD, lost])

    assert holdings[G, B, "mask.n95", f"donor:{G}"] == -5
    assert holdings[G, B, "mask.n95", f"lost:{S}"] == 5
    with pytest.raises(Short):
        postings.apply(holdings, [replace(lost, from_=lost.to, to=GOOD.to, amount=6)])


def test_every_place_is_of_exactly_one_sort():
    sorts = [postings.OUTSIDE, postings.INSIDE, postings.ENDS]

    assert sum(map(len, sorts)) == len(postings.PLACES) == 24


places = st.sampled_from([f"{name}:{S}" for name in sorted(postings.PLACES)])


@given(st.lists(st.tuples(st.integers(1, 9), places, places), max_size=40))
def test_whatever_is_booked_sums_to_zero_and_stays_above_it(rows):
    holdings = {}
    for amount, source, target in rows:
        try:
            postings.apply(holdings, [Posting(amount, "mask.n95", G, "", source, target)])
        except Short:
            continue

    assert sum(holdings.values()) == 0
    for (*_, place), held in holdings.items():
        assert held >= 0 or place.partition(":")[0] in postings.OUTSIDE
