"""Capacity of carriers, the third side of matching: entered, found for a shipment by route, day and
what the goods need, taken by it, and over when its days are."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from portal.input.provinces import place
from portal.organisations.models import Organisation
from portal.shipping.capacity import CapacityOffered, CapacityTaken, CapacityWithdrawn, WhyNot
from portal.shipping.models import Capacity, Shipment
from portal.stages.clock import move_on
from portal.stages.engine import MoveRefused, NotYours, Step, follow, locked
from portal.warehouse.models import Warehouse
from portal.warehouse.stages import Carrier

ZONE = ZoneInfo("Asia/Shanghai")
Pairs = list[tuple[str, Any]]


def place_of(row: Warehouse | Organisation | None) -> str:
    """`湖北 武汉`: where a warehouse or hospital stands, and what a route goes from and to."""
    return " ".join(dict.fromkeys(filter(None, (row.province, row.city)))) if row else ""


def places(rows: Iterable[Model]) -> Pairs:
    found = {place_of(row) for row in rows}  # type: ignore[arg-type]  # houses and hospitals
    return [(name, place(name)) for name in sorted(found - {""})]


def origins() -> Pairs:
    return places(Warehouse.objects.filter(stage="open"))


def destinations() -> Pairs:
    kind = Organisation.Kind.HOSPITAL
    return places(Organisation.objects.filter(kind=kind, stage="verified"))


def offer_capacity(subject: Capacity, facts: CapacityOffered, step: Step) -> None:
    """Kept as said, also where it is said anew; the days must follow each other and not lie
    behind."""
    if facts.last < facts.first:
        raise MoveRefused(_("The last day lies before the first. Please correct the days."))
    if facts.last < step.at.astimezone(ZONE).date():
        raise MoveRefused(_("These days are over already. Please correct the days."))
    for name in Capacity.SAID:
        setattr(subject, name, getattr(facts, name))
    subject.carrier = facts.carrier.value
    subject.save(update_fields=["carrier", *Capacity.SAID])


def withdraw_capacity(subject: Capacity, facts: CapacityWithdrawn, step: Step) -> None:
    """Whoever counted on it reads why."""
    if facts.reason is WhyNot.NONE:
        raise MoveRefused(_("Please say why the offer is withdrawn."))


def take_capacity(subject: Capacity, facts: CapacityTaken, step: Step) -> None:
    """The shipment stands in its entry."""
    step.concern(subject.shipment.code)
    step.open(shipment=subject.shipment.code, kg_taken=subject.shipment.kg)


def care_of(shipment: Shipment) -> set[str]:
    """What the goods of a shipment need on the way, by the catalogue."""
    lines = shipment.lines.select_related("lot__variant__item")
    return {care for line in lines for care in line.lot.variant.item.care}


def lacks(offer: Capacity, care: set[str]) -> str:
    """What the goods need and the offer has not: a sentence, or nothing."""
    if "cold-chain" in care and not offer.cold:
        return _("These goods need an unbroken cold chain; this offer has none.")
    if "dangerous-goods" in care and not offer.dangerous:
        return _("These are dangerous goods; this offer has no permit for them.")
    if "no-air-freight" in care and offer.carrier == Carrier.AIR:
        return _("These goods may not travel by air.")
    return ""


def too_heavy(offer: Capacity, shipment: Shipment) -> str:
    """That the boxes weigh more than the offer carries; nothing where the weight is not known."""
    if shipment.kg <= offer.kg:
        return ""
    words = {"kg": shipment.kg, "most": offer.kg}
    return _("The boxes weigh %(kg)d kg; this offer carries %(most)d kg.") % words


def fitting(shipment: Shipment, *, at: datetime) -> list[tuple[Capacity, bool]]:
    """Open offers that carry these goods today; those of the very route first."""
    care, house = care_of(shipment), house_of(shipment)
    route = (place_of(house), place_of(shipment.hospital))
    offers = [o for o in open_on(at) if not (lacks(o, care) or too_heavy(o, shipment))]
    found = [(o, (o.origin, o.to) == route) for o in offers]
    return sorted(found, key=lambda pair: (not pair[1], pair[0].last, pair[0].pk))


def open_on(at: datetime) -> QuerySet[Capacity]:
    today = at.astimezone(ZONE).date()
    return Capacity.objects.filter(stage="open", first__lte=today, last__gte=today).order_by("pk")


def house_of(shipment: Shipment) -> Warehouse | None:
    left = shipment.release or shipment.urgent
    return left.warehouse if left else None


def travel_with(shipment: Shipment, code: str, step: Step) -> None:
    """The shipment takes this offer, if it carries such goods today; one shipment an offer."""
    try:
        offer = locked(Capacity, code)
    except NotYours as unknown:
        raise MoveRefused(_("There is no such offer of transport.")) from unknown
    if not open_on(step.at).filter(pk=offer.pk).exists():
        raise MoveRefused(_("This offer of transport is taken, over or not for today."))
    if lack := lacks(offer, care_of(shipment)) or too_heavy(offer, shipment):
        raise MoveRefused(lack)
    shipment.offer = offer
    shipment.save(update_fields=["offer"])
    step.concern(offer.code)
    taken = CapacityTaken()
    step.then(lambda: follow(offer, "take", actor=step.actor, facts=taken, at=step.at))


def tick(*, at: datetime) -> int:
    """Offers whose last day is behind are over. How many."""
    over = Capacity.objects.filter(stage="open", last__lt=at.astimezone(ZONE).date())
    return move_on(over, "lapse", at=at)
