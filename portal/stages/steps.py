"""What an effect is given to work with, and how it refuses."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ledger.core.postings import Posting
from portal.accounts.acting import Actor
from portal.stages.table import Move


class MoveRefused(Exception):
    """The move is not taken; the text says why and what to do, fit for the page."""


class Closed(MoveRefused):
    """The ledger takes nothing at the moment: behind or read only."""


class NotYours(MoveRefused):
    """The actor may not know of this subject, or his role may not take this move (404 or 403)."""


@dataclass
class Step:
    """What an effect is given: who acts, when, the facts; and what it may add to the one
    transaction and its entry."""

    actor: Actor
    at: datetime
    move: Move
    facts: Any
    target: str
    postings: list[Posting] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    data: dict[str, Any] = field(default_factory=dict)
    after: list[Callable[[], None]] = field(default_factory=list)
    corrects: str | None = None

    def post(self, *postings: Posting) -> None:
        """Book these postings with the move; refused as a whole if they do not add up."""
        self.postings += postings

    def concern(self, *found: str) -> None:
        """The entry concerns these codes too: it will stand on their public pages."""
        self.codes.update(c for c in found if c)

    def open(self, **values: Any) -> None:
        """Add open facts to the entry: for ever, never personal."""
        self.data |= values

    def then(self, *calls: Callable[[], None]) -> None:
        """What follows once stage and postings are written: entries that come after this one."""
        self.after += calls
