"""The mode of the log: kept in the head, changed only with a journal line that says why.

ok        sealed, signed, published
frozen    sealed, not signed; left by `unfreeze` once the cause is gone
behind    nothing sealed or signed, writes refused; left by `rebuild_ledger`
readonly  the same, by an operator's word or because this is a mirror; left by that operator
"""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Max, Subquery, Value

from ledger import cosigned
from ledger.cosigned import Witnessed
from ledger.models import BEHIND, FROZEN, OK, READONLY, Erased, Head, Journal

WORSE = {OK: 0, FROZEN: 1, BEHIND: 2, READONLY: 3}
CLOSED = (BEHIND, READONLY)  # nothing may be written
MODE = "mode"  # the kind of these lines


def change(head: Head, mode: str, why: str, *, at: datetime) -> None:
    """Write mode and reason; the caller holds the head's lock."""
    Head.objects.filter(id=1).update(mode=mode)
    head.mode = mode
    Journal.objects.create(kind=MODE, at=at, size=head.size, good=mode == OK, text=f"{mode}: {why}")


def worsen(head: Head, mode: str, why: str, *, at: datetime) -> None:
    """Change to a worse mode; one as bad as the head's, or better, is no news."""
    if WORSE[mode] > WORSE[head.mode]:
        change(head, mode, why, at=at)


def newest() -> Journal | None:
    """The line of the last change."""
    return Journal.objects.filter(kind=MODE).order_by("-id").first()


def explained() -> str:
    """The mode that the journal gives: a log begins as ok."""
    line = newest()
    return line.text.partition(":")[0] if line else OK


def worse(one: str, other: str) -> str:
    return max(one, other, key=lambda mode: WORSE.get(mode, 0))


class Standing(NamedTuple):
    """What every public page depends on beside its own rows; `mode` is "" without a log."""

    mode: str
    erasures: int
    witnessed: Witnessed


def standing() -> Standing:
    """Mode, number of erasures and what is witnessed: one query, and two small files."""
    size = cosigned.witnessed_size()
    every = Erased.objects.values(one=Value(1)).annotate(newest=Max("id")).values("newest")
    columns: list[Any] = ["mode", Subquery(every), *cosigned.beyond(size)]
    found: tuple[Any, ...] | None = Head.objects.values_list(*columns).first()
    if found is None:
        return Standing("", 0, Witnessed())
    return Standing(found[0], found[1] or 0, cosigned.witnessed(size, *found[2:]))


def closed() -> bool:
    """Whether nothing may be written; one query."""
    return Head.objects.filter(mode__in=CLOSED).exists()


def since() -> datetime | None:
    """When the mode changed last."""
    line = newest()
    return line.at if line else None
