"""Which gifts a sum is taken from: first in, first out, whole fen, the remainder from the last.

A posting names its gift, so the shares of every gift in every payment are the sealed postings
themselves. One entry carries `MOST` of them; what is more follows in further entries.
"""

from collections.abc import Iterator

from django.db.models import Sum

from ledger.core.postings import MONEY, Posting, place
from portal.balance.models import Holding

MOST = 200  # postings of one entry: well below its 65,535 bytes


def draw(source: str, target: str, amount: int) -> tuple[list[Posting], int]:
    """(at most MOST postings from the oldest holdings of a place, what of the sum is still left).

    The caller has locked what the place belongs to. What the place does not hold stays left.
    """
    postings: list[Posting] = []
    for holding in _oldest(source):
        part = min(holding.amount, amount)
        if not part or len(postings) == MOST:
            break
        postings.append(
            Posting(
                amount=part,
                item=MONEY,
                gift=holding.gift,
                lot=holding.lot,
                from_=source,
                to=target,
            )
        )
        amount -= part
    return postings, amount


def one(gift: str, source: str, target: str, amount: int, *, lot: str = "") -> Posting:
    """One gift's money from a place to another."""
    return Posting(amount=amount, item=MONEY, gift=gift, lot=lot, from_=source, to=target)


def held(where: str, *, gift: str = "") -> int:
    """What an inside place or an end holds, of one gift or of all; fen."""
    rows = Holding.objects.filter(place=where, item=MONEY, amount__gt=0)
    rows = rows.filter(gift=gift) if gift else rows
    return int(rows.aggregate(all=Sum("amount"))["all"] or 0)


def _oldest(source: str) -> Iterator[Holding]:
    rows = Holding.objects.filter(place=source, item=MONEY, amount__gt=0)
    yield from rows.order_by("pk")[: MOST + 1]


__all__ = ["MOST", "draw", "held", "one", "place"]
