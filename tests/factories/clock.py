"""The tests' own clock: one fixed moment, and moments after it."""

from datetime import UTC, datetime, timedelta

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def later(**amount):
    return AT + timedelta(**amount)
