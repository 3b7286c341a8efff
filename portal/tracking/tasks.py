"""What Celery may run for tracking."""

from celery import shared_task

from portal.tracking import projecting


@shared_task(name="tracking.project", ignore_result=True)
def project() -> None:
    projecting.project_all()
