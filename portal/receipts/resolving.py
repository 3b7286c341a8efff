"""What became of the pieces of a difference: found, come later, handed on, destroyed, replaced.

Every step posts line by line. What takes pieces out of an end takes back what the confirmation put
there, so its entry names that one as corrected (`ledger.core.postings`).
"""

from collections.abc import Iterable, Iterator

from django.db.models import F
from django.utils.translation import gettext as _

from ledger.core.postings import place
from portal.needs import commands as needs
from portal.receipts.models import Receipt, ReceiptLine
from portal.receipts.settling import (
    CameLater,
    Destroyed,
    FoundAgain,
    GoesTo,
    HandedOn,
    InspectedAgain,
    Objected,
    Replaced,
    SomeOf,
)
from portal.shipping.commands import fulfil_accounted, lock_gifts
from portal.shipping.lines import (
    concern_lines,
    described,
    lines_of,
    lock_needs,
    posting,
    set_aside,
)
from portal.shipping.models import Shipment
from portal.stages.engine import MoveRefused, Step, locked
from portal.stages.models import Trail
from portal.stages.signing import signer

Told = Iterator[tuple[ReceiptLine, int]]


def come_later(subject: Receipt, facts: CameLater, step: Step) -> None:
    """The hospital's own word: missing pieces came after all, and count for its needs."""
    shipment = begun(subject, step, corrects=True)
    counted: dict[int, int] = {}
    for row, quantity in _told(subject, facts.later):
        _refuse_beyond(row, quantity, row.lacking)
        line = row.shipment_line
        source, target = place("lost", shipment.code), place("received", _hospital(shipment))
        step.post(posting(line, quantity, source, target))
        _add(row, later=quantity)
        if line.need_line_id is not None:
            set_aside(line.need_line_id, quantity)
            counted[line.need_line_id] = counted.get(line.need_line_id, 0) + quantity
    step.then(lambda: _tell_needs(counted, step))


def find_again(subject: Receipt, facts: FoundAgain, step: Step) -> None:
    """The sender's word: the pieces never left; back to the stock of the warehouse they lay in."""
    _refuse_no_reason(facts.note)
    shipment = begun(subject, step, corrects=True)
    stock = place("stock", _house(shipment))
    for row, quantity in _told(subject, facts.again):
        _refuse_beyond(row, quantity, row.lacking)
        step.post(posting(row.shipment_line, quantity, place("lost", shipment.code), stock))
        _add(row, found=quantity)


def hand_on(subject: Receipt, facts: HandedOn, step: Step) -> None:
    """Rejected goods go back to the warehouse's quarantine, to the community, or to the donor."""
    _refuse_no_reason(facts.note)
    shipment = begun(subject, step, corrects=True)
    back = facts.goes_to is GoesTo.QUARANTINE
    owner = _house(shipment) if back else _hospital(shipment)
    for row, quantity in _told(subject, facts.handed):
        _refuse_beyond(row, quantity, row.rejected - row.settled)
        target = place(facts.goes_to.value, owner)
        step.post(posting(row.shipment_line, quantity, _bad(row, shipment), target))
        _add(row, settled=quantity, back=quantity if back else 0)


def destroy(subject: Receipt, facts: Destroyed, step: Step) -> None:
    """Written off as damaged, by a person who neither packed the shipment nor handed it over."""
    _refuse_no_reason(facts.note)
    shipment = begun(subject, step, corrects=True)
    signer(step.actor, shipment.packed_by, shipment.dispatched_by)
    target = place("damaged", _hospital(shipment))
    for row, quantity in _told(subject, facts.destroyed):
        _refuse_beyond(row, quantity, row.rejected - row.settled)
        source = _bad(row, shipment)
        if source == target:
            raise MoveRefused(
                _("Line %(line)d was rejected as damaged and is written off already.")
                % {"line": row.shipment_line.no}
            )
        step.post(posting(row.shipment_line, quantity, source, target))
        _add(row, settled=quantity)


def inspect_again(subject: Receipt, facts: InspectedAgain, step: Step) -> None:
    """What came back is good and goes to stock, or is written off: perhaps the last of its gift."""
    shipment = begun(subject, step)
    house = _house(shipment)
    waiting = place("quarantine", house)
    rows = {told.line: told for told in facts.inspected}
    totals = [SomeOf(line=told.line, quantity=told.good + told.bad) for told in facts.inspected]
    for row, quantity in _told(subject, totals):
        _refuse_beyond(row, quantity, row.back)
        told = rows[row.shipment_line.no]
        ends = ((told.good, place("stock", house)), (told.bad, place("damaged", house)))
        step.post(*[posting(row.shipment_line, n, waiting, to) for n, to in ends if n])
        _add(row, back=-quantity)
    pledges = lock_gifts(shipment)
    step.then(lambda: fulfil_accounted(pledges, actor=step.actor, at=step.at))


def replace(subject: Receipt, facts: Replaced, step: Step) -> None:
    """Another shipment to the same hospital comes in its place; both pages name each other."""
    shipment = begun(subject, step)
    other = Shipment.objects.filter(code=facts.shipment, hospital=shipment.hospital).first()
    if other is None or other.pk == shipment.pk or other.opened_at < shipment.opened_at:
        raise MoveRefused(_("Please choose a later shipment to the same hospital."))
    step.concern(other.code)


def object_to(subject: Receipt, facts: Objected, step: Step) -> None:
    """The hospital does not agree; the sender has to answer again."""
    _refuse_no_reason(facts.note)
    begun(subject, step)


def begun(subject: Receipt, step: Step, *, corrects: bool = False) -> Shipment:
    """Shipment, gifts and needs locked in their order; the receipt stays at its stage, and the
    entry stands on every page the shipment stands on."""
    shipment = locked(Shipment, subject.shipment.code)
    lock_gifts(shipment)
    lock_needs(shipment)
    if subject.stage in step.move.targets:
        step.target = subject.stage
    concern_lines(shipment, step)
    step.open(goods=[described(line) for line in lines_of(shipment)])
    if corrects:
        step.corrects = _confirmation(subject)
    return shipment


def rows_of(subject: Receipt) -> dict[int, ReceiptLine]:
    """The receipt's rows by the number of their line, locked in order."""
    wanted = ("shipment_line__lot__pledge", "shipment_line__lot__variant", "receipt")
    rows = subject.lines.select_for_update(of=("self",)).select_related(*wanted).order_by("pk")
    return {row.shipment_line.no: row for row in rows}


def _tell_needs(counted: dict[int, int], step: Step) -> None:
    if counted:
        needs.receive(quantities=counted, actor=step.actor, at=step.at)


def _told(subject: Receipt, told: Iterable[SomeOf]) -> Told:
    """The rows of which something is said, each once; refused when nothing is."""
    rows, said = rows_of(subject), sorted(told, key=lambda one: one.line)
    if len({one.line for one in said}) < len(said) or any(one.line not in rows for one in said):
        raise MoveRefused(
            _("Every line may stand here once, and no other. Please open the page again.")
        )
    wanted = [one for one in said if one.quantity]
    if not wanted:
        raise MoveRefused(_("Please give a quantity in at least one line."))
    return ((rows[one.line], one.quantity) for one in wanted)


def _refuse_beyond(row: ReceiptLine, quantity: int, most: int) -> None:
    if quantity > most:
        raise MoveRefused(
            _("Line %(line)d: %(asked)d are more than the %(most)d there are. Please correct it.")
            % {"line": row.shipment_line.no, "asked": quantity, "most": most}
        )


def _refuse_no_reason(note: str) -> None:
    if not note.strip():
        raise MoveRefused(_("Please give your reason in words: it is published."))


def _add(row: ReceiptLine, **numbers: int) -> None:
    changes = {name: F(name) + number for name, number in numbers.items()}
    assert ReceiptLine.objects.filter(pk=row.pk).update(**changes) == 1


def _bad(row: ReceiptLine, shipment: Shipment) -> str:
    """Where the confirmation put what was rejected."""
    return place("damaged" if row.reason == "damaged" else "rejected", _hospital(shipment))


def _hospital(shipment: Shipment) -> str:
    assert shipment.hospital is not None, "a packed shipment has its hospital"
    return shipment.hospital.code


def _house(shipment: Shipment) -> str:
    """The warehouse that sent it."""
    source = shipment.release or shipment.urgent
    if source is None or source.warehouse is None:
        raise MoveRefused(
            _("This came straight from the donor: there is no warehouse it could go back to.")
        )
    return source.warehouse.code


def _confirmation(subject: Receipt) -> str:
    taken = Trail.objects.filter(lifecycle="receipt", code=subject.code, move="confirm")
    return taken.values_list("uid", flat=True).get()
