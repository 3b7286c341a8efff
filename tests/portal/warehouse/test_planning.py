"""The planner's sum: nothing unfit or beyond what there is, the best there is, and its reasons."""

from itertools import product
from random import Random

import pytest

from portal.warehouse.nearness import TOUCHING, borders, province
from portal.warehouse.planning import QUARTERS, Demand, Supply, Way, quarters, solve


def drawn(random):
    """A small problem: a few lots, a few lines, some of the ways between them."""
    supplies = [Supply(f"lot {n}", random.randrange(5)) for n in range(random.randrange(1, 4))]
    demands = [
        Demand(f"line {n}", random.choice([None, random.randrange(1, 6)]), random.randrange(3))
        for n in range(random.randrange(1, 3))
    ]
    ways = [
        Way(m, n, {"first": random.randrange(30), "second": random.randrange(30)})
        for m in range(len(supplies))
        for n in range(len(demands))
        if random.random() < 0.8
    ]
    return supplies, demands, ways


def worth(amounts, supplies, demands, ways):
    """The points of one way to hand out the stock; None where it may not be handed out so."""
    whole = sum(supply.amount for supply in supplies)
    points = sum(way.points * n for way, n in zip(ways, amounts, strict=True))
    for m, supply in enumerate(supplies):
        if sum(n for way, n in zip(ways, amounts, strict=True) if way.supply == m) > supply.amount:
            return None
    for d, demand in enumerate(demands):
        left = sum(n for way, n in zip(ways, amounts, strict=True) if way.demand == d)
        for each, open_ in quarters(demand, most=whole):
            points += each * min(left, open_)
            left -= min(left, open_)
        if left:
            return None
    return points


def best_by_trying(supplies, demands, ways):
    tries = product(*[range(supplies[way.supply].amount + 1) for way in ways])
    return max(points for t in tries if (points := worth(t, supplies, demands, ways)) is not None)


@pytest.mark.parametrize("seed", range(60))
def test_no_other_way_of_handing_out_the_stock_earns_more(seed):
    supplies, demands, ways = drawn(Random(seed))

    plan = solve(supplies, demands, ways)

    assert sum(part.total for part in plan) == best_by_trying(supplies, demands, ways)


@pytest.mark.parametrize("seed", range(60, 75))
def test_never_more_than_is_in_stock_or_asked_for_and_only_where_it_may_go(seed):
    random = Random(seed)
    supplies = [Supply(str(n), random.randrange(10**6)) for n in range(12)]
    demands = [
        Demand(str(n), random.choice([None, random.randrange(1, 10**6)]), random.randrange(10**5))
        for n in range(15)
    ]
    ways = [
        Way(m, n, {"any": random.randrange(100)})
        for m in range(12)
        for n in range(15)
        if random.random() < 0.4
    ]

    plan = solve(supplies, demands, ways)

    assert all(part.way in ways and part.amount > 0 for part in plan)
    for m, supply in enumerate(supplies):
        assert sum(p.amount for p in plan if p.way.supply == m) <= supply.amount
    for n, demand in enumerate(demands):
        given = sum(p.amount for p in plan if p.way.demand == n)
        assert demand.asked is None or given <= max(demand.asked - demand.has, 0)
    assert all(sum(n for _points, n in p.quarters) == p.amount for p in plan)
    assert solve(supplies, demands, ways) == plan


def test_two_equal_lines_share_what_is_not_enough_for_both():
    demands = [Demand("one", 100, 0), Demand("other", 100, 0)]
    ways = [Way(0, 0, {"any": 5}), Way(0, 1, {"any": 5})]

    plan = solve([Supply("lot", 50)], demands, ways)

    assert [part.amount for part in plan] == [25, 25]


def test_among_equals_the_first_lot_and_the_first_line_go_first():
    supplies = [Supply("soon", 10), Supply("later", 10)]
    ways = [Way(m, n, {"any": 5}) for m in range(2) for n in range(2)]

    (part,) = solve(supplies, [Demand("one", 4, 0), Demand("other", None, 0)], ways[:1])
    both = solve(supplies, [Demand("one", 8, 7), Demand("other", 8, 7)], ways)

    assert (part.amount, part.quarters) == (4, tuple((points, 1) for points in QUARTERS))
    assert [(p.way.supply, p.way.demand, p.amount) for p in both] == [(0, 0, 1), (0, 1, 1)]


@pytest.mark.parametrize("seed", range(75, 85))
def test_lots_of_one_kind_go_in_turn_and_the_plan_is_worth_the_same(seed):
    random = Random(seed)
    stock = [(str(n), random.randrange(1, 50)) for n in range(4)]
    demands = [Demand(str(n), random.randrange(1, 80), 0) for n in range(4)]
    earned = [random.randrange(30) for _line in demands]
    ways = [Way(m, n, {"any": earned[n], "date": 8 - m}) for m in range(4) for n in range(4)]

    apart = solve([Supply(*lot) for lot in stock], demands, ways)
    plan = solve([Supply(*lot, "same") for lot in stock], demands, ways)

    assert sum(part.total for part in plan) == sum(part.total for part in apart)
    lots = [part.way.supply for part in plan]
    assert lots == sorted(lots)  # line after line, the lots in their order


def test_a_line_that_has_some_is_asked_for_by_what_is_left_of_its_quarters():
    assert quarters(Demand("line", 100, 30), most=999) == [(30, 20), (20, 25), (10, 25)]
    assert quarters(Demand("line", 3, 0), most=999) == [(30, 1), (20, 1), (10, 1)]
    assert quarters(Demand("line", 100, 120), most=999) == []
    assert quarters(Demand("line", None, 120), most=999) == [(10, 999)]


def test_nothing_in_stock_is_an_empty_plan():
    assert solve([], [Demand("line", 5, 0)], []) == []
    assert solve([Supply("lot", 0)], [Demand("line", 5, 0)], [Way(0, 0, {"any": 1})]) == []


def test_every_province_touches_those_that_touch_it_and_all_can_be_reached():
    for name, near in TOUCHING.items():
        assert all(name in TOUCHING[other].split() for other in near.split()), name
        assert all(borders(name, other) is not None for other in TOUCHING)


def test_provinces_are_known_with_and_without_their_ending():
    assert borders("湖北省", "湖北") == 0
    assert borders("湖北", "河南省") == 1
    assert borders("广西壮族自治区", "湖北") == 2
    assert borders("湖北", "") is None
    assert province("Hubei") == ""
