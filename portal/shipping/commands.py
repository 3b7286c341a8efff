"""What the moves of shipments do: which goods go where, and which rows they lock and change; and
what the moves of the part's other tables are called by."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from ledger.core import codes
from ledger.core.postings import place
from portal.accounts.links import end_links, make_link
from portal.accounts.roles import DONOR
from portal.shipping.asking import CONFIRM, CONFIRM_DAYS, SENT, ask_hospital
from portal.shipping.carrying import Holder
from portal.shipping.direct import count_arrived, pack_gift
from portal.shipping.lines import (
    concern_lines,
    count_allocated,
    moved,
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
from portal.shipping.releasing import (
    cancel_release,
    following,
    issue,
    name_released,
    set_aside,
)
from portal.shipping.stages import (
    Delivered,
    Dispatched,
    Lost,
    Packed,
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
from portal.warehouse.models import Lot
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
            following(pledge, "dispatch", step),
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
    step.post(*[set_aside(line, release.code, subject.code) for line in released])
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
