"""Release orders: which allocations leave a warehouse together, and back to stock where they do
not."""

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _

from ledger.core.postings import Posting, place
from portal.accounts.acting import Actor
from portal.organisations.models import Organisation
from portal.shipping.lines import free_again, refuse_too_many
from portal.shipping.models import Release
from portal.shipping.queries import released_lines
from portal.shipping.stages import Released
from portal.stages.engine import MoveRefused, Step, follow
from portal.stages.facts import Facts
from portal.stages.models import Subject
from portal.warehouse.lots import refuse_stopped_lots
from portal.warehouse.models import Allocation, AllocationLine, Lot


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
    step.post(*[set_aside(line, line.allocation.code, subject.code) for line in lines])
    name_released(subject, facts, step)
    for allocation in allocations:
        step.then(following(allocation, "release", step))


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
        step.post(set_aside(line, subject.code, "", to=stock))
        if line.allocation.need_line_id is not None:
            free_again(line.allocation.need_line_id, line.quantity)
    name_released(subject, facts, step)
    for allocation in allocations:
        step.then(following(allocation, "give_back", step))


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


def _hospital_of(allocation: Allocation) -> Organisation:
    assert allocation.need_line is not None, "a published allocation has its need line"
    return allocation.need_line.need.hospital


def set_aside(line: AllocationLine, giver: str, taker: str, *, to: str = "") -> Posting:
    """The goods of one line go from what held them to what holds them now."""
    return Posting(
        amount=line.quantity,
        item=line.lot.variant.key,
        gift=line.lot.pledge.code,
        lot=line.lot.code,
        from_=place("reserved", giver),
        to=to or place("reserved", taker),
    )


def following(subject: Subject, move: str, step: Step) -> Callable[[], None]:
    """A call to make when the move itself is written."""
    return lambda: follow(subject, move, actor=step.actor, at=step.at)
