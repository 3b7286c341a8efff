"""Silence made visible: whatever waits for somebody's next step, with whom and since when, the
oldest first. Which stages wait for whom stands in the stage tables (`owed_by`); nothing here asks
what time it is."""

from collections import defaultdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.stages.table import lifecycles
from portal.tracking import showing
from portal.tracking.models import Subject
from portal.tracking.projection.projecting import seen
from portal.tracking.responding import page
from portal.tracking.voices import corrections, remarks

MOST = 600  # subjects on the page, the longest waiting; of one organisation:
OF_ONE = 10


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """By organisation, whoever keeps somebody waiting longest on top."""

    def context() -> dict[str, Any]:
        rows = waiting()
        return {
            "section": "board",
            "groups": _groups(rows[:MOST]),
            "more": len(rows) > MOST,
        }

    return page(request, "tracking/owed.html", context, version=seen())


def stages() -> dict[tuple[str, str], str]:
    """{(kind, stage): who owes the next step}, from the tables."""
    return {
        (table.key, stage.key): stage.owed_by
        for table in lifecycles()
        for stage in table.stages
        if stage.owed_by
    }


def waiting() -> list[Subject]:
    """What waits, the oldest first; one more than the page holds."""
    rows = Subject.objects.filter(waits=True).order_by("since", "kind", "code")
    return list(rows[: MOST + 1])


def _groups(rows: list[Subject]) -> list[dict[str, Any]]:
    owed, found = stages(), defaultdict[str, list[Subject]](list)
    for row in rows:
        found[_owner(row, owed[row.kind, row.stage])].append(row)
    known = remarks.organisations(found)
    return [
        {
            "code": code,
            "name": showing.organisation_name(known[code]) if code in known else _("Donors"),
            "href": remarks.page_of(code) if code in known else "",
            "since": own[0].since,
            "count": len(own),
            "rows": [_row(row) for row in own[:OF_ONE]],
            "more": max(0, len(own) - OF_ONE),
        }
        for code, own in found.items()
    ]


def _owner(row: Subject, who: str) -> str:
    """Without an organisation it went straight from a donor."""
    return {"hospital": row.hospital, "donor": "donor"}.get(who, row.org) or "donor"


def _row(row: Subject) -> dict[str, Any]:
    href = remarks.page_of(row.code)
    gift = next((code for code in row.around if code[0] == "G"), "")
    return {
        "code": row.code,
        "kind": corrections.kind_label(row.kind),
        "stage": showing.stage_label(row.kind, row.stage),
        "text": showing.stage_text(row.kind, row.stage),
        "since": row.since,
        "href": href or remarks.page_of(row.about or gift),
    }
