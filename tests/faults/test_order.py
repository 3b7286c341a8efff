"""Races and wrong orders: positions are given by the sealer, never by id."""

import os
import threading
import time
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from ledger import api, publishing, sealing, tasks, triggers
from ledger.core import codes, leaf
from ledger.failpoints import POINTS
from ledger.models import CaseNumber, StoredCheckpoint

pytestmark = [pytest.mark.django_db(transaction=True)]

BETWEEN = [point for point in POINTS if point.startswith("seal.")]


def write(code, n):
    """Event n of a code, as the business does it: the case's row is locked first."""
    at = timezone.now()
    data = {"recorded_at": leaf.time_text(at), "actor_role": "x", "actor_org": "", "n": n}
    return api.submit(type="gift.count", case=code, codes=[], data=data, at=at)


class Threads(list):
    """Threads that bring their errors back and close their connections."""

    def start(self, work, *words):
        def run():
            try:
                work(*words)
            except BaseException as error:  # brought back to the test
                self.errors.append(error)
            finally:
                connections.close_all()

        thread = threading.Thread(target=run)
        thread.start()
        self.append(thread)

    def __init__(self):
        super().__init__()
        self.errors = []

    def end(self):
        for thread in self:
            thread.join(60)
        assert self.errors == []


def in_case_order(code):
    numbers = CaseNumber.objects.filter(code=code).order_by("n").values_list("n", "idx")
    said = [api.entry(idx).body["data"]["n"] for _, idx in numbers]
    return said == sorted(said) == list(range(len(said)))


def writer(code, count):
    for n in range(count):
        with transaction.atomic():
            write(code, n)


def sealer(stop):
    while not stop.is_set():
        sealing.seal_all(at=timezone.now(), batch=7)


@pytest.mark.services
def test_failure_04_eight_writers_and_four_sealers_shuffled(log, settings, whole):
    settings.FAILPOINTS = "*=jitter"
    gifts, stop = [codes.mint("G") for _ in range(8)], threading.Event()
    writers, sealers = Threads(), Threads()
    for _ in range(4):
        sealers.start(sealer, stop)
    for gift in gifts:
        writers.start(writer, gift, 40)
    writers.end()
    stop.set()
    sealers.end()
    settings.FAILPOINTS = ""

    sealing.seal_all(at=timezone.now())

    assert api.size() == 8 * 40 + 1
    assert all(map(in_case_order, gifts))
    whole([entry.uid for entry in api.entries(1)])


@pytest.mark.services
@pytest.mark.parametrize("point", BETWEEN)
def test_a_sealer_paused_between_any_two_statements(log, settings, begun, whole, point):
    gifts, stop = [codes.mint("G") for _ in range(8)], threading.Event()
    writer(gifts[0], 3)
    folder = settings.VAR / "failpoints"
    paused = begun(lambda: call_command("seal", stdout=StringIO()), f"{point}=pause")
    deadline = time.monotonic() + 60
    while not (folder / f"{point}.paused").exists():
        assert time.monotonic() < deadline
        assert os.waitpid(paused, os.WNOHANG) == (0, 0)
        time.sleep(0.01)

    writers, sealers = Threads(), Threads()
    for _ in range(4):
        sealers.start(sealer, stop)
    for gift in gifts[1:]:
        writers.start(writer, gift, 5)
    writers.end()
    during = api.size()
    (folder / f"{point}.go").touch()
    assert os.waitpid(paused, 0)[1] == 0
    stop.set()
    sealers.end()
    sealing.seal_all(at=timezone.now())

    assert during == 1 or point == "seal.committed"
    assert api.size() == 3 + 7 * 5 + 1
    assert all(map(in_case_order, gifts))
    whole([entry.uid for entry in api.entries(1)])


@pytest.mark.services
def test_failure_17_commits_in_the_other_order_are_both_sealed(log, whole):
    gift, first_written, may_commit = codes.mint("G"), threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            write(gift, 0)
            first_written.set()
            may_commit.wait(30)

    threads = Threads()
    threads.start(slow)
    assert first_written.wait(30)
    with transaction.atomic():
        quick = write(codes.mint("G"), 0)
    assert sealing.seal_all(at=timezone.now()) == 1
    may_commit.set()
    threads.end()
    assert sealing.seal_all(at=timezone.now()) == 1

    assert api.entry(1).uid == quick
    whole([entry.uid for entry in api.entries(1)])


def test_numbers_that_a_rollback_used_leave_no_gap(log, whole):
    gift = codes.mint("G")
    for n in range(6):
        with transaction.atomic():
            write(gift, n // 2)
            if n % 2:
                transaction.set_rollback(True)

    assert sealing.seal_all(at=timezone.now()) == 3

    assert in_case_order(gift)
    whole([entry.uid for entry in api.entries(1)])


def test_failure_18_time_never_goes_back(log, whole):
    now = timezone.now()
    for hours in (1, -5):
        with transaction.atomic():
            write(codes.mint("G"), 0)
        sealing.seal_all(at=now + timezone.timedelta(hours=hours))

    times = [entry.body["at"] for entry in api.entries()]

    assert times == sorted(times)
    whole([entry.uid for entry in api.entries(1)])


def test_a_small_batch_seals_the_same_as_a_large_one(log, story, whole):
    story.tell(10)
    uids = api.pending_uids()

    assert sealing.seal_all(at=timezone.now(), batch=3) == 10

    assert [entry.uid for entry in api.entries(1)] == uids
    whole(uids)


def test_without_a_broker_the_sweep_seals_all_the_same(log, story, whole):
    story.tell(3)
    uids = api.pending_uids()

    tasks.seal()
    tasks.seal()
    tasks.publish()

    assert api.pending() == (0, None)
    whole(uids)


def test_the_slower_publisher_never_goes_back(log, story):
    story.tell(3)
    sealing.seal_all(at=timezone.now())
    publishing.sign_and_publish(at=timezone.now())
    old = api.checkpoints(1)[0]
    story.tell(3)
    sealing.seal_all(at=timezone.now())
    publishing.sign_and_publish(at=timezone.now())
    public = (log.dir / "checkpoint").read_text()

    with triggers.lifted(connection):
        StoredCheckpoint.objects.exclude(size=old.size).delete()

    assert publishing.publish() == 7
    assert (log.dir / "checkpoint").read_text() == public
