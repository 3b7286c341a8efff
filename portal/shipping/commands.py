"""What the moves of release orders and shipments do: which goods go where, and which rows they lock
and change."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from ledger.core import codes
from ledger.core.postings import Posting, place
from portal.accounts.acting import Actor
from portal.accounts.links import end_links, make_link
from portal.accounts.roles import DONOR
from portal.pledges.models import Pledge
from portal.shipping.asking import CONFIRM, CONFIRM_DAYS, SENT, ask_hospital
from portal.shipping.carrying import Holder
from portal.shipping.direct import count_arrived, pack_gift
from portal.shipping.lines import (
    concern_lines,
    count_allocated,
    free_again,
    moved,
    refuse_too_many,
)
from portal.shipping.models import Release, Shipment, ShipmentLine, UrgentIssue
from portal.shipping.on_the_way import (
    NO_WAYBILL,
    bring_back,
    count_back,
    fulfil_accounted,
    hand_over,
    lock_gifts,
    lose_part,
    note_state,
    put_in_hands,
)
from portal.shipping.queries import CONFIRMABLE, released_lines
from portal.shipping.stages import (
    Delivered,
    Dispatched,
    Lost,
    Packed,
    Released,
    ReleaseUsed,
    SentDirect,
)
from portal.shipping.travelling import (
    offer_capacity,
    take_capacity,
    tick,
    travel_with,
    withdraw_capacity,
)
from portal.shipping.urgent import issue_urgent
from portal.stages.engine import MoveRefused, Step, follow, locked
from portal.stages.facts import Facts
from portal.stages.signing import signer
from portal.warehouse.lots import posting, refuse_stopped_lots
from portal.warehouse.models import Allocation, AllocationLine, Lot
from portal.warehouse.stages import Carrier
from portal.warehouse.waybills import read_number

__all__ = [
    "CONFIRM",
    "NO_WAYBILL",
    "bring_back",
    "cancel_release",
    "count_back",
    "fulfil_accounted",
    "hand_over",
    "issue",
    "issue_urgent",
    "lock_gifts",
    "lose_part",
    "name_released",
    "name_shipped",
    "note_state",
    "offer_capacity",
    "pack",
    "take_capacity",
    "tick",
    "withdraw_capacity",
]

ZONE = ZoneInfo("Asia/Shanghai")


def issue(subject: Release, facts: Released, step: Step) -> None:
    """Whole allocations of one warehouse for one hospital; their goods are set aside for this order
    now."""
    allocations = _allocations([row.allocation for row in facts.allocations], step.actor)
    first = allocations[0]
    hospital = _hospital_of(first)
    if any(_hospital_of(a) != hospital for a in allocations):
        raise MoveRefused(_("One release order goes to one hospital. Please issue one for each."))
    if any((a.warehouse_id, a.org) != (first.warehouse_id, first.org) for a in allocations):
        raise MoveRefused(
            _("These lie in different warehouses. Please issue a release order for each warehouse.")
        )
    subject.hospital, subject.warehouse, subject.org = hospital, first.warehouse, first.org
    _say_to_whom(subject, facts)
    subject.save(update_fields=["hospital", "warehouse", "org", "receiving_unit", "taker", "slot"])
    subject.allocations.set(allocations)
    lines = released_lines(subject)
    refuse_too_many(lines)
    refuse_stopped_lots(Lot.objects.filter(allocationline__in=lines), at=step.at)
    step.post(*[_posting(line, line.allocation.code, subject.code) for line in lines])
    name_released(subject, facts, step)
    for allocation in allocations:
        step.then(_follow(allocation, "release", step))


def _say_to_whom(subject: Release, facts: Released) -> None:
    if not facts.receiving_unit.strip() or not facts.taker.strip():
        raise MoveRefused(
            _("Please name the receiving unit, and the person and vehicle that take the goods.")
        )
    subject.receiving_unit, subject.taker = facts.receiving_unit, facts.taker
    subject.slot = facts.slot


def name_released(subject: Release, facts: Facts, step: Step) -> None:
    """The entry stands on the pages of every gift, need and allocation it is about."""
    for line in released_lines(subject):
        need = line.allocation.need_line.need if line.allocation.need_line else None
        step.concern(line.lot.pledge.code, line.allocation.code, need.code if need else "")
    hospital = subject.hospital.code if subject.hospital else ""
    warehouse = subject.warehouse.code if subject.warehouse else ""
    step.concern(hospital, warehouse)
    step.open(hospital=hospital, warehouse=warehouse)


def cancel_release(subject: Release, facts: Facts, step: Step) -> None:
    """Back to stock; the allocations end, and their needs are open to be allocated again."""
    assert subject.warehouse is not None, "an issued release order has its warehouse"
    allocations = list(_locked_allocations(subject.allocations.values_list("code", flat=True)))
    stock = place("stock", subject.warehouse.code)
    for line in released_lines(subject):
        step.post(_posting(line, subject.code, "", to=stock))
        if line.allocation.need_line_id is not None:
            free_again(line.allocation.need_line_id, line.quantity)
    name_released(subject, facts, step)
    for allocation in allocations:
        step.then(_follow(allocation, "give_back", step))


def pack(subject: Shipment, facts: Packed, step: Step) -> None:
    """Everything on one release order; or, by the donor, part of his gift straight to a hospital
    (see `direct`)."""
    subject.boxes, subject.kg = facts.boxes, facts.kg
    subject.save(update_fields=["boxes", "kg"])
    if step.actor.role == DONOR:
        if not isinstance(facts, SentDirect):
            raise MoveRefused(_("Please say which hospital it goes to and what was sent."))
        pledge = pack_gift(subject, facts, step)
        sent = Dispatched(carrier=facts.carrier)
        step.then(
            lambda: follow(subject, "dispatch", actor=step.actor, facts=sent, at=step.at),
            _follow(pledge, "dispatch", step),
        )
        return
    subject.packed_by = signer(step.actor)
    if subject.urgent is not None:
        _pack_urgent(subject, subject.urgent, step)
    else:
        _pack_released(subject, facts.release, step)
    concern_lines(subject, step, listed=True)


def _pack_released(subject: Shipment, code: str, step: Step) -> None:
    if not code:
        raise MoveRefused(_("Please choose a release order: nothing is packed without one."))
    release = locked(Release, code)
    if not release.reachable_by(step.actor):
        raise MoveRefused(_("There is nothing with this code."))
    if release.stage != "issued":
        raise MoveRefused(
            _("Release order %(code)s is “%(stage)s”: nothing can be packed on it.")
            % {"code": release.code, "stage": release.stage_label}
        )
    subject.release, subject.hospital, subject.org = release, release.hospital, release.org
    subject.save(update_fields=["release", "hospital", "org", "packed_by"])
    released = released_lines(release)
    refuse_stopped_lots(Lot.objects.filter(allocationline__in=released), at=step.at)
    ShipmentLine.objects.bulk_create(
        ShipmentLine(
            shipment=subject,
            no=no,
            lot=line.lot,
            need_line_id=line.allocation.need_line_id,
            quantity=line.quantity,
        )
        for no, line in enumerate(released, start=1)
    )
    step.post(*[_posting(line, release.code, subject.code) for line in released])
    step.concern(release.code, *[line.allocation.code for line in released])
    used = ReleaseUsed()
    step.then(lambda: follow(release, "use", actor=step.actor, facts=used, at=step.at))


def _pack_urgent(subject: Shipment, urgent: UrgentIssue, step: Step) -> None:
    assert urgent.need_line is not None, "what was issued has its need line"
    subject.hospital, subject.org = urgent.need_line.need.hospital, urgent.org
    subject.save(update_fields=["hospital", "org", "packed_by"])
    source, target = place("reserved", urgent.code), place("reserved", subject.code)
    rows = urgent.lines.select_related("lot__pledge", "lot__variant").order_by("pk")
    for no, row in enumerate(rows, start=1):
        ShipmentLine.objects.create(
            shipment=subject,
            no=no,
            lot=row.lot,
            need_line=urgent.need_line,
            quantity=row.quantity,
        )
        step.post(posting(row.quantity, row.lot, source, target))
    step.concern(urgent.code)


def dispatch(subject: Shipment, facts: Dispatched, step: Step) -> None:
    """Handed to the carrier; every carrier but own vehicle and railway needs its waybill number.

    What a release order let out goes only against that order's code, by a second person.
    """
    raw, waybill = read_number(facts.waybill or subject.waybill_raw, facts.carrier)
    if not waybill and facts.carrier not in NO_WAYBILL:
        raise MoveRefused(
            _(
                "This carrier gives a waybill number: please enter it. Only own vehicle, chartered "
                "vehicle, railway and military transport need none."
            )
        )
    if subject.release is not None:
        _check_order(subject.release, facts.order)
        subject.dispatched_by = signer(step.actor, subject.packed_by)
    refuse_stopped_lots(Lot.objects.filter(shipmentline__shipment=subject), at=step.at)
    subject.waybill, subject.waybill_raw, subject.dispatched_at = waybill, raw, step.at
    subject.save(update_fields=["waybill", "waybill_raw", "dispatched_by", "dispatched_at"])
    if facts.offer:
        travel_with(subject, facts.offer, step)
    own = facts.carrier == Carrier.OWN
    holder = Holder.DRIVER if own and subject.gift is None else Holder.CARRIER
    put_in_hands(subject, step, holder=holder.value, carrier=facts.carrier.value)
    step.post(*moved(subject, "reserved", place("transit", subject.code)))
    concern_lines(subject, step)
    step.then(lambda: ask_hospital(subject, why=SENT, at=step.at))


def _check_order(release: Release, typed: str) -> None:
    try:
        code = codes.normalise(typed) if typed else ""
    except codes.WrongCode:
        code = typed
    if code != release.code:
        raise MoveRefused(
            _(
                "The code “%(typed)s” is not that of the release order of these goods. "
                "Please scan the order that lies with them, or type its code."
            )
            % {"typed": typed}
        )


def name_shipped(subject: Shipment, facts: Facts, step: Step) -> None:
    """A word about the shipment; nothing is booked."""
    if isinstance(facts, Delivered) and facts.delivered_on is not None:
        today = step.at.astimezone(ZONE).date()
        if facts.delivered_on > today:
            raise MoveRefused(_("The day lies in the future. Please correct it."))
    concern_lines(subject, step)


def lose(subject: Shipment, facts: Lost, step: Step) -> None:
    """What was on the way is written off; the needs are open again, and the hospital has nothing to
    confirm."""
    pledges = lock_gifts(subject)
    step.post(*moved(subject, "transit", place("lost", subject.code)))
    count_allocated(subject, up=False)
    count_arrived(subject)
    concern_lines(subject, step)
    end_links(purpose=CONFIRM, code=subject.code)
    step.then(lambda: fulfil_accounted(pledges, actor=step.actor, at=step.at))


def renew_confirm_link(shipment: Shipment, *, at: datetime) -> str:
    """A new secret link for the hospital; earlier ones end. Raises MoveRefused when there is
    nothing to confirm."""
    if shipment.stage not in CONFIRMABLE:
        raise MoveRefused(
            _("There is nothing to confirm: the shipment is “%(stage)s”.")
            % {"stage": shipment.stage_label}
        )
    end_links(purpose=CONFIRM, code=shipment.code)
    return make_link(purpose=CONFIRM, code=shipment.code, at=at, days=CONFIRM_DAYS)


def _allocations(codes: list[str], actor: Actor) -> list[Allocation]:
    if len(set(codes)) < len(codes):
        raise MoveRefused(_("One allocation stands twice on the order. Please remove one line."))
    found = list(_locked_allocations(codes))
    if len(found) < len(codes) or any(not a.reachable_by(actor) for a in found):
        raise MoveRefused(_("There is nothing with this code."))
    for allocation in found:
        if allocation.stage != "published":
            raise MoveRefused(
                _("Allocation %(code)s is “%(stage)s” and cannot be released.")
                % {"code": allocation.code, "stage": allocation.stage_label}
            )
    return found


def _locked_allocations(codes: Iterable[str]) -> Iterable[Allocation]:
    rows = Allocation.objects.select_for_update(of=("self",)).filter(code__in=list(codes))
    return rows.select_related("warehouse", "need_line__need__hospital").order_by("pk")


def _hospital_of(allocation: Allocation):  # type: ignore[no-untyped-def]  # an Organisation
    assert allocation.need_line is not None, "a published allocation has its need line"
    return allocation.need_line.need.hospital


def _posting(line: AllocationLine, giver: str, taker: str, *, to: str = "") -> Posting:
    return Posting(
        amount=line.quantity,
        item=line.lot.variant.key,
        gift=line.lot.pledge.code,
        lot=line.lot.code,
        from_=place("reserved", giver),
        to=to or place("reserved", taker),
    )


def _follow(subject: Allocation | Pledge, move: str, step: Step):  # type: ignore[no-untyped-def]  # a call to make later
    return lambda: follow(subject, move, actor=step.actor, at=step.at)
