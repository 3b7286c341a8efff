"""What one box finds: things by the words in them, gifts by the donor's name as published, and
shipments by a whole waybill number.

Two questions for the things, two for the names: however many rows there are, a kind is counted up
to `hits.MOST` and its newest few are shown; its list has the rest.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

import ledger.api as ledger
from portal.tracking import regions, words
from portal.tracking.finding import grams, hits
from portal.tracking.finding.findable import Findable, ShownName
from portal.tracking.finding.gathering import WAYBILL, waybill_token
from portal.tracking.listing.listings import LISTS
from portal.tracking.showing import stage_label, stage_tone

SHOWN = 5  # of a kind
NAMES = 20
SHORTEST_WAYBILL = 8
PAGES = {
    "gift": "tracking:gift",
    "need": "tracking:need",
    "organisation": "tracking:organisation",
    "shipment": "tracking:shipment",
    "warehouse": "tracking:warehouse",
    "fund": "tracking:fund",
    "campaign": "tracking:campaign",
}
KINDS = ("organisation", "need", "gift", "shipment", "fund", "campaign", "warehouse")
BY_KIND = {one.kind: one for one in LISTS.values()}
DONORS, BY_WAYBILL = _("Gifts by the donor's published name"), _("Shipments by waybill number")
# The newest few of a kind among at most so many that fit, and how many fit.
FEW = """SELECT * FROM (SELECT id, count(*) OVER () AS n FROM ({}) AS fit
         ORDER BY at DESC, seq DESC LIMIT {}) AS few"""


@dataclass
class Group:
    """Some of what was found, of one kind. `count`: how many there are, at most `hits.MOST` + 1;
    `href`: all of them."""

    title: Any
    count: int
    href: str
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def many(self) -> bool:
        return self.count > hits.MOST

    @property
    def more(self) -> bool:
        return self.count > len(self.rows)


def groups(typed: str) -> list[Group]:
    """Everything that holds all of these words, by kind; nothing for no words."""
    terms = grams.terms(typed)
    if not terms:
        return []
    return [*_things(terms), *_names(typed, terms)]


def _things(terms: list[str]) -> list[Group]:
    counts = _few(terms)
    rows = Findable.objects.filter(id__in=counts).order_by("-at", "-seq")
    by_kind: dict[str, list[Findable]] = {}
    for row in rows.defer("text", "tokens"):
        by_kind.setdefault(row.kind, []).append(row)
    return [
        Group(
            title=BY_KIND[kind].title,
            count=counts[by_kind[kind][0].pk],
            href=_all(kind, terms),
            rows=[_told(row) for row in by_kind[kind]],
        )
        for kind in KINDS
        if kind in by_kind
    ]


def _few(terms: list[str]) -> dict[int, int]:
    """{row: how many of its kind fit}, of the newest few of each kind; one question."""
    parts: list[str] = []
    params: list[Any] = []
    for kind in KINDS:
        fit = hits.indexed(hits.Wanted(kind=kind, terms=terms))
        sql, own = fit.values("id", "at", "seq")[: hits.MOST + 1].query.sql_with_params()
        parts.append(FEW.format(sql, SHOWN))
        params += own
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        return dict(cursor.fetchall())


def _all(kind: str, terms: list[str]) -> str:
    listing = BY_KIND[kind]
    values = {"q": " ".join(terms)} | ({"all": "1"} if kind == "need" else {})
    return reverse(listing.address) + listing.read(values).address()


def _told(row: Findable) -> dict[str, Any]:
    name = row.said.get("en" if words.english() else "zh") or row.code
    kind = {"gift": "money" if "|money|" in row.classes else "pledge"}.get(row.kind, row.kind)
    return {
        "name": capfirst(name),
        "code": row.code,
        "href": reverse(PAGES[row.kind], args=[row.code]),
        "stage": stage_label(kind, row.stage),
        "tone": stage_tone(kind, row.stage),
        "at": row.at,
        "note": " · ".join(map(regions.name_of, filter(None, row.regions.split("|")))),
    }


def _names(typed: str, terms: list[str]) -> list[Group]:
    """Gifts by the name that stands beside them, and a shipment by its number, as long as the
    ledger still discloses it."""
    rows = list(_named(typed, terms)[: hits.MOST + 1])
    live = ledger.disclosures({row.uid for row in rows[:NAMES]}) if rows else {}
    donors, shipments = [], []
    for row in rows[:NAMES]:
        values = live.get(row.uid, {})
        if row.name == WAYBILL and values.get(WAYBILL):
            shipments.append(_named_row(row, row.code, "tracking:shipment"))
        elif row.name != WAYBILL and row.text and row.text in values.values():
            donors.append(_named_row(row, row.text, "tracking:gift"))
    found = [(BY_WAYBILL, shipments), (DONORS, donors)]
    return [
        Group(title=title, count=len(rows) if len(told) == NAMES else len(told), href="", rows=told)
        for title, told in found
        if told
    ]


def _named(typed: str, terms: list[str]) -> QuerySet[ShownName]:
    tokens = sorted({token for term in terms for token in grams.of_term(term)})
    wanted = Q(name="donor", tokens__having=tokens)
    number = grams.normal(typed).replace(" ", "")
    if len(number) >= SHORTEST_WAYBILL:
        wanted |= Q(name=WAYBILL, tokens__having=[waybill_token(number)])
    return ShownName.objects.filter(wanted)


def _named_row(row: ShownName, name: str, page: str) -> dict[str, Any]:
    return {"name": name, "code": row.code, "href": reverse(page, args=[row.code])}
