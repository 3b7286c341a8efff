"""What was built before is put in again exactly, and only where nothing is different."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from portal.pledges import commands
from portal.pledges.models import Pledge
from tests import remembering, rows_of
from tests.factories.clock import later
from tests.factories.pledges import create_pledge
from tests.factories.receipts import create_receipt

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]


def test_what_is_put_in_again_is_every_row_that_was_built(seal_and_project):
    begun, told = remembering.memory.now, []
    for _turn in ("built", "put in again"):
        before = transaction.savepoint()
        remembering.memory.now = begun
        receipt = create_receipt({"line": 1, "missing": 100})
        seal_and_project()
        told.append((receipt.code, receipt.shipment.code, rows_of.everything()))
        assert remembering.memory.now is not None
        transaction.savepoint_rollback(before)

    assert told[0] == told[1]
    assert len(told[0][2]) > 30


def test_what_is_handed_out_is_a_copy(log):
    create_pledge().stage = "nonsense"

    assert remembering.memory.now is not None
    assert create_pledge().stage == "accepted"
    assert Pledge.objects.count() == 2


def test_other_words_build_something_else(log):
    create_pledge()

    assert create_pledge(at=later(hours=1)).opened_at == later(hours=1)


def test_after_any_other_write_the_moves_are_taken(log):
    code = create_pledge().code
    assert remembering._state()

    Pledge.objects.filter(code=code).update(version=9)

    assert remembering._state() is None


def test_after_something_was_undone_the_moves_are_taken(log):
    with transaction.atomic():
        create_pledge()
        transaction.set_rollback(True)

    assert remembering._state() is None
    create_pledge()
    assert Pledge.objects.count() == 1


def test_under_other_settings_the_moves_are_taken(log, settings):
    settings.DEMO = True

    assert remembering._state() is None


def test_where_something_is_patched_the_moves_are_taken(log, monkeypatch):
    monkeypatch.setattr(commands, "__doc__", "")

    assert remembering._state() is None


def test_where_statements_are_counted_the_moves_are_taken(log):
    with CaptureQueriesContext(connection) as seen:
        create_pledge()

    assert len(seen) > 20
