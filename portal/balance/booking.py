"""Booking: the one way a holding changes. The rules are `ledger.core.postings`; this adds tables,
locks and the refusal's words."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from ledger.core import postings as rules
from ledger.core.postings import Posting
from portal.balance.models import Booked, Holding
from portal.balance.places import LABELS, name_of

Key = tuple[str, str, str, str]  # gift, lot, item, place


class NotEnough(Exception):
    """A place does not hold what was to leave it; the text names place, quantity held and quantity
    asked."""

    def __init__(self, posting: Posting, held: int) -> None:
        self.posting, self.held = posting, held
        super().__init__(
            _(
                "Not enough: %(held)s of gift %(gift)s are %(place)s, %(asked)s were asked for. "
                "Please correct the quantity."
            )
            % {
                "held": held,
                "gift": posting.gift,
                "asked": posting.amount,
                "place": LABELS[name_of(posting.from_)],
            }
        )


def post(postings: Sequence[Posting], *, uid: str, at: datetime) -> None:
    """Book them in order, all or none, inside the running transaction.

    Locks the holdings in key order (gift, lot, item, place), so two bookings never wait for each
    other in a circle.
    Raises NotEnough; a wrong shape is a bug (rules.BadPosting).
    """
    rules.check(postings)
    keys = sorted({key for p in postings for key in _keys(p)})
    held = _locked(keys)
    before = dict(held)
    try:
        rules.apply(held, postings)
    except rules.Short as short:
        raise NotEnough(short.posting, short.held) from short
    _write({key: held[key] for key in keys if held[key] != before[key]})
    Booked.objects.bulk_create(
        Booked(
            uid=uid,
            n=n,
            gift=p.gift,
            lot=p.lot,
            item=p.item,
            from_place=p.from_,
            to_place=p.to,
            amount=p.amount,
            at=at,
        )
        for n, p in enumerate(postings)
    )


def _keys(p: Posting) -> tuple[Key, Key]:
    return (p.gift, p.lot, p.item, p.from_), (p.gift, p.lot, p.item, p.to)


def _locked(keys: list[Key]) -> dict[Key, int]:
    Holding.objects.bulk_create(map(_row, keys), ignore_conflicts=True)
    gifts, places = {k[0] for k in keys}, {k[3] for k in keys}
    rows = (
        Holding.objects.select_for_update(of=("self",))
        .filter(gift__in=gifts, place__in=places)
        .order_by("gift", "lot", "item", "place")
    )
    wanted = set(keys)
    return {
        key: row.amount
        for row in rows
        if (key := (row.gift, row.lot, row.item, row.place)) in wanted
    }


def _write(changed: dict[Key, int]) -> None:
    """What rows that are there and locked hold from now on: one statement for all of them."""
    Holding.objects.bulk_create(
        [_row(key, amount) for key, amount in changed.items()],
        update_conflicts=True,
        unique_fields=["gift", "lot", "item", "place"],
        update_fields=["amount"],
    )


def _row(key: Key, amount: int = 0) -> Holding:
    gift, lot, item, place = key
    outside = name_of(place) in rules.OUTSIDE
    return Holding(gift=gift, lot=lot, item=item, place=place, outside=outside, amount=amount)
