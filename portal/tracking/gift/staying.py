"""How long a gift and what carried it stayed in each stage, beside what is usual.

Whole hours from one entry to the next that changed the stage (`statistics.dwelling`); a stay that
has not ended says since when, for a page knows no clock. Pure: made from the entries of the page.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from portal.stages.table import lifecycle
from portal.tracking.models import Line
from portal.tracking.statistics.dwelling import KINDS, Usual, hours

Stay = tuple[datetime, datetime | None]


def stays(lines: Iterable[Line]) -> dict[tuple[str, str], list[Stay]]:
    """{(lifecycle, stage): [(begin, end or nothing)]}, in the order in which they began."""
    now: dict[tuple[str, str], tuple[str, datetime]] = {}
    found: dict[tuple[str, str], list[Stay]] = {}
    for line in sorted(lines, key=lambda each: each.seq):
        kind = line.type.partition(".")[0]
        if kind not in KINDS or not line.stage:
            continue
        stage, since = now.get((kind, line.code), ("", line.recorded_at))
        if stage == line.stage:
            continue
        if stage:
            found.setdefault((kind, stage), []).append((since, line.recorded_at))
        now[kind, line.code] = line.stage, line.recorded_at
    for (kind, _code), (stage, since) in now.items():
        if not _ends(kind, stage):
            found.setdefault((kind, stage), []).append((since, None))
    return dict(sorted(found.items(), key=lambda pair: min(stay[0] for stay in pair[1])))


def _ends(kind: str, stage: str) -> bool:
    table = lifecycle(kind)
    known = table.by_key.get(stage) if table else None
    return known is None or known.ends


def told(lines: Iterable[Line], usual: Usual) -> dict[str, Any]:
    """{rows: [{label, took, open_since, median, slow}], day}: stages in which some hours went by,
    or usually go by; `slow`: longer than nine in ten."""
    rows = []
    for (kind, stage), found in stays(lines).items():
        known = usual.of(kind, stage)
        over = sorted(hours(begin, end) for begin, end in found if end is not None)
        still = [begin for begin, end in found if end is None]
        if not still and not any(over) and not (known and known[0]):
            continue
        rows.append(
            {
                "label": _label(kind, stage),
                "took": _took(over),
                "open_since": min(still) if still else None,
                "median": _hours(known[0]) if known else "",
                "slow": bool(known and over and over[-1] > known[1]),
            }
        )
    return {"rows": rows, "day": usual.day}


def _label(kind: str, stage: str) -> str:
    table = lifecycle(kind)
    known = table.by_key.get(stage) if table else None
    said = {
        "kind": str(table.label) if table else kind,
        "stage": str(known.label if known else stage),
    }
    return _("%(kind)s: %(stage)s") % said


def _took(over: list[int]) -> str:
    if not over:
        return ""
    if over[0] == over[-1]:
        return _hours(over[0])
    return _("%(least)s to %(most)s") % {"least": f"{over[0]:,}", "most": _hours(over[-1])}


def _hours(number: int) -> str:
    return _("%(n)s h") % {"n": f"{number:,}"}
