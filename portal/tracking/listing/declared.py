"""A public list, declared once: its columns, filters, orders. Page, CSV and API are made of it.

    listing = listings.LISTS["gifts"]
    asked = listing.read(request.GET)    # what the address asks for; `asked.notices` what it cannot
    found = asked.page(20)               # .rows (public rows), .next .previous (addresses), .count
    listing.cells(row)                   # values of one record of `asked.records(found.rows)`
    asked.every()                        # all records in that order, some hundred rows at a time

A *row* is one thing (a gift, a need); a *record* is one line of the table, of which a thing may
have several: a gift has one for each item. Orders are by whole numbers, times and days, and end
with a field in which no two rows are equal: the next page begins exactly where this one ended.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from portal.tracking.finding import grams, hits, places
from portal.tracking.finding.gathering import facet
from portal.tracking.statistics.counting import YEARS

Text = str | Promise
Record = Any
LONGEST = 60  # characters of a value in an address
AT_ONCE = 20
IN_A_FILE = 500


@dataclass(frozen=True)
class Column:
    """One column. kind: text, code, quantity (whole base units), money (fen), date, moment, yes.

    `unit`: the key of the column that says the unit of a quantity. `value` takes a record.
    """

    key: str
    label: Text
    hxl: str
    value: Callable[[Record], Any]
    kind: str = "text"
    unit: str = ""


@dataclass(frozen=True)
class Filter:
    """One choice in the address. kind: choice, tick, day or words.

    `facets`: the tokens that a row must have for a value; `where`: conditions on plain columns that
    say the same. `choices`: value and label of each, in order; `free`: other values are taken too.
    """

    key: str
    label: Text
    kind: str = "choice"
    choices: Callable[[], Sequence[tuple[str, Text]]] = tuple
    facets: Callable[[str], Iterable[str]] = lambda _value: ()
    where: Callable[[str], Q] = lambda _value: Q()
    free: bool = False


@dataclass(frozen=True)
class Order:
    """An order by the address. `by`: fields of Findable, `-` for the largest first; the last one
    tells any two rows apart."""

    key: str
    label: Text
    by: tuple[str, ...]
    only: Q = field(default_factory=Q)


@dataclass(frozen=True)
class ListOf:
    """A public list. `address`: the name of its page's address; `kind`: of Findable; `things`: the
    public rows of these codes; `records`: their lines; `standing`: what holds unless asked
    otherwise (a need that is open)."""

    key: str
    title: Text
    address: str
    kind: str
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...]
    orders: tuple[Order, ...]
    things: Callable[[list[str]], Mapping[str, Any]]
    records: Callable[[Sequence[Any], "Asked"], Iterable[Record]]
    standing: Callable[[Mapping[str, str]], Iterable[str]] = lambda _values: ()

    def filter(self, key: str) -> Filter | None:
        return next((one for one in self.filters if one.key == key), None)

    def cells(self, record: Record) -> dict[str, Any]:
        """{column: value} of one record: str, int, bool, date, datetime or None."""
        return {column.key: column.value(record) for column in self.columns}

    def read(self, params: Mapping[str, str]) -> "Asked":
        """What an address asks for. Unknown values are left out and named in `notices`."""
        values: dict[str, str] = {}
        notices: list[str] = []
        for one in self.filters:
            text = params.get(one.key, "").replace("\0", "").strip()[:LONGEST]
            if text and (value := _read(one, text, notices)):
                values[one.key] = value
        order = next((o for o in self.orders if o.key == params.get("sort")), None)
        if order is None and params.get("sort"):
            notices.append(_("There is no such order; this is the usual one."))
        asked = Asked(self, values, order or self.orders[0], notices)
        for word in ("after", "before"):
            if (cursor := asked.order_cursor(params.get(word, ""))) is not None:
                asked.side, asked.cursor = word, cursor
        return asked


def _read(one: Filter, text: str, notices: list[str]) -> str:
    """The value of a filter, or nothing and a notice that says so."""
    if one.kind == "tick":
        return "1" if text == "1" else ""
    if one.kind == "day":
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = date.min
        if day.year not in YEARS:
            said = _("“%(value)s” is no day; write it as 2026-03-02. It was left out.")
            notices.append(said % {"value": text})
            return ""
        return day.isoformat()
    if one.kind == "words" or one.free or any(text == key for key, _label in one.choices()):
        return text
    said = _("“%(value)s” is none of the choices of “%(name)s”. It was left out.")
    notices.append(said % {"value": text, "name": one.label})
    return ""


@dataclass
class Page:
    """Some rows of a list. `next`, `previous`: query strings or nothing; `count`: how many rows
    fit, or with `least` at least so many."""

    rows: list[Any]
    next: str
    previous: str
    count: int
    least: bool = False


@dataclass
class Asked:
    """A list as an address asks for it."""

    listing: ListOf
    values: dict[str, str]
    order: Order
    notices: list[str] = field(default_factory=list)
    side: str = "after"
    cursor: tuple[Any, ...] | None = None

    @cached_property
    def wanted(self) -> hits.Wanted:
        """Tokens, terms and plain conditions of all filters."""
        listing = self.listing
        wanted = hits.Wanted(kind=listing.kind, span=self.order.only)
        for mark in listing.standing(self.values):
            wanted.tokens.add(facet("mark", mark))
            wanted.where &= Q(marks__contains=f"|{mark}|")
        for one in listing.filters:
            value = self.values.get(one.key, "")
            if value and one.kind == "words":
                wanted.terms += grams.terms(value)
            elif value and one.kind == "day":
                wanted.span &= one.where(value)
            elif value:
                wanted.tokens |= set(one.facets(value))
                wanted.where &= one.where(value)
        return wanted

    def page(self, size: int = AT_ONCE) -> Page:
        """The rows here, and where those after and before them are; two queries for what is
        common, four at most."""
        hit = self.hits(size + 1)
        more = len(hit.rows) > size
        found = hit.rows[:size]
        if self.side == "before":
            found.reverse()
        things = self.listing.things([one.code for one in found])
        rows = [things[one.code] for one in found if one.code in things]
        ends = [places.written(one.key) for one in (*found[:1], *found[-1:])]
        forward = more if self.side == "after" else self.cursor is not None
        back = more if self.side == "before" else self.cursor is not None
        return Page(
            rows=rows,
            next=self.address(after=ends[1]) if forward and ends else "",
            previous=self.address(before=ends[0]) if back and ends else "",
            count=hit.count,
            least=hit.least,
        )

    def hits(self, limit: int) -> hits.Found:
        return hits.page(
            self.wanted, by=self.order.by, side=self.side, cursor=self.cursor, limit=limit
        )

    def every(self) -> Iterator[Record]:
        """The records of every row from the first on, whatever the page."""
        walk = Asked(self.listing, self.values, self.order)
        while True:
            found = walk.hits(IN_A_FILE).rows
            things = self.listing.things([one.code for one in found])
            rows = [things[one.code] for one in found if one.code in things]
            yield from self.records(rows)
            if len(found) < IN_A_FILE:
                return
            walk.cursor = found[-1].key

    def records(self, rows: Sequence[Any]) -> Iterable[Record]:
        """The lines of these rows, in order."""
        return self.listing.records(rows, self)

    def order_cursor(self, text: str) -> tuple[Any, ...] | None:
        return places.read(text, self.order.by)

    def address(self, **more: str) -> str:
        """`?…` of the same choice; `without` a filter by giving it as empty."""
        values: dict[str, str] = dict(self.values)
        if self.order is not self.listing.orders[0]:
            values["sort"] = self.order.key
        values |= more
        kept = {key: value for key, value in values.items() if value}
        return f"?{urlencode(kept)}" if kept else ""

    def key(self) -> str:
        """Tells this page of the list from every other: part of its ETag."""
        return f"{self.address()}.{self.side}.{self.cursor}.{len(self.notices)}"
