"""Sealing: one transaction moves a batch from the outbox into the append-only tables.

The head row is the lock, the compare-and-swap and the state. Claim, insert and delete commit
together, so every intent is sealed exactly once; positions and case numbers are given here, never
by id, because ids are handed out before commit. Another worker at it, or a mode that forbids
sealing: nothing happens, and the caller comes again.
"""

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from ledger.core import leaf, tiles, tree
from ledger.doorbell import ring
from ledger.failpoints import fp
from ledger.models import FROZEN, OK, CaseCount, Head, Intent

BATCH = 1000
Rows = list[tuple[Any, ...]]


class HeadMoved(RuntimeError):
    """The head changed under its own lock: another writer does not keep the rules."""


def seal(*, at: datetime, batch: int = BATCH, width: int = tiles.WIDTH) -> int:
    """Seal one batch; how many entries it made. Safe beside other sealers."""
    with transaction.atomic(durable=True):
        head = Head.objects.select_for_update(skip_locked=True).first()
        fp("seal.locked")
        if head is None or head.mode not in (OK, FROZEN):
            return 0
        intents = list(Intent.objects.order_by("id")[:batch])
        fp("seal.read")
        if not intents:
            return 0
        _write(head, intents, leaf.time_text(at), width)
        fp("seal.head")
        Intent.objects.filter(id__in=[intent.id for intent in intents]).delete()
        fp("seal.deleted")
        transaction.on_commit(lambda: ring(settings.LEDGER_SEALED), robust=True)
    fp("seal.committed")
    return len(intents)


def seal_all(*, at: datetime, batch: int = BATCH, width: int = tiles.WIDTH) -> int:
    """Seal until the outbox is empty; how many entries it made."""
    total = 0
    while (count := seal(at=at, batch=batch, width=width)) == batch:
        total += count
    return total + count


def _write(head: Head, intents: list[Intent], now: str, width: int) -> None:
    concerned = [json.loads(intent.codes) for intent in intents]
    numbers = _numbers({code for codes in concerned for code in codes})
    fp("seal.numbered")
    frontier = tree.Frontier.decode(head.size, bytes(head.frontier))
    prev, at = bytes(head.last), max(now, head.at)
    entries, cases, hashes = Rows(), Rows(), Rows()
    for index, (intent, codes) in enumerate(zip(intents, concerned, strict=True), head.size):
        numbered = [(code, numbers.get(code, 0)) for code in codes]
        data = draft_of(intent).seal(
            log=head.origin, seq=index, prev=prev.hex(), at=at, cases=leaf.cases_text(numbered)
        )
        prev = tree.leaf_hash(data)
        entries.append((index, intent.uid, prev, data))
        for code, n in numbered:
            cases.append((code, n, index))
            numbers[code] = n + 1
        done = frontier.append(prev)
        for height, level in tiles.completed(done, frontier.size, width):
            hashes.append((level, (frontier.size >> height) - 1, done[height]))
    _insert(entries, cases, hashes, numbers)
    _move_head(head, frontier, prev, at)


def draft_of(intent: Intent) -> leaf.Draft:
    return leaf.Draft(
        uid=intent.uid,
        type=intent.type,
        case=intent.case,
        codes=intent.codes,
        data=intent.data,
        sd=intent.sd,
        corrects=intent.corrects,
        by=intent.by,
        sig=intent.sig,
    )


def _numbers(codes: set[str]) -> dict[str, int]:
    """The next number of every code of the batch, in one query."""
    counts = CaseCount.objects.filter(code__in=codes)
    return dict(counts.values_list("code", "n"))


def _insert(entries: Rows, cases: Rows, hashes: Rows, numbers: dict[str, int]) -> None:
    """Plain rows, many at a time: model objects would cost more than all the hashing."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO ledger_entry (idx, uid, leaf, entry) VALUES (%s, %s, %s, %s)", entries
        )
        fp("seal.entries")
        cursor.executemany("INSERT INTO ledger_case (code, n, idx) VALUES (%s, %s, %s)", cases)
        fp("seal.cases")
        cursor.executemany("INSERT INTO ledger_hash (level, n, hash) VALUES (%s, %s, %s)", hashes)
        fp("seal.hashes")
        cursor.executemany(
            "INSERT INTO ledger_case_count (code, n) VALUES (%s, %s)"
            " ON CONFLICT (code) DO UPDATE SET n = excluded.n",
            sorted(numbers.items()),
        )
        fp("seal.counts")


def _move_head(head: Head, frontier: tree.Frontier, last: bytes, at: str) -> None:
    moved = Head.objects.filter(id=1, size=head.size, last=head.last).update(
        size=frontier.size,
        root=frontier.root(),
        frontier=frontier.encode(),
        last=last,
        at=at,
    )
    if moved != 1:
        raise HeadMoved(f"the head is not at size {head.size} any more")
