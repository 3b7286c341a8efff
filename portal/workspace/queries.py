"""What the workspaces show: a hospital's own needs with their counters."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from portal.accounts.acting import Actor
from portal.catalogue.queries import described, unit_of
from portal.needs.models import Need, NeedLine
from portal.receipts.models import Receipt
from portal.receipts.queries import unsettled
from portal.shipping.models import Shipment
from portal.shipping.queries import insides
from portal.stages.engine import allowed_moves
from portal.stages.table import Move

ENDED = ("met", "withdrawn", "expired")
FIRST = 2  # items that a list names
MOST = 100  # of each list; older ones stand in the public pages


def needs_with_counters(hospitals: Collection[str]) -> QuerySet[Need]:
    """Needs of these hospitals; how many lines they have, are wholly pledged and wholly received;
    open ones first."""
    whole = Q(lines__quantity__isnull=False)
    return (
        Need.objects.filter(hospital__code__in=hospitals)
        .select_related("hospital")
        .annotate(
            ended=Q(stage__in=ENDED),
            line_count=Count("lines"),
            pledged_lines=Count(
                "lines", filter=whole & Q(lines__pledged__gte=F("lines__quantity"))
            ),
            received_lines=Count(
                "lines", filter=whole & Q(lines__received__gte=F("lines__quantity"))
            ),
        )
        .order_by("ended", "-opened_at", "-pk")
    )


def with_insides(shipments: Iterable[Shipment]) -> list[dict[str, Any]]:
    """Each shipment with what lies in it."""
    rows = list(shipments)
    inside = insides(row.pk for row in rows)
    return [{"shipment": row, **_shortly(inside.get(row.pk, []))} for row in rows]


def with_items(needs: Iterable[Need]) -> list[dict[str, Any]]:
    """Each need with the items it asks for."""
    rows = list(needs)
    items: dict[int, list[str]] = {}
    lines = NeedLine.objects.filter(need__in=rows).select_related("variant__item")
    for line in lines.order_by("need_id", "no"):
        items.setdefault(line.need_id, []).append(described(line.variant))
    return [{"need": row, **_shortly(items.get(row.pk, []))} for row in rows]


def _shortly(texts: list[str]) -> dict[str, Any]:
    return {"inside": texts[:FIRST], "more": max(0, len(texts) - FIRST)}


def line_rows(need: Need) -> list[dict[str, Any]]:
    """The lines of a need with their counters, ready for the goods table."""
    lines = need.lines.select_related("variant__item").order_by("no")
    return [
        {
            "name": described(line.variant),
            "note": unit_of(line.variant),
            "line": line,
            "counters": [line.pledged, line.allocated, line.received],
        }
        for line in lines
    ]


def received_rows(actors: Mapping[str, Actor]) -> list[dict[str, Any]]:
    """Receipts of these hospitals (actors by code) that differ, or of which something is not
    reported as issued; each with what may be said of it now."""
    rows = list(unsettled(actors)[: 2 * MOST])
    inside = insides(row.shipment_id for row in rows)
    return [
        {
            "receipt": row,
            **_shortly(inside.get(row.shipment_id, [])),
            "unreported": _told(row, "unreported"),
            "moves": _moves(
                row,
                actors,
                report_use=_told(row, "unreported"),
                come_later=_told(row, "lacks"),
            ),
        }
        for row in rows
    ]


def _told(row: Receipt, name: str) -> bool:
    return bool(getattr(row, name))  # annotated by the query


def _moves(row: Receipt, actors: Mapping[str, Actor], **sense: bool) -> list[Move]:
    """What the table allows and makes sense: there is something left to say."""
    assert row.shipment.hospital is not None, "what was confirmed has its hospital"
    may = allowed_moves(row, actors[row.shipment.hospital.code])
    return [move for move in may if sense.get(move.name, True)]
