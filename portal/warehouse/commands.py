"""What the moves of the warehouse do: goods announced, counted in, set aside for a need."""

from collections.abc import Iterable, Sequence

from django.db.models import F
from django.utils.translation import gettext as _

from ledger.core.postings import Posting, place
from portal.accounts.roles import DONOR
from portal.needs.models import Need, NeedLine
from portal.needs.queries import OPEN
from portal.needs.stages import QuantityKind
from portal.pledges import commands as pledges
from portal.pledges.models import Pledge, PledgeLine
from portal.pledges.queries import is_accounted_for
from portal.pledges.stages import PLEDGE
from portal.stages import engine
from portal.stages.engine import MoveRefused, Step
from portal.stages.facts import Facts
from portal.warehouse.models import (
    Allocation,
    AllocationLine,
    Arrival,
    ArrivalLine,
    Lot,
    Warehouse,
)
from portal.warehouse.stages import (
    Allocated,
    AllocatedLot,
    AllocationCancelled,
    Announced,
    AnnouncedLine,
    Arrived,
    Counted,
    CountedLine,
    CountReason,
)

MOST_LINES = 60  # of one consignment: its goods-in note must fit into one entry


def announce(subject: Arrival, facts: Announced, step: Step) -> None:
    """The donor sent part of an accepted gift: a lot for each line, goods on the way in the books.

    Refused: a gift that is not accepted, a closed warehouse, more than was promised, nothing.
    """
    pledge = engine.locked(Pledge, subject.pledge.code)
    if pledge.stage not in PLEDGE.move("dispatch").source:
        raise MoveRefused(
            _("The gift %(code)s is “%(stage)s”: it cannot be sent now.")
            % {"code": pledge.code, "stage": pledge.stage_label}
        )
    subject.warehouse = _open_warehouse(facts.warehouse, step)
    subject.carrier, subject.waybill = facts.carrier, facts.waybill
    subject.save(update_fields=["warehouse", "carrier", "waybill"])
    for no, given in enumerate(_sent(facts.lines), start=1):
        line = _send(pledge, given)
        lot = Lot.objects.create(code=engine.mint("B"), pledge=pledge, variant=line.variant)
        ArrivalLine.objects.create(
            arrival=subject, no=no, pledge_line=line, lot=lot, announced=given.quantity
        )
        step.post(
            _posting(
                given.quantity,
                lot,
                place("donor", pledge.code),
                place("inbound", subject.warehouse.code),
            )
        )
    step.concern(pledge.code)
    step.then(lambda: engine.follow(pledge, "dispatch", actor=step.actor, at=step.at))


def name_gift(subject: Arrival, facts: Arrived, step: Step) -> None:
    """The event stands on the gift's page."""
    assert subject.warehouse is not None, "announced arrivals have a warehouse"
    step.concern(subject.pledge.code, subject.warehouse.code)


def count(subject: Arrival, facts: Counted, step: Step) -> None:
    """The goods-in note: every line once; what differs from what was announced has a reason.

    Missing and surplus are derived, not typed: announced + surplus = good + rejected + missing.
    """
    assert subject.warehouse is not None, "announced arrivals have a warehouse"
    pledge = engine.locked(Pledge, subject.pledge.code)
    lines = subject.lines.select_related("lot__variant", "lot__pledge").order_by("no")
    noted = _each_once(facts.lines, [line.no for line in lines])
    for line in lines:
        _count_line(line, noted[line.no], subject.warehouse, step)
    step.open(result=[_result(line) for line in lines])
    step.concern(pledge.code)

    def follow() -> None:
        engine.follow(pledge, "receive", actor=step.actor, at=step.at)
        if is_accounted_for(pledge):
            engine.follow(pledge, "fulfil", actor=step.actor, at=step.at)

    step.then(follow)


def allocate(subject: Allocation, facts: Allocated, step: Step) -> None:
    """Set stock of one warehouse aside for one line of an open need.

    Refused: lots of several warehouses or of another organisation, another item than asked for,
    a closed need, more than an exact line asks for, more than is in stock.
    """
    line = _need_line(facts.need_line)
    lots = _lots(facts.lots)
    subject.warehouse, subject.need_line = _one_warehouse(lots.values(), step), line
    subject.save(update_fields=["warehouse", "need_line"])
    for chosen in facts.lots:
        lot = lots[chosen.lot]
        if lot.variant.item_id != line.variant.item_id:
            raise MoveRefused(
                _("Lot %(lot)s holds another item than the need asks for.") % {"lot": lot.code}
            )
        AllocationLine.objects.create(allocation=subject, lot=lot, quantity=chosen.quantity)
        stock, aside = place("stock", subject.warehouse.code), place("reserved", subject.code)
        step.post(_posting(chosen.quantity, lot, stock, aside))
    _take_from_need(line, sum(chosen.quantity for chosen in facts.lots))
    name_allocated(subject, facts, step)


def name_allocated(subject: Allocation, facts: Facts, step: Step) -> None:
    """The event stands on the pages of the gifts, the need, its hospital and the warehouse."""
    assert subject.warehouse is not None, "allocations have a warehouse"
    assert subject.need_line is not None, "allocations have a need line"
    need = subject.need_line.need
    step.concern(need.code, need.hospital.code, subject.warehouse.code)
    step.concern(*subject.lines.values_list("lot__pledge__code", flat=True))


def cancel_allocation(subject: Allocation, facts: AllocationCancelled, step: Step) -> None:
    """Back into stock, and off the need line."""
    assert subject.warehouse is not None, "allocations have a warehouse"
    lines = list(subject.lines.select_related("lot__variant", "lot__pledge").order_by("pk"))
    for line in lines:
        stock, aside = place("stock", subject.warehouse.code), place("reserved", subject.code)
        step.post(_posting(line.quantity, line.lot, aside, stock))
    total = sum(line.quantity for line in lines)
    assert subject.need_line is not None, "allocations have a need line"
    rows = NeedLine.objects.filter(pk=subject.need_line.pk, allocated__gte=total)
    freed = rows.update(allocated=F("allocated") - total)
    assert freed == 1, f"{subject.code}: less than {total} is allocated on its need line"
    name_allocated(subject, facts, step)


def _open_warehouse(code: str, step: Step) -> Warehouse:
    house = Warehouse.objects.select_related("org").filter(code=code).first()
    own = house is not None and (step.actor.role == DONOR or house.org.code == step.actor.org)
    if house is None or not own:
        raise MoveRefused(_("There is no such warehouse. Please choose one from the list."))
    if house.stage != "open":
        raise MoveRefused(
            _("The warehouse %(name)s takes nothing in at present. Please choose another.")
            % {"name": house.name_zh}
        )
    return house


def _sent(lines: Sequence[AnnouncedLine]) -> list[AnnouncedLine]:
    """What was really sent, in the order of the gift's lines: lines of nothing are left out."""
    sent = sorted((line for line in lines if line.quantity), key=lambda line: line.line)
    if not sent:
        raise MoveRefused(_("Please enter how much was sent, for at least one line."))
    if len(sent) > MOST_LINES:
        raise MoveRefused(
            _("At most %(most)d lines fit into one consignment. Please enter the rest as another.")
            % {"most": MOST_LINES}
        )
    return sent


def _send(pledge: Pledge, given: AnnouncedLine) -> PledgeLine:
    line = pledge.lines.filter(no=given.line).first()
    if line is None:
        raise MoveRefused(_("The gift has no line %(no)d.") % {"no": given.line})
    return pledges.send_line(line.pk, given.quantity)


def _each_once(counted: Sequence[CountedLine], wanted: list[int]) -> dict[int, CountedLine]:
    noted = {line.line: line for line in counted}
    if sorted(line.line for line in counted) != wanted:
        raise MoveRefused(
            _("Every line of the consignment must be counted exactly once. Please open it again.")
        )
    return noted


def _count_line(line: ArrivalLine, noted: CountedLine, house: Warehouse, step: Step) -> None:
    announced, accepted, rejected = line.announced, noted.accepted, noted.rejected
    line.accepted, line.rejected = accepted, rejected
    line.missing = max(announced - accepted - rejected, 0)
    line.surplus = max(accepted + rejected - announced, 0)
    if (line.rejected or line.missing or line.surplus) and noted.reason == CountReason.NONE:
        raise MoveRefused(_reason_wanted(line))
    line.save(update_fields=["accepted", "rejected", "missing", "surplus"])
    lot = line.lot
    lot.warehouse, lot.batch, lot.expiry = house, noted.batch, noted.expiry
    lot.save(update_fields=["warehouse", "batch", "expiry"])
    pledges.arrive_line(line.pledge_line_id, announced)
    inbound, found = place("inbound", house.code), place("found", house.code)
    sent_back = min(rejected, announced)
    sent_good = min(accepted, announced - sent_back)
    ways = [
        (sent_good, inbound, "stock"),
        (sent_back, inbound, "rejected"),
        (line.missing, inbound, "lost"),
        (accepted - sent_good, found, "stock"),
        (rejected - sent_back, found, "rejected"),
    ]
    for amount, source, target in ways:
        if amount:
            step.post(_posting(amount, lot, source, place(target, house.code)))


def _reason_wanted(line: ArrivalLine) -> str:
    return _(
        "Line %(no)d: %(announced)d were announced; %(accepted)d good, %(rejected)d rejected, "
        "%(missing)d missing, %(surplus)d too many. Please give the reason for the difference."
    ) % {
        "no": line.no,
        "announced": line.announced,
        "accepted": line.accepted,
        "rejected": line.rejected,
        "missing": line.missing,
        "surplus": line.surplus,
    }


def _result(line: ArrivalLine) -> dict[str, int | str]:
    return {
        "line": line.no,
        "lot": line.lot.code,
        "announced": line.announced,
        "accepted": line.accepted,
        "rejected": line.rejected,
        "missing": line.missing,
        "surplus": line.surplus,
    }


def _need_line(wanted: str) -> NeedLine:
    """The line written `N-…/3`, its need locked and open."""
    code, _slash, no = wanted.partition("/")
    need = Need.objects.select_for_update(of=("self",)).filter(code=code).first()
    rows = NeedLine.objects.filter(need=need, no=no if no.isascii() and no.isdigit() else 0)
    line = rows.select_related("need__hospital", "variant__item").first()
    if need is None or line is None:
        raise MoveRefused(_("There is no such need line. Please choose one from the list."))
    if need.stage not in OPEN:
        raise MoveRefused(
            _("The need %(code)s is “%(stage)s”: nothing can be allocated to it now.")
            % {"code": need.code, "stage": need.stage_label}
        )
    return line


def _lots(chosen: Iterable[AllocatedLot]) -> dict[str, Lot]:
    wanted = {line.lot for line in chosen}
    found = Lot.objects.filter(code__in=wanted, warehouse__isnull=False)
    lots = {lot.code: lot for lot in found.select_related("variant", "pledge", "warehouse__org")}
    for code in sorted(wanted - set(lots)):
        raise MoveRefused(_("There is no lot %(lot)s in stock.") % {"lot": code})
    return lots


def _one_warehouse(lots: Iterable[Lot], step: Step) -> Warehouse:
    houses = {lot.warehouse_id: lot.warehouse for lot in lots}
    if len(houses) != 1:
        raise MoveRefused(
            _("These lots are in several warehouses. Please allocate from one at a time.")
        )
    (house,) = houses.values()
    assert house is not None, "lots in stock have a warehouse"
    if house.org.code != step.actor.org:
        raise MoveRefused(_("These goods are kept by another organisation."))
    return house


def _take_from_need(line: NeedLine, quantity: int) -> None:
    rows = NeedLine.objects.filter(pk=line.pk).exclude(
        quantity_kind=QuantityKind.EXACT, quantity__lt=F("allocated") + quantity
    )
    if rows.update(allocated=F("allocated") + quantity):
        return
    line.refresh_from_db(fields=["allocated"])
    assert line.quantity is not None, "exact lines have a quantity"
    raise MoveRefused(
        _(
            "The need asks for %(quantity)d and %(allocated)d are allocated already: "
            "%(asked)d more are too many. Please allocate at most %(left)d."
        )
        % {
            "quantity": line.quantity,
            "allocated": line.allocated,
            "asked": quantity,
            "left": max(line.quantity - line.allocated, 0),
        }
    )


def _posting(amount: int, lot: Lot, source: str, target: str) -> Posting:
    return Posting(
        amount=amount,
        item=lot.variant.key,
        gift=lot.pledge.code,
        lot=lot.code,
        from_=source,
        to=target,
    )
