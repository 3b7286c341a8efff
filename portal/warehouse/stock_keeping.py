"""A lot in stock: put away, counted by two, held back."""

from functools import partial

from django.utils.translation import gettext as _

from ledger.core.postings import place
from portal.pledges.models import Pledge
from portal.stages import engine
from portal.stages.engine import MoveRefused, Step
from portal.stages.facts import Facts
from portal.stages.signing import signer
from portal.warehouse.goods_in import fulfil
from portal.warehouse.lots import held_in, on_shelf, posting
from portal.warehouse.models import Lot, Warehouse
from portal.warehouse.stock_facts import Shelved, StockCounted, StockReason


def house_of(lot: Lot) -> Warehouse:
    assert lot.warehouse is not None, "no staff of a charity reaches a lot that is in no warehouse"
    return lot.warehouse


def name_lot(lot: Lot, step: Step) -> None:
    """The event stands on the pages of the lot, its gift and its warehouse."""
    step.concern(lot.pledge.code, lot.warehouse.code if lot.warehouse else "")


def locked_gift(lot: Lot) -> Pledge:
    return engine.locked(Pledge, lot.pledge.code)


def open_lot(subject: Lot, facts: Facts, step: Step) -> None:
    """A lot begins when its goods are announced, or when it is parted from another lot to move."""
    step.target = "moving" if subject.sent_to is not None else "coming"


def take_in(subject: Lot, facts: Facts, step: Step) -> None:
    """Custody was signed for: from now on it is stock."""
    subject.stocked_at = step.at
    subject.save(update_fields=["stocked_at"])
    step.target = "recalled" if subject.stage == "recalled" else "kept"


def put_away(subject: Lot, facts: Shelved, step: Step) -> None:
    """Where it stands; nobody outside is told."""
    subject.bin = facts.bin
    subject.save(update_fields=["bin"])
    step.target = subject.stage


def count_stock(subject: Lot, facts: StockCounted, step: Step) -> None:
    """The first count. One that agrees with the books is sealed as such; one that differs waits
    for a second person."""
    counter = signer(step.actor)
    expected = sum(on_shelf(subject))
    name_lot(subject, step)
    step.open(expected=expected)
    if facts.counted == expected:
        step.target = "kept"
        return
    _reason_wanted(facts, expected)
    subject.counted_by = counter
    subject.save(update_fields=["counted_by"])
    step.target = "differs"


def recount_stock(subject: Lot, facts: StockCounted, step: Step) -> None:
    """The second person's count decides: what is too few is lost, what is too many was found."""
    signer(step.actor, subject.counted_by)
    free, aside = on_shelf(subject)
    name_lot(subject, step)
    step.open(expected=free + aside)
    subject.counted_by = None
    subject.save(update_fields=["counted_by"])
    difference = facts.counted - free - aside
    if not difference:
        return
    _reason_wanted(facts, free + aside)
    if -difference > free:
        raise MoveRefused(
            _(
                "%(missing)d are missing, but only %(free)d of lot %(lot)s are not set aside. "
                "Please cancel an allocation of it first, then count again."
            )
            % {"missing": -difference, "free": free, "lot": subject.code}
        )
    code, pledge = house_of(subject).code, locked_gift(subject)
    if difference > 0:
        step.post(posting(difference, subject, place("found", code), place("stock", code)))
    else:
        step.post(posting(-difference, subject, place("stock", code), place("lost", code)))
    step.then(partial(fulfil, pledge, step))


def _reason_wanted(facts: StockCounted, expected: int) -> None:
    if facts.reason == StockReason.NONE:
        raise MoveRefused(
            _(
                "%(counted)d were counted, the books say %(expected)d. "
                "Please give the reason for the difference."
            )
            % {"counted": facts.counted, "expected": expected}
        )


def hold_back(subject: Lot, facts: Facts, step: Step) -> None:
    """Frozen where it is: not allocated, not released, not sent."""
    house_of(subject)
    name_lot(subject, step)


def free_lot(subject: Lot, facts: Facts, step: Step) -> None:
    name_lot(subject, step)


def refuse_more(lot: Lot, quantity: int) -> None:
    """Asked before anything else is locked: what is not there cannot leave."""
    free = held_in(lot, place("stock", house_of(lot).code))
    if quantity > free:
        raise MoveRefused(
            _("Only %(free)d of lot %(lot)s are in stock and not set aside.")
            % {"free": free, "lot": lot.code}
        )
