"""A ring at a task's door. The database is the queue: a lost ring costs a second, nothing else."""

from celery import current_app
from django.conf import settings
from django.core.cache import cache

UNHEARD = 1  # seconds after which a ring counts as lost


def ring(task: str) -> None:
    """Send a task by name, without waiting for a broker that is not there."""
    found = current_app.tasks.get(task)
    if found is None:  # the worker knows it
        current_app.send_task(task, ignore_result=True, retry=False, expires=10)
    else:
        found.apply_async(ignore_result=True, retry=False, expires=10)


def ring_once(task: str) -> None:
    """The same, unless a ring waits to be heard: a busy worker's queue stays short, so that what
    else stands in it has its turn. Only where all processes share a cache."""
    if not settings.REDIS_URL or cache.add(f"doorbell:{task}", True, timeout=UNHEARD):
        ring(task)


def heard(task: str) -> None:
    """What is committed from now on rings again."""
    cache.delete(f"doorbell:{task}")
