"""What needs two people was done by two people, and what is somebody's own went to nobody else."""

from collections.abc import Iterator
from itertools import combinations

from django.db.models import Model

from portal.evidence.queries import is_shown
from portal.oversight.differences import Difference, difference
from portal.oversight.models import Correction, Disclosure
from portal.shipping.models import Shipment
from portal.stages.models import Trail
from portal.warehouse.arriving import SHOWN
from portal.warehouse.models import Allocation, AllocationLine, Arrival, ArrivalLine

SIGNED = {  # the columns that name different people, and the moves that wrote each
    Arrival: {"counted_by": "count recount", "inspected_by": "inspect", "taken_by": "take"},
    Allocation: {"proposed_by": "publish", "approved_by": "approve"},
    Shipment: {"packed_by": "pack", "dispatched_by": "dispatch"},
    Correction: {"raised_by": "raise", "verified_by": "verify", "published_by": "publish"},
    Disclosure: {"drafted_by": "draft", "published_by": "publish"},
}
INSPECTED = ("inspected", "stocked", "held", "fetched")


def signers_differ() -> Iterator[Difference]:
    """I15: no person gave two signatures that different people must give."""
    for model, columns in SIGNED.items():
        for row in model._default_manager.order_by("pk").iterator():
            for first, second in combinations(columns, 2):
                person = getattr(row, first)
                if person is not None and person == getattr(row, second):
                    reason = f"the same person stands in {first}"
                    yield difference(_table(model), row.code, second, reason)


def signatures_are_those_of_the_moves() -> Iterator[Difference]:
    """I15: who signed is who took the move, as the trail says."""
    took = [
        (step.lifecycle, step.code, step.move, step.who) for step in Trail.objects.order_by("pk")
    ]
    signed = {
        (model.lifecycle.key, code, column): who
        for model, columns in SIGNED.items()
        for column, moves in columns.items()
        for key, code, move, who in took
        if key == model.lifecycle.key and move in moves.split()
    }
    for model, columns in SIGNED.items():
        for row in model._default_manager.order_by("pk").iterator():
            for column, move in columns.items():
                person = getattr(row, column)
                who = signed.get((model.lifecycle.key, row.code, column), "nobody")
                if person is not None and who != f"person:{person}":
                    reason = f"names {person}, {who} took the move {move}"
                    yield difference(_table(model), row.code, column, reason)


def goods_were_signed_for() -> Iterator[Difference]:
    """I15: goods in stock were counted, inspected and taken into custody; an exception that was
    published has its second person."""
    for arrival in Arrival.objects.filter(stage__in=INSPECTED).order_by("pk"):
        sound = arrival.lines.filter(accepted__gt=0).exists()
        wanted = ["counted_by"]
        wanted += ["inspected_by"] if sound else []
        wanted += ["taken_by"] if sound and arrival.stage != "inspected" else []
        for column in wanted:
            if getattr(arrival, column) is None:
                reason = f"{arrival.stage}: nobody signed"
                yield difference(_table(Arrival), arrival.code, column, reason)
    single = Allocation.objects.filter(proposed_by__isnull=False, approved_by=None)
    for allocation in single.filter(stage__in=("published", "released")).order_by("pk"):
        reason = f"{allocation.stage}: an exception without its second person"
        yield difference(_table(Allocation), allocation.code, "approved_by", reason)


def verdicts_rest_on_evidence() -> Iterator[Difference]:
    """I17: where an inspection found a lot not simply good, a photo or paper shows why."""
    rows = ArrivalLine.objects.filter(verdict__in=SHOWN).select_related("arrival").order_by("pk")
    for line in rows:
        if not is_shown(line.arrival.code):
            reason = f"line {line.no} is {line.verdict}, no photo or paper shows it"
            yield difference(_table(Arrival), line.arrival.code, "verdict", reason)


def held_goods_were_not_allocated() -> Iterator[Difference]:
    """I15: what is held for a hospital, or was fetched by it, was allocated to nobody."""
    rows = AllocationLine.objects.filter(lot__arrivalline__arrival__stage__in=("held", "fetched"))
    for line in rows.select_related("allocation", "lot").order_by("pk"):
        reason = f"lot {line.lot.code} is held for its owner"
        yield difference("warehouse_allocation", line.allocation.code, "lines", reason)


def _table(model: type[Model]) -> str:
    return model._meta.db_table
