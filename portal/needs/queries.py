"""What is asked for: the choices and first values of forms, open lines, a hospital's own needs."""

from typing import Any

from django.db.models import QuerySet

from portal.accounts.acting import Actor
from portal.catalogue.queries import accepted as accepted_variants
from portal.catalogue.queries import described, unit_of, variant_choices
from portal.needs.models import Need, NeedLine
from portal.stages.forms import FreeRows

__all__ = [
    "OPEN",
    "accepted",
    "as_it_stands",
    "as_written",
    "known_source",
    "needs_of",
    "open_line",
    "open_lines",
    "variant_choices",
]

OPEN = ("published", "partly_met", "stale")  # donors can answer it


def as_written(*, subject: Need, actor: Actor) -> dict[str, Any]:
    """The need as it stands, as first values of its form; lines may be added and left out."""
    return {
        "lines": FreeRows(
            {
                "variant": line.variant.key,
                "quantity_kind": line.quantity_kind,
                "quantity": line.quantity,
                "as_written": line.as_written,
                "fitness": line.fitness,
                "only_exact": line.only_exact,
                "priority": line.priority,
                "daily_use": line.daily_use,
                "stock_days": line.stock_days,
            }
            for line in subject.lines.select_related("variant").order_by("no")
        ),
        "valid_until": subject.valid_until,
        "campus": subject.campus,
        "department": subject.department,
        "hours": subject.hours,
        "unwanted": subject.unwanted,
        "notes": subject.notes,
        "contact": subject.contact,
        "send": True,
    }


def as_it_stands(*, subject: Need, actor: Actor) -> dict[str, Any]:
    """The figures of a published need, line by line; the lines themselves stay."""
    lines = subject.lines.select_related("variant__item").order_by("no")
    return {
        "wanted": [
            {
                "caption": f"{described(line.variant)} · {unit_of(line.variant)}",
                "line": line.no,
                "quantity_kind": line.quantity_kind,
                "quantity": line.quantity,
                "priority": line.priority,
                "daily_use": line.daily_use,
                "stock_days": line.stock_days,
            }
            for line in lines
        ],
        "valid_until": subject.valid_until,
    }


def accepted(line: NeedLine) -> frozenset[str]:
    """Keys of the variants that this line takes: its own, later versions, and foreign equivalents
    unless the hospital wants none."""
    return accepted_variants(line.variant, exact=line.only_exact)


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
