"""A change with its event beside the same change without: one row read under lock, one written."""

from datetime import datetime
from random import Random
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from ledger import api, sealing
from ledger.core import leaf
from ledger.models import Head, Journal
from tests.bench.filling import code
from tests.bench.measuring import Figures, keep, line, ratios, say, seconds, told

TIMES = 100
ROUNDS = 7


def change(at: datetime) -> None:
    row = Journal.objects.select_for_update().get(kind="bench")
    row.size += 1
    row.save(update_fields=["size"])
    Journal.objects.create(kind="change", at=at, size=row.size, good=True)


def with_event(at: datetime, gift: str) -> None:
    change(at)
    data = {"recorded_at": leaf.time_text(at), "actor_role": "warehouse", "actor_org": ""}
    api.submit(type="gift.count", case=gift, codes=[], data=data, private={"actor": "7"}, at=at)


def repeat(work: Any, *words: object) -> None:
    for _ in range(TIMES):
        with transaction.atomic():
            work(*words)


def main() -> None:
    at, gift = timezone.now(), code(Random(3), "G")
    Journal.objects.create(kind="bench", at=at, size=0, good=True)
    figures: Figures = {"without": [], "with its event": []}
    for _ in range(ROUNDS):
        figures["without"].append(seconds(lambda: repeat(change, at)) * 1000 / TIMES)
        figures["with its event"].append(
            seconds(lambda: repeat(with_event, at, gift)) * 1000 / TIMES
        )
        sealing.seal_all(at=at)
    say(f"one change, {connection.vendor}; log of {Head.objects.get().size}")
    kept: dict[str, Any] = {}
    for name, found in figures.items():
        kept[name] = told(found)
        line(name, kept[name], "ms")
    kept["ratio"] = ratios(figures, "with its event", "without")
    line("ratio (at most 1.25 wanted)", kept["ratio"], "")
    keep(f"writes-{connection.vendor}", kept)
