"""What Celery may run for input."""

from celery import shared_task
from django.utils import timezone

from portal.input import limits


@shared_task(name="input.tidy", ignore_result=True)
def tidy() -> None:
    limits.tidy(at=timezone.now())
