"""The planner's sum: so many pieces of which lot for which need line, so that they earn the most
points. It proposes; people decide.

Pure: no tables, no clock. The sum is a flow from lots to need lines, solved by HiGHS; with whole
numbers at both ends its best flow is whole too, so no piece is ever cut. Among equals the lot that
stands first goes first, then the line that stands first; the same input gives the same plan.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

QUARTERS = (40, 30, 20, 10)  # points of a piece in the first, second … quarter of what is asked
MOST = 400  # lots, and lines, in one sum: more would let the order of equals outweigh a point
FINE = 1000  # a point in the solver's sum; the order of equals counts less


@dataclass(frozen=True)
class Supply:
    """Pieces of one lot that may be given. Lots of one `kind` earn the same on every line, but for
    what their own dates earn: which of them goes where is open, so they go in turn."""

    key: str
    amount: int
    kind: object = None


@dataclass(frozen=True)
class Demand:
    """One need line: pieces asked for (None: without end) and pieces that it has already."""

    key: str
    asked: int | None
    has: int


@dataclass(frozen=True)
class Way:
    """That a lot may go to a line, and what each piece earns on it, by name of the term."""

    supply: int
    demand: int
    terms: dict[str, int]

    @property
    def points(self) -> int:
        return sum(self.terms.values())


@dataclass(frozen=True)
class Proposed:
    """So many pieces on one way; `quarters`: (points, pieces) for how much the line lacks."""

    way: Way
    amount: int
    quarters: tuple[tuple[int, int], ...]

    @property
    def total(self) -> int:
        """Points of all its pieces together."""
        return self.way.points * self.amount + sum(p * n for p, n in self.quarters)


def quarters(demand: Demand, *, most: int) -> list[tuple[int, int]]:
    """(points, pieces) still open in each quarter of what a line asks for, first the first.

    A line without a number is asked for as by its last quarter, up to `most` pieces.
    """
    if demand.asked is None:
        return [(QUARTERS[-1], most)]
    bounds = [demand.asked * n // len(QUARTERS) for n in range(len(QUARTERS) + 1)]
    return [
        (points, high - max(low, demand.has))
        for points, low, high in zip(QUARTERS, bounds, bounds[1:], strict=False)
        if high > max(low, demand.has)
    ]


def solve(
    supplies: Sequence[Supply], demands: Sequence[Demand], ways: Sequence[Way]
) -> list[Proposed]:
    """The plan that earns the most points, in the order of the lines, then of the lots."""
    assert len(supplies) <= MOST, "too many lots for one sum"
    assert len(demands) <= MOST, "too many lines for one sum"
    used = [way for way in ways if supplies[way.supply].amount > 0]
    if not used:
        return []
    whole = sum(supply.amount for supply in supplies)
    steps = [quarters(demand, most=whole) for demand in demands]
    amounts = _in_turn(supplies, used, _flow(supplies, steps, used))
    return _told(used, amounts, steps)


def _flow(
    supplies: Sequence[Supply], steps: list[list[tuple[int, int]]], ways: list[Way]
) -> list[int]:
    """Pieces on each way. Columns are the ways, then the quarters of the lines; a row for each lot
    (at most what there is) and each line (what comes in goes into its quarters)."""
    highs = import_module("highspy")  # large, and for this page alone
    solver = highs.Highs()
    for option, value in (("output_flag", False), ("threads", 1), ("solver", "simplex")):
        solver.setOptionValue(option, value)
    cheapest = len(supplies) + len(steps)
    for way in ways:
        order = cheapest - way.supply - way.demand
        solver.addVar(0, supplies[way.supply].amount)
        solver.changeColCost(solver.getNumCol() - 1, -(FINE * way.points + order))
    own: list[list[int]] = []
    for parts in steps:
        own.append([])
        for points, open_ in parts:
            solver.addVar(0, open_)
            own[-1].append(solver.getNumCol() - 1)
            solver.changeColCost(own[-1][-1], -FINE * points)
    out: dict[int, list[int]] = defaultdict(list)
    into: dict[int, list[int]] = defaultdict(list)
    for column, way in enumerate(ways):
        out[way.supply].append(column)
        into[way.demand].append(column)
    for n, supply in enumerate(supplies):
        _row(solver, 0, supply.amount, out[n], [])
    for n, parts_of in enumerate(own):
        _row(solver, 0, 0, into[n], parts_of)
    solver.run()
    assert solver.getModelStatus() == highs.HighsModelStatus.kOptimal, "no best flow was found"
    found = list(solver.getSolution().col_value)[: len(ways)]
    whole = [round(value) for value in found]
    assert all(abs(a - b) < 1e-3 for a, b in zip(found, whole, strict=True)), "a piece was cut"
    return whole


def _row(solver: Any, least: int, most: int, plus: list[int], minus: list[int]) -> None:
    columns = [*plus, *minus]
    solver.addRow(least, most, len(columns), columns, [1.0] * len(plus) + [-1.0] * len(minus))


def _in_turn(supplies: Sequence[Supply], ways: list[Way], amounts: list[int]) -> list[int]:
    """The same pieces out of each lot and into each line, dealt so that of equal lots the first
    goes to the first lines: nobody then takes a later one while a sooner one stays."""
    place = {(way.supply, way.demand): n for n, way in enumerate(ways)}
    dealt = list(amounts)
    groups: dict[object, list[int]] = defaultdict(list)
    for n, way in enumerate(ways):
        if amounts[n] and supplies[way.supply].kind is not None:
            groups[supplies[way.supply].kind].append(n)
    for columns in groups.values():
        out: Counter[int] = Counter()
        into: Counter[int] = Counter()
        for n in columns:
            out[ways[n].supply] += amounts[n]
            into[ways[n].demand] += amounts[n]
            dealt[n] = 0
        for demand in sorted(into):
            for supply in sorted(out):
                part = min(out[supply], into[demand])
                out[supply] -= part
                into[demand] -= part
                if part:
                    dealt[place[supply, demand]] += part
    return dealt


def _told(
    ways: list[Way], amounts: list[int], steps: list[list[tuple[int, int]]]
) -> list[Proposed]:
    """The plan with each line's quarters handed out to its lots, in order."""
    chosen = [(way, n) for way, n in zip(ways, amounts, strict=True) if n]
    chosen.sort(key=lambda pair: (pair[0].demand, pair[0].supply))
    left = [[list(part) for part in parts] for parts in steps]
    return [Proposed(way, n, _take(left[way.demand], n)) for way, n in chosen]


def _take(parts: list[list[int]], amount: int) -> tuple[tuple[int, int], ...]:
    taken = []
    for part in parts:
        now = min(part[1], amount)
        part[1], amount = part[1] - now, amount - now
        taken += [(part[0], now)] if now else []
    assert amount == 0, "more was planned than the line asks for"
    return tuple(taken)
