"""One ring waits to be heard, not one for every change."""

import pytest
import redis
from django.conf import settings

from ledger import doorbell

TASK = "ledger.seal"


@pytest.mark.services
def test_a_ring_that_nobody_has_heard_is_not_repeated(db):
    broker = redis.Redis.from_url(settings.REDIS_URL)
    broker.delete("celery")

    for _ in range(5):
        doorbell.ring_once(TASK)
    assert broker.llen("celery") == 1

    doorbell.heard(TASK)
    doorbell.ring_once(TASK)
    assert broker.llen("celery") == 2
    broker.delete("celery")
