"""When a consignment is expected at the dock: so many in one window, no more."""

from datetime import date, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.stages import engine
from portal.stages.engine import MoveRefused, Step
from portal.warehouse.goods_in import house_of, name_gift
from portal.warehouse.models import Arrival, Warehouse
from portal.warehouse.stages import SlotGiven, Window

AHEAD = timedelta(days=60)


def give_slot(subject: Arrival, facts: SlotGiven, step: Step) -> None:
    """A day and a time of day at the warehouse, given anew as often as needed.

    Refused: a day that is over or far off, a window in which no more fit. The house is locked, so
    two cannot take the last one.
    """
    today = timezone.localdate(step.at)
    if not today <= facts.day <= today + AHEAD:
        raise MoveRefused(
            _("Please choose a day from today until %(last)s.")
            % {"last": (today + AHEAD).isoformat()}
        )
    house = engine.locked(Warehouse, house_of(subject).code)
    if _taken(house, facts.day, facts.window, but=subject) >= settings.ARRIVALS_PER_SLOT:
        raise MoveRefused(_full(house, facts, but=subject))
    subject.slot_on, subject.slot = facts.day, facts.window
    subject.save(update_fields=["slot_on", "slot"])
    name_gift(subject, step)


def _taken(house: Warehouse, day: date, window: Window, *, but: Arrival) -> int:
    rows = Arrival.objects.filter(warehouse=house, slot_on=day, slot=window, stage="announced")
    return rows.exclude(pk=but.pk).count()


def _full(house: Warehouse, facts: SlotGiven, *, but: Arrival) -> str:
    most = settings.ARRIVALS_PER_SLOT
    free = [str(w.label) for w in Window if _taken(house, facts.day, w, but=but) < most]
    words = {"day": facts.day.isoformat(), "window": facts.window.label, "most": most}
    if not free:
        return (
            _("On %(day)s every time is full (%(most)d each). Please choose another day.") % words
        )
    return _(
        "On %(day)s, %(window)s is full: %(most)d are expected. Still free that day: %(free)s."
    ) % {**words, "free": ", ".join(free)}
