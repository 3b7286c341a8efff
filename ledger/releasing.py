"""What an operator decides about the mode: leaving `frozen`, entering and leaving `readonly`.

`behind` is left by rebuild_ledger alone. Each decision is kept: an entry `ledger.unfreeze` is
sealed with the reason as a named value, and the journal has a line for every change of mode.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from ledger import api, guarding, modes, reading
from ledger.core import leaf, notes, tiles
from ledger.failpoints import fp
from ledger.models import BEHIND, FROZEN, OK, READONLY, Head, Journal

REOPENED = "reopened"  # the kind of these lines in the journal


class NotReleased(RuntimeError):
    """The mode stays as it is; the text says why and what to do."""


def unfreeze(
    reason: str, *, at: datetime, seen: Iterable[notes.Checkpoint] = (), width: int = tiles.WIDTH
) -> str:
    """Leave `frozen` if the guard finds the cause gone; the uid of the entry that says why."""
    with transaction.atomic(durable=True):
        head = _locked()
        if head.mode != FROZEN:
            raise NotReleased(_ELSE[head.mode])
        verdict = guarding.judge(head, seen=seen, width=width)
        if verdict.mode != OK:
            raise NotReleased(f"the cause is not gone: {verdict.why}")
        data = {"recorded_at": leaf.time_text(at), "actor_role": "system", "actor_org": ""}
        uid = api.submit(
            type="ledger.unfreeze", case="", codes=[], data=data, named={"reason": reason}, at=at
        )
        modes.change(head, OK, f"unfrozen by an operator; the event {uid} says why", at=at)
        fp("unfreeze.changed")
    fp("unfreeze.committed")
    return uid


_ELSE = {
    OK: "the log is not frozen",
    BEHIND: "the log is behind, not frozen: run rebuild_ledger with the published files",
    READONLY: "the log is read only by an operator's word: run readonly --leave",
}


def close(reason: str, *, at: datetime) -> None:
    """Take nothing any more: before a move to other machines, or at the end of the log's life."""
    with transaction.atomic(durable=True):
        head = _locked()
        if head.mode != READONLY:
            modes.change(head, READONLY, reason, at=at)


def reopen(
    reason: str, *, at: datetime, seen: Iterable[notes.Checkpoint] = (), width: int = tiles.WIDTH
) -> str:
    """Leave `readonly` for what the guard allows; that mode."""
    with transaction.atomic(durable=True):
        head = _locked()
        if head.mode != READONLY:
            raise NotReleased(f"the log is {head.mode}, not read only")
        verdict = guarding.judge(head, seen=seen, width=width)
        modes.change(head, verdict.mode, f"{reason}; {verdict.why}", at=at)
        Journal.objects.create(kind=REOPENED, at=at, size=head.size, good=True, text=reason)
    return head.mode


def _locked() -> Head:
    found = Head.objects.select_for_update().first()
    if found is None:
        raise reading.NoLog("There is no log in this database yet: run manage.py create_log.")
    return found
