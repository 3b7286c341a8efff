"""Which rows have all that is asked for, page by page, at any depth and at a million rows.

First the next `LOOKED` rows are looked through in their order: what is common fills a page there,
and an index would only list half of all rows. What they do not fill a page with is rare, or stands
elsewhere: then the index of tokens is asked, and up to `SORTED` rows are sorted here. Nothing is
counted farther than that: people read "more than 300".
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Exists, F, Q, QuerySet, Subquery, Value, Window
from django.db.models.functions import RowNumber, StrIndex

from portal.tracking.finding import places
from portal.tracking.finding.findable import Findable
from portal.tracking.finding.gathering import facet
from portal.tracking.finding.grams import of_term
from portal.tracking.finding.places import By, Hit, Key

LOOKED = 8000
SORTED = 5000
MOST_ROWS = "gift"  # its token would narrow nothing, and be the longest to read
NEWEST = ("-at", "-seq")


@dataclass
class Wanted:
    """Tokens that a row must have, words its text must hold, and plain conditions; each token's
    own plain condition is among them. `span`: conditions on what rows are ordered by, such as the
    first day: looking through them begins there."""

    kind: str
    tokens: set[str] = field(default_factory=set)
    terms: list[str] = field(default_factory=list)
    where: Q = field(default_factory=Q)
    span: Q = field(default_factory=Q)


@dataclass(frozen=True)
class Found:
    """Rows in order, and of how many; `least`: there may be more than those counted."""

    rows: list[Hit]
    count: int
    least: bool


def indexed(wanted: Wanted) -> QuerySet[Findable]:
    """Through the index of tokens; in no order."""
    facets = wanted.tokens | ({facet("kind", wanted.kind)} if wanted.kind != MOST_ROWS else set())
    rows = _through_index(wanted.terms, facets).filter(kind=wanted.kind)
    return rows.filter(wanted.where, wanted.span)


def _through_index(terms: list[str], facets: set[str]) -> QuerySet[Findable]:
    tokens = facets.union(*map(of_term, terms))
    rows = Findable.objects.filter(tokens__having=sorted(tokens))
    for term in terms:
        rows = rows.filter(text__contains=term)
    return rows


def plain(wanted: Wanted) -> QuerySet[Findable]:
    """By plain columns alone, for reading in an order."""
    return with_words(wanted.terms).filter(wanted.where, wanted.span, kind=wanted.kind)


def with_words(terms: list[str]) -> QuerySet[Findable]:
    """Asked so that no planner takes it for a rare thing."""
    rows = Findable.objects.all()
    for n, term in enumerate(terms):
        rows = rows.alias(**{f"at_{n}": StrIndex("text", Value(term))}).filter(**{f"at_{n}__gt": 0})
    return rows


def page(wanted: Wanted, *, by: By, side: str, cursor: Key | None, limit: int) -> Found:
    """The rows after or before the cursor; one query for what is common, three at most."""
    way = places.turned(by) if side == "before" else by
    rows, count, all_seen = _looked_through(wanted, by, way, cursor, limit)
    by_plain = not wanted.tokens and not wanted.terms
    if by_plain or len(rows) == limit or (rows and all_seen):
        return Found(rows, count, least=not all_seen)
    few = _tuples(indexed(wanted), by, SORTED + 1)
    if len(few) > SORTED:
        return Found(_in_order(wanted, by, way, cursor, limit), len(few), least=True)
    few.sort(key=lambda hit: places.sortable(hit.key, way))
    if cursor is not None:
        least = places.sortable(cursor, way)
        after = [hit for hit in few if places.sortable(hit.key, way) > least]
        return Found(after[:limit], len(few), least=False)
    return Found(few[:limit], len(few), least=False)


def _looked_through(
    wanted: Wanted, by: By, way: By, cursor: Key | None, limit: int
) -> tuple[list[Hit], int, bool]:
    """(those of the next rows that fit, how many of the first rows do, whether those were all);
    without rows nobody knows the last two. Where only plain columns are asked for, an index holds
    the order and rows are read until there are enough."""
    first = plain(wanted).filter(pk__in=_window(wanted, by)[:LOOKED])
    counted = Subquery(first.order_by().values("kind").annotate(n=Count("pk")).values("n"))
    farther = Exists(_window(wanted, by)[LOOKED : LOOKED + 1])
    rows = plain(wanted)
    if wanted.tokens or wanted.terms:
        rows = rows.filter(pk__in=_window(wanted, way, cursor)[:LOOKED])
    elif cursor is not None:
        rows = rows.filter(places.beyond(way, cursor))
    fields = rows.order_by(*way).values_list(counted, farther, "code", *places.bare(by))
    found = list(fields[:limit])
    if not found:
        return [], 0, True
    count, more, *_first = found[0]
    return [Hit(code, tuple(key)) for _n, _more, code, *key in found], count or 0, not more


def _window(wanted: Wanted, by: By, cursor: Key | None = None) -> QuerySet[Any, Any]:
    """Rows of the kind in their order, whatever they say."""
    rows = Findable.objects.filter(wanted.span, kind=wanted.kind)
    rows = rows if cursor is None else rows.filter(places.beyond(by, cursor))
    return rows.order_by(*by).values("pk")


def _in_order(wanted: Wanted, by: By, way: By, cursor: Key | None, limit: int) -> list[Hit]:
    """Row after row until there are enough."""
    rows = plain(wanted)
    rows = rows if cursor is None else rows.filter(places.beyond(way, cursor))
    return _tuples(rows.order_by(*way), by, limit)


def _tuples(rows: QuerySet[Findable], by: By, limit: int) -> list[Hit]:
    fields = places.bare(by)
    return [Hit(code, tuple(key)) for code, *key in rows.values_list("code", *fields)[:limit]]


@dataclass(frozen=True)
class Few:
    """The newest few rows of a kind, and how many there are; `least` as in Found."""

    rows: list[Findable]
    count: int
    least: bool


def newest(kinds: Iterable[str], terms: list[str], few: int) -> dict[str, Few]:
    """The newest few rows of each kind with all these words; kinds without any are left out.
    Three queries at most, however many kinds."""
    every = {kind: Wanted(kind, terms=terms) for kind in kinds}
    behind = [
        Subquery(_window(one, NEWEST).values("at")[LOOKED : LOOKED + 1]) for one in every.values()
    ]
    found = Findable.objects.order_by().values_list(*behind)[:1]
    ends = dict(zip(every, next(iter(found), [None] * len(every)), strict=True))
    looked = [Q(kind=kind) & (Q(at__gt=end) if end else Q()) for kind, end in ends.items()]
    told = _few(with_words(terms).filter(reduce(or_, looked)), few)
    rest = [kind for kind in every if ends[kind] is not None and len(told.get(kind, ())) < few]
    sure = {kind: _told(rows, least=ends[kind] is not None) for kind, rows in told.items()}
    if not rest:
        return sure
    # one kind has a token of its own; words that are rare in several are rare without it
    rare = _through_index(terms, set()).filter(kind__in=rest)
    hit = (indexed(every[rest[0]]) if len(rest) == 1 else rare).values("pk")
    again = _few(Findable.objects.filter(pk__in=hit[: SORTED + 1]), few)
    many = sum(rows[0].n for rows in again.values()) > SORTED
    return sure | {kind: _told(rows, least=many) for kind, rows in again.items()}


def _few(rows: QuerySet[Findable], few: int) -> dict[str, list[Any]]:
    """The newest few of each kind, each with `n`: how many of its kind there are."""
    kind, order = F("kind"), [F("at").desc(), F("seq").desc()]
    place = Window(RowNumber(), partition_by=kind, order_by=order)
    every = rows.annotate(place=place, n=Window(Count("pk"), partition_by=kind))
    found: dict[str, list[Any]] = {}
    for row in every.filter(place__lte=few).defer("tokens", "text").order_by("kind", *NEWEST):
        found.setdefault(row.kind, []).append(row)
    return found


def _told(rows: list[Any], *, least: bool) -> Few:
    return Few(rows, rows[0].n, least=least)
