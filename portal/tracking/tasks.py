"""What Celery may run for tracking."""

from celery import shared_task
from django.utils import timezone

from portal.notices import following
from portal.tracking import news
from portal.tracking.projection import projecting


@shared_task(name="tracking.project", ignore_result=True)
def project() -> None:
    projecting.project_all()


@shared_task(name="tracking.tell", ignore_result=True)
def tell() -> None:
    """News for followers; addresses that nobody confirmed are forgotten beside it."""
    at = timezone.now()
    news.tell(at=at)
    following.tidy(at=at)
