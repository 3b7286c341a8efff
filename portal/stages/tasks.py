"""What Celery may run for the stages."""

from celery import shared_task
from django.utils import timezone

from portal.stages import clock


@shared_task(name="stages.clock", ignore_result=True)
def tick() -> None:
    clock.tick(at=timezone.now())
