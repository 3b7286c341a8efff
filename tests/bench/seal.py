"""Sealing beside its floor, in turn; and batches of other sizes."""

from typing import Any

from django.db import connection
from django.utils import timezone

from ledger import sealing
from ledger.models import Head
from tests.bench import floor
from tests.bench.filling import fill
from tests.bench.measuring import Figures, keep, line, ratios, say, seconds, told

BATCH = 1000


def rounds(count: int, times: int, seed: int = 1) -> Figures:
    """Entries a second, sealed and copied raw, `count` of them in each of the rounds."""
    figures: Figures = {"sealed": [], "floor": []}
    at = timezone.now()
    for turn in range(times):
        fill(count, seed + turn)
        start = Head.objects.get().size
        figures["sealed"].append(count / seconds(lambda: sealing.seal_all(at=at, batch=BATCH)))
        stop = start + count
        batches = [
            floor.rows(first, min(first + BATCH, stop)) for first in range(start, stop, BATCH)
        ]
        figures["floor"].append(
            count / seconds(lambda given=batches: [floor.copy(batch) for batch in given])
        )
    return figures


def main() -> None:
    floor.make()
    rounds(BATCH, 1)  # warm
    figures: dict[str, Any] = {"batch": BATCH}
    measured = rounds(10_000, 5)
    figures |= {"sealed": told(measured["sealed"]), "floor": told(measured["floor"])}
    figures["ratio"] = ratios(measured, "sealed", "floor")
    say(f"seal, {connection.vendor}, batch {BATCH}; floor: the same rows copied raw")
    line("sealed", figures["sealed"], "entries/s")
    line("floor", figures["floor"], "rows/s")
    line("ratio to the floor (at least 0.3)", figures["ratio"], "")
    at = timezone.now()
    for batch, count in ((1, 200), (100, 5000)):
        fill(count, seed=100 + batch)
        rate = count / seconds(lambda size=batch: sealing.seal_all(at=at, batch=size))
        figures[f"batch {batch}"] = rate
        line(f"by {batch}", told([rate]), "entries/s")
    keep(f"seal-{connection.vendor}", figures)
