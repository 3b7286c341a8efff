"""The journeys of the story's gifts: what goes well, what goes wrong, and how each is seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.demo import acts, photos, transport
from portal.demo.acts import FINE, Counting
from portal.demo.cast import World
from portal.demo.clock import BEGIN, Journey, hours
from portal.demo.needs import lines_for
from portal.evidence.models import Shows
from portal.pledges.stages import DeclineReason
from portal.receipts.settling import Department
from portal.receipts.stages import Explanation
from portal.warehouse.stages import AllocationReason, Carrier

DONOR_MAIL = "donor@example.org"


@dataclass(frozen=True)
class Leg:
    """One shipment's worth of a gift: to the n-th hospital asking, so much, and how it ends
    there."""

    to: int
    quantity: int
    ends: str = "confirmed"  # or allocated, released, packed, in_transit, delivered, lost
    said: Counting = FINE
    explained: Explanation | None = None
    photo: Shows | None = None


@dataclass(frozen=True)
class Plot:
    """One gift through the warehouse, told in figures."""

    begins: float  # hours after the story's first
    item: str
    variant: str
    quantity: int
    name: str = ""
    ends: str = (
        "shipped"  # or registered, accepted, declined, withdrawn, announced, arrived, stocked
    )
    counted: Counting = FINE
    legs: Sequence[Leg] = ()
    for_line: bool = True
    to: str = "east"
    carrier: Carrier = Carrier.SF
    pace: float = 1.0
    photos: bool = False
    look: str = ""  # a sentence, if `make demo` names this gift


def warehouse_journey(world: World, plot: Plot) -> Journey:
    """Register, accept, send, arrive, count, then every leg after the other."""
    at = yield BEGIN
    asking = lines_for(world, plot.item)
    meant = asking[plot.legs[0].to if plot.legs else 0] if plot.for_line else None
    one = bool(plot.name) and len({leg.to for leg in plot.legs}) == 1
    gift = acts.give(
        [(plot.variant, plot.quantity, meant)], name=plot.name, meant=one,
        maker=plot.name.endswith("制造有限公司"), at=at,
    )  # fmt: skip
    world.gifts[plot.look or gift] = gift
    if plot.ends == "registered":
        return
    at = yield hours(3 * plot.pace)
    if plot.ends == "declined":
        acts.decline(world, gift, reason=DeclineReason.STANDARD, at=at)
        return
    acts.accept(world, gift, at=at)
    if plot.ends == "accepted":
        return
    at = yield hours(9 * plot.pace)
    if plot.ends == "withdrawn":
        acts.withdraw(gift, at=at)
        return
    waybill = "" if plot.carrier in (Carrier.OWN, Carrier.RAIL) else f"SF{gift[2:]}"
    arrival = acts.send(world, gift, to=plot.to, carrier=plot.carrier, waybill=waybill, at=at)
    if plot.ends == "announced":
        return
    at = yield hours(30 * plot.pace)
    acts.arrive(world, arrival, at=at)
    if plot.ends == "arrived":
        return
    at = yield hours(2)
    acts.count_in(world, arrival, {1: plot.counted}, at=at)
    if plot.photos:
        photos.take(world, arrival, Shows.LABEL, at=at + timedelta(hours=1))
    (lot,) = acts.lots_of(gift)
    for leg in plot.legs:
        at = yield hours(5 * plot.pace)
        line = asking[leg.to]
        reason = AllocationReason.DESIGNATED if line == meant else AllocationReason.LARGEST_GAP
        allocation = acts.allocate(world, line, [(lot.code, leg.quantity)], reason=reason, at=at)
        yield from leg_journey(world, [allocation], leg, at, plot.pace)


def leg_journey(
    world: World, allocations: Sequence[str], leg: Leg, at: datetime, pace: float
) -> Journey:
    """Release, pack, dispatch, deliver, confirm: as far as the leg goes."""
    if leg.ends == "allocated":
        return
    at = yield hours(2 * pace)
    order = acts.release(world, allocations, at=at)
    if leg.ends == "released":
        return
    at = yield hours(1)
    shipment = acts.pack(world, order, boxes=max(1, leg.quantity // 1000), at=at)
    world.gifts[f"{leg.ends}:{shipment}"] = shipment
    if leg.ends == "packed":
        return
    at = yield hours(2)
    own = leg.to % 2 == 0
    carrier = Carrier.OWN if own else Carrier.EMS
    waybill = "" if own else f"EMS{shipment[2:]}"
    acts.dispatch(world, shipment, carrier=carrier, waybill=waybill, at=at)
    if leg.ends == "in_transit":
        at = yield hours(3)
        transport.hand_over(world, shipment, at=at)
        return
    at = yield hours(14 * pace)
    if leg.ends == "lost":
        acts.lose(world, shipment, at=at)
        return
    acts.deliver(world, shipment, at=at)
    if leg.ends == "delivered":
        return
    at = yield hours(4)
    acts.confirm(shipment, {1: leg.said}, at=at)
    if leg.photo is not None:
        at = yield hours(1)
        photos.take(world, shipment, leg.photo, by=acts.receiver_of(shipment), at=at)
    if leg.explained is not None:
        at = yield hours(20)
        acts.explain(world, shipment, explanation=leg.explained, at=at)


def direct_journey(
    world: World, *, item: str, variant: str, quantity: int, to: int, name: str = "", look: str = ""
) -> Journey:
    """Straight from the donor to the hospital, under the same code and the same confirmation."""
    at = yield BEGIN
    line = lines_for(world, item)[to]
    gift = acts.give([(variant, quantity, line)], name=name, contact=DONOR_MAIL, at=at)
    world.gifts[look or gift] = gift
    at = yield hours(4)
    acts.accept(world, gift, at=at)
    at = yield hours(20)
    shipment = acts.send_straight(gift, line, quantity=quantity, at=at)
    at = yield hours(26)
    acts.deliver(world, shipment, at=at)
    at = yield hours(3)
    acts.confirm(shipment, at=at)
    at = yield hours(40)
    issued = {1: quantity * 6 // 10}
    acts.report_use(shipment, issued, department=Department.FEVER, at=at)


def shared_journey(world: World, gifts: Sequence[tuple[str, str, int]], *, to: int) -> Journey:
    """Two gifts, one shipment: packed together for the same hospital."""
    at = yield BEGIN
    allocations = []
    for item, variant, quantity in gifts:
        line = lines_for(world, item)[to]
        gift = acts.give([(variant, quantity, line)], at=at)
        acts.accept(world, gift, at=at + timedelta(minutes=30))
        arrival = acts.send(
            world, gift, to="river", carrier=Carrier.OWN, waybill="", at=at + timedelta(hours=1)
        )
        acts.count_in(world, arrival, at=at + timedelta(hours=2))
        (lot,) = acts.lots_of(gift)
        allocations.append(
            acts.allocate(
                world, line, [(lot.code, quantity)], reason=AllocationReason.DESIGNATED,
                at=at + timedelta(hours=3),
            )
        )  # fmt: skip
    at = yield hours(5)
    total = sum(quantity for _item, _variant, quantity in gifts)
    yield from leg_journey(world, allocations, Leg(to, total), at, 1.0)


def goods_in_journey(
    world: World,
    *,
    item: str,
    variant: str,
    quantity: int,
    look: str,
    turns_out: str = "",
    held_for: int | None = None,
    urgent: int = 0,
) -> Journey:
    """Goods in that differ: by its label another variant, addressed to a hospital, or needed at
    once."""
    at = yield BEGIN
    line = lines_for(world, item)[held_for or 0]
    gift = acts.give([(variant, quantity, None)], at=at)
    world.gifts[look] = gift
    at = yield hours(2)
    acts.accept(world, gift, at=at)
    at = yield hours(6)
    owner = line.need.hospital.code if held_for is not None else ""
    arrival = acts.send(
        world, gift, to="east", carrier=Carrier.OWN, waybill="", consignee=owner, at=at
    )
    at = yield hours(8)
    acts.count_in(world, arrival, variant=turns_out, at=at)
    if urgent:
        at = yield hours(9)
        acts.issue_urgently(world, line, acts.lots_of(gift)[0].code, urgent, at=at)
