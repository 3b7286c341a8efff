"""Questions and corrections as they stand beside the record that they are about."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.tracking import queries, showing, words
from portal.tracking.finding import lookup
from portal.tracking.models import Line, Link, Organisation, Subject

KIND = "question"
BESIDE = 5  # questions beside a record


def of(code: str, *, lines: list[Line] | None = None, asked: bool = True) -> dict[str, Any]:
    """What stands beside a record (`tracking/_voices.html`): questions about it, how often it was
    corrected, and the ways to ask and to follow. Two questions where nothing was asked; none where
    the page has read all its `lines`, and knows that nobody `asked`."""
    if lines is None:
        fixed = Link.objects.filter(code=code, corrects=True).count()
    else:
        fixed = sum(bool(line.corrects) for line in lines)
    questions = beside(code) if asked else []
    return {"voices": {"code": code, "questions": questions, "corrections": fixed}}


def page_of(code: str) -> str:
    """Where a thing stands in public; nothing for what has no page of its own."""
    found = lookup.PAGES.get(code[:1])
    return reverse(found[0], args=[code]) if found else ""


def beside(code: str) -> list[dict[str, Any]]:
    """The newest questions about a record; one question where there are none."""
    found = Subject.objects.filter(about=code, kind=KIND).order_by("-opened_at", "-code")
    return shown(list(found[:BESIDE]))


def shown(rows: list[Subject]) -> list[dict[str, Any]]:
    """As the templates want them; the texts are the newest that still exist."""
    if not rows:
        return []
    lines = queries.opening(row.code for row in rows)
    found = [line for line in lines if line.type.partition(".")[0] == KIND]
    named = queries.named_of(found)
    texts: dict[str, dict[str, Any]] = {}
    for line in found:
        told = named.get(line.uid, {})
        texts.setdefault(line.code, {}).update({k: v for k, v in told.items() if v})
    return [_row(row, texts.get(row.code, {})) for row in rows]


def _row(row: Subject, named: dict[str, Any]) -> dict[str, Any]:
    facts = row.facts
    return {
        "code": row.code,
        "href": reverse("tracking:question", args=[row.code]),
        "topic": words.choice(KIND, "ask", "topic", str(facts.get("topic", ""))),
        "text": named.get("text", ""),
        "answer": named.get("answer", ""),
        "record": row.about,
        "record_href": page_of(row.about),
        "org": words.name(row.names, row.org),
        "org_href": page_of(row.org),
        "stage": showing.stage_label(KIND, row.stage),
        "tone": {"answered": "green", "overdue": "red"}.get(row.stage, "amber"),
        "late": bool(facts.get("late")),
        "asked_at": _moment(facts.get("asked_at")) or row.opened_at,
        "answered": _after(facts),
        "since": row.opened_at,
    }


def _after(facts: dict[str, Any]) -> str:
    """`answered after 5 hours`, from the asking to the writing of the answer."""
    begun, ended = _moment(facts.get("asked_at")), _moment(facts.get("answered_at"))
    if begun is None or ended is None:
        return ""
    hours = int((ended - begun).total_seconds() // 3600)
    if hours < 1:
        return _("answered within an hour")
    return ngettext("answered after %(n)d hour", "answered after %(n)d hours", hours) % {"n": hours}


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None


def organisations(codes: Iterable[str]) -> dict[str, Organisation]:
    """The rows of these codes that are organisations; one question."""
    return {row.code: row for row in Organisation.objects.filter(code__in=set(codes))}
