"""Goods in: arrival, custody, what is kept for a hospital. The count stands in `counting`, the
inspection in `inspecting`."""

from functools import partial

from django.utils.translation import gettext as _

from ledger.core.postings import place
from portal.organisations.models import Organisation
from portal.organisations.queries import hospitals
from portal.pledges.models import Pledge
from portal.pledges.queries import is_accounted_for
from portal.stages import engine
from portal.stages.engine import MoveRefused, Step
from portal.stages.signing import signer
from portal.warehouse.buying import account
from portal.warehouse.lots import posting, take_in
from portal.warehouse.models import Arrival, ArrivalLine, Warehouse
from portal.warehouse.stages import Arrived, Fetched, GivenOn, TakenIn, Verdict


def arrive(subject: Arrival, facts: Arrived, step: Step) -> None:
    """At the door; the label says to whom it is addressed."""
    subject.consignee = consignee(facts.consignee) or subject.consignee
    subject.save(update_fields=["consignee"])
    name_gift(subject, step)


def consignee(code: str) -> Organisation | None:
    """The hospital a parcel is addressed to; None: the charity, to be allocated."""
    if not code:
        return None
    found = hospitals().filter(code=code).first()
    if found is None:
        raise MoveRefused(_("There is no such hospital. Please choose one from the list."))
    return found


def name_gift(subject: Arrival, step: Step) -> None:
    """The event stands on the pages of the gift and of the hospital that it is addressed to."""
    assert subject.warehouse is not None, "announced arrivals have a warehouse"
    owner = subject.consignee.code if subject.consignee else ""
    step.concern(subject.pledge.code, subject.warehouse.code, owner)
    if owner:
        step.open(held_for=owner)


def take(subject: Arrival, facts: TakenIn, step: Step) -> None:
    """Custody: what passed is in stock from now on, or held for the hospital it is addressed to."""
    subject.taken_by = signer(step.actor, subject.counted_by, subject.inspected_by)
    subject.save(update_fields=["taken_by"])
    house = house_of(subject)
    owner = subject.consignee
    target = place("held", owner.code) if owner else place("stock", house.code)
    passed = _passed(subject)
    for line in passed:
        step.post(posting(line.accepted, line.lot, place("quarantine", house.code), target))
    if not owner:
        take_in((line.lot for line in passed), step)
    step.target = "held" if owner and passed else "stocked"
    account(subject, step)
    name_gift(subject, step)


def fetch(subject: Arrival, facts: Fetched, step: Step) -> None:
    """The hospital has its parcel: its own word, as with every receipt."""
    pledge = engine.locked(Pledge, subject.pledge.code)
    _move_held(subject, "received", step)
    step.then(partial(fulfil, pledge, step))


def give_on(subject: Arrival, facts: GivenOn, step: Step) -> None:
    """The hospital gives its parcel to the charity: stock to be allocated like any other."""
    _move_held(subject, "stock", step)
    take_in((line.lot for line in _passed(subject)), step)


def _move_held(subject: Arrival, name: str, step: Step) -> None:
    assert subject.consignee is not None, "held arrivals have a consignee"
    owner = subject.consignee.code
    target = place(name, owner if name == "received" else house_of(subject).code)
    for line in _passed(subject):
        step.post(posting(line.accepted, line.lot, place("held", owner), target))
    name_gift(subject, step)


def house_of(subject: Arrival) -> Warehouse:
    assert subject.warehouse is not None, "announced arrivals have a warehouse"
    return subject.warehouse


def lines_of(subject: Arrival) -> list[ArrivalLine]:
    wanted = ("lot__variant__item", "lot__pledge", "pledge_line")
    return list(subject.lines.select_related(*wanted).order_by("no"))


def _passed(subject: Arrival) -> list[ArrivalLine]:
    return [line for line in lines_of(subject) if line.accepted and line.verdict != Verdict.FAIL]


def fulfil(pledge: Pledge, step: Step) -> None:
    if pledge.stage in Pledge.lifecycle.move("fulfil").source and is_accounted_for(pledge):
        engine.follow(pledge, "fulfil", actor=step.actor, at=step.at)
