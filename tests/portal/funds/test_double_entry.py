"""Whatever is done in whatever order, what came is what was kept, set aside, paid, given back or
is left: per fund, to the fen, in the tables, in the postings and on the pages."""

import time
from collections import Counter

import pytest
from django.core.management import call_command
from django.db import connection

from ledger.core.postings import Posting
from portal.balance.checking import replay
from portal.balance.models import Booked, Holding
from portal.funds import drawing
from portal.oversight.invariants import broken
from portal.tracking.money import holdings
from portal.tracking.projection import projecting
from tests.bench.measuring import say
from tests.long.conftest import either, keep, kept
from tests.machine.test_life import episode
from tests.portal.funds.moves_of_gifts import OfGifts
from tests.portal.funds.moves_of_spending import OfSpending

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
__all__ = ["keep", "kept"]
LONG = 500  # moves of one life
KINDS = 18  # what may come of a move: 17 are taken, or it is refused
PAGES = 10  # of so many lives one is sealed, and shown
SEED = 20_260_310


class Moves(OfGifts, OfSpending):
    pass


def check_books():
    """Tables = postings, each of two legs and whole fen."""
    booked = [
        Posting(b.amount, b.item, b.gift, b.lot, b.from_place, b.to_place)
        for b in Booked.objects.order_by("pk")
    ]
    assert all(type(b.amount) is int and b.from_ != b.to for b in booked)
    replayed = replay(booked)
    assert sum(replayed.values()) == 0, "what leaves one place comes to another"
    rows = Holding.objects.values_list("gift", "lot", "item", "place", "amount")
    assert {row[:4]: row[4] for row in rows} == replayed


def check_pages(moves, seal):
    """Pages = sealed entries = tables."""
    seal()
    projecting.project_all()
    for fund in moves.funds:
        shown, _months = holdings.figures(fund)
        sums = moves.sums(fund)
        assert {name: shown[name] for name in sums} == sums
        assert shown["came"] == moves.purse.came[fund]
    assert broken() == []
    call_command("check_public")


def live(moves, seal, *, seed, steps):
    """A whole life, undone at its end; on failure its seed and the last moves are told."""
    with episode():
        moves.begin(seed)
        try:
            for n in range(1, steps + 1):
                moves.step()
                if n % 50 == 0:
                    moves.compare()
            moves.compare()
            check_books()
            if seed % PAGES == 0:
                check_pages(moves, seal)
        except BaseException as failure:
            failure.add_note("\n".join([f"seed {seed}", *moves.said[-25:]]))
            raise
    return moves.count


@pytest.fixture
def moves(log, monkeypatch):
    """Three shares an entry, so that many a sum needs several."""
    monkeypatch.setattr(drawing, "MOST", 3)
    return Moves()


@pytest.mark.parametrize("wanted", either(60, 100_000))
def test_double_entry_holds_after_random_operations(moves, seal, keep, kept, wanted):
    """Life after life until so many operations were tried, refusals among them.

    The long run goes on after the last life that a run before it has written down.
    """
    name, began = f"money-{connection.vendor}", time.monotonic()
    told = kept(name) if wanted > LONG else {}
    if told.get("operations", wanted) >= wanted:
        told = {"lives": 0, "seconds": 0, "by": {}}
    lives, total = told["lives"], Counter(told["by"])
    while sum(total.values()) < wanted:
        total += live(moves, seal, seed=SEED + lives, steps=min(wanted, LONG))
        lives += 1
        if wanted > LONG:
            spent = told["seconds"] + round(time.monotonic() - began)
            done = sum(total.values())
            keep(name, seed=SEED, lives=lives, seconds=spent, operations=done, by=dict(total))
            if lives % 20 == 0:
                say(f"{done} operations, {lives} lives, {spent} s")
    assert wanted < LONG or len(total) == KINDS
