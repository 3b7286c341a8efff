"""The records of the lists of gifts and needs: one for each item of a gift, one for each line of a
need; what is under way, confirmed or missing is a sum of postings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from portal.tracking.finding.gathering import FREE
from portal.tracking.gift import verdict
from portal.tracking.models import Gift, Need, NeedLine
from portal.tracking.projection.entries import name_of

if TYPE_CHECKING:
    from portal.tracking.listing.declared import Asked

# Every place inside and every end, as in the books; a gift's pieces are in exactly one of them.
PLACES = {
    "inbound": _("On the way in"),
    "quarantine": _("Under inspection"),
    "stock": _("In stock now"),
    "held": _("Held"),
    "reserved": _("Set aside"),
    "transit": _("On the way"),
    "received": _("Confirmed"),
    "rejected": _("Rejected"),
    "returned": _("Returned"),
    "damaged": _("Damaged"),
    "lost": _("Missing"),
    "expired": _("Expired"),
    "community": _("To the community"),
    "sold": _("Sold"),
    "unidentified": _("Unidentified"),
    "fund": _("In a fund"),
    "committed": _("Set aside for a spending"),
    "paid": _("Paid"),
    "fee": _("Kept as fee"),
    "refunded": _("Given back"),
}


@dataclass(frozen=True)
class GiftItem:
    """One item of a gift. Quantities are base units of the item, for money fen."""

    gift: Gift
    item: str

    def names(self, word: str) -> str:
        return str(self.gift.names.get(self.item, {}).get(word, ""))

    def unit(self, language: str) -> str:
        """Pieces, pairs …; money is counted in fen."""
        if self.item == "CNY":
            return "分" if language == "zh" else "fen"
        return self.names(f"unit_{language}")

    @property
    def item_class(self) -> str:
        return "money" if self.item == "CNY" else self.names("class")

    @property
    def promised(self) -> int:
        return verdict.promised(self.gift, self.item)

    def in_place(self, name: str) -> int:
        held: Mapping[str, int] = self.gift.places.get(self.item, {})
        return sum(int(n) for place, n in held.items() if name_of(place) == name)

    @property
    def aim(self) -> str:
        return str(self.gift.said.get("designation") or FREE)

    @property
    def due(self) -> date | None:
        return self.gift.due


@dataclass(frozen=True)
class NeedItem:
    """One line of a need."""

    need: Need
    line: NeedLine

    def names(self, word: str) -> str:
        return str(self.line.names.get(word, ""))


def gift_items(rows: Sequence[Gift], asked: "Asked") -> Iterator[GiftItem]:
    """The items of each gift; of the chosen class alone, if there is one."""
    chosen = asked.values.get("class", "")
    for gift in rows:
        found = [GiftItem(gift, item) for item in verdict.items(gift)]
        yield from (one for one in found if chosen in ("", one.item_class))


def need_items(rows: Sequence[Need], asked: "Asked") -> Iterator[NeedItem]:
    """The lines of each need by their numbers; of the chosen class alone, if there is one."""
    lines = NeedLine.objects.filter(need__in=[need.code for need in rows]).order_by("no")
    if chosen := asked.values.get("class"):
        lines = lines.filter(item_class=chosen)
    by_need: dict[str, list[NeedLine]] = {}
    for line in lines:
        by_need.setdefault(line.need_id, []).append(line)
    for need in rows:
        yield from (NeedItem(need, line) for line in by_need.get(need.code, []))
