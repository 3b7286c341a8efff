"""A ring at a task's door. The database is the queue: a lost ring costs a second, nothing else."""

from celery import current_app


def ring(task: str) -> None:
    """Send a task by name, without waiting for a broker that is not there."""
    found = current_app.tasks.get(task)
    if found is None:  # the worker knows it
        current_app.send_task(task, ignore_result=True, retry=False, expires=10)
    else:
        found.apply_async(ignore_result=True, retry=False, expires=10)
