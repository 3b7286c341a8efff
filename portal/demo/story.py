"""The story that the demonstration plays."""

from collections.abc import Callable
from datetime import datetime

Progress = Callable[[int, int, str], None]  # done, total, what happens now


def play(*, at: datetime, progress: Progress) -> None:
    """Three weeks up to `at`, through the same commands as on any day."""


def codes() -> list[tuple[str, str]]:
    """What to look at: a sentence and an address without the site in front."""
    return []
