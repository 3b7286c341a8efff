"""How near a lot is to its expiry date, in whole months as configured: yellow, then red."""

from calendar import monthrange
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

YELLOW, RED = "yellow", "red"


def near(expiry: date | None, *, at: datetime) -> str:
    """`red`, `yellow`, or nothing: there is no date, or it is far enough."""
    if expiry is None:
        return ""
    today = timezone.localdate(at)
    if expiry < months_on(today, settings.STOCK_RED_MONTHS):
        return RED
    return YELLOW if expiry < months_on(today, settings.STOCK_YELLOW_MONTHS) else ""


def months_on(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
