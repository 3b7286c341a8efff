"""Inclusion proofs: cold (no tile in memory), warm (all of them), and the size of a bundle."""

from random import Random
from typing import Any

from django.db import connection
from django.utils import timezone

from ledger import api, proving, publishing, sealing
from ledger.models import Head, SealedEntry
from tests.bench.filling import fill
from tests.bench.measuring import keep, line, percentile, say, seconds


def measure(indexes: list[int], size: int) -> dict[str, float]:
    """Milliseconds: p50 and p99 of each, one entry at a time, and one row by key for comparison."""
    times: dict[str, list[float]] = {"row by key": [], "cold": [], "warm": []}
    for index in indexes:
        times["row by key"].append(seconds(lambda i=index: SealedEntry.objects.get(idx=i)))
        proving.forget()
        times["cold"].append(seconds(lambda i=index: api.proof(i, size)))
    for index in indexes:
        api.proof(index, size)
        times["warm"].append(seconds(lambda i=index: api.proof(i, size)))
    return {
        f"{name}, p{int(part * 100)}": 1000 * percentile(found, part)
        for name, found in times.items()
        for part in (0.5, 0.99)
    }


def bundle_bytes(index: int, size: int) -> int:
    """Of one entry: its bytes, its path in base64, the checkpoint with its signatures."""
    entry, public = api.entry(index), api.published()
    assert entry is not None
    assert public is not None
    path = api.proof(index, size)
    head = len(f"c2sp.org/tlog-proof@v1\nindex {index}\n\n")
    return len(entry.raw) + head + 45 * len(path) + len(public.note)


def main() -> None:
    fill(20_000, seed=11)
    sealing.seal_all(at=timezone.now())
    publishing.sign_and_publish(at=timezone.now())
    size = Head.objects.get().size
    indexes = Random(5).sample(range(size), 200)
    figures: dict[str, Any] = {"size": size, **measure(indexes, size)}
    figures["bundle, bytes"] = bundle_bytes(indexes[0], size)
    say(f"inclusion proof of one entry of {size}, {connection.vendor}")
    for name, value in figures.items():
        if name != "size":
            found = {"median": value, "least": value, "most": value}
            line(name, found, "bytes" if "bytes" in name else "ms")
    keep(f"proofs-{connection.vendor}", figures)
