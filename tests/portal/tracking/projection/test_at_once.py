"""Several projectors at once: every entry is folded exactly once."""

from threading import Thread

import pytest
from django.db import connection

import ledger.api as ledger
from portal.tracking.models import Line
from portal.tracking.projection import checking, projecting
from portal.tracking.statistics import reading
from tests.portal.tracking.stories import Story, whole


@pytest.mark.django_db(transaction=True)
def test_projectors_at_once_fold_each_entry_once(log, seal):
    whole(Story())
    seal()
    projecting.project(limit=1)
    counts = []

    def work():
        try:
            while done := projecting.project(limit=3):
                counts.append(done)
        finally:
            connection.close()

    workers = [Thread(target=work) for _n in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sum(counts) == ledger.size() - 1
    assert Line.objects.count() == ledger.size() == projecting.seen()
    assert reading.everything().of("gifts") == 1
    assert checking.differences() == []
