"""From one warehouse of an organisation to another: on the way in the books, counted in by
somebody else."""

from functools import partial

from django.utils.translation import gettext as _

from ledger.core.postings import place
from portal.balance.models import Holding
from portal.stages import engine
from portal.stages.engine import MoveRefused, Step
from portal.stages.signing import signer
from portal.warehouse.goods_in import fulfil
from portal.warehouse.lots import held_in, posting, refuse_expired
from portal.warehouse.models import Lot, Warehouse
from portal.warehouse.stock_facts import ArrivedReason, CameOver, SentOver
from portal.warehouse.stock_keeping import (
    house_of,
    locked_gift,
    name_lot,
    refuse_more,
)


def send_over(subject: Lot, facts: SentOver, step: Step) -> None:
    """All of the lot goes as it is; part of it becomes a lot of its own, with a code of its own."""
    sender, house = signer(step.actor), house_of(subject)
    other = _other_house(facts.warehouse, house)
    refuse_expired(subject, at=step.at)
    refuse_more(subject, facts.quantity)
    stock, way = place("stock", house.code), place("transit", other.code)
    moving = subject
    if facts.quantity < held_in(subject, stock) or _is_elsewhere_too(subject, house):
        moving = _part(subject, other, sender, step)
        donor = subject.pledge.outside
        step.post(posting(facts.quantity, subject, stock, donor))
        step.post(posting(facts.quantity, moving, donor, stock))
        step.target = "kept"
    else:
        subject.sent_to, subject.sent_by = other, sender
        subject.save(update_fields=["sent_to", "sent_by"])
        step.target = "moving"
    step.post(posting(facts.quantity, moving, stock, way))
    name_lot(subject, step)
    step.concern(moving.code, other.code)
    step.open(moved=moving.code, to=other.code)


def receive_over(subject: Lot, facts: CameOver, step: Step) -> None:
    """What came is counted by somebody who did not send it: good, damaged, the rest is lost."""
    house = subject.sent_to
    if house is None:
        raise MoveRefused(_("Nothing of lot %(lot)s is on the way.") % {"lot": subject.code})
    signer(step.actor, subject.sent_by)
    way, pledge = place("transit", house.code), locked_gift(subject)
    sent, came = held_in(subject, way), facts.accepted + facts.damaged
    if (came != sent or facts.damaged) and facts.reason == ArrivedReason.NONE:
        raise MoveRefused(
            _("%(sent)d were sent. Please give the reason for the difference.") % {"sent": sent}
        )
    damaged = min(facts.damaged, sent)
    good = min(facts.accepted, sent - damaged)
    found, stock = place("found", house.code), place("stock", house.code)
    ways = (
        (good, way, stock),
        (damaged, way, place("damaged", house.code)),
        (sent - good - damaged, way, place("lost", house.code)),
        (facts.accepted - good, found, stock),
        (facts.damaged - damaged, found, place("damaged", house.code)),
    )
    step.post(*[posting(n, subject, source, target) for n, source, target in ways if n])
    name_lot(subject, step)
    step.concern(house.code)
    step.open(sent=sent, to=house.code)
    subject.warehouse, subject.sent_to, subject.sent_by = house, None, None
    subject.bin, subject.stocked_at = facts.bin, step.at
    subject.save(update_fields=["warehouse", "sent_to", "sent_by", "bin", "stocked_at"])
    step.target = "recalled" if subject.stage == "recalled" else "kept"
    step.then(partial(fulfil, pledge, step))


def _is_elsewhere_too(lot: Lot, house: Warehouse) -> bool:
    """Whether some of it is set aside, on its way or with a hospital: that may come back here."""
    held = Holding.objects.filter(lot=lot.code, outside=False, amount__gt=0)
    return held.exclude(place__endswith=f":{house.code}").exists()


def _other_house(code: str, house: Warehouse) -> Warehouse:
    found = Warehouse.objects.filter(code=code, stage="open", org=house.org_id).first()
    if found is None or found.pk == house.pk:
        raise MoveRefused(_("Please choose another open warehouse of the same organisation."))
    return found


def _part(lot: Lot, other: Warehouse, sender: int, step: Step) -> Lot:
    return engine.follow_begin(
        Lot,
        "open",
        actor=step.actor,
        at=step.at,
        pledge=lot.pledge,
        variant=lot.variant,
        warehouse=lot.warehouse,
        batch=lot.batch,
        expiry=lot.expiry,
        community_only=lot.community_only,
        origin_id=lot.origin_id or lot.pk,
        sent_to=other,
        sent_by=sender,
    )
