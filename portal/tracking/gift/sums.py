"""The goods table: line by line where every piece is, so that a reader can add it up."""

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from portal.tracking import showing, words
from portal.tracking.gift.verdict import (
    TONES,
    counted_in,
    items,
    promised,
    sent,
    shares,
    surplus,
)
from portal.tracking.models import Gift

GROUPS = (
    ("inbound", ("inbound", "waiting", "quarantine")),
    ("stock", ("stock",)),
    ("reserved", ("reserved",)),
    (
        "transit",
        (
            *("packing", "transit", "crossing", "trouble", "turned_back"),
            *("delivered", "unconfirmed"),
        ),
    ),
    ("held", ("held", "kept")),
    ("received", ("received",)),
    ("rejected", ("rejected",)),
    ("damaged", ("damaged",)),
    ("lost", ("lost",)),
    ("returned", ("returned",)),
    ("expired", ("expired",)),
    ("community", ("community",)),
    ("sold", ("sold",)),
)
ALWAYS = {"stock", "reserved", "transit", "received"}
SENT = ("dispatched", "part_received", "received")  # stages that say nothing of the way on


GROUP_OF = {kind: group for group, kinds in GROUPS for kind in kinds}


def where(gift: Gift) -> str:
    """In two or three words how far it has come: its stage, until its pieces leave the shelf."""
    groups = {GROUP_OF.get(share.kind, "") for share in shares(gift)}
    if gift.stage not in SENT or groups <= {"", "inbound", "stock"}:
        return showing.stage_label("pledge", gift.stage)
    return capfirst(_heads()[groups.pop()]) if len(groups) == 1 else _("In several places")


def sums(gift: Gift, item: str) -> dict[str, int]:
    """{column: pieces} of what has left the donor or was found; it adds up to sent + surplus."""
    found = {group: 0 for group, _kinds in GROUPS}
    for share in shares(gift):
        if share.item == item and share.kind in GROUP_OF:
            found[GROUP_OF[share.kind]] += share.amount
    return found


def table(gift: Gift) -> dict[str, Any]:
    """What the goods-table component shows."""
    rows = {item: sums(gift, item) for item in items(gift)}
    extra = {item: surplus(gift, item) for item in rows}
    shown = [g for g, _k in GROUPS if g in ALWAYS or any(row[g] for row in rows.values())]
    columns = [_("Promised"), _("Sent"), *([_("Found")] if any(extra.values()) else [])]
    columns += [_("Counted in"), *(_heads()[group] for group in shown)]
    out = []
    for item, row in rows.items():
        given, gone = promised(gift, item), sent(gift, item)
        counted = counted_in(gift, item)
        values = [given, gone, *([extra[item]] if any(extra.values()) else []), counted]
        values += [row[group] for group in shown]
        differs = [False, gone != given and gone > 0, *[False] * (len(values) - 2)]
        for n, group in enumerate(shown, len(values) - len(shown)):
            differs[n] = group in ("rejected", "damaged", "lost", "held") and row[group] > 0
        out.append(
            {
                "name": capfirst(words.name(gift.names, item)),
                "note": _note(gift, item),
                "cells": [
                    {"value": f"{value:,}" if value else "–", "differs": mark}
                    for value, mark in zip(values, differs, strict=True)
                ],
            }
        )
    return {"columns": columns, "rows": out, "note": balance(gift)}


def balance(gift: Gift) -> str:
    """Says in words that it adds up, and whether anything is still open."""
    said = []
    for item in items(gift):
        row, gone, found = sums(gift, item), sent(gift, item), surplus(gift, item)
        if not gone and not found:
            continue
        heads = _heads()
        parts = [f"{heads[group]} {n:,}" for group, n in row.items() if n]
        left = _("Sent %(n)s") % {"n": f"{gone:,}"}
        left += _(" + found %(n)s") % {"n": f"{found:,}"} if found else ""
        equals = gone + found == sum(row.values())
        title = words.name(gift.names, item) + (": " if words.english() else "：")
        sign = "=" if equals else "≠"
        said.append(f"{title if len(items(gift)) > 1 else ''}{left} {sign} {' + '.join(parts)}")
    if not said:
        return _("Nothing has been sent yet, so there is nothing to add up.")
    closed = not any(share.open for share in shares(gift))
    stop = "." if words.english() else "。"
    text = words.joined(said, strong=True) + stop
    if closed:
        return text + " " + _("Nothing is open: every piece is accounted for.")
    return text + " " + _("It adds up; what is not confirmed or written off is still open.")


def split_bars(gift: Gift) -> list[dict[str, Any]]:
    """One bar for each item: its pieces by place."""
    bars = []
    for item in items(gift):
        segments = [
            {
                "label": words.phrase(
                    share.kind,
                    amount="",
                    owner=words.name(gift.names, share.owner) if share.owner else "",
                ).strip(" ;,，；"),
                "amount": share.amount,
                "tone": TONES.get(share.kind, "gone"),
                "by": share.by,
            }
            for share in shares(gift)
            if share.item == item
        ]
        if segments:
            title = words.item_title(gift.names, item)
            bars.append({"title": title, "unit": words.unit(gift.names, item), "rows": segments})
    return bars


def _heads() -> dict[str, str]:
    return {
        "inbound": _("to be counted"),
        "stock": _("in stock"),
        "reserved": _("set aside"),
        "transit": _("on the way"),
        "held": _("held"),
        "received": _("confirmed"),
        "rejected": _("rejected"),
        "damaged": _("damaged"),
        "lost": _("missing"),
        "returned": _("returned"),
        "expired": _("expired"),
        "community": _("to the community"),
        "sold": _("sold"),
    }


def _note(gift: Gift, item: str) -> str:
    parts = [words.standard_beside(gift.names, item), words.unit(gift.names, item)]
    return " · ".join(part for part in parts if part)
