"""Long journeys on a small screen: the newest entries stand open, the older ones day by day behind
one line each, and who wrote them in all."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.urls import reverse

from portal.input.templatetags.pages import ZONE
from portal.tracking import words
from portal.tracking.models import Line

OPEN, MOST = 12, 20  # entries that stand open once there are more than so many
OURSELVES = ("clock", "system")


def fold(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """{entries: those that stand open, older: [{day, count, entries}]}, newest first."""
    if len(entries) <= MOST:
        return {"entries": entries, "older": []}
    rest = groupby(entries[OPEN:], key=lambda row: row["at"].astimezone(ZONE).date())
    days = [(day, list(rows)) for day, rows in rest]
    older = [
        {"key": f"{day:%Y%m%d}", "day": rows[0]["at"], "count": len(rows), "entries": rows}
        for day, rows in days
    ]
    return {"entries": entries[:OPEN], "older": older}


def place_of(line: Line, lines: Sequence[Line]) -> str:
    """Where an entry can be read: on this page, or on its own where this page has folded it."""
    shown = lines if len(lines) <= MOST else lines[:OPEN]
    on_page = any(line.seq == other.seq for other in shown)
    return f"#e{line.seq}" if on_page else reverse("tracking:entry", args=[line.seq])


def signers(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Who signed how many of the entries, in which roles; the first comes first."""
    found: dict[str, dict[str, Any]] = {}
    for line in reversed(lines):
        if not line.role or line.role in OURSELVES:
            continue
        role = words.label(words.ROLES, line.role)
        name = words.name(line.names, line.org) if line.org else role
        row = found.setdefault(line.org or line.role, {"name": name, "roles": {}, "count": 0})
        row["count"] += 1
        row |= {"name": name, "known": line.org in line.names}
        if line.org:
            row["roles"][role] = None
    return [
        {
            "name": row["name"],
            "roles": words.joined(list(row["roles"])),
            "count": row["count"],
            "href": reverse("tracking:organisation", args=[key]) if row["known"] else "",
        }
        for key, row in found.items()
    ]
