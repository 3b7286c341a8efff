"""Charts as numbers for SVG attributes: whole hundredths of a per cent, written with a point.

The outer picture is not scaled, so that words keep their size; the lines stand in an inner one that
is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from portal.input.templatetags.pages import narrow

LEFT, RIGHT, TOP, BOTTOM = 1500, 9700, 500, 8700  # of the plot, in hundredths of a per cent
STEPS = 4


@dataclass(frozen=True)
class Series:
    """One number for each day."""

    label: str
    numbers: Sequence[int]


def percent(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def whole_days(first: str, last: str, *, most: int) -> list[str]:
    """Every day from one to the other, at most so many of the newest."""
    end = date.fromisoformat(last)
    begin = max(date.fromisoformat(first), end - timedelta(days=most - 1))
    return [(begin + timedelta(days=n)).isoformat() for n in range((end - begin).days + 1)]


def ceiling(number: int) -> int:
    """The top of the scale: a round number that four steps divide."""
    size = 1
    while size * 40 < number:
        size *= 10
    return next(top for top in (4 * size, 8 * size, 20 * size, 40 * size) if top >= number)


def lines(days: Sequence[str], series: Sequence[Series]) -> dict[str, Any]:
    """A line for each series over the days; labels at both ends and in the middle."""
    top = ceiling(max([1, *(n for one in series for n in one.numbers)]))
    last = max(len(days) - 1, 1)
    paths = []
    for one in series:
        points = [
            f"{percent(10000 * i // last)} {percent(10000 - 10000 * max(n, 0) // top)}"
            for i, n in enumerate(one.numbers)
        ]
        points += [f"100.00 {points[0].split()[1]}"] if len(points) == 1 else []
        paths.append("M" + "L".join(points))
    marks = sorted({0, len(days) // 2, len(days) - 1})
    return {
        "grid": [
            {
                "y": percent(BOTTOM - (BOTTOM - TOP) * step // STEPS),
                "text": narrow(top * step // STEPS),
            }
            for step in range(STEPS + 1)
        ],
        "days": [
            {
                "x": percent(LEFT + (RIGHT - LEFT) * n // last),
                "text": days[n][5:],
                "anchor": _anchor(n, len(days)),
            }
            for n in marks
        ],
        "paths": paths,
        "area": f"{paths[0]}V100H0Z",
        "end": percent(BOTTOM - (BOTTOM - TOP) * max(series[-1].numbers[-1], 0) // top),
        "legend": [one.label for one in series],
    }


def _anchor(n: int, count: int) -> str:
    if n == 0:
        return "start"
    return "end" if n == count - 1 else "middle"


def bars(rows: Sequence[tuple[int, int | None]]) -> list[dict[str, str]]:
    """Widths in per cent of the largest number: of each row its number, and beyond it the second
    one where there is one."""
    largest = max([1, *(n for one, two in rows for n in (one, two or 0))])
    return [
        {
            "width": percent(10000 * max(one, 0) // largest),
            "beyond": percent(10000 * max((two or 0) - one, 0) // largest),
        }
        for one, two in rows
    ]
