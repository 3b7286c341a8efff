"""How long things stay in a stage, in whole hours, and what is usual.

Hours are whole: begun ones do not count. The median is the smallest number of hours that at least
half of the stays do not exceed, the 90th percentile that nine in ten do not exceed; both are
numbers that occurred. Stays that have not ended do not count; they are told by their age.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Subquery

from portal.input.templatetags.pages import ZONE
from portal.tracking.models import Subject, Tally
from portal.tracking.projection.shelf import Shelf

AN_HOUR = timedelta(hours=1)
KINDS = (
    *("need", "pledge", "arrival", "allocation", "release", "shipment", "receipt"),
    *("diversion", "money", "spend"),
)
TYPICAL = ("", "typical", "")


def hours(begin: datetime, end: datetime) -> int:
    """Whole hours from one to the other; none where the clocks disagree."""
    return max((end - begin) // AN_HOUR, 0)


def percentile(found: Mapping[str, int], percent: int) -> int:
    """The smallest number of hours that so many per cent do not exceed; `found`: {hours: how
    often}, at least one."""
    wanted = -(-sum(found.values()) * percent // 100)  # rounded up
    for number in sorted(found, key=int):
        wanted -= found[number]
        if wanted <= 0:
            return int(number)
    raise ValueError("of nothing")


def begin(shelf: Shelf, day: str, *, index: int) -> None:
    """The first entry of a new day settles what was usual at the end of the day before."""
    row = shelf.find(Tally, *TYPICAL)
    told = row.amounts if row is not None else {}
    now = told.get("now", "")
    if day <= now:
        return
    usual = dict(told.get("stages", {}))
    for key in told.get("changed", ()):
        stage = shelf.find(Tally, key, "stage", "")
        if stage is not None and (found := stage.amounts.get("hours")):
            half, most = percentile(found, 50), percentile(found, 90)
            usual[key] = [half, most, sum(found.values())]
    row = shelf.row(Tally, *TYPICAL)
    row.amounts = {"now": day, "changed": [], "day": now, "index": index, "stages": usual}
    row.version = index + 1


def move(
    shelf: Shelf, subject: Subject, *, was: str, since: datetime | None, at: datetime
) -> int | None:
    """Count that a subject has come from one stage to another; the whole hours it was there."""
    if subject.kind not in KINDS:
        return None
    here = shelf.row(Tally, f"{subject.kind}.{subject.stage}", "stage", "")
    _count(here, "since", _day(at), 1)
    if not was or since is None:
        return None
    spent = hours(since, at)
    key = f"{subject.kind}.{was}"
    there = shelf.row(Tally, key, "stage", "")
    _count(there, "since", _day(since), -1)
    _count(there, "hours", str(spent), 1)
    usual = shelf.find(Tally, *TYPICAL)
    if usual is not None and key not in usual.amounts["changed"]:
        row = shelf.row(Tally, *TYPICAL)
        row.amounts = {**row.amounts, "changed": sorted([*row.amounts["changed"], key])}
    return spent


def _count(row: Tally, name: str, key: str, by: int) -> None:
    sums = row.amounts.setdefault(name, {})
    sums[key] = sums.get(key, 0) + by
    if not sums[key]:
        del sums[key]


def _day(at: datetime) -> str:
    return at.astimezone(ZONE).date().isoformat()


@dataclass(frozen=True)
class Usual:
    """What was usual at the end of a day. `version` is part of the tag of a page that shows it;
    `index`: of the first entry that is not in it."""

    day: date | None
    index: int
    version: int
    stages: Mapping[str, tuple[int, int, int]]

    def of(self, kind: str, stage: str) -> tuple[int, int, int] | None:
        """(median hours, 90th percentile, how many stays) of a lifecycle's stage; None before the
        first stay of a day that is over."""
        return self.stages.get(f"{kind}.{stage}")


def typical() -> dict[str, Subquery]:
    """What a query of anything annotates to be told what is usual as well: `usual` reads it."""
    rows = Tally.objects.filter(of="", kind="typical", day="")
    return {f"usual_{name}": Subquery(rows.values(name)[:1]) for name in ("amounts", "version")}


def usual(row: Mapping[str, Any]) -> Usual:
    """The medians of every stage as the last whole day left them: for pages of one gift, shipment
    or need, which say "took 5 h, median 9 h, as of <day>" (`hours` counts the 5). They change once
    a day. `row`: values of a query with `typical` in it."""
    told = row["usual_amounts"]
    if told is None:
        return Usual(day=None, index=0, version=0, stages={})
    return Usual(
        day=date.fromisoformat(told["day"]) if told["day"] else None,
        index=told["index"],
        version=row["usual_version"],
        stages={key: (found[0], found[1], found[2]) for key, found in told["stages"].items()},
    )
