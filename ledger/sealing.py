"""Sealing: one transaction moves a batch from the outbox into the append-only tables.

The head row is the lock, the compare-and-swap and the state. Claim, insert and delete commit
together, so every intent is sealed exactly once; positions and case numbers are given here, never
by id, because ids are handed out before commit. Another worker at it, or a mode that forbids
sealing: nothing happens, and the caller comes again.
"""

import json
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from ledger import bulk, handover
from ledger.core import leaf, tiles, tree
from ledger.doorbell import ring
from ledger.failpoints import fp
from ledger.models import (
    FROZEN,
    OK,
    CaseCount,
    CaseNumber,
    Head,
    Intent,
    SealedEntry,
    TileHash,
)

BATCH = 1000
FIELDS = tuple(leaf.Draft.__annotations__)  # columns of an intent, by the same names


class HeadMoved(RuntimeError):
    """The head changed under its own lock: another writer does not keep the rules."""


def seal(*, at: datetime, batch: int = BATCH, width: int = tiles.WIDTH) -> int:
    """Seal one batch; how many entries it made. Safe beside other sealers."""
    with transaction.atomic(durable=True):
        head = Head.objects.select_for_update(skip_locked=True).first()
        fp("seal.locked")
        if head is None or head.mode not in (OK, FROZEN):
            return 0
        waiting = Intent.objects.order_by("id").values_list("id", *FIELDS)[:batch]
        drafts = {number: leaf.Draft(*fields) for number, *fields in waiting}
        fp("seal.read")
        handover.take(head, drafts, at=at)
        if not drafts:
            return 0
        _write(head, list(drafts.values()), leaf.time_text(at), width)
        fp("seal.head")
        _forget(list(drafts))
        fp("seal.deleted")
        transaction.on_commit(lambda: ring(settings.LEDGER_SEALED), robust=True)
    fp("seal.committed")
    return len(drafts)


def seal_all(*, at: datetime, batch: int = BATCH, width: int = tiles.WIDTH) -> int:
    """Seal until the outbox is empty; how many entries it made."""
    total = 0
    while (count := seal(at=at, batch=batch, width=width)) == batch:
        total += count
    return total + count


def _write(head: Head, drafts: list[leaf.Draft], now: str, width: int) -> None:
    concerned = [json.loads(draft.codes) for draft in drafts]
    numbers = _numbers({code for codes in concerned for code in codes})
    fp("seal.numbered")
    frontier = tree.Frontier.decode(head.size, bytes(head.frontier))
    prev, at = bytes(head.last), max(now, head.at)
    entries, cases, hashes = bulk.Rows(), bulk.Rows(), bulk.Rows()
    for index, (draft, codes) in enumerate(zip(drafts, concerned, strict=True), head.size):
        numbered = [(code, numbers.get(code, 0)) for code in codes]
        data = draft.seal(
            log=head.origin, seq=index, prev=prev.hex(), at=at, cases=leaf.cases_text(numbered)
        )
        prev = tree.leaf_hash(data)
        entries.append((index, draft.uid, prev, data))
        for code, n in numbered:
            cases.append((code, n, index))
            numbers[code] = n + 1
        done = frontier.append(prev)
        for height, level in tiles.completed(done, frontier.size, width):
            hashes.append((level, (frontier.size >> height) - 1, done[height]))
    fp("seal.made")
    _insert(entries, cases, hashes, numbers)
    _move_head(head, frontier, prev, at)


def draft_of(intent: Intent) -> leaf.Draft:
    return leaf.Draft(*(getattr(intent, name) for name in FIELDS))


def _numbers(codes: set[str]) -> dict[str, int]:
    """The next number of every code of the batch, in one query."""
    condition, values = bulk.among("code", codes)
    with connection.cursor() as cursor:
        sql = f"SELECT code, n FROM ledger_case_count WHERE {condition}"  # noqa: S608
        cursor.execute(sql, values)
        return dict(cursor.fetchall())


def _insert(
    entries: bulk.Rows, cases: bulk.Rows, hashes: bulk.Rows, numbers: dict[str, int]
) -> None:
    bulk.insert(SealedEntry, entries)
    fp("seal.entries")
    bulk.insert(CaseNumber, cases)
    fp("seal.cases")
    if hashes:
        bulk.insert(TileHash, hashes)
    fp("seal.hashes")
    bulk.upsert(CaseCount, sorted(numbers.items()))
    fp("seal.counts")


def _forget(intents: list[int]) -> None:
    """By the ids that were read: one that was committed since has another."""
    condition, values = bulk.among("id", intents)
    with connection.cursor() as cursor:
        sql = f"DELETE FROM ledger_intent WHERE {condition}"  # noqa: S608
        cursor.execute(sql, values)


def _move_head(head: Head, frontier: tree.Frontier, last: bytes, at: str) -> None:
    moved = Head.objects.filter(id=1, size=head.size, last=head.last).update(
        size=frontier.size,
        root=frontier.root(),
        frontier=frontier.encode(),
        last=last,
        at=at,
        vkey=head.vkey,
        retired=head.retired,
    )
    if moved != 1:
        raise HeadMoved(f"the head is not at size {head.size} any more")
