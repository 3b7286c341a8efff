"""What happens between the gate and the hospital: handed on, lost in part, brought back; and who
has it in hand."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from ledger.core.postings import Posting, place
from portal.accounts.acting import Actor
from portal.accounts.links import end_links
from portal.pledges.models import Pledge
from portal.pledges.queries import is_accounted_for
from portal.shipping.asking import CONFIRM
from portal.shipping.carrying import (
    STAGE_OF,
    BackLine,
    CameBack,
    CarrierSays,
    CountedBack,
    HandedOver,
    Holder,
    LostPart,
)
from portal.shipping.direct import count_arrived
from portal.shipping.lines import (
    concern_lines,
    count_allocated,
    free_again,
    lines_of,
    lock_needs,
    moved,
    posting,
)
from portal.shipping.models import Shipment, ShipmentLine
from portal.stages.engine import MoveRefused, Step, follow
from portal.stages.facts import instant
from portal.stages.signing import signer
from portal.warehouse.models import Warehouse
from portal.warehouse.stages import Carrier
from portal.warehouse.waybills import read_number

NO_WAYBILL = (Carrier.OWN, Carrier.RAIL, Carrier.CHARTER, Carrier.MILITARY)


def put_in_hands(
    subject: Shipment, step: Step, *, holder: str, carrier: str = "", name: str = ""
) -> None:
    """From now on somebody else has it: said openly by kind and carrier, never by person. Saves
    nothing but these columns."""
    subject.holder, subject.holder_name, subject.held_since = holder, name, step.at
    if carrier:
        subject.carrier = carrier
    subject.save(update_fields=["holder", "holder_name", "held_since", "carrier"])
    step.open(holder={"kind": holder, "carrier": carrier, "since": instant(step.at)})


def hand_over(subject: Shipment, facts: HandedOver, step: Step) -> None:
    """From one hand to the next; nothing is booked, and nothing is delivered by it."""
    if facts.to == Holder.CARRIER and facts.carrier is None:
        raise MoveRefused(_("Please choose the carrier that has it now."))
    raw, number = read_number(facts.waybill, facts.carrier)
    if number:
        subject.waybill, subject.waybill_raw = number, raw
        subject.save(update_fields=["waybill", "waybill_raw"])
    step.open(handed_by=subject.holder)
    carrier = facts.carrier.value if facts.carrier else ""
    put_in_hands(subject, step, holder=facts.to.value, carrier=carrier, name=facts.name)
    step.target = subject.stage
    concern_lines(subject, step)


def note_state(subject: Shipment, facts: CarrierSays, step: Step) -> None:
    """The carrier's word moves the stage and books nothing. An older word than the last is
    refused, and so is the same again."""
    if facts.said_at is not None and facts.said_at > step.at:
        raise MoveRefused(_("The time lies in the future. Please correct it."))
    known = subject.carrier_said_at
    if facts.said_at is not None and known is not None and facts.said_at < known:
        raise MoveRefused(_("The carrier has said something newer already."))
    target = STAGE_OF[facts.state]
    if facts.state.value == subject.carrier_state or (
        target == "delivered" and subject.stage in ("delivered", "unconfirmed")
    ):
        raise MoveRefused(_("The carrier has said so already: nothing is new."))
    subject.carrier_state, subject.carrier_said_at = facts.state.value, facts.said_at or step.at
    subject.save(update_fields=["carrier_state", "carrier_said_at"])
    step.target = target
    concern_lines(subject, step)


def lose_part(subject: Shipment, facts: LostPart, step: Step) -> None:
    """Some of it is lost, the rest goes on; the needs are open again by that much."""
    pledges = lock_gifts(subject)
    lock_needs(subject)
    lines = {line.no: line for line in lines_of(subject)}
    gone = {row.line: row.lost for row in facts.lines if row.lost}
    if not gone:
        raise MoveRefused(_("Please say how many are lost, in at least one line."))
    for no, lost in gone.items():
        if no not in lines or lost > lines[no].quantity:
            raise MoveRefused(_("Line %(line)d: more cannot be lost than it holds.") % {"line": no})
    if sum(gone.values()) == sum(line.quantity for line in lines.values()):
        raise MoveRefused(_("That is all of it: please write the whole shipment off as lost."))
    source, target = place("transit", subject.code), place("lost", subject.code)
    for line in sorted(lines.values(), key=lambda each: (each.need_line_id or 0, each.pk)):
        if lost := gone.get(line.no, 0):
            line.quantity, line.lost = line.quantity - lost, line.lost + lost
            line.save(update_fields=["quantity", "lost"])
            step.post(posting(line, lost, source, target))
            if line.need_line_id is not None:
                free_again(line.need_line_id, lost)
    count_arrived(subject, {lines[no].pk: lost for no, lost in gone.items()})
    step.target = subject.stage
    concern_lines(subject, step)
    step.then(lambda: fulfil_accounted(pledges, actor=step.actor, at=step.at))


def bring_back(subject: Shipment, facts: CameBack, step: Step) -> None:
    """Back in the warehouse it left, under inspection until it is counted again; what a donor sent
    himself goes back to him. The needs are open again, and the hospital has nothing to confirm."""
    pledges = lock_gifts(subject)
    count_allocated(subject, up=False)
    end_links(purpose=CONFIRM, code=subject.code)
    concern_lines(subject, step)
    if subject.gift is not None:
        step.post(*moved(subject, "transit", place("returned", subject.gift.code)))
        count_arrived(subject)
        step.target = "returned"
        step.then(lambda: fulfil_accounted(pledges, actor=step.actor, at=step.at))
        return
    house = _house(subject)
    subject.back_by = signer(step.actor)
    subject.save(update_fields=["back_by"])
    step.post(*moved(subject, "transit", place("quarantine", house.code)))
    step.concern(house.code)
    step.target = "back"


def count_back(subject: Shipment, facts: CountedBack, step: Step) -> None:
    """Counted again by a second person: good into stock, damaged and missing written off."""
    pledges = lock_gifts(subject)
    house = _house(subject)
    subject.recounted_by = signer(step.actor, subject.back_by)
    subject.save(update_fields=["recounted_by"])
    lines = {line.no: line for line in lines_of(subject) if line.quantity}
    rows = {row.line: row for row in facts.lines}
    if len(rows) < len(facts.lines) or set(rows) != set(lines):
        raise MoveRefused(
            _(
                "Every line of the shipment must stand here exactly once. Please open the page "
                "again."
            )
        )
    for no, line in sorted(lines.items()):
        step.post(*_counted(line, rows[no], subject, house))
    concern_lines(subject, step)
    step.concern(house.code)
    step.then(lambda: fulfil_accounted(pledges, actor=step.actor, at=step.at))


def _counted(
    line: ShipmentLine, row: BackLine, subject: Shipment, house: Warehouse
) -> Iterable[Posting]:
    came = row.good + row.damaged + row.missing
    if came != line.quantity:
        words = {"line": row.line, "came": came, "sent": line.quantity}
        raise MoveRefused(
            _(
                "Line %(line)d does not add up: good + damaged + missing is %(came)d, but "
                "%(sent)d were on the way back. Please correct the line."
            )
            % words
        )
    source = place("quarantine", house.code)
    wanted = (
        (row.good, place("stock", house.code)),
        (row.damaged, place("damaged", house.code)),
        (row.missing, place("lost", subject.code)),
    )
    return [posting(line, amount, source, target) for amount, target in wanted if amount]


def _house(subject: Shipment) -> Warehouse:
    left = subject.release or subject.urgent
    assert left is not None, "what a warehouse sent left it by an order or an emergency"
    assert left.warehouse is not None, "both name their warehouse"
    return left.warehouse


def lock_gifts(subject: Shipment) -> list[Pledge]:
    """The gifts in a shipment, locked in the order of their keys."""
    found = Pledge.objects.filter(lot__shipmentline__shipment=subject).values_list("pk", flat=True)
    rows = Pledge.objects.select_for_update(of=("self",)).filter(pk__in=sorted(set(found)))
    return list(rows.order_by("pk"))


def fulfil_accounted(pledges: Iterable[Pledge], *, actor: Actor, at: datetime) -> None:
    """End every gift (locked) of which no piece is under way any more."""
    sources = Pledge.lifecycle.move("fulfil").source
    for pledge in pledges:
        if pledge.stage in sources and is_accounted_for(pledge):
            follow(pledge, "fulfil", actor=actor, at=at)
