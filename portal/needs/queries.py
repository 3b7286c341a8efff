"""What is asked for: the choices and first values of forms, open lines, a hospital's own needs."""

from typing import Any

from django.db.models import QuerySet

from portal.accounts.acting import Actor
from portal.catalogue.queries import variant_choices
from portal.needs.models import Need, NeedLine
from portal.stages.forms import FreeRows

__all__ = [
    "OPEN",
    "as_written",
    "known_source",
    "needs_of",
    "open_line",
    "open_lines",
    "variant_choices",
]

OPEN = ("published", "partly_met")  # donors can answer it


def as_written(*, subject: Need, actor: Actor) -> dict[str, Any]:
    """The need as it stands, as first values of its form; lines may be added and left out."""
    return {
        "lines": FreeRows(
            {
                "variant": line.variant.key,
                "quantity_kind": line.quantity_kind,
                "quantity": line.quantity,
                "as_written": line.as_written,
            }
            for line in subject.lines.select_related("variant").order_by("no")
        ),
        "valid_until": subject.valid_until,
        "department": subject.department,
        "notes": subject.notes,
        "contact": subject.contact,
        "send": True,
    }


def known_source(*, subject: Need, actor: Actor) -> dict[str, Any]:
    """The notice's address that was kept with the draft."""
    return {"source": subject.source}


def open_lines() -> QuerySet[NeedLine]:
    """Lines of needs that donors can answer, with need, hospital and item; the longest waiting
    first."""
    return (
        NeedLine.objects.filter(need__stage__in=OPEN)
        .select_related("need__hospital", "variant__item")
        .order_by("need__public_since", "need__pk", "no")
    )


def open_line(need_code: str, no: int) -> NeedLine | None:
    """One open line by its need's code and its number."""
    return open_lines().filter(need__code=need_code, no=no).first()


def needs_of(hospital_code: str) -> QuerySet[Need]:
    """A hospital's own needs with their lines, the newest first."""
    return (
        Need.objects.filter(hospital__code=hospital_code)
        .prefetch_related("lines__variant__item")
        .order_by("-opened_at", "-pk")
    )
