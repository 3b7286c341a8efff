"""What one box finds: things by the words in them, gifts by the donor's name as published, and
shipments by a whole waybill number.

Three questions for the things at most, two for the names, however many rows there are: of a kind
its newest few are shown, and its list has the rest.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_noop, ngettext
from django.utils.translation import gettext_lazy as _

import ledger.api as ledger
from portal.input import provinces
from portal.tracking import words
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
TITLES = {  # what is found by its hospital's name, as its own page calls it
    "need": gettext_noop("%(name)s asks for help"),
    "shipment": gettext_noop("Shipment to %(hospital)s"),
}
KINDS = ("organisation", "need", "gift", "shipment", "fund", "campaign", "warehouse")
BY_KIND = {one.kind: one for one in LISTS.values()}
DONORS, BY_WAYBILL = _("Gifts by the donor's published name"), _("Shipments by waybill number")


@dataclass
class Group:
    """Some of what was found, of one kind. `count`: how many there are, or with `least` at least
    so many; `href`: all of them."""

    title: Any
    count: int
    href: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    least: bool = False

    @property
    def more(self) -> str:
        """What the link to all of them says beside the few."""
        if self.least:
            return gettext("More than %(n)s: all of them") % {"n": words.exceeded(self.count)}
        if self.count <= len(self.rows):
            return gettext("As a list")
        return ngettext("all %(n)s", "all %(n)s", self.count) % {"n": f"{self.count:,}"}


def groups(typed: str) -> list[Group]:
    """Everything that holds all of these words, by kind; nothing for no words."""
    terms = grams.terms(typed)
    if not terms:
        return []
    return [*_things(terms), *_names(typed, terms)]


def _things(terms: list[str]) -> list[Group]:
    few = hits.newest(KINDS, terms, SHOWN)
    return [
        Group(
            title=BY_KIND[kind].title,
            count=few[kind].count,
            least=few[kind].least,
            href=_all(kind, terms),
            rows=[_told(row) for row in few[kind].rows],
        )
        for kind in KINDS
        if kind in few
    ]


def _all(kind: str, terms: list[str]) -> str:
    listing = BY_KIND[kind]
    values = {"q": " ".join(terms)} | ({"all": "1"} if kind == "need" else {})
    return reverse(listing.address) + listing.read(values).address()


def _told(row: Findable) -> dict[str, Any]:
    name = row.said.get("en" if words.english() else "zh") or row.code
    title = TITLES.get(row.kind) if name != row.code else None
    kind = {"gift": "money" if "|money|" in row.classes else "pledge"}.get(row.kind, row.kind)
    return {
        "name": gettext(title) % {"name": name, "hospital": name} if title else capfirst(name),
        "code": row.code,
        "href": reverse(PAGES[row.kind], args=[row.code]),
        "stage": stage_label(kind, row.stage),
        "tone": stage_tone(kind, row.stage),
        "at": row.at,
        "note": " · ".join(map(provinces.named, filter(None, row.regions.split("|")))),
    }


def _names(typed: str, terms: list[str]) -> list[Group]:
    """Gifts by the name that stands beside them, and a shipment by its number, as long as the
    ledger still discloses it."""
    rows = list(_named(typed, terms)[: NAMES + 1])
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
