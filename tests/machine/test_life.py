"""The whole life at random: need, gift, goods in, allocated, shipped, lost, confirmed, explained,
and whatever else the tables know; after every move the model must agree."""

import time
from collections import Counter
from contextlib import contextmanager
from random import Random

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.stages.table import lifecycles
from tests.bench.measuring import say
from tests.long.conftest import either, keep, kept
from tests.machine import (
    asking,
    bringing,
    carrying,
    giving,
    keeping,
    promising,
    receiving,
    settling,
)
from tests.machine.exempt import EXEMPT
from tests.machine.picking import Pick
from tests.machine.world import RULES, World

pytestmark = pytest.mark.django_db
__all__ = ["keep", "kept"]
PARTS = (asking, promising, bringing, keeping, giving, receiving, carrying, settling)
GOODS = {
    "need",
    "pledge",
    "diversion",
    "arrival",
    "lot",
    "allocation",
    "release",
    "urgent",
    "shipment",
    "receipt",
}
BYTES = 40  # of one step
LONG = 250  # steps of one life
SEED = 20_260_301
OFTEN = {"need": 1, "pledge": 1, "lot": 2, "allocation": 6, "release": 6}  # else 4
ORDER = [name for name in RULES for _time in range(OFTEN.get(name.partition(".")[0], 4))]


@contextmanager
def episode():
    """Everything that happens in it is undone: the next one begins with empty tables."""
    atomic = transaction.atomic()
    atomic._from_testcase = True  # durable moves may be outermost in it, as in any test
    with atomic:
        yield
        transaction.set_rollback(True)


def one_step(world, source):
    """One move that is possible now: of the rule that the bytes choose, else of the next."""
    pick = Pick(source)
    if pick.chance(40):
        world.wait(1 + pick.below(30))
        return
    start = pick.below(len(ORDER))
    for name in dict.fromkeys((*ORDER[start:], *ORDER[:start])):
        attempt = RULES[name](world, pick)
        if attempt:
            world.take(attempt, twice=pick.chance(8))
            return


def live(world, steps, seal, *, seed="drawn", compare=10):
    """A whole life; on failure its seed and the last moves are told. How often each move was
    taken."""
    with episode():
        world.begin()
        try:
            for n, source in enumerate(steps, start=1):
                one_step(world, source)
                if n % compare == 0:
                    world.compare()
            world.compare()
            world.whole(seal)
        except BaseException as failure:
            failure.add_note("\n".join([f"seed {seed}", *world.said[-25:]]))
            raise
    return world.count


@pytest.fixture
def world(log):
    return World()


def test_the_model_and_the_portal_agree_on_short_lives(world, seal):
    """Bytes that Hypothesis draws; what fails it makes smaller: fewer moves, smaller bytes."""

    @settings(
        max_examples=1, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.lists(st.binary(min_size=BYTES, max_size=BYTES), min_size=30, max_size=40))
    def lives(steps):
        live(world, steps, seal)

    lives()


@pytest.mark.parametrize("wanted", either(80, 100_000))
def test_machine(world, seal, keep, kept, wanted):
    """Life after life until so many moves were taken; a seed names each of them.

    The long run goes on after the last life that a run before it has written down.
    """
    name, began = f"machine-{connection.vendor}", time.monotonic()
    told = kept(name) if wanted > 1000 else {}
    if told.get("moves", wanted) >= wanted:
        told = {"lives": 0, "seconds": 0, "by": {}}
    lives, total = told["lives"], Counter(told["by"])
    while sum(total.values()) < wanted:
        random = Random(SEED + lives)
        steps = [random.randbytes(BYTES) for _step in range(min(wanted, LONG))]
        total += live(world, steps, seal, seed=SEED + lives, compare=25)
        lives += 1
        if wanted > 1000:
            spent = told["seconds"] + round(time.monotonic() - began)
            moves = sum(total.values())
            keep(name, seed=SEED, lives=lives, seconds=spent, moves=moves, by=dict(total))
            if lives % 20 == 0:
                say(f"{moves} moves, {lives} lives, {spent} s")
    assert wanted < 1000 or not {*RULES} - {*total}, "a rule was never taken"


def test_every_move_of_goods_has_a_rule_or_a_reason_why_not():
    moves = {
        table.event(move)
        for table in lifecycles()
        if table.key in GOODS
        for move in table.moves
        if not move.within
    }
    assert {*RULES, *EXEMPT} == moves
    assert not RULES.keys() & EXEMPT.keys()
