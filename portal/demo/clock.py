"""The story's own clock: journeys written one by one, played together in the order of time.

A journey is a generator: it yields how long it waits and is given the time when it goes on. The
scheduler plays whatever comes next, so entries of many gifts interleave as on real days.
"""

import heapq
from collections.abc import Callable, Generator, Iterable
from datetime import datetime, timedelta
from itertools import count

Journey = Generator[timedelta, datetime, None]


def play(
    journeys: Iterable[tuple[datetime, Journey]],
    *,
    until: datetime,
    each: Callable[[datetime], None],
) -> None:
    """Play all journeys in time order; what would happen after `until` does not happen."""
    order = count()
    waiting: list[tuple[datetime, int, Journey]] = []
    for begins, journey in journeys:
        next(journey)  # to its first yield, which waits for its beginning
        heapq.heappush(waiting, (begins, next(order), journey))
    while waiting:
        at, _place, journey = heapq.heappop(waiting)
        if at > until:
            continue
        each(at)
        try:
            pause = journey.send(at)
        except StopIteration:
            continue
        heapq.heappush(waiting, (at + pause, next(order), journey))


def hours(n: float) -> timedelta:
    return timedelta(hours=n)


BEGIN = timedelta()  # what a journey yields first
