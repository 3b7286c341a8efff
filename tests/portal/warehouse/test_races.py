"""Two warehouses' people issue the last hundred at once: one succeeds, the other is told why."""

import threading
import time

import pytest
from django.db import connection, connections, transaction
from django.utils import translation

from portal.balance.models import Holding
from portal.stages.engine import MoveRefused
from tests.factories.catalogue import MASK
from tests.factories.needs import create_need
from tests.factories.pledges import create_pledge
from tests.factories.warehouse import create_allocation, create_arrival, create_warehouse, lot_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("log"),
    pytest.mark.services,
]
WAITING = "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"


def run(action, answers):
    """In a thread with a connection of its own; what came of it goes to `answers`."""

    def call():
        try:
            with translation.override("en"):
                answers.append(("done", action()))
        except MoveRefused as refusal:
            answers.append(("refused", str(refusal)))
        finally:
            connections.close_all()

    thread = threading.Thread(target=call)
    thread.start()
    return thread


def wait_for(number):
    """Until so many sessions wait for a lock."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            if cursor.fetchone()[0] >= number:
                return
        time.sleep(0.02)
    raise AssertionError(f"{number} sessions never waited")


def compete(actions, hold):
    """Start them all while `hold` keeps what they need, let them go, and give what came of them."""
    answers = []
    with transaction.atomic():
        hold()
        threads = [run(action, answers) for action in actions]
        wait_for(len(actions))
    for thread in threads:
        thread.join(timeout=20)
    return sorted(answers, key=lambda answer: answer[0])


def needs_postgresql():
    assert connection.vendor == "postgresql", "SQLite has one writer at a time: nothing can race"


def asked(quantity):
    return create_need(lines=[(MASK, "exact", quantity)]).lines.get()


@pytest.fixture
def lot():
    needs_postgresql()
    pledge = create_pledge(lines=((MASK, 100),))
    return lot_of(create_arrival(pledge=pledge, warehouse=create_warehouse()))


def test_acceptance_27_the_last_hundred_issued_twice_at_once_go_out_once(lot):
    lines = [asked(100), asked(100)]
    actions = [lambda line=line: create_allocation(line, (lot, 100)).stage for line in lines]
    stock = Holding.objects.select_for_update().filter(lot=lot.code, place__startswith="stock")

    done, refused = compete(actions, lambda: list(stock))

    assert done == ("done", "published")
    assert refused[0] == "refused"
    assert refused[1].startswith("Not enough: 0 of gift")
    assert "100 were asked for" in refused[1]
    assert stock.model.objects.get(lot=lot.code, place__startswith="stock").amount == 0


def test_one_need_is_not_supplied_twice_at_once(lot):
    line = asked(60)
    actions = [lambda: create_allocation(line, (lot, 50)).stage] * 2
    need = type(line.need).objects.select_for_update().filter(pk=line.need_id)

    done, refused = compete(actions, lambda: list(need))

    line.refresh_from_db()
    assert (done, line.allocated) == (("done", "published"), 50)
    assert "at most 10" in refused[1]


def test_one_line_is_not_pledged_twice_at_once():
    needs_postgresql()
    line = asked(60)
    actions = [lambda: create_pledge(stage="registered", lines=((MASK, 50, line),)).stage] * 2
    need = type(line.need).objects.select_for_update().filter(pk=line.need_id)

    done, refused = compete(actions, lambda: list(need))

    line.refresh_from_db()
    assert (done, line.pledged) == (("done", "registered"), 50)
    assert refused[1].startswith("Only 10 are still missing")


def test_a_gift_is_not_sent_twice_at_once():
    needs_postgresql()
    house, pledge = create_warehouse(), create_pledge(lines=((MASK, 100),))
    actions = [
        lambda: (
            create_arrival(
                stage="announced", pledge=pledge, warehouse=house, quantities={1: 70}
            ).stage
        )
    ] * 2
    row = type(pledge).objects.select_for_update().filter(pk=pledge.pk)

    done, refused = compete(actions, lambda: list(row))

    assert (done, pledge.lines.get().sent) == (("done", "announced"), 70)
    assert "at most 30" in refused[1]
