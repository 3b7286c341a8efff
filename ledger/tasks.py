"""What the worker does for the ledger; safe to run twice, late, or beside each other."""

from contextlib import suppress

from celery import shared_task
from celery.signals import worker_init
from django.db import connections
from django.utils import timezone

from ledger import (
    anchoring,
    doorbell,
    fitting,
    fsck,
    guarding,
    publishing,
    reading,
    sealing,
    tidying,
    witnessing,
)

A_SECOND = 1.0  # a worker that seals too never waits longer for a witness; the next round takes it


@shared_task(name="ledger.seal", ignore_result=True)
def seal() -> None:
    doorbell.heard("ledger.seal")
    sealing.seal_all(at=timezone.now())


@shared_task(name="ledger.publish", ignore_result=True)
def publish() -> None:
    publishing.sign_and_publish(at=timezone.now(), patience=A_SECOND)


@shared_task(name="ledger.check", ignore_result=True)
def check() -> None:
    """The nightly check of everything; its outcome stands on the page about integrity."""
    fsck.check(at=timezone.now())


@shared_task(name="ledger.anchor", ignore_result=True)
def anchor() -> None:
    """Has the newest published checkpoint stamped, at most once an hour."""
    with suppress(reading.NoLog):
        anchoring.scheduled(at=timezone.now())


@shared_task(name="ledger.tidy", ignore_result=True)
def tidy() -> None:
    tidying.drop_partials(at=timezone.now())


@shared_task(name="ledger.watch", ignore_result=True)
def watch() -> None:
    """Ask the witnesses what they hold of ours: an old copy is found out by it too."""
    _look(patience=A_SECOND)


def _look(*, patience: float) -> None:
    with suppress(reading.NoLog):
        seen = witnessing.sightings(reading.head(), patience=patience)
        guarding.check_mode(at=timezone.now(), seen=seen)


@worker_init.connect
def check_before_work(**_kwargs: object) -> None:
    """A restored database, or half of one, is found before anything is sealed onto it."""
    _look(patience=witnessing.PATIENCE)
    with suppress(reading.NoLog):
        fitting.check(at=timezone.now())
    connections.close_all()  # a forked worker makes its own
