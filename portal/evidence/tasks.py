"""What Celery may run for photos and papers."""

from celery import shared_task
from django.utils import timezone

from portal.evidence import scrubbing


@shared_task(name="evidence.scrub", ignore_result=True)
def scrub() -> None:
    """Once a night; what is bad stands on the pages and in the workbench from then on."""
    scrubbing.scrub(at=timezone.now())
