"""What the public pages ask of the public rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

import ledger.api as ledger
from portal.tracking.models import (
    Gift,
    Line,
    Link,
    Need,
    NeedLine,
    Purchase,
    Subject,
    Variant,
)
from portal.tracking.money.tracing import Span, spans_of
from portal.tracking.statistics.dwelling import Usual, typical, usual

AT_ONCE = 20
NEWS = [
    *("need.publish", "pledge.register", "pledge.withdraw", "arrival.count", "organisation.verify"),
    *("allocation.publish", "shipment.dispatch", "receipt.confirm"),
]


def lines_of(code: str) -> list[Line]:
    """Every entry that concerns a code, newest first."""
    return list(Line.objects.filter(link__code=code).order_by("-seq"))


def links_of(code: str) -> QuerySet[Link]:
    """The entries that concern a code, oldest first, to take some from either end.

    Asked for as a range, and by code and entry: an order that only the index of both has. Of a
    code that is equal PostgreSQL thinks it will soon meet some anywhere, and walks through the
    entries of all others until it does.
    """
    return Link.objects.filter(code__range=(code, code)).order_by("code", "line_id")


def some_of(links: QuerySet[Link], limit: int) -> QuerySet[Line]:
    """The entries of the first of these links."""
    return Line.objects.filter(seq__in=links.values("line_id")[:limit])


def newest_of(code: str, limit: int) -> QuerySet[Line]:
    """The newest entries that concern a code."""
    return some_of(links_of(code).reverse(), limit).order_by("-seq")


def latest_of(code: str, limit: int) -> tuple[list[Line], Line | None, int]:
    """(the newest entries that concern a code, the first one, how many there are); two questions
    that cost the same however many there are."""
    last = Subquery(links_of(code).reverse().values("n")[:1])
    found: list[Any] = list(newest_of(code, limit).annotate(last=last))
    first = some_of(links_of(code), 1).first()
    return found, first, found[0].last + 1 if found else 0


def opening(codes: Iterable[str]) -> QuerySet[Line]:
    """The entries of which one of these codes is the case, oldest first."""
    own = Line.objects.filter(link__code__in=list(codes), code=F("link__code"))
    return own.order_by("seq")


@dataclass(frozen=True)
class Followed:
    """A gift; what was bought with its money and which fen of each payment are its own; whether
    anybody has asked about it; how long things usually stay in each stage."""

    gift: Gift
    paid: list[tuple[Purchase, list[Span]]]
    asked: bool
    usual: Usual


def followed(code: str) -> Followed | None:
    """A gift with all of that, in one question."""
    own = [field.attname for field in Gift._meta.concrete_fields]
    theirs = [field.attname for field in Purchase._meta.concrete_fields]
    about = Subject.objects.filter(about=OuterRef("code"), kind="question")
    found = Gift.objects.filter(code=code).annotate(asked=Exists(about), **typical())
    beside = ("asked", *typical(), "shares__spans", *(f"shares__purchase__{n}" for n in theirs))
    rows = list(found.order_by("shares__pk").values(*own, *beside))
    if not rows:
        return None
    paid = [
        (Purchase(**{n: row[f"shares__purchase__{n}"] for n in theirs}), spans_of(spans))
        for row in rows
        if (spans := row["shares__spans"]) and row["shares__purchase__paid"]
    ]
    gift = Gift(**{name: rows[0][name] for name in own})
    return Followed(gift, paid, asked=rows[0]["asked"], usual=usual(rows[0]))


class Erased(str):
    """Stands where a named value was, and says so."""


def named_of(lines: list[Line]) -> dict[str, dict[str, Any]]:
    """The named values of these entries that still exist; of those erased, that they were."""
    found, gone = ledger.shown(line.uid for line in lines)
    for uid, names in gone.items():
        found.setdefault(uid, {}).update(dict.fromkeys(names, Erased(_("erased on request"))))
    return found


def latest(limit: int) -> list[Line]:
    """What happened lately, without what follows from it and without the catalogue."""
    return list(Line.objects.filter(type__in=NEWS).order_by("-seq")[:limit])


def newest_needs() -> list[Need]:
    """The open needs that stand first in their list."""
    return list(Need.objects.filter(open=True).order_by("-place")[:AT_ONCE])


def variants_of(item_class: str) -> list[Variant]:
    """The catalogue's variants of a class, in the catalogue's own order."""
    return list(
        Variant.objects.filter(item_class=item_class).order_by("opened_seq", "place", "key")
    )


def rows_of(found: list[Need], *, item_class: str = "") -> dict[str, list[NeedLine]]:
    """The lines of these needs by code, what is still missing first."""
    rows = NeedLine.objects.filter(need__in=[need.code for need in found])
    if item_class:
        rows = rows.filter(item_class=item_class)
    out: dict[str, list[NeedLine]] = {need.code: [] for need in found}
    for row in rows.order_by("need_id", "-open", "no"):
        out[row.need_id].append(row)
    return out


def shipment(code: str) -> Subject | None:
    return Subject.objects.filter(kind="shipment", code=code).first()


def is_designated(code: str) -> bool:
    """Whether the register's last word on a hospital says that it is designated (定点)."""
    row = Subject.objects.filter(kind="organisation", code=code).first()
    return row is not None and row.facts.get("designated") is True
