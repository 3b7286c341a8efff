"""What somebody has in his hands at the dock, and what he, or who else, can do with it now."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from portal.accounts.acting import Actor
from portal.accounts.labels import role_label
from portal.catalogue.queries import described, unit_of
from portal.receipts.models import Receipt
from portal.shipping.models import Release, Shipment
from portal.shipping.queries import CONFIRMABLE, of_gift
from portal.stages.engine import allowed_moves
from portal.stages.leading import leads_on
from portal.stages.models import Subject
from portal.stages.registry import subjects
from portal.stages.table import Move
from portal.warehouse.models import AllocationLine, Arrival

KINDS = "CRSBA"  # of what has moves at the dock; a gift's code leads to its parts
MOST = 20  # of each list
PACK = "pack"
UNCOUNTED = ("announced", "arrived")


@dataclass(frozen=True)
class Deed:
    """Something this person can do now; `main`: it brings the thing further."""

    subject: Subject
    label: object
    address: str
    main: bool


def about(code: str) -> list[Subject]:
    """The thing with this code, and those that go with it."""
    own = [
        subject
        for model in subjects()
        if model.lifecycle.kind == code[0] and code[0] in KINDS
        for subject in model._default_manager.filter(code=code)
    ]
    return [*own, *RELATED[code[0]](code)] if code[0] in RELATED else own


def _of_gift(code: str) -> Iterable[Subject]:
    arrivals = Arrival.objects.filter(pledge__code=code).order_by("pk")
    yield from arrivals.select_related("pledge", "warehouse__org", "consignee")[:MOST]
    for arrival in arrivals[:1]:
        yield from of_gift(arrival.pledge)[:MOST]


RELATED: dict[str, Callable[[str], Iterable[Subject]]] = {
    "G": _of_gift,
    "B": lambda code: Arrival.objects.filter(lines__lot__code=code),
    "R": lambda code: Shipment.objects.filter(release__code=code),
    "A": lambda code: Release.objects.filter(allocations__code=code),
}


def reachable(found: Iterable[Subject], actors: Sequence[Actor]) -> list[Subject]:
    """Those of them that this person may know of."""
    return [subject for subject in found if any(subject.reachable_by(a) for a in actors)]


def deeds(subject: Subject, actors: Sequence[Actor], *, scanned: str = "") -> list[Deed]:
    """What this person can do with it now, what brings it further first."""
    found: dict[str, Deed] = {}
    for actor in actors:
        for move in allowed_moves(subject, actor):
            main = leads_on(subject, move)
            address = _address(subject, move.name, scanned)
            found.setdefault(move.name, Deed(subject, move.label, address, main))
        for name, deed in _beyond(subject, actor):
            found.setdefault(name, deed)
    return sorted(found.values(), key=lambda deed: not deed.main)


def _address(subject: Subject, move: str, scanned: str) -> str:
    """At the gate, the scanned order is the order that lies with the goods."""
    query = f"?order={scanned}" if move == "dispatch" and scanned.startswith("R-") else ""
    return reverse("workspace:dock_move", args=[subject.code, move]) + query


def _beyond(subject: Subject, actor: Actor) -> Iterable[tuple[str, Deed]]:
    """The moves that open something else, where this actor may take them."""
    for move, address in _openings(subject):
        if actor.role in move.by and subject.reachable_by(actor):
            yield move.name, Deed(subject, move.label, address, main=True)


def _openings(subject: Subject) -> Iterable[tuple[Move, str]]:
    """Packing what an order lets out; confirming what was sent."""
    if isinstance(subject, Release) and subject.stage == "issued":
        yield Shipment.lifecycle.move(PACK), _address(subject, PACK, "")
    if isinstance(subject, Shipment) and subject.stage in CONFIRMABLE:
        address = reverse("workspace:confirm", args=[subject.code])
        yield Receipt.lifecycle.move("confirm"), address


def who_can(subject: Subject) -> list[tuple[object, str]]:
    """(what is to be done next, by whom), as the tables say."""
    table = subject.lifecycle
    onward = [m for m in table.moves if subject.stage in m.source and leads_on(subject, m)]
    opened = [move for move, _address_of in _openings(subject)]
    return [
        (move.label, ", ".join(role_label(role) for role in move.by))
        for move in (*onward, *opened)
        if move.by and not move.within
    ]


def contents(subject: Subject) -> list[dict[str, Any]]:
    """The lots in it, each with item, quantity and unit: what is to be picked, or handed over."""
    quantity = "quantity"
    if isinstance(subject, Arrival):
        quantity = "announced" if subject.stage in UNCOUNTED else "accepted"
    return [
        {
            "item": described(row.lot.variant),
            "quantity": getattr(row, quantity),
            "unit": unit_of(row.lot.variant),
            "lot": row.lot.code,
        }
        for row in _rows(subject).select_related("lot__variant__item").order_by("pk")
    ]


def _rows(subject: Subject) -> QuerySet[Any]:
    if isinstance(subject, Shipment | Arrival):
        return subject.lines.all()
    lines = AllocationLine.objects.filter(allocation__release__code=subject.code)
    return lines if isinstance(subject, Release) else lines.none()


def waiting(actors: Sequence[Actor]) -> list[Deed]:
    """For each thing that this person can bring further, the way to do so: the longest waiting
    first."""
    orgs = {actor.org for actor in actors}
    mine = Q(warehouse__org__code__in=orgs) | Q(consignee__code__in=orgs, stage="held")
    arrivals = Arrival.objects.exclude(stage__in=("stocked", "fetched")).filter(mine)
    releases = Release.objects.filter(stage="issued", org__in=orgs)
    sent = Q(org__in=orgs, stage="packed") | Q(hospital__code__in=orgs, stage__in=CONFIRMABLE)
    rows: list[Subject] = [
        *arrivals.select_related("pledge", "warehouse__org", "consignee").order_by("since")[:MOST],
        *releases.select_related("hospital", "warehouse").order_by("since", "pk")[:MOST],
        *Shipment.objects.filter(sent)
        .select_related("hospital", "gift", "release")
        .order_by("since", "pk")[:MOST],
    ]
    found = ([d for d in deeds(subject, actors) if d.main][:1] for subject in rows)
    return [deed for first in found for deed in first]
