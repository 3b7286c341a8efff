"""What becomes of goods once they reached a hospital: how a difference ended, what wards were
given, and which deliveries nobody confirmed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from portal.tracking import words
from portal.tracking.models import Gift, Line, Organisation, Subject, Variant
from portal.tracking.money import holdings
from portal.tracking.projection import parties
from portal.tracking.projection.entries import name_of
from portal.tracking.projection.shelf import Shelf

Sums = dict[tuple[str, str], dict[str, int]]  # by gift and item: pieces by column
SILENT = "unconfirmed"
BACK = ("quarantine", "returned", "stock", "community")  # columns shown where there is something


def fold(shelf: Shelf, data: Mapping[str, Any], subject: Subject, *, was: str) -> None:
    """Count for the hospital what it gave to its wards, and which deliveries it leaves
    unconfirmed."""
    if not subject.hospital or shelf.find(Organisation, subject.hospital) is None:
        return
    silent = (subject.stage == SILENT) - (was == SILENT)
    reported = data.get("lines", []) if "use" in data else []
    if not silent and not reported:
        return
    row = shelf.row(Organisation, subject.hospital)
    row.unconfirmed += silent
    for told in reported:
        count(row, told["variant"], issued=told["quantity"])


def count(row: Organisation, item: str, *, received: int = 0, issued: int = 0) -> None:
    held = row.goods.get(item, [0, 0])
    row.goods[item] = [held[0] + received, held[1] + issued]


def use_of(subject: Subject, gift: str) -> list[dict[str, Any]]:
    """What of one gift a receipt says was issued, kept with the gift."""
    return [row for row in subject.facts.get("use", []) if row.get("gift") == gift]


def goods_of(lines: Sequence[Line], code: str) -> Sums:
    """Where the goods of a shipment went; what a later entry takes out of a column goes over to
    another."""
    sums: Sums = {}
    items = _items(lines)
    for line in (one for one in lines if "relabelled" not in one.data):
        for p in line.data.get("postings", []):
            told = sums.setdefault((p["gift"], items[p["gift"], p["lot"]]), {})
            end, start = name_of(p["to"]), name_of(p["from"])
            packed = p["to"].endswith(code) and not p["from"].endswith(code)
            if packed and end == "reserved":
                told["packed"] = told.get("packed", 0) + p["amount"]
            elif start in ("transit", "found", "held") or line.type.startswith("receipt."):
                told[end] = told.get(end, 0) + p["amount"]
                if start not in ("transit", "found"):
                    told[start] = told.get(start, 0) - p["amount"]
    return sums


def _items(lines: Iterable[Line]) -> dict[tuple[str, str], str]:
    """What each gift's lot is called by the newest entry: a corrected one by its right name."""
    told = sorted(lines, key=lambda line: line.seq)
    rows = [p for line in told for p in line.data.get("postings", [])]
    return {(p["gift"], p["lot"]): p["item"] for p in rows}


def issued_of_gift(gift: Gift) -> list[str]:
    """One sentence for each hospital and item of which something was issued."""
    return [
        _sentence(row, gift.names, told.get("hospital", ""))
        for key, told in sorted(gift.subjects.items())
        if key.startswith("receipt:")
        for row in told.get("use", [])
    ]


def proceeds_of_gift(gift: Gift) -> list[dict[str, str]]:
    """Where the money is that goods of the gift were sold for, as sentences beside its title."""
    if holdings.is_money(gift):
        return []
    said = [
        words.phrase(kind, amount=words.yuan(fen), owner=words.name(gift.names, owner))
        for kind, owner, fen in holdings.shares(gift)
        if fen > 0
    ]
    return [{"text": _("Of what was sold: %(money)s") % {"money": each}} for each in said]


def issued_of_shipment(row: Subject, lines: list[Line]) -> list[str]:
    """The newest report of a shipment, line by line; the entries come newest first."""
    newest: list[dict[str, Any]] = next((e.data["use"] for e in lines if "use" in e.data), [])
    return [_sentence(told, row.names, row.hospital) for told in newest if told["usable"]]


def issued_by(row: Organisation) -> list[str]:
    """What a hospital confirmed and gave to its wards, item by item: never summed over units."""
    variants = Variant.objects.filter(key__in=row.goods) if row.goods else []
    names = {variant.key: parties.variant_names(variant) for variant in variants}
    return [
        _("%(goods)s confirmed, %(issued)s of them issued to wards")
        % {
            "goods": words.amount(received, names, item, named=True),
            "issued": f"{issued:,}",
        }
        for item, (received, issued) in sorted(row.goods.items())
        if received
    ]


def _sentence(told: Mapping[str, Any], names: words.Names, hospital: str) -> str:
    return _("%(hospital)s: %(issued)s of %(goods)s issued to wards") % {
        "hospital": words.name(names, hospital) if hospital else str(words.NAMELESS),
        "issued": f"{told['issued']:,}",
        "goods": words.amount(told["usable"], names, told["item"], named=True),
    }
