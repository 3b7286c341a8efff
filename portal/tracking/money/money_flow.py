"""The way of money as pages show it: a sentence, a table and a picture of the same rows; of one
gift of money, or of a whole fund."""

from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from portal.tracking import words
from portal.tracking.gift.drawing import MOST, NAMELESS, Node, drawn
from portal.tracking.gift.verdict import ENDS, ORDER
from portal.tracking.models import Gift, Purchase
from portal.tracking.money import holdings
from portal.tracking.money.tracing import Bought, Span, follow, whole

Row = tuple[Bought, int]  # a way, fen
Paid = list[tuple[Purchase, list[Span]]]
RANK = {kind: n for n, kind in enumerate((*ORDER, "ordered", "paid", *ENDS))}
SHOWN, SAID = 200, 6  # rows of a table; parts of a sentence
FOLLOWED = 100  # payments of a fund, those that something happened to last


def rows_of(paid: Paid) -> list[Row]:
    """(way, fen) of these shares, spending after spending, what has got farthest first."""
    rows = [row for purchase, spans in paid for row in follow(purchase, spans)]
    return sorted(rows, key=lambda row: (row[0].spend, RANK.get(row[0].kind, 99), *_tie(row[0])))


def _tie(way: Bought) -> tuple[str, ...]:
    return (way.owner, way.item, way.lot, way.shipment, way.house)


def of_fund(code: str, *, all_paid: int) -> dict[str, Any] | None:
    """What all the money of a fund became; nothing where nothing was paid. `all_paid`: its fen
    that were paid; what the newest `FOLLOWED` payments are not is told as one sum."""
    newest = Purchase.objects.filter(fund=code, paid__gt=0).order_by("-version")[:FOLLOWED]
    paid = [(purchase, whole(purchase)) for purchase in sorted(newest, key=lambda row: row.code)]
    told = flow(paid, first=_("The fund"))
    before = all_paid - sum(purchase.paid for purchase, _spans in paid)
    if told is not None and before > 0:
        told |= {"before": words.yuan(before), "total": words.yuan(all_paid)}
    return told


def of_gift(paid: Paid) -> dict[str, Any] | None:
    return flow(paid, first=_("This gift"))


def flow(paid: Paid, *, first: str) -> dict[str, Any] | None:
    """What the money's template shows; `first` is what stands at the beginning of the picture."""
    rows = rows_of(paid)
    if not rows:
        return None
    names = names_of(paid)
    chains = [(_chain(way), fen) for way, fen in rows]
    picture = drawn(chains, partial(_says, names, first)) if len(rows) <= MOST else None
    for part in (*picture["nodes"], *picture["bands"]) if picture else ():
        part["said"] = words.yuan(part["amount"])
    return {
        "rows": [_row(names, way, fen) for way, fen in rows[:SHOWN]],
        "more": max(len(rows) - SHOWN, 0),
        "total": words.yuan(sum(fen for _way, fen in rows)),
        "drawn": picture,
        "spends": [_proof(purchase.code) for purchase, _spans in paid],
    }


def names_of(paid: Paid) -> dict[str, Any]:
    return {key: name for purchase, _spans in paid for key, name in purchase.names.items()}


def headline(gift: Gift, paid: Paid) -> str:
    """One plain sentence: what its fen are now."""
    parts = [text for _kind, text in followed(gift, paid)]
    rest = [row for row in holdings.shares(gift) if row[0] != "paid"]
    parts += [holdings.said(gift, *row) for row in rest]
    if len(parts) > SAID:
        parts = [*parts[:SAID], _("the rest as the table below says")]
    return words.joined(parts, strong=True) + ("." if words.english() else "。")


def followed(gift: Gift, paid: Paid) -> list[tuple[str, str]]:
    """(kind of place, `¥560.00 of goods confirmed by …`) of what was paid, farthest first."""
    names = {**gift.names, **names_of(paid)}
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for way, fen in rows_of(paid):
        sums[way.kind, way.owner or (way.spend if way.kind == "paid" else "")] += fen
    ordered = sorted(sums.items(), key=lambda pair: (RANK.get(pair[0][0], 99), pair[0][1]))
    return [(kind, _part(names, kind, owner, fen)) for (kind, owner), fen in ordered]


def _part(names: words.Names, kind: str, owner: str, fen: int) -> str:
    amount = words.yuan(fen)
    if kind == "ordered":
        return _("%(amount)s of goods bought, still at the supplier's") % {"amount": amount}
    said = amount if kind == "paid" else _("%(amount)s of goods") % {"amount": amount}
    return words.phrase(kind, amount=said, owner=words.name(names, owner) if owner else "")


def _chain(way: Bought) -> list[Node]:
    """The nodes of a way: money, spending, goods, where they are now."""
    middle = [(2, "item", way.item)] if way.item else []
    return [(0, "money", ""), (1, "spend", way.spend), *middle, (3, way.kind, way.owner)]


def _says(names: Mapping[str, Any], first: str, node: Node) -> str:
    _column, kind, code = node
    if kind == "money":
        return first
    if kind == "spend":
        return code
    if kind == "item":
        return words.item_title(names, code)
    return _now(names, kind, code)


def _now(names: Mapping[str, Any], kind: str, owner: str) -> str:
    if kind == "paid":
        return _("paid; what was bought is not entered yet")
    if kind == "ordered":
        return _("bought, still at the supplier's")
    name = words.name(names, owner) if owner else ""
    says = words.phrase(kind, amount="", owner=name).strip(" ;,，；")
    return capfirst(f"{says} · {name}" if kind in NAMELESS and name else says)


def _row(names: Mapping[str, Any], way: Bought, fen: int) -> dict[str, Any]:
    return {
        "spend": way.spend,
        "item": words.item_title(names, way.item) if way.item else "",
        "lot": way.lot,
        "lot_href": reverse("tracking:lot", args=[way.lot]) if way.lot else "",
        "shipment": way.shipment,
        "shipment_href": reverse("tracking:shipment", args=[way.shipment]) if way.shipment else "",
        "now": _now(names, way.kind, way.owner),
        "fen": words.yuan(fen),
    }


def _proof(code: str) -> dict[str, str]:
    return {"code": code, "href": reverse("tracking:spend_proof", args=[code])}
