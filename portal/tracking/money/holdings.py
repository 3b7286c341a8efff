"""Gifts of money and funds on the public pages: every fen in one place, from postings alone.

Each posting names its gift, so where a gift's money went, first in first out and to the fen, is
what the sealed entries say: nothing is computed here but sums.
"""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from ledger.api import Entry
from ledger.core.postings import MONEY
from portal.tracking import words
from portal.tracking.models import FundMonth, Gift, Holding, Purchase, Subject
from portal.tracking.projection.entries import name_of, when
from portal.tracking.projection.shelf import Shelf

COLUMNS = ("came", "fee", "committed", "paid", "refunded")  # of a fund, by month
PLACES = ("unidentified", "fund", "committed", "paid", "fee", "refunded")
CNY = {"zh": "人民币", "en": "Money", "unit_zh": "元", "unit_en": "yuan"}


def is_money(gift: Gift) -> bool:
    return any(line.get("variant") == MONEY for line in gift.lines)


def fold_gift(shelf: Shelf, entry: Entry) -> None:
    """The row of a gift of money, as its own moves tell it."""
    data = entry.body["data"]
    row = shelf.row(Gift, entry.body["case"])
    if not row.version:
        row.opened_seq, row.opened_at, row.uid = entry.index, when(entry), entry.uid
        row.names |= {MONEY: CNY}
    row.since = when(entry)
    row.stage = data.get("stage", row.stage)
    row.visibility = data.get("shown", row.visibility)
    if entry.body["type"] in ("money.enter", "money.arrive"):
        row.lines = [{"variant": MONEY, "quantity": data["amount"]}]
    if entry.body["type"] == "money.identify":
        row.uid = entry.uid
    row.version = entry.index + 1
    fold_fund(shelf, entry)


def fold_fund(shelf: Shelf, entry: Entry) -> None:
    """What came into each fund, and what became of it, month by month."""
    month = entry.body["data"].get("recorded_at", entry.body["at"])[:7]
    fund_of = _fund_of(shelf, entry)
    for told in entry.body["data"].get("postings", []):
        if told["item"] != MONEY:
            continue
        came, went = name_of(told["from"]), name_of(told["to"])
        for place, sign in ((told["from"], -1), (told["to"], 1)):
            owner = place.partition(":")[2]
            fund = owner if owner[0] == "F" else fund_of if owner[0] == "P" else ""
            if not fund:
                continue
            column = name_of(place)
            if column == "fund":
                if (went if sign < 0 else came) in ("committed", "fee", "refunded", "paid"):
                    continue
                column = "came"
            if column not in COLUMNS:  # outside: whoever paid for what was sold
                continue
            shelf.row(FundMonth, fund, month, column).amount += sign * told["amount"]


def _fund_of(shelf: Shelf, entry: Entry) -> str:
    said = str(entry.body["data"].get("fund", ""))
    if said:
        return said
    spend = shelf.find(Subject, "spend", entry.body["case"])
    return str(spend.facts.get("fund", "")) if spend else ""


def figures(fund: str) -> tuple[dict[str, int], list[tuple[str, dict[str, int]]]]:
    """(the sums of a fund, the same by month): fen by column, `left` is what it holds."""
    months: dict[str, dict[str, int]] = {}
    for row in FundMonth.objects.filter(fund=fund).order_by("month"):
        months.setdefault(row.month, dict.fromkeys(COLUMNS, 0))[row.figure] = row.amount
    running, out = dict.fromkeys(COLUMNS, 0), []
    for month, found in months.items():
        for column in COLUMNS:
            running[column] += found[column]
        out.append((month, {**found, "left": _left(running)}))
    return {**running, "left": _left(running)}, out


def sums_of(funds: Iterable[str]) -> dict[str, dict[str, int]]:
    """The sums of several funds, as `figures` has them of one; one question."""
    found = {fund: dict.fromkeys(COLUMNS, 0) for fund in funds}
    for row in FundMonth.objects.filter(fund__in=found):
        found[row.fund][row.figure] += row.amount
    return {fund: {**sums, "left": _left(sums)} for fund, sums in found.items()}


def _left(sums: dict[str, int]) -> int:
    return sums["came"] - sums["fee"] - sums["committed"] - sums["paid"] - sums["refunded"]


def shares(gift: Gift) -> list[tuple[str, str, int]]:
    """(place, owner, fen) of every fen of the gift that has come; in the order of its way."""
    found = gift.places.get(MONEY, {})
    rows = [
        (name_of(place), place.partition(":")[2], int(amount))
        for place, amount in found.items()
        if name_of(place) in PLACES
    ]
    return sorted(rows, key=lambda row: (PLACES.index(row[0]), row[1]))


def said(gift: Gift, place: str, owner: str, amount: int) -> str:
    return words.phrase(place, amount=words.yuan(amount), owner=words.name(gift.names, owner))


def headline(gift: Gift) -> str:
    rows = shares(gift)
    if not rows:
        promised = sum(line["quantity"] for line in gift.lines)
        if gift.stage == "pledged":
            text = _("%(amount)s promised, not on the account yet")
        else:
            text = _("%(amount)s: its parts have codes of their own")
        parts = [text % {"amount": words.yuan(promised)}]
    else:
        parts = [said(gift, *row) for row in rows[:6]]
        if len(rows) > len(parts):
            parts.append(_("the rest as the table below says"))
    return words.joined(parts, strong=True) + ("." if words.english() else "。")


def verdict(gift: Gift) -> dict[str, Any]:
    """What the verdict's component shows."""
    kinds = {place for place, _owner, _amount in shares(gift)}
    steps = {
        "unidentified": _("Somebody finds out whose it is and what it is for."),
        "fund": _("It is spent for the fund's purpose, after two people have approved."),
        "committed": _("The supplier is paid."),
    }
    return {
        "headline": headline(gift),
        "tone": "warn" if "unidentified" in kinds else "",
        "picture": "alert" if "unidentified" in kinds else "check",
        "since": gift.since,
        "next": next((steps[k] for k in steps if k in kinds), ""),
    }


def table(gift: Gift) -> dict[str, Any]:
    """Every fen in one row; the rows add up to what came."""
    rows = [
        {
            "name": said(gift, place, owner, amount),
            "href": href(owner),
            "cells": [{"value": words.yuan(amount), "differs": place == "unidentified"}],
        }
        for place, owner, amount in shares(gift)
    ]
    came = sum(amount for _p, _o, amount in shares(gift))
    total = [{"value": words.yuan(came), "differs": False}]
    note = _(
        "A fund is spent first in, first out: the oldest gifts pay first, in whole fen, and the "
        "last one pays the remainder. The shares stand in the sealed entries themselves."
    )
    return {"columns": [_("Amount")], "rows": rows, "total": total if rows else None, "note": note}


def href(owner: str) -> str:
    """Where a fund or a spending stands; the look-up knows the fund of a spending."""
    if owner[:1] == "F":
        return reverse("tracking:fund", args=[owner])
    return f"{reverse('tracking:lookup')}?q={owner}" if owner[:1] == "P" else ""


def spends_of(fund: str, *, most: int) -> list[Subject]:
    """The spending of a fund, what changed last first; one question."""
    newest = Purchase.objects.filter(fund=fund).order_by("-version")[:most]
    rows = Subject.objects.filter(kind="spend", code__in=newest.values("code"))
    return sorted(rows, key=lambda row: row.version, reverse=True)


def oldest_unspent(fund: str) -> Gift | None:
    """The gift whose money lies in the fund longest."""
    holding = Holding.objects.filter(place=f"fund:{fund}", amount__gt=0).order_by("pk").first()
    return Gift.objects.filter(code=holding.gift).first() if holding else None
