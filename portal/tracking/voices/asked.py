"""Questions of the public: the list, and the page of one. The texts are named values."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.tracking import queries, showing
from portal.tracking.finding import lookup
from portal.tracking.models import Subject
from portal.tracking.projection.projecting import seen
from portal.tracking.responding import page
from portal.tracking.views import by_code
from portal.tracking.voices.remarks import KIND, shown

STATES = ("open", "overdue", "answered")


@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """Newest first; `?state=` of one stage, `?org=` to one organisation, `?record=` about one."""
    asked = {name: request.GET.get(name, "")[:12] for name in ("state", "org", "record")}
    before, version = request.GET.get("before", "")[:12], seen()
    keep = {name: value for name, value in asked.items() if value}

    def context() -> dict[str, Any]:
        found = _listed(asked, before)
        rows, more = found[: queries.AT_ONCE], len(found) > queries.AT_ONCE
        return {
            "section": "questions",
            "rows": shown(rows),
            "asked": asked,
            "states": [(key, showing.stage_label(KIND, key)) for key in STATES],
            "older": f"?{urlencode({**keep, 'before': rows[-1].code})}" if more else "",
            "newer": f"?{urlencode(keep)}" if before else "",
        }

    key = urlencode({**keep, "before": before})
    return page(request, "tracking/questions.html", context, version=f"{version}-{key}")


def _listed(asked: dict[str, str], before: str) -> list[Subject]:
    found = Subject.objects.filter(kind=KIND)
    for name, column in (("state", "stage"), ("org", "org"), ("record", "about")):
        if asked[name]:
            found = found.filter(**{column: asked[name]})
    if before:
        last = Subquery(Subject.objects.filter(kind=KIND, code=before).values("opened_at"))
        same = Q(opened_at=last, code__lt=before)
        found = found.filter(Q(opened_at__lt=last) | same)
    return list(found.order_by("-opened_at", "-code")[: queries.AT_ONCE + 1])


@by_code
def question(request: HttpRequest, code: str) -> HttpResponse:
    row = Subject.objects.filter(kind=KIND, code=code).first()
    if row is None:
        raise lookup.Lost(lookup.nothing(code), status=404)

    def context() -> dict[str, Any]:
        lines = queries.lines_of(code)
        named = queries.named_of(lines)
        parent = (_("Questions"), reverse("tracking:questions"))
        return {
            "section": "questions",
            "row": shown([row])[0],
            "entries": showing.timeline(lines, named, of=code),
            "crumbs": showing.crumbs(parent, (code, "")),
        }

    return page(
        request, "tracking/question.html", context, version=row.version, entries=row.version
    )
