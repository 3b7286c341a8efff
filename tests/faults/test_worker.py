"""A real worker on a real broker: killed, and the broker emptied, while events wait."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest
import redis

from ledger import api

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def worker(log, child_env, tmp_path):
    """worker(**env): start one with its beat."""
    started = []

    def start(**env):
        words = [sys.executable, "-m", "celery", "-A", "portal", "worker", "-B", "-P", "solo"]
        words += ["--without-gossip", "--without-mingle", "-s", str(tmp_path / "beat")]
        process = subprocess.Popen(
            words,
            env={**child_env, **env},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # beat is a child of the worker: both end together
        )
        started.append(process)
        return process

    yield start
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def seconds_until(done, limit=90):
    start = time.monotonic()
    while not done():
        assert time.monotonic() - start < limit
        time.sleep(0.05)
    return time.monotonic() - start


def test_a_killed_worker_and_an_empty_broker_lose_nothing(log, story, worker, whole):
    broker = redis.Redis.from_url(os.environ["REDIS_URL"])
    uids = story.tell(5)
    first = worker(FAILPOINTS="seal.head=kill")
    assert first.wait(90) == -signal.SIGKILL
    broker.flushall()

    assert api.pending()[0] == 5  # killed half way: nothing is sealed, nothing lost
    worker()
    assert seconds_until(lambda: api.pending()[0] == 0) < 10
    broker.flushall()  # the worker goes on: its beat rings again
    uids += story.tell(5)
    late = seconds_until(lambda: api.pending()[0] == 0)

    assert late < 10
    seconds_until((log.dir / "checkpoint").exists)
    whole(uids)
