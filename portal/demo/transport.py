"""The verbs and journeys of transport: goods go from hand to hand, carriers offer what they can
carry."""

from datetime import datetime, timedelta

from portal.demo.cast import World
from portal.demo.clock import BEGIN, Journey
from portal.organisations.models import Organisation
from portal.shipping.capacity import CapacityOffered
from portal.shipping.carrying import HandedOver, Holder
from portal.shipping.models import Capacity, Shipment
from portal.shipping.travelling import place_of
from portal.stages import engine
from portal.warehouse.stages import Carrier

TEAM = "示范志愿车队"


def hand_over(world: World, shipment: str, *, at: datetime) -> None:
    """At the ring road a team of volunteers takes over."""
    facts = HandedOver(to=Holder.VOLUNTEERS, name=TEAM)
    actor = world.actor("dispatcher")
    engine.advance(Shipment, shipment, "hand_over", actor=actor, facts=facts, at=at)


def transport_journey(world: World, *, days: int, cold: bool = False) -> Journey:
    """A carrier says what it can carry, from the first warehouse to the first hospital."""
    at = yield BEGIN
    actor = world.actor("dispatcher")
    house = next(iter(world.warehouses.values()))
    hospital = Organisation.objects.filter(kind="hospital", stage="verified").order_by("pk").first()
    facts = CapacityOffered(
        carrier=Carrier.CHARTER if cold else Carrier.RAIL,
        firm=TEAM if cold else "",
        origin=place_of(house),
        to=place_of(hospital),
        first=at.date(),
        last=at.date() + timedelta(days=days),
        kg=3000 if cold else 20000,
        litres=12000 if cold else 60000,
        cold=cold,
    )
    engine.begin(Capacity, "offer", actor=actor, facts=facts, at=at, org=actor.org)
