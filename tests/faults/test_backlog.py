"""Failure 27: everything waits at once, after an outage or an import."""

import statistics

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ledger import api, sealing
from ledger.models import Head, SealedEntry
from tests.bench.filling import fill
from tests.bench.measuring import say, seconds
from tests.long.conftest import either, keep

__all__ = ["keep"]

SEED = 27
BATCH = 1000

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("count", either(3300, 200_000))
def test_failure_27_a_backlog_drains_in_batches_of_the_same_size_and_cost(log, keep, count):
    fill(count, SEED)
    waiting = api.pending_uids()
    made, times, queries = [], [], []

    while not made or made[-1]:
        with CaptureQueriesContext(connection) as captured:
            times.append(seconds(lambda: made.append(sealing.seal(at=timezone.now(), batch=BATCH))))
        queries.append(len(captured))
        assert api.pending()[0] == count - sum(made)  # each batch stands for itself

    full = count // BATCH
    assert made == [BATCH] * full + [count - full * BATCH, 0][not count % BATCH :]
    assert len(set(queries[1:full])) == 1
    sealed = SealedEntry.objects.filter(idx__gt=0).order_by("idx").values_list("uid", flat=True)
    assert list(sealed) == waiting
    assert Head.objects.get().size == count + 1
    if count > 10_000:
        tenth = full // 10
        ends = [statistics.median(part) for part in (times[1:tenth], times[full - tenth : full])]
        told = {"batches": full, "first tenth, s": ends[0], "last tenth, s": ends[1]}
        told |= {"per second": round(count / sum(times)), "last to first": ends[1] / ends[0]}
        say(f"backlog: {told}")
        keep("backlog", seed=SEED, count=count, **told)
