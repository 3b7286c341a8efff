"""Which rows have all that is asked for, page by page, at any depth and at a million rows.

First the next `LOOKED` rows are looked through in their order: what is common fills a page there,
and an index would only list half of all rows. What they do not fill a page with is rare, or stands
elsewhere: then the index of tokens is asked, and up to `SORTED` rows are sorted here. Nothing is
counted farther than that: people read "more than 300".
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import StrIndex

from portal.tracking.finding import places
from portal.tracking.finding.findable import Findable
from portal.tracking.finding.gathering import facet
from portal.tracking.finding.grams import of_term
from portal.tracking.finding.places import By, Hit, Key

LOOKED = 8000
SORTED = 5000
MOST_ROWS = "gift"  # its token would narrow nothing, and be the longest to read
TABLE = Findable._meta.db_table
NEWEST = ("-at", "-seq")
# All that plain conditions are about; the tokens are the longer half of a row.
COLUMNS = (
    *("id", "code", "kind", "seq", "at", "rank", "due", "stage", "owner", "classes", "regions"),
    *("aim", "marks", "said", "text"),
)


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
    tokens = {token for term in wanted.terms for token in of_term(term)}
    tokens |= wanted.tokens | ({facet("kind", wanted.kind)} if wanted.kind != MOST_ROWS else set())
    rows = Findable.objects.filter(tokens__having=sorted(tokens), kind=wanted.kind)
    for term in wanted.terms:
        rows = rows.filter(text__contains=term)
    return rows.filter(wanted.where, wanted.span)


def plain(wanted: Wanted) -> QuerySet[Findable]:
    """By plain columns alone, for reading in an order."""
    rows = Findable.objects.filter(wanted.where, wanted.span, kind=wanted.kind)
    for n, term in enumerate(wanted.terms):  # asked so that no planner takes it for a rare thing
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
    first = _window(wanted, by)[:LOOKED]
    counted, counting = _fitting(first, wanted, "count(*)")
    more, seeing = _farther(wanted, by)
    begin = _window(wanted, way, cursor)
    looked = begin[:LOOKED] if wanted.tokens or wanted.terms else begin.order_by()
    if cursor is None and looked.query.is_sliced:
        counted, counting = "count(*) OVER ()", []  # the same rows
    fields = ", ".join(f'"{TABLE}"."{name}"' for name in ("id", "code", *places.bare(by)))
    what = f"{fields}, ({counted}) AS n, EXISTS ({more}) AS more"
    sql, params = _fitting(looked, wanted, what, order=way, limit=limit)
    found: list[Any] = list(Findable.objects.raw(sql, [*counting, *seeing, *params]))
    if not found:
        return [], 0, True
    return [_hit(row, by) for row in found], found[0].n, not found[0].more


def _window(wanted: Wanted, by: By, cursor: Key | None = None) -> Any:
    """Rows of the kind in their order, whatever they say."""
    rows = Findable.objects.filter(wanted.span, kind=wanted.kind)
    rows = rows if cursor is None else rows.filter(places.beyond(by, cursor))
    return rows.order_by(*by).values(*COLUMNS)


def _farther(wanted: Wanted, by: By) -> tuple[str, Any]:
    """Whether rows follow on those that are looked through."""
    rows: QuerySet[Any, Any] = _window(wanted, by).values("kind")[LOOKED : LOOKED + 1]
    return rows.query.sql_with_params()


def _fitting(
    rows: Any, wanted: Wanted, what: str, *, order: By = (), limit: int | None = None
) -> tuple[str, list[Any]]:
    """`SELECT what` of those of the rows that fit: they stand where the table would."""
    inner, first = rows.query.sql_with_params()
    fit = plain(wanted).order_by(*order).values("pk")[:limit]
    sql, params = fit.query.sql_with_params()
    _select, _from, conditions = sql.partition(f' FROM "{TABLE}"')
    return f'SELECT {what} FROM ({inner}) AS "{TABLE}"{conditions}', [*first, *params]  # noqa: S608 -- our own statements


def _in_order(wanted: Wanted, by: By, way: By, cursor: Key | None, limit: int) -> list[Hit]:
    """Row after row until there are enough."""
    rows = plain(wanted)
    rows = rows if cursor is None else rows.filter(places.beyond(way, cursor))
    return _tuples(rows.order_by(*way), by, limit)


def _tuples(rows: QuerySet[Findable], by: By, limit: int) -> list[Hit]:
    fields = places.bare(by)
    return [Hit(code, tuple(key)) for code, *key in rows.values_list("code", *fields)[:limit]]


def _hit(row: Findable, by: By) -> Hit:
    return Hit(row.code, tuple(getattr(row, name) for name in places.bare(by)))


@dataclass(frozen=True)
class Few:
    """The newest few rows of a kind, and how many there are; `least` as in Found."""

    rows: list[Findable]
    count: int
    least: bool


def newest(kinds: Iterable[str], terms: list[str], few: int) -> dict[str, Few]:
    """The newest few rows of each kind with all these words; kinds without any are left out. Two
    queries at most, however many kinds."""
    found = _each([_newest_looked(Wanted(kind, terms=terms), few) for kind in kinds])
    sure = {kind for kind, one in found.items() if len(one.rows) == few or not one.least}
    rest = [Wanted(kind, terms=terms) for kind in kinds if kind not in sure]
    return found | (_each([_newest_indexed(wanted, few) for wanted in rest]) if rest else {})


def _newest_looked(wanted: Wanted, few: int) -> tuple[str, list[Any]]:
    more, seeing = _farther(wanted, NEWEST)
    what = f"{_shown()}, count(*) OVER () AS n, EXISTS ({more}) AS more"
    rows = _window(wanted, NEWEST)[:LOOKED]
    sql, params = _fitting(rows, wanted, what, order=NEWEST, limit=few)
    return sql, [*seeing, *params]


def _newest_indexed(wanted: Wanted, few: int) -> tuple[str, list[Any]]:
    inner, params = indexed(wanted).values(*COLUMNS)[: SORTED + 1].query.sql_with_params()
    what = f"{_shown()}, count(*) OVER () AS n, count(*) OVER () > {SORTED} AS more"
    order = "ORDER BY at DESC, seq DESC"
    return f'SELECT {what} FROM ({inner}) AS "{TABLE}" {order} LIMIT {few}', list(params)  # noqa: S608 -- our own statements


def _shown() -> str:
    return ", ".join(f'"{TABLE}"."{name}"' for name in COLUMNS if name != "text")


def _each(parts: list[tuple[str, list[Any]]]) -> dict[str, Few]:
    every = (f"SELECT * FROM ({part}) AS few" for part, _params in parts)  # noqa: S608 -- our own
    sql = " UNION ALL ".join(every)
    rows: dict[str, list[Any]] = {}
    for row in Findable.objects.raw(sql, [one for _part, params in parts for one in params]):
        rows.setdefault(row.kind, []).append(row)
    return {kind: Few(own, own[0].n, least=bool(own[0].more)) for kind, own in rows.items()}
