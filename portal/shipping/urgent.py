"""An emergency: goods leave without a release order, and the public list says so from then on."""

from ledger.core.postings import place
from portal.shipping.issuing import IssuedUrgently
from portal.shipping.lines import refuse_too_many
from portal.shipping.models import Shipment, UrgentIssue, UrgentLine
from portal.shipping.stages import Dispatched, Packed
from portal.stages.engine import Step, follow, follow_begin
from portal.stages.signing import signer
from portal.warehouse.allocating import (
    lots_by_code,
    need_line,
    one_warehouse,
    refuse_ineligible,
    take_from_need,
)
from portal.warehouse.lots import posting
from portal.warehouse.stages import AllocatedLot


def issue_urgent(subject: UrgentIssue, facts: IssuedUrgently, step: Step) -> None:
    """Stock of one warehouse for one open need line, packed and handed over in the same step.

    Everything else holds as ever: fit, in date, in stock, not more than is asked for.
    """
    signer(step.actor)
    refuse_too_many(facts.lots)
    line = need_line(facts.need_line)
    lots = lots_by_code(AllocatedLot(lot=row.lot, quantity=row.quantity) for row in facts.lots)
    house = one_warehouse(lots.values(), step)
    subject.warehouse, subject.need_line = house, line
    subject.save(update_fields=["warehouse", "need_line"])
    for row in facts.lots:
        lot = lots[row.lot]
        refuse_ineligible(lot, line, step)
        UrgentLine.objects.create(issue=subject, lot=lot, quantity=row.quantity)
        stock, aside = place("stock", house.code), place("reserved", subject.code)
        step.post(posting(row.quantity, lot, stock, aside))
        step.concern(lot.pledge.code)
    take_from_need(line, sum(row.quantity for row in facts.lots))
    hospital = line.need.hospital.code
    step.concern(line.need.code, hospital, house.code)
    step.open(hospital=hospital, warehouse=house.code)
    step.then(lambda: _hand_over(subject, facts, step))


def _hand_over(subject: UrgentIssue, facts: IssuedUrgently, step: Step) -> None:
    shipment = follow_begin(
        Shipment,
        "pack",
        actor=step.actor,
        facts=Packed(boxes=facts.boxes),
        at=step.at,
        urgent=subject,
        org=subject.org,
    )
    sent = Dispatched(carrier=facts.carrier, waybill=facts.waybill, vehicle=facts.taker)
    follow(shipment, "dispatch", actor=step.actor, facts=sent, at=step.at)
