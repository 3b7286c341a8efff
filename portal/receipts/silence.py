"""What time brings about where a hospital is silent: a reminder a day after the delivery, after
three days a sealed word that nobody has confirmed it."""

from datetime import datetime

from portal.accounts.acting import CLOCK
from portal.shipping.asking import ESCALATE, ESCALATED, REMIND, REMINDED, ask_hospital
from portal.shipping.models import Shipment
from portal.stages import engine
from portal.stages.engine import MoveRefused

AT_ONCE = 500  # mails of one tick of the clock


def tick(*, at: datetime) -> int:
    """How many deliveries became publicly unconfirmed. Reminders are queued beside; each once."""
    silent = Shipment.objects.filter(stage="delivered").select_related("hospital").order_by("pk")
    moved = 0
    for code in list(silent.filter(since__lte=at - ESCALATE).values_list("code", flat=True)):
        try:
            engine.advance(Shipment, code, "escalate", actor=CLOCK, at=at)
        except (engine.Closed, engine.NotYours):
            raise
        except MoveRefused:
            continue  # confirmed a moment ago: it is no longer due
        moved += 1
    for shipment in silent.filter(since__lte=at - REMIND)[:AT_ONCE]:
        ask_hospital(shipment, why=REMINDED, at=at)
    public = Shipment.objects.filter(stage="unconfirmed", since__gt=at - REMIND)
    for shipment in public.select_related("hospital").order_by("pk")[:AT_ONCE]:
        ask_hospital(shipment, why=ESCALATED, at=at)
    return moved
