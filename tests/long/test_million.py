"""A log of 10^6 entries: sealing stays flat, proofs stay quick, all of it verifies from files."""

import os
import time
from random import Random

import pytest
from django.utils import timezone

from ledger import api, publishing, sealing
from ledger.core import notes, tree
from ledger.models import Head
from ledger.verify.checking import check
from ledger.verify.sources import Folder
from tests.bench import floor, proofs
from tests.bench import seal as sealed
from tests.bench.filling import fill
from tests.bench.measuring import ratios, say, told
from tests.long.conftest import either

SEED = 20_260_101
ROUND = 5000
CHUNK = 50_000

pytestmark = pytest.mark.django_db(transaction=True)


def grow(size, seed):
    """Fill and seal until the log has this size."""
    while (have := Head.objects.get().size) < size:
        fill(min(CHUNK, size - have), seed + have)
        sealing.seal_all(at=timezone.now())


def measured(work):
    """(result, wall seconds, seconds of our own and of processes that ended)"""
    wall, own = time.perf_counter(), sum(os.times()[:4])
    result = work()
    return result, round(time.perf_counter() - wall, 2), round(sum(os.times()[:4]) - own, 2)


@pytest.mark.parametrize("count", either(2000, 1_000_000))
def test_many_entries_seal_prove_and_verify(log, keep, count):
    result, rounds = {"entries": count, "seal": {}}, ROUND if count > 10_000 else 100
    floor.make()
    for size in sorted({count, *(size for size in (1000, 10_000, 100_000) if size < count)}):
        grow(size, SEED)
        found = sealed.rounds(rounds, 5 if count > 10_000 else 1, SEED - size)
        result["seal"][size] = {
            "per second": told(found["sealed"]),
            "ratio to the floor": ratios(found, "sealed", "floor"),
        }
        say(f"{size}: {result['seal'][size]}")

    size, wall, own = measured(lambda: publishing.sign_and_publish(at=timezone.now()))
    result["publish"] = {"size": size, "seconds": wall, "own": own}
    assert size == Head.objects.get().size >= count
    say(f"publish: {result['publish']}")

    note = notes.parse_note(api.published().note)[0]
    root, random = notes.parse_checkpoint(note).root, Random(SEED)
    indexes = random.sample(range(size), 300 if count > 10_000 else 20)
    result["proof, ms"] = proofs.measure(indexes, size)
    result["bundle, bytes"] = proofs.bundle_bytes(max(indexes), size)
    for index, entry in zip(indexes, map(api.entry, indexes), strict=True):
        tree.verify_inclusion(entry.leaf, index, size, api.proof(index, size), root)
    assert result["bundle, bytes"] <= 4096
    say(f"proofs: {result['proof, ms']}")

    for jobs in (2, 1):
        report, wall, own = measured(lambda: check(Folder(log.dir), jobs=jobs))  # noqa: B023
        assert (report.damage, report.size, report.ahead) == ([], size, 0)
        result[f"verify, {jobs}"] = {"seconds": wall, "own": own}
        say(f"verify by {jobs}: {result[f'verify, {jobs}']}")
    if count > 10_000:
        keep("million", seed=SEED, **result)
