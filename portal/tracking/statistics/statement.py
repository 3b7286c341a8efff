"""All figures at one entry of the ledger: what page and JSON show, read in a few queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from portal.tracking import words
from portal.tracking.models import Line, Part, Tally
from portal.tracking.projection.projecting import seen
from portal.tracking.statistics import dwelling, registry
from portal.tracking.statistics.reading import Counted, Sums
from portal.tracking.statistics.registry import COUNT, CURRENCY, FEN, HOURS, Figure

DAYS = 30  # with an entry, the newest
FALLS = 20
AGES = (1, 3, 7)  # days
TRIES = 5


@dataclass(frozen=True)
class Value:
    """One number and where the rows that make it are. Of hours: the median, `most` (90th
    percentile) and `count` of stays; None where there is none yet."""

    figure: Figure
    amount: int | None
    part: str = ""
    most: int | None = None
    count: int | None = None
    kind: str = ""
    unit: str = ""
    href: str = ""

    @property
    def text(self) -> str:
        if self.amount is None:
            return "–"
        return words.yuan(self.amount) if self.figure.unit == FEN else f"{self.amount:,}"

    @property
    def headline(self) -> str:
        """The same where it stands alone and large: 万 and 亿 in Chinese, millions in English."""
        if self.amount is None:
            return self.text
        return words.in_large(self.amount, money=self.figure.unit == FEN)


@dataclass(frozen=True)
class Stay:
    """One stage of a lifecycle: how long its subjects stayed, and how many are there now, of them
    for longer than 1, 3, 7 days, at the day of the newest entry; where it ends there, none."""

    key: str
    kind: str
    stage: str
    hours: Value
    now: Value
    older: tuple[Value, ...]


def at_present() -> "Statement":
    """Of the entries projected by now: all its numbers are of one and the same index."""
    for _turn in range(TRIES):
        index = seen()
        told = Statement(index)
        if seen() == index:
            break  # nothing was projected meanwhile
    return told


class Statement:
    """`index`: how many entries it is made of; `at`: when the last of them was recorded."""

    def __init__(self, index: int) -> None:
        self.index = index
        last = Line.objects.order_by("-seq").first()
        self.at: datetime | None = last.recorded_at if last else None
        found = Tally.objects.filter(kind__in=("all", "region", "stage", "typical"), day="")
        rows = {(row.kind, row.of): row.amounts for row in found}
        told = rows.pop(("all", ""), {})
        self.units: Mapping[str, str] = told.get("units", {})
        self.sums = Sums(told, self.units)
        self.today = rows.pop(("typical", ""), {}).get("now", "")
        self.regions = {of: self._sums(a) for (kind, of), a in rows.items() if kind == "region"}
        self.stages = {of: a for (kind, of), a in rows.items() if kind == "stage"}
        self.days = self._days()
        self.falls = self._falls()

    def _sums(self, amounts: Mapping[str, Any]) -> Sums:
        return Sums(amounts, self.units)

    def _days(self) -> list[tuple[str, Sums]]:
        """The newest days with an entry, the oldest first; what was added on each."""
        rows = Tally.objects.filter(kind="all").exclude(day="").order_by("-day")[:DAYS]
        return [(row.day, self._sums(row.amounts)) for row in reversed(rows)]

    def _falls(self) -> list[tuple[Part, Line | None]]:
        """What was taken back from figures that otherwise only grow, the newest first, each with
        the entry that did it."""
        parts = list(Part.objects.filter(amount__lt=0).order_by("-seq", "n")[:FALLS])
        lines = {row.seq: row for row in Line.objects.filter(seq__in={p.seq for p in parts})}
        return [(part, lines.get(part.seq)) for part in parts]

    def values(self, figure: Figure, sums: Sums | None = None, **only: str) -> list[Value]:
        """Every number of a figure, of each item class and unit one; of `sums` instead of all where
        given, and then `only` names whose they are."""
        if isinstance(figure.rows, registry.InStage):
            return [self.in_stage(figure)]
        whose = sums if sums is not None else self.sums
        if figure.unit == HOURS:
            return [of_hours(figure, whose.amounts.get(figure.name, {}), **only)]
        if figure.unit in (COUNT, FEN):
            part = CURRENCY if figure.unit == FEN else ""
            amount = whose.of(figure.name, part)
            return [Value(figure, amount, part=part, href=rows_of(figure, **only))]
        return [self._of_part(figure, found, **only) for found in whose.parts(figure.name)]

    def _of_part(self, figure: Figure, found: Counted, **only: str) -> Value:
        href = rows_of(figure, part=found.part, **only)
        return Value(figure, found.amount, found.part, kind=found.kind, unit=found.unit, href=href)

    def in_stage(self, figure: Figure) -> Value:
        rows = figure.rows
        assert isinstance(rows, registry.InStage)
        keys = [f"{rows.kind}.{stage}" for stage in rows.stages]
        there = [sum(self.stages.get(key, {}).get("since", {}).values()) for key in keys]
        return Value(figure, sum(there), href=rows_of(figure))

    @cached_property
    def stays(self) -> list[Stay]:
        """Every stage in which something was or is, in the order of the tables."""
        return [
            self._stay(kind, stage)
            for kind, table in registry.tables()
            for stage in table.by_key
            if f"{kind}.{stage}" in self.stages
        ]

    def _stay(self, kind: str, stage: str) -> Stay:
        told = self.stages[f"{kind}.{stage}"]
        spent = registry.figure(f"hours-{kind}-{stage}")
        now = registry.figure(f"now-{kind}-{stage}")
        assert spent is not None
        assert now is not None
        since = {} if registry.ends(kind, stage) else told.get("since", {})
        older = tuple(self._older(now, since, days) for days in AGES)
        hours = of_hours(spent, told.get("hours", {}))
        return Stay(f"{kind}.{stage}", kind, stage, hours, self.in_stage(now), older)

    def _older(self, figure: Figure, since: Mapping[str, int], days: int) -> Value:
        """What came into a stage more than so many days before the day of the newest entry."""
        before = (date.fromisoformat(self.today) - timedelta(days=days)).isoformat()
        amount = sum(n for day, n in since.items() if day < before)
        return Value(figure, amount, href=rows_of(figure, before=before))


def of_hours(figure: Figure, found: Mapping[str, int], **only: str) -> Value:
    """Median and 90th percentile of hours told as {hours: how often}."""
    href = rows_of(figure, **only)
    if not found:
        return Value(figure, None, count=0, href=href)
    half, most = dwelling.percentile(found, 50), dwelling.percentile(found, 90)
    return Value(figure, half, most=most, count=sum(found.values()), href=href)


def rows_of(figure: Figure, **only: str) -> str:
    """The address of the rows that make a number."""
    chosen = {name: value for name, value in only.items() if value}
    address = reverse("tracking:statistics_rows", args=[figure.key])
    return f"{address}?{urlencode(chosen)}" if chosen else address
