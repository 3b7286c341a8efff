"""What Celery may run for webhooks."""

from celery import shared_task
from django.utils import timezone

from portal.webhooks import commands


@shared_task(name="webhooks.deliver", ignore_result=True)
def deliver() -> None:
    commands.deliver(at=timezone.now())
