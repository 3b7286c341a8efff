"""Which rows have all that is asked for, page by page, at any depth and at a million rows.

First some `LOOKED` rows are looked through in their order: what is common fills a page there, and
an index would only list half of all rows. What they do not fill a page with is rare, or stands
elsewhere: then the index of tokens is asked, and up to `SORTED` rows are sorted here. Nothing is
counted farther than that: people read "more than 300".
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Subquery, Value, Window
from django.db.models.functions import RowNumber, StrIndex

from portal.tracking.finding import places
from portal.tracking.finding.findable import Findable
from portal.tracking.finding.gathering import facet
from portal.tracking.finding.grams import of_term
from portal.tracking.finding.places import By, Hit, Key

LOOKED = 8000
SORTED = 5000
LONG = {"gift", "shipment"}  # kinds that grow for ever; there are never so many of the others
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
    """The rows after or before the cursor. One query for a short kind; of a long one two for what
    is common, four at most."""
    way = places.turned(by) if side == "before" else by
    by_plain = not wanted.tokens and not wanted.terms
    end, stop = _ends(wanted, by, way, cursor) if wanted.kind in LONG else (None, None)
    rows, count = _looked_through(
        wanted, by, way, cursor, limit, end=end, stop=None if by_plain else stop
    )
    if by_plain or len(rows) == limit or end is None:
        return Found(rows, count, least=end is not None)
    few = _tuples(indexed(wanted), by, SORTED + 1)
    if len(few) > SORTED:
        return Found(_in_order(wanted, by, way, cursor, limit), len(few), least=True)
    few.sort(key=lambda hit: places.sortable(hit.key, way))
    if cursor is not None:
        least = places.sortable(cursor, way)
        after = [hit for hit in few if places.sortable(hit.key, way) > least]
        return Found(after[:limit], len(few), least=False)
    return Found(few[:limit], len(few), least=False)


def _ends(wanted: Wanted, by: By, way: By, cursor: Key | None) -> tuple[Any, Any]:
    """Where looking through the first rows ends, and through the next: the first field of the row
    behind them, whose equals are left out with it. None: there are no more."""
    ends = _at_once(
        [_end(wanted, by), *([_end(wanted, way, cursor)] if cursor is not None else [])]
    )
    return ends[0], ends[-1]


def _at_once(asked: list[Subquery]) -> tuple[Any, ...]:
    """The answers of several questions in one query; None for each where there are no rows."""
    found = Findable.objects.order_by().values_list(*asked)[:1]
    return next(iter(found), (None,) * len(asked))


def _end(wanted: Wanted, by: By, cursor: Key | None = None) -> Subquery:
    rows = Findable.objects.filter(wanted.span, kind=wanted.kind)
    rows = rows if cursor is None else rows.filter(places.beyond(by, cursor))
    return Subquery(rows.order_by(*by).values(places.bare(by)[0])[LOOKED : LOOKED + 1])


def _until(by: By, end: Any) -> Q:
    name = f"{places.bare(by)[0]}__{'gt' if by[0][0] == '-' else 'lt'}"
    return Q() if end is None else Q(**{name: end})


def _looked_through(
    wanted: Wanted, by: By, way: By, cursor: Key | None, limit: int, *, end: Any, stop: Any
) -> tuple[list[Hit], int]:
    """(the next rows that fit, as far as `stop`; how many fit as far as `end`: 0 without rows). An
    index holds the order, and is read until there are enough."""
    first = plain(wanted).filter(_until(by, end)).order_by().values("kind")
    counted: Any = Subquery(first.annotate(n=Count("pk")).values("n"))
    if cursor is None and stop is end:  # the same rows, so read once
        counted = Window(Count("pk"))
    rows = plain(wanted).filter(_until(way, stop)).order_by(*way)
    rows = rows if cursor is None else rows.filter(places.beyond(way, cursor))
    found = list(rows.values_list(counted, "code", *places.bare(by))[:limit])
    return [Hit(code, tuple(key)) for _n, code, *key in found], (found[0][0] or 0) if found else 0


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
    long = [kind for kind in every if kind in LONG]
    found = _at_once([_end(every[kind], NEWEST) for kind in long])
    ends = dict.fromkeys(every) | dict(zip(long, found, strict=True))
    looked = [Q(kind=kind) & _until(NEWEST, end) for kind, end in ends.items()]
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
