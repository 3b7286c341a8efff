"""One entry counted: what it adds to which figure, and the sums that the pages read.

What a figure means stands in `registry`, beside its title; here is how an entry adds to it. An
entry that corrects may take from a figure; nothing else takes from one that only grows.
"""

import re
from collections import defaultdict
from datetime import datetime
from typing import Any

from ledger.api import Entry
from ledger.core.postings import ENDS, INSIDE, MONEY
from portal.input.provinces import short
from portal.input.templatetags.pages import ZONE
from portal.tracking.models import Holding, Need, NeedLine, Organisation, Part, Subject, Tally
from portal.tracking.models import Variant as Item
from portal.tracking.projection.entries import name_of
from portal.tracking.projection.shelf import Shelf
from portal.tracking.statistics import dwelling

OPENS = {"pledge": "gifts", "money": "gifts", "need": "needs", "organisation": "organisations"}
SOURCES = {"donor": "sent", "purchase": "bought", "found": "found"}
COUNTED = {"quarantine", "stock"}  # where goods are that were counted in
FIRST = {  # figure that counts a subject once, when it first comes to a stage
    "shipment.in_transit": "shipments_sent",
    "shipment.delivered": "shipments_delivered",
    "shipment.unconfirmed": "shipments_late",
    "shipment.confirmed": "shipments_confirmed",
    "receipt.discrepancy": "differences",
    "pledge.overdue": "promises_missed",
}
HOURS = re.compile(r"hours:|confirm_hours\Z")  # figures of which each part is a number of hours
YEARS = range(1900, 3000)  # of a day in an address: its midnight exists in every zone
Key = tuple[str, str, str, str, str]  # figure, part, code, org, region


class Sheet:
    """What one entry adds, until it is written: {figure, part, code, org, region: amount}."""

    def __init__(self, shelf: Shelf, entry: Entry, *, at: datetime) -> None:
        self.shelf = shelf
        self.entry = entry
        self.at = at
        self.day = day_of(at)
        self._sums: dict[Key, int] = defaultdict(int)

    def add(
        self, figure: str, amount: int = 1, *, code: str, part: str = "", org: str = ""
    ) -> None:
        """`org`: the organisation it counts for; of a hospital its province counts too."""
        known = self.shelf.find(Organisation, org) if org else None
        hospital = known is not None and known.kind == "hospital"
        region = short(known.province) if known is not None and hospital else ""
        self._sums[figure, part, code, org if known else "", region] += amount

    def write(self) -> None:
        """The parts, and the sums that they change; of whole hours how often there were so many."""
        version = self.entry.index + 1
        found = [(key, n) for key, n in self._sums.items() if n or HOURS.match(key[0])]
        for no, ((figure, part, code, org, region), amount) in enumerate(found):
            told = {"figure": figure, "part": part, "amount": amount, "code": code}
            where = {"org": org, "region": region, "day": self.day}
            self.shelf.add(Part(seq=self.entry.index, n=no, version=version, **told, **where))
            if figure.startswith("hours:"):
                continue  # `dwelling` keeps them by stage
            each = (str(amount), 1) if HOURS.match(figure) else (part, amount)
            add(self.shelf, figure, *each, org=org, region=region, version=version)
            book(self.shelf, ("", "all", self.day), figure, *each, version=version)


def day_of(at: datetime) -> str:
    return at.astimezone(ZONE).date().isoformat()


def part_of(shelf: Shelf, item: str) -> str:
    """Item class and base unit of a variant: what may be added up."""
    variant = shelf.find(Item, item)
    if variant is None:
        return "|"
    return _part(shelf, variant.item_class, variant.unit_zh, variant.unit_en)


def _part(shelf: Shelf, item_class: str, unit_zh: str, unit_en: str) -> str:
    part = f"{item_class}|{unit_zh}"
    sums = shelf.row(Tally, "", "all", "").amounts
    sums.setdefault("units", {})[part] = unit_en or unit_zh  # as it is called now
    return part


def book(
    shelf: Shelf, key: tuple[str, str, str], figure: str, part: str, amount: int, *, version: int
) -> None:
    """Add to one sum; what has become nothing is left out."""
    row = shelf.row(Tally, *key)
    sums = row.amounts.setdefault(figure, {})
    sums[part] = sums.get(part, 0) + amount
    if not sums[part]:
        del sums[part]
    row.version = version


def add(
    shelf: Shelf, figure: str, part: str, amount: int, *, org: str, region: str, version: int
) -> None:
    """Add to the sums of everything, of the organisation and of the province."""
    book(shelf, ("", "all", ""), figure, part, amount, version=version)
    if region:
        book(shelf, (region, "region", ""), figure, part, amount, version=version)
    if org:
        book(shelf, (org, "org", ""), figure, part, amount, version=version)
        if shelf.find(Organisation, org):
            shelf.row(Organisation, org).version = version


def hold(shelf: Shelf, row: Holding, change: int, *, version: int) -> None:
    """Count what lies inside the system now, place by place."""
    if not row.at:
        row.at = name_of(row.place)
        row.part = MONEY if row.item == MONEY else part_of(shelf, row.item)
    if row.at in INSIDE:
        book(shelf, ("", "all", ""), f"at:{row.at}", row.part, change, version=version)


def ask(shelf: Shelf, need: Need, sign: int, *, version: int) -> None:
    """Count a need that is open, or (-1) is open no longer."""
    _state(shelf, need, "needs_open", "", sign, version=version)


def gap(shelf: Shelf, line: NeedLine, sign: int, *, version: int) -> None:
    """Count what is missing of an open line, or (-1) no longer."""
    need = shelf.find(Need, line.need_id)
    if need is not None and line.open and line.gap:
        if sign > 0:
            units = (line.names.get("unit_zh", ""), line.names.get("unit_en", ""))
            line.part = _part(shelf, line.item_class, *units)
        _state(shelf, need, "gap", line.part, sign * line.gap, version=version)


def _state(shelf: Shelf, need: Need, figure: str, part: str, change: int, *, version: int) -> None:
    where = {"org": need.hospital, "region": need.region}
    add(shelf, figure, part, change, **where, version=version)


def fold(
    shelf: Shelf, entry: Entry, subject: Subject | None, *, was: str, since: datetime | None
) -> None:
    """Count an entry whose rows are folded. `was`, `since`: the subject's stage before it."""
    data = entry.body["data"]
    if not entry.body["case"]:
        return  # the ledger's own, on its own clock
    sheet = Sheet(shelf, entry, at=datetime.fromisoformat(data["recorded_at"]))
    dwelling.begin(shelf, sheet.day, index=entry.index)
    for told in data.get("postings", []):
        if told["item"] == MONEY:
            _money(sheet, told)
        else:
            _goods(sheet, told, subject)
    if subject is not None:
        _subject(sheet, subject, was=was, since=since)
    sheet.write()


def confirmed(told: dict[str, Any], *, corrects: bool) -> int:
    """Pieces that a posting adds to what hospitals confirmed; only a correction takes from it."""
    change = (name_of(told["to"]) == "received") - (name_of(told["from"]) == "received")
    return told["amount"] * change if change > 0 or corrects else 0


def _goods(sheet: Sheet, told: dict[str, Any], subject: Subject | None) -> None:
    came, went = name_of(told["from"]), name_of(told["to"])
    amount, corrects = told["amount"], bool(sheet.entry.body.get("corrects"))
    actor = sheet.entry.body["data"].get("actor_org", "")
    of = {"code": told["gift"], "part": part_of(sheet.shelf, told["item"])}
    for name, figure in SOURCES.items():
        sheet.add(figure, amount * ((came == name) - (went == name)), org=actor, **of)
    counted = (came == "inbound" and went in COUNTED) - (went == "inbound" and came in COUNTED)
    sheet.add("counted", amount * counted, org=actor, **of)
    if subject is not None and subject.hospital:
        handed = (went == "transit") - (came == "transit" and corrects)
        sheet.add("dispatched", amount * handed * (came != went), org=actor, **of)
    owner = told["to" if went == "received" else "from"].partition(":")[2]
    sheet.add("confirmed", confirmed(told, corrects=corrects), org=owner, **of)
    if came == "received" != went and not corrects:
        sheet.add("left_again", amount, org=owner, **of)
    for name in ENDS & {came, went}:
        owner = told["to" if went == name else "from"].partition(":")[2]
        sheet.add(name, amount * ((went == name) - (came == name)), org=owner, **of)


def _money(sheet: Sheet, told: dict[str, Any]) -> None:
    came, went = name_of(told["from"]), name_of(told["to"])
    for name, figure in (("donor", "money"), *((n, f"money_{n}") for n in sorted(ENDS))):
        change = (went == name) - (came == name)
        change = -change if name == "donor" else change
        sheet.add(figure, told["amount"] * change, code=told["gift"], part=MONEY)


def _subject(sheet: Sheet, subject: Subject, *, was: str, since: datetime | None) -> None:
    kind, code = subject.kind, subject.code
    actor = sheet.entry.body["data"].get("actor_org", "")
    if since is None and kind in OPENS:
        whose = {"organisation": code, "need": subject.hospital}.get(kind, actor)
        sheet.add(OPENS[kind], code=code, org=whose)
    if subject.stage == was:
        return
    spent = dwelling.move(sheet.shelf, subject, was=was, since=since, at=sheet.at)
    if spent is not None:
        sheet.add(f"hours:{kind}.{was}", spent, code=code)
    first = f"{kind}.{subject.stage}"
    if subject.stage in subject.reached:
        return
    subject.reached[subject.stage] = sheet.entry.body["data"]["recorded_at"]
    if first in FIRST and (subject.hospital or kind == "pledge"):
        sheet.add(FIRST[first], code=code, org=subject.hospital or actor)
    if first == "shipment.confirmed" and "delivered" in subject.reached:
        told = datetime.fromisoformat(subject.reached["delivered"])
        spent = dwelling.hours(told, sheet.at)
        sheet.add("confirm_hours", spent, code=code, org=subject.hospital)
