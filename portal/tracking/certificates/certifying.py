"""Certificates of what was confirmed or received, as a row for each state that a gift was in.

Nobody issues them: each entry after which other pieces of a gift are confirmed than before, or
another sum of it received, makes a certificate and ends the one before. Its number follows from
the entry's seal, so nobody can choose one, and every number that ever stood on a paper is answered.
"""

from datetime import datetime
from typing import Any

from ledger.api import Entry
from ledger.core import codes
from ledger.core.postings import MONEY
from portal.tracking.certificates.certificate import Certificate
from portal.tracking.models import Gift
from portal.tracking.money.holdings import is_money
from portal.tracking.projection.entries import name_of
from portal.tracking.projection.shelf import Shelf

Rows = list[dict[str, Any]]
GOODS, SUM = "goods", "money"


def number_of(leaf: bytes, gift: str) -> str:
    """The number of the certificate that the entry with this leaf hash makes for a gift."""
    return codes.following("Z", of=b"certificate\n" + leaf + gift.encode())


def state_of(gift: Gift) -> Rows:
    """What can be certified of a gift now: pieces that hospitals confirmed, or the fen that came,
    were identified and were not given back. Promised, counted or sent is not enough (R23)."""
    if is_money(gift):
        places = gift.places.get(MONEY, {})
        away = ("refunded", "unidentified")
        came = -sum(n for place, n in places.items() if name_of(place) == "donor")
        kept = came - sum(n for place, n in places.items() if name_of(place) in away)
        return [{"item": MONEY, "owner": "", "amount": kept}] if kept > 0 else []
    return [
        {"item": item, "owner": place.partition(":")[2], "amount": amount}
        for item, held in sorted(gift.places.items())
        for place, amount in sorted(held.items())
        if item != MONEY and name_of(place) == "received" and amount > 0
    ]


def fold(shelf: Shelf, entry: Entry, *, at: datetime) -> None:
    """Bring the certificates of the gifts that the entry books to what is true after it."""
    told = entry.body["data"].get("postings", [])
    for code in dict.fromkeys(posting["gift"] for posting in told):
        gift = shelf.find(Gift, code)
        if gift is not None:
            _certify(shelf, entry, gift, at)


def _certify(shelf: Shelf, entry: Entry, gift: Gift, at: datetime) -> None:
    rows, last = state_of(gift), 0
    while shelf.find(Certificate, gift.code, last + 1):
        last += 1
    before = shelf.find(Certificate, gift.code, last) if last else None
    valid = before if before is not None and before.ended_seq is None else None
    if rows == (valid.rows if valid else []):
        return
    number = number_of(entry.leaf, gift.code) if rows else ""
    if valid is not None:
        ended = shelf.row(Certificate, gift.code, last)
        ended.ended_seq, ended.ended_at, ended.ended_by = entry.index, at, number
        ended.ended_cause, ended.version = entry.body["type"], entry.index + 1
    if rows:
        shelf.add(
            Certificate(
                gift=gift.code,
                n=last + 1,
                code=number,
                rows=rows,
                seq=entry.index,
                at=at,
                leaf=entry.leaf.hex(),
                kind=SUM if is_money(gift) else GOODS,
                cause=entry.body["type"],
                names=_names(gift, rows),
                corrected=before is not None and _takes_back(before.rows, rows),
                version=entry.index + 1,
            )
        )


def _names(gift: Gift, rows: Rows) -> dict[str, Any]:
    """The names, as they are now, of what the certificate speaks about."""
    used = {key for row in rows for key in (row["item"], row["owner"])}
    return {
        key: told
        for key, told in gift.names.items()
        if key in used or key[0] == "F" or told.get("kind") == "charity"
    }


def _takes_back(before: Rows, after: Rows) -> bool:
    now = {(row["item"], row["owner"]): row["amount"] for row in after}
    return any(now.get((row["item"], row["owner"]), 0) < row["amount"] for row in before)
