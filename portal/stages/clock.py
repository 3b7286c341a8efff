"""What time brings about, part by part: whichever part's `commands` has a `tick` is asked."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeVar

from django.db.models import QuerySet

import ledger.api as ledger
from portal.accounts.acting import CLOCK
from portal.stages.engine import Closed, MoveRefused, NotYours, advance
from portal.stages.models import Subject
from portal.stages.registry import subjects
from portal.stages.rooms import room

S = TypeVar("S", bound=Subject)
AT_ONCE = 500  # subjects of a kind that one tick of the clock moves on; the next takes the rest


def tick(*, at: datetime) -> dict[str, int]:
    """Let every part take the moves that are due; how many each took, by its name. Nothing while
    the ledger takes nothing: what is due stays due."""
    if ledger.closed():
        return {}
    parts = {model._meta.app_label: room(model, "commands") for model in subjects()}
    return {
        name: commands.tick(at=at)
        for name, commands in sorted(parts.items())
        if hasattr(commands, "tick")
    }


def move_on(due: QuerySet[S], move: str, *, at: datetime) -> int:
    """The clock's move of every subject that is due, each in a transaction of its own; how many."""
    codes = list(due.order_by("pk").values_list("code", flat=True)[:AT_ONCE])
    return sum(taken(partial(advance, due.model, code, move, actor=CLOCK, at=at)) for code in codes)


def taken(call: Callable[[], object]) -> bool:
    """Whether this move of the clock was taken; not where somebody else has moved it on a moment
    ago: then it is no longer due, or the next tick looks again. Raises Closed, and NotYours where
    the clock may not: that is a mistake of ours."""
    try:
        call()
    except (Closed, NotYours):
        raise
    except MoveRefused:
        return False
    return True
