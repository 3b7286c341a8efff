"""Statements of the law as lists and banners show them."""

from datetime import datetime
from typing import Any

from django.db.models import Exists
from django.urls import reverse

from portal.tracking import showing, words
from portal.tracking.models import Cursor, Subject

KIND = "disclosure"
MOST = 200  # late statements among which those of one code are looked for
SHOWN = 3


def standing() -> tuple[int, bool]:
    """(how many entries the pages know, whether any statement is late); one question."""
    missing = Subject.objects.filter(kind=KIND, stage="late")
    row = Cursor.objects.filter(pk=1).annotate(late=Exists(missing)).values_list("next", "late")
    return row.first() or (0, False)


def late(code: str = "") -> list[dict[str, Any]]:
    """The statements that are late, for the banner: of a campaign, an organisation, or all."""
    found = Subject.objects.filter(kind=KIND, stage="late").order_by("since", "code")
    rows = [row for row in found[:MOST] if not code or code in row.around]
    return [card(row, {}) for row in rows[:SHOWN]]


def card(row: Subject, names: dict[str, str]) -> dict[str, Any]:
    facts = row.facts
    campaign = str(facts.get("campaign", ""))
    return {
        "code": row.code,
        "href": reverse("tracking:disclosure", args=[row.code]),
        "kind": words.choice(KIND, "fall_due", "kind", str(facts.get("kind", ""))),
        "no": facts.get("no", 0),
        "campaign": words.name(row.names, campaign),
        "campaign_href": reverse("tracking:campaign", args=[campaign]) if campaign else "",
        "org": names.get(row.org) or words.name(row.names, row.org),
        "org_href": reverse("tracking:organisation", args=[row.org]) if row.org else "",
        "begins_at": _moment(facts.get("begins_at")),
        "due_at": _moment(facts.get("due_at")),
        "since": row.since,
        "stage": showing.stage_label(KIND, row.stage),
        "published": row.stage == "published",
        "late": bool(facts.get("late")),
    }


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None
