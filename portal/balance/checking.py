"""The books re-derived: every holding is the sum of its postings, and the postings are those of the
sealed entries."""

from collections import defaultdict
from typing import Any

import ledger.api as ledger
from ledger.core import postings as rules
from ledger.core.postings import Posting
from portal.balance.models import Booked, Holding

Difference = dict[str, Any]


def replay(booked: list[Posting]) -> dict[rules.Key, int]:
    """Holdings that follow from postings alone, in order. Raises rules.Short where a place would go
    below zero."""
    held: dict[rules.Key, int] = {}
    rules.apply(held, booked)
    return held


def differences() -> list[Difference]:
    """What does not add up, as {table, index, field, reason}; empty when the books are whole."""
    return [*holdings_against_postings(), *postings_against_entries()]


def holdings_against_postings() -> list[Difference]:
    found: list[Difference] = []
    sums: dict[rules.Key, int] = defaultdict(int)
    for b in Booked.objects.order_by("pk").iterator():
        sums[(b.gift, b.lot, b.item, b.from_place)] -= b.amount
        sums[(b.gift, b.lot, b.item, b.to_place)] += b.amount
    for h in Holding.objects.order_by("pk").iterator():
        should = sums.pop((h.gift, h.lot, h.item, h.place), 0)
        if should != h.amount:
            found.append(
                _row(
                    "balance_holding",
                    h.pk,
                    "amount",
                    f"holds {h.amount}, its postings add up to {should}",
                )
            )
        if h.amount < 0 and not h.outside:
            found.append(
                _row("balance_holding", h.pk, "amount", f"{h.place} is below zero: {h.amount}")
            )
    found += [
        _row("balance_holding", "/".join(key), "amount", f"missing, should hold {n}")
        for key, n in sums.items()
        if n
    ]
    return found


def postings_against_entries() -> list[Difference]:
    """Every sealed posting is booked once and the same; a booked one without an entry waits to be
    sealed or is wrong."""
    found: list[Difference] = []
    booked: dict[str, list[dict[str, object]]] = defaultdict(list)
    for b in Booked.objects.order_by("uid", "n").iterator():
        p = Posting(
            amount=b.amount, item=b.item, gift=b.gift, lot=b.lot, from_=b.from_place, to=b.to_place
        )
        booked[b.uid].append(p.to_json())
    for entry in ledger.entries():
        said = entry.body["data"].get("postings", [])
        if booked.pop(entry.uid, []) != said:
            found.append(
                _row(
                    "balance_booked", entry.index, "postings", f"entry {entry.index} says otherwise"
                )
            )
    waiting = set(ledger.pending_uids())
    found += [
        _row("balance_booked", uid, "uid", "no entry says this")
        for uid in booked
        if uid not in waiting
    ]
    return found


def _row(table: str, index: object, field: str, reason: str) -> Difference:
    return {"table": table, "index": index, "field": field, "reason": reason}
