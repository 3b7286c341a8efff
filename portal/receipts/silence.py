"""What time brings about where a hospital is silent: a reminder a day after the delivery, after
three days a sealed word that nobody has confirmed it."""

from datetime import datetime

from portal.shipping.asking import ESCALATE, ESCALATED, REMIND, REMINDED, ask_hospital
from portal.shipping.models import Shipment
from portal.stages.clock import AT_ONCE, move_on


def tick(*, at: datetime) -> int:
    """How many deliveries became publicly unconfirmed. Reminders are queued beside; each once."""
    silent = Shipment.objects.filter(stage="delivered").select_related("hospital").order_by("pk")
    moved = move_on(silent.filter(since__lte=at - ESCALATE), "escalate", at=at)
    for shipment in silent.filter(since__lte=at - REMIND)[:AT_ONCE]:
        ask_hospital(shipment, why=REMINDED, at=at)
    public = Shipment.objects.filter(stage="unconfirmed", since__gt=at - REMIND)
    for shipment in public.select_related("hospital").order_by("pk")[:AT_ONCE]:
        ask_hospital(shipment, why=ESCALATED, at=at)
    return moved
