"""It adds up: double-entry, nothing below zero inside, all or nothing, and the same by pure
replay."""

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.core.postings import BadPosting, Posting
from portal.balance.booking import NotEnough, post
from portal.balance.checking import holdings_against_postings, replay
from portal.balance.models import Booked, Holding
from tests.factories.clock import AT

pytestmark = pytest.mark.django_db
GIFT, LOT, HOUSE, ITEM = "G-7K2M9Q4TX5", "B-4HT9X2PNCW", "W-", "mask.gb19083-2010"


@pytest.fixture
def house():
    from ledger.core import codes

    return codes.mint("W")


@pytest.fixture
def gift():
    from ledger.core import codes

    return codes.mint("G")


def move(amount, source, target, *, gift):
    return Posting(amount, ITEM, gift, "", source, target)


def book(*postings, uid="0" * 32):
    with transaction.atomic():
        post(postings, uid=uid, at=AT)


def test_a_posting_moves_from_one_place_to_another(gift, house):
    book(move(36000, f"donor:{gift}", f"stock:{house}", gift=gift))

    held = {h.place.partition(":")[0]: h.amount for h in Holding.objects.all()}
    assert held == {"donor": -36000, "stock": 36000}
    assert Booked.objects.get().amount == 36000


def test_R1_what_does_not_balance_is_refused_naming_place_and_difference(gift, house):
    book(move(36000, f"donor:{gift}", f"stock:{house}", gift=gift))
    book(move(18000, f"stock:{house}", f"transit:{house}", gift=gift), uid="1" * 32)

    with pytest.raises(NotEnough) as refused:
        book(move(18001, f"stock:{house}", f"transit:{house}", gift=gift), uid="2" * 32)

    assert (refused.value.held, refused.value.posting.amount) == (18000, 18001)
    assert "18000" in str(refused.value)
    assert "18001" in str(refused.value)
    assert Holding.objects.get(place=f"stock:{house}").amount == 18000


def test_one_refused_posting_refuses_the_whole_event(gift, house):
    with pytest.raises(NotEnough):
        book(
            move(5, f"donor:{gift}", f"stock:{house}", gift=gift),
            move(6, f"stock:{house}", f"lost:{house}", gift=gift),
        )

    assert Booked.objects.count() == 0


def test_the_database_itself_refuses_a_place_below_zero(gift, house):
    book(move(5, f"donor:{gift}", f"stock:{house}", gift=gift))

    with pytest.raises(IntegrityError), transaction.atomic():
        Holding.objects.filter(place=f"stock:{house}").update(amount=-1)


@pytest.mark.parametrize("amount", [0, -1, 2**53, 1.5, True, "7"])
def test_an_amount_is_a_whole_positive_number(amount, gift, house):
    with pytest.raises(BadPosting):
        book(move(amount, f"donor:{gift}", f"stock:{house}", gift=gift))


def test_a_doctored_holding_is_found(gift, house):
    book(move(5, f"donor:{gift}", f"stock:{house}", gift=gift))
    Holding.objects.filter(place=f"stock:{house}").update(amount=7)

    (difference,) = holdings_against_postings()

    assert (difference["table"], difference["field"]) == ("balance_holding", "amount")
    assert difference["reason"] == "holds 7, its postings add up to 5"


PLACES = ["donor", "inbound", "stock", "reserved", "transit", "received", "lost"]


@settings(max_examples=40, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.integers(1, 9), st.sampled_from(PLACES), st.sampled_from(PLACES)), max_size=25
    )
)
def test_the_books_equal_a_pure_replay_after_any_history(steps):
    from ledger.core import codes

    gift = codes.mint("G")
    taken = []
    for number, (amount, source, target) in enumerate(steps):
        if source == target:
            continue
        posting = move(amount, f"{source}:{gift}", f"{target}:{gift}", gift=gift)
        try:
            book(posting, uid=f"{gift[2:]}{number:022d}")
        except NotEnough:
            continue
        taken.append(posting)

    held = {(h.gift, h.lot, h.item, h.place): h.amount for h in Holding.objects.filter(gift=gift)}
    assert {k: v for k, v in held.items() if v} == {k: v for k, v in replay(taken).items() if v}
    assert sum(held.values()) == 0
    assert min([v for k, v in held.items() if not k[3].startswith("donor")], default=0) >= 0
