"""善迹 Shanji, the portal; importing it makes the Celery app known to Django."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
