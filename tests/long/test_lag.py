"""Recorded, sealed, witnessed: how long each takes while events come in at a steady rate.

A real worker with its beat, three real witnesses of which two are the quorum. The writer keeps to
its schedule whatever the worker does, so that waiting is not hidden.
"""

import threading
import time

import pytest
from django.conf import settings
from django.db import connections

from ledger import api
from ledger.models import SealedEntry
from tests.bench.measuring import percentile, say
from tests.long.conftest import either

POLL = 0.02

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


class Watcher(threading.Thread):
    """Notes when each entry was seen sealed, and seen in the public, witnessed checkpoint."""

    def __init__(self):
        super().__init__()
        self.over = threading.Event()
        self.sealed, self.index, self.public = {}, {}, {}
        self.size = self.published = 0

    def run(self):
        try:
            while not self.over.wait(POLL):
                self.look()
        finally:
            connections.close_all()

    def look(self):
        rows = SealedEntry.objects.filter(idx__gte=self.size).order_by("idx")
        for index, uid in rows.values_list("idx", "uid"):
            self.sealed[uid], self.index[uid], self.size = time.monotonic(), index, index + 1
        if (found := api.published()) and found.size > self.published:
            now = time.monotonic()
            self.public |= dict.fromkeys(range(self.published, found.size), now)
            self.published = found.size


def wait_until(true, limit=60):
    end = time.monotonic() + limit
    while not true():
        assert time.monotonic() < end
        time.sleep(POLL)


def told(values):
    found = {f"p{int(part * 100)}": percentile(values, part) for part in (0.5, 0.99)}
    return {**found, "most": max(values)}


@pytest.mark.parametrize("load", either((20, 3), (50, 60)))
def test_events_are_sealed_and_witnessed_soon(log, submit, worker, consortium, keep, load):
    rate, seconds = load
    worker(TESTS_WITNESSES=str(settings.WITNESSES))
    watcher, recorded = Watcher(), {}
    watcher.start()
    uids = [submit()]
    wait_until(lambda: watcher.published == 2)  # the worker is awake

    begun = time.monotonic()
    for number in range(rate * seconds):
        time.sleep(max(0.0, begun + number / rate - time.monotonic()))
        uids.append(submit())
        recorded[uids[-1]] = time.monotonic()
    wrote = time.monotonic() - begun
    wait_until(lambda: watcher.published == len(uids) + 1)
    watcher.over.set()
    watcher.join()

    sealed = [watcher.sealed[uid] - at for uid, at in recorded.items()]
    public = [watcher.public[watcher.index[uid]] - at for uid, at in recorded.items()]
    result = {
        "rate": len(recorded) / wrote,
        "sealed, s": told(sealed),
        "witnessed, s": told(public),
    }
    say(f"lag: {result}")
    assert [entry.uid for entry in api.entries(1)] == uids
    if seconds > 10:
        keep("lag", seed=0, events=len(recorded), **result)
