"""What Celery may run for notices."""

from celery import shared_task
from django.utils import timezone

from portal.notices import sending


@shared_task(name="notices.deliver", ignore_result=True)
def deliver() -> None:
    sending.deliver(at=timezone.now())
