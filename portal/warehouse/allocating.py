"""Allocation: who decided, by which rule, what else was open, when a second person must agree."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from ledger.core.postings import place
from portal.needs.models import Need, NeedLine
from portal.needs.queries import OPEN
from portal.needs.stages import QuantityKind
from portal.organisations.queries import is_designated, name_of
from portal.pledges.designation import refuse_elsewhere
from portal.stages.engine import MoveRefused, Step
from portal.stages.facts import Facts
from portal.stages.signing import signer
from portal.warehouse.buying import refuse_bought
from portal.warehouse.lots import (
    is_fit,
    locked_lots,
    posting,
    refuse_held,
    refuse_stopped,
    refuse_unfit,
)
from portal.warehouse.models import Allocation, AllocationLine, Lot, Warehouse
from portal.warehouse.queries import open_for_allocation
from portal.warehouse.stages import (
    Allocated,
    AllocatedLot,
    AllocationCancelled,
    Approved,
    ExceptionReason,
    OutOfTurn,
)
from portal.warehouse.turns import refuse_out_of_turn

MOST_WEIGHED = 30  # other open lines that a decision names


def allocate(subject: Allocation, facts: Allocated, step: Step) -> None:
    """Set stock of one warehouse aside for one line of an open need.

    Refused: lots of several warehouses or of another organisation, goods not fit for the line,
    expired or held for somebody, a closed need, more than an exact line asks for, more than is in
    stock. A hospital outside the designated register, or a related party, waits for a second
    person and needs its reason.
    """
    lots = lots_by_code(facts.lots)
    line = need_line(facts.need_line)
    subject.warehouse, subject.need_line = one_warehouse(lots.values(), step), line
    step.open(weighed=_weighed(line, list(lots.values())))
    if facts.out_of_turn is OutOfTurn.NONE:
        taken = {row.lot: row.quantity for row in facts.lots}
        refuse_out_of_turn(lots, taken, fit=lambda lot: refuse_ineligible(lot, line, step))
    for chosen in facts.lots:
        lot = lots[chosen.lot]
        refuse_ineligible(lot, line, step)
        AllocationLine.objects.create(allocation=subject, lot=lot, quantity=chosen.quantity)
        stock, aside = place("stock", subject.warehouse.code), place("reserved", subject.code)
        step.post(posting(chosen.quantity, lot, stock, aside))
    take_from_need(line, sum(chosen.quantity for chosen in facts.lots))
    _decide(subject, facts, step)
    subject.save(update_fields=["warehouse", "need_line", "proposed_by"])
    name_allocated(subject, facts, step)


def approve(subject: Allocation, facts: Approved, step: Step) -> None:
    """The second person's signature under an exception."""
    if not facts.note.strip():
        raise MoveRefused(_("Please give your reason in words: it is published."))
    subject.approved_by = signer(step.actor, subject.proposed_by)
    subject.save(update_fields=["approved_by"])
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
        step.post(posting(line.quantity, line.lot, aside, stock))
    total = sum(line.quantity for line in lines)
    assert subject.need_line is not None, "allocations have a need line"
    rows = NeedLine.objects.filter(pk=subject.need_line.pk, allocated__gte=total)
    freed = rows.update(allocated=F("allocated") - total)
    assert freed == 1, f"{subject.code}: less than {total} is allocated on its need line"
    name_allocated(subject, facts, step)


def refuse_ineligible(lot: Lot, line: NeedLine, step: Step) -> None:
    """What may not be given to this line: unfit, stopped, past its date, somebody's own, or meant
    for somebody else by its donor."""
    refuse_held(lot)
    refuse_bought(lot, line)
    refuse_elsewhere(lot.pledge, line)
    refuse_stopped(lot, at=step.at)
    refuse_unfit(lot, line)


def need_line(wanted: str) -> NeedLine:
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


def lots_by_code(chosen: Iterable[AllocatedLot]) -> dict[str, Lot]:
    wanted = {line.lot for line in chosen}
    found = Lot.objects.filter(code__in=wanted, warehouse__isnull=False)
    related = found.select_related("variant__item", "pledge", "warehouse__org")
    lots = {lot.code: lot for lot in locked_lots(related)}
    for code in sorted(wanted - set(lots)):
        raise MoveRefused(_("There is no lot %(lot)s in stock.") % {"lot": code})
    return lots


def one_warehouse(lots: Iterable[Lot], step: Step) -> Warehouse:
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


def take_from_need(line: NeedLine, quantity: int) -> None:
    """Counted on the line; refused beyond what an exact line asks for."""
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


def _decide(subject: Allocation, facts: Allocated, step: Step) -> None:
    """The register's word of this day is sealed; an exception waits for a second person."""
    assert subject.need_line is not None, "chosen before"
    hospital = subject.need_line.need.hospital
    listed = is_designated(hospital)
    step.open(recipient=hospital.code, designated=listed)
    given_by = subject.lines.filter(lot__pledge__related_to=hospital.code)
    if listed and not facts.related and not given_by.exists():
        return
    if facts.exception is ExceptionReason.NONE or not facts.note.strip():
        name = {"hospital": name_of(hospital)}
        why = (
            _("%(hospital)s is a related party.") % name
            if listed
            else _("%(hospital)s is not in the designated register.") % name
        )
        needed = _(
            "Such an allocation needs “Why nevertheless” and a reason in words; both are "
            "published, and a second coordinator has to approve it."
        )
        raise MoveRefused(f"{why} {needed}")
    subject.proposed_by = signer(step.actor)
    step.target = "proposed"


def _weighed(line: NeedLine, lots: list[Lot]) -> list[dict[str, Any]]:
    """The open lines that these goods could have gone to, with their gap at this moment."""
    found = []
    for other in open_for_allocation().filter(
        variant__item__item_class=line.variant.item.item_class
    ):
        if all(is_fit(lot, other) for lot in lots):
            gap = None if other.quantity is None else other.quantity - other.allocated
            found.append({"need": other.need.code, "need_line": other.no, "gap": gap})
        if len(found) == MOST_WEIGHED:
            break
    return found
