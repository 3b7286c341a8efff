"""The figures of a statement: sums of the postings of a window of sealed entries, and nothing else.

    goods_in:  [item, pieces] counted in at the organisation's warehouses
    goods_out: [hospital, item, set aside, sent, confirmed]
    money:     [fund, came, set aside, paid, fee, given back] of the campaign's funds, in fen

What a later entry takes back counts against it. Anybody can add them up again from the published
entries `first` … `until` − 1.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import ledger.api as ledger
from ledger.core.postings import MONEY
from portal.campaigns.models import Campaign
from portal.funds.models import Fund, Spend
from portal.shipping.models import Shipment
from portal.warehouse.models import Allocation, Warehouse

MOST = 300  # rows of one table: more would not fit into an entry
BEFORE = frozenset({"donor", "purchase", "inbound", "found"})
INSIDE = frozenset({"quarantine", "stock"})
FUND = ("fund", "committed", "paid", "fee", "refunded")


def figures(campaign: Campaign, *, first: int, until: int) -> dict[str, Any]:
    """The three tables; `more`: how many rows beyond the first 300 of each are left out."""
    count = Counting(campaign)
    for entry in ledger.entries(first, until):
        for posting in entry.body["data"].get("postings", []):
            count.add(posting, case=entry.body["case"])
    return count.told()


class Counting:
    """Adds postings up, one by one: each way there counts for it, each way back against it."""

    def __init__(self, campaign: Campaign) -> None:
        org = campaign.org.code
        funds = Fund.objects.filter(campaign=campaign)
        spends = Spend.objects.filter(fund__in=funds).values_list("code", "fund__code")
        self.fund = {code: code for code in funds.values_list("code", flat=True)} | dict(spends)
        self.houses = set(Warehouse.objects.filter(org__code=org).values_list("code", flat=True))
        self.hospital = dict(_hospitals(org))
        self.came = Counter[str]()
        self.went = Counter[tuple[str, str, str]]()
        self.money = Counter[tuple[str, str]]()

    def add(self, posting: dict[str, Any], *, case: str) -> None:
        source, target, amount = posting["from"], posting["to"], posting["amount"]
        item = posting["item"]
        if item == MONEY:
            self._book(target, amount)
            self._book(source, -amount)
            return
        self._move(source, target, item, amount, case)
        self._move(target, source, item, -amount, case)

    def _book(self, where: str, amount: int) -> None:
        name, _colon, owner = where.partition(":")
        if name in FUND and owner in self.fund:
            self.money[self.fund[owner], name] += amount

    def _move(self, source: str, target: str, item: str, amount: int, case: str) -> None:
        before, _colon, giver = source.partition(":")
        name, _colon, owner = target.partition(":")
        if name in INSIDE and owner in self.houses and before in BEFORE:
            self.came[item] += amount
        elif name == "reserved" and before == "stock" and owner in self.hospital:
            self.went[self.hospital[owner], item, "aside"] += amount
        elif name == "transit" and before in ("reserved", "stock") and owner in self.hospital:
            self.went[self.hospital[owner], item, "sent"] += amount
        elif name == "received" and (case in self.hospital or giver in self.houses):
            self.went[owner, item, "confirmed"] += amount

    def told(self) -> dict[str, Any]:
        goods_in = [[item, n] for item, n in sorted(self.came.items()) if n]
        pairs = sorted({(hospital, item) for hospital, item, _column in self.went})
        goods_out = [
            [*pair, *(self.went[*pair, column] for column in ("aside", "sent", "confirmed"))]
            for pair in pairs
        ]
        funds = sorted({fund for fund, _column in self.money})
        money = [
            [fund, sum(sums), *sums[1:]]
            for fund in funds
            if any(sums := [self.money[fund, column] for column in FUND])
        ]
        tables = {"goods_in": goods_in, "goods_out": goods_out, "money": money}
        more = sum(max(0, len(rows) - MOST) for rows in tables.values())
        return {**{name: rows[:MOST] for name, rows in tables.items()}, "more": more}


def _hospitals(org: str) -> Iterator[tuple[str, str]]:
    """(code, hospital) of what the organisation set aside and sent."""
    sent = Shipment.objects.filter(org=org, hospital__isnull=False)
    yield from sent.values_list("code", "hospital__code")
    aside = Allocation.objects.filter(org=org, need_line__isnull=False)
    yield from aside.values_list("code", "need_line__need__hospital__code")
