"""Rounds of several works in turn, their medians and spread, and ratios within a round.

The machine is never ours alone: only what was measured in the same round is compared.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

Figures = dict[str, list[float]]


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def told(values: Iterable[float]) -> dict[str, float]:
    """Median, smallest and largest."""
    ordered = sorted(values)
    return {"median": statistics.median(ordered), "least": ordered[0], "most": ordered[-1]}


def ratios(figures: Figures, what: str, floor: str) -> dict[str, float]:
    """Of each round by itself."""
    return told(a / b for a, b in zip(figures[what], figures[floor], strict=True))


def percentile(values: Iterable[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def say(text: str = "") -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def line(what: str, figures: dict[str, float], unit: str) -> None:
    """One row of the table: median, and between which values it lay."""
    median, least, most = figures["median"], figures["least"], figures["most"]
    shape = ",.0f" if median >= 100 else ".3f"
    say(f"  {what:<42} {median:>10{shape}} {unit:<10} ({least:{shape}} to {most:{shape}})")


def keep(name: str, figures: dict[str, Any]) -> None:
    """The figures of this run, for comparing: VAR/bench/<name>.json."""
    folder = Path(os.environ.get("BENCH_VAR", "var"), "bench")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(figures, indent=2) + "\n")
