"""Release orders and shipments, brought about by the real moves."""

from dataclasses import replace

from portal.accounts.roles import Role
from portal.needs.models import NeedLine
from portal.shipping.direct import send_direct
from portal.shipping.models import Release, Shipment
from portal.shipping.stages import (
    Delivered,
    Dispatched,
    LossReason,
    Lost,
    Packed,
    Released,
    ReleasedAllocation,
    SentDirect,
    SentLine,
)
from portal.stages import engine
from portal.warehouse.stages import Carrier
from tests.factories.clock import AT
from tests.factories.needs import create_need
from tests.factories.organisations import create_hospital
from tests.factories.people import actor_of
from tests.factories.pledges import create_pledge, donor_of
from tests.factories.warehouse import create_allocation, create_arrival, create_warehouse, lot_of
from tests.remembering import remembered

OWN = Dispatched(carrier=Carrier.OWN)
TO = {"receiving_unit": "医学装备处", "taker": "示例一号车"}


@remembered
def stocked(*, house=None, pledge=None, **differences):
    """A lot in stock, all of an accepted gift's first line."""
    return lot_of(create_arrival(pledge=pledge, warehouse=house, **differences))


@remembered
def line_of(hospital=None, *, quantity=1000, item="mask.gb19083-2010"):
    """The one line of a published need of this hospital."""
    need = create_need(hospital=hospital, lines=((item, "exact", quantity),))
    return NeedLine.objects.select_related("need__hospital", "variant").get(need=need, no=1)


def dispatcher_of(org):
    return actor_of(Role.DISPATCHER, org=org)


@remembered
def create_release(*allocations, at=AT, **to):
    """One order for these allocations, issued by their organisation; `to` whom."""
    rows = tuple(ReleasedAllocation(allocation=a.code) for a in allocations)
    facts = Released(allocations=rows, **{**TO, **to})
    actor = dispatcher_of(allocations[0].org)
    return engine.begin(Release, "issue", actor=actor, facts=facts, at=at, org=actor.org)


@remembered
def create_shipment(*parts, stage="in_transit", hospital=None, quantity=1000, boxes=2, at=AT):
    """A shipment of these (need line, lot, quantity) parts in that stage: packed, in_transit,
    delivered, lost.

    Without parts: all of a new gift for a new need of `hospital`.
    """
    if not parts:
        pledge = create_pledge(lines=(("mask.gb19083-2010", quantity),))
        lot = stocked(pledge=pledge, house=create_warehouse())
        parts = ((line_of(hospital, quantity=quantity), lot, quantity),)
    allocations = [create_allocation(line, (lot, n)) for line, lot, n in parts]
    release = create_release(*allocations, at=at)
    shipment = pack(release, boxes=boxes, at=at)
    if stage != "packed":
        shipment = move_on(shipment, "dispatch", OWN, at=at)
    if stage == "delivered":
        shipment = move_on(shipment, "confirm_delivery", Delivered(), at=at)
    if stage == "lost":
        shipment = move_on(shipment, "lose", Lost(reason=LossReason.UNTRACED), at=at)
    return shipment


def packer_of(org):
    return actor_of(Role.WAREHOUSE, org=org)


def pack(release, *, boxes=2, actor=None, at=AT):
    actor = actor or packer_of(release.org)
    facts = Packed(release=release.code, boxes=boxes)
    return engine.begin(Shipment, "pack", actor=actor, facts=facts, at=at, org=actor.org)


def move_on(shipment, move, facts, *, actor=None, at=AT):
    """A move of the dispatcher; at the gate he scans the order that lies with the goods."""
    actor = actor or dispatcher_of(shipment.org)
    if isinstance(facts, Dispatched) and not facts.order and shipment.release:
        facts = replace(facts, order=shipment.release.code)
    return engine.advance(Shipment, shipment.code, move, actor=actor, facts=facts, at=at)


def direct(hospital, quantities, *, carrier=Carrier.OWN, waybill="", boxes=1, need=None):
    """{line of the gift: quantity} as the facts of the direct lane."""
    meant = {"need": need.need.code, "need_line": need.no} if need else {}
    rows = tuple(SentLine(line=no, quantity=n, **meant) for no, n in quantities.items())
    return SentDirect(
        hospital=hospital.code, carrier=carrier, waybill=waybill, boxes=boxes, lines=rows
    )


@remembered
def create_direct(*, pledge=None, hospital=None, quantities=None, at=AT, **facts):
    """A shipment that the donor sent himself."""
    pledge = pledge or create_pledge()
    hospital = hospital or create_hospital()
    sent = direct(hospital, quantities or {1: 1000}, **facts)
    return send_direct(pledge.code, facts=sent, actor=donor_of(pledge), at=at)
