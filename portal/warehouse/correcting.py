"""What a lot is, corrected after it was published: only by a move of its own, which books the lot
under its right name wherever its pieces are and shows the old name beside the new one (R2)."""

from itertools import pairwise

from django.utils.translation import gettext as _

from ledger.core.postings import ENDS, OUTSIDE, place
from portal.balance.models import Holding
from portal.balance.places import name_of, owner_of
from portal.catalogue.models import Variant
from portal.catalogue.queries import described
from portal.evidence import queries as evidence
from portal.stages import engine
from portal.stages.engine import MoveRefused, Step
from portal.stages.models import Trail
from portal.stages.signing import signer
from portal.warehouse.goods_in import house_of, lines_of, name_gift
from portal.warehouse.lots import is_fit, posting
from portal.warehouse.models import AllocationLine, Arrival, ArrivalLine, Lot
from portal.warehouse.stages import Corrected

OPEN = ("proposed", "published")
UNSETTLED = {"lost": "S", "rejected": "U", "damaged": "U"}  # an end: whose, where it may go on


def correct(subject: Arrival, facts: Corrected, step: Step) -> None:
    """By somebody else than who inspected it, and with a photo or paper.

    Refused: while the lot is set aside for a use that it is not fit for, or somebody is asked to
    take part of it out.
    """
    signer(step.actor, subject.inspected_by)
    line = next((row for row in lines_of(subject) if row.no == facts.line and row.verdict), None)
    if line is None:
        raise MoveRefused(_("There is no such lot here. Please choose one from the list."))
    if not evidence.is_shown(subject.code):
        raise MoveRefused(_("Please add at least one photo or paper that shows what it is."))
    was, found = line.lot.variant, _variant(line, facts.variant)
    for lot in _family(line.lot):
        _refuse_in_use(lot, found)
        _rename(lot, found, subject, step)
    step.target = subject.stage
    step.open(relabelled=[_told(line, was, found)])
    name_gift(subject, step)
    told = Trail.objects.filter(lifecycle="arrival", code=subject.code, move="inspect")
    step.corrects = told.values_list("uid", flat=True).get()


def _told(line: ArrivalLine, was: Variant, found: Variant) -> dict[str, int | str]:
    lot = line.lot.code
    return {"lot": lot, "was": was.key, "item": found.key, "quantity": line.accepted}


def _variant(line: ArrivalLine, key: str) -> Variant:
    was = line.lot.variant
    found = Variant.objects.select_related("item").filter(key=key).first()
    alike = found is not None and (
        (found.item.item_class, found.item.unit_zh) == (was.item.item_class, was.item.unit_zh)
    )
    if found is None or not alike:
        raise MoveRefused(
            _("Line %(no)d: goods of this kind cannot turn out to be that item.") % {"no": line.no}
        )
    if found.pk == was.pk:
        raise MoveRefused(
            _("Lot %(lot)s is %(item)s already: there is nothing to correct.")
            % {"lot": line.lot.code, "item": described(was)}
        )
    return found


def _family(lot: Lot) -> list[Lot]:
    """The lot and what was parted from it, locked in order."""
    codes, fresh = {lot.code}, [lot.pk]
    while fresh:
        parts = list(Lot.objects.filter(origin__in=fresh).values_list("pk", "code"))
        codes |= {code for _pk, code in parts}
        fresh = [pk for pk, _code in parts]
    rows = Lot.objects.filter(code__in=codes).order_by("pk").values_list("code", flat=True)
    return [engine.locked(Lot, code) for code in rows]


def _refuse_in_use(lot: Lot, found: Variant) -> None:
    if lot.asked_by is not None:
        raise MoveRefused(
            _("Somebody is asked to take part of lot %(lot)s out. Please decide that first.")
            % {"lot": lot.code}
        )
    lot.variant = found
    rows = AllocationLine.objects.filter(lot=lot, allocation__stage__in=OPEN)
    wanted = ("allocation__need_line__variant__item", "allocation__need_line__need")
    for row in rows.select_related(*wanted).order_by("pk"):
        need_line = row.allocation.need_line
        if need_line is not None and not is_fit(lot, need_line):
            raise MoveRefused(
                _(
                    "Lot %(lot)s is set aside in %(allocation)s for a use that %(item)s is not "
                    "fit for. Please cancel that allocation first."
                )
                % {"lot": lot.code, "allocation": row.allocation.code, "item": described(found)}
            )


def _rename(lot: Lot, found: Variant, subject: Arrival, step: Step) -> None:
    """Each piece back through the warehouse to the donor as what it was called, and the same way
    again as what it is. What has ended for good (sold, written off, given back) keeps the name it
    ended under; what a hospital misses or rejected may still go on, so it goes on as what it is."""
    was = Variant.objects.get(pk=Lot.objects.values_list("variant", flat=True).get(pk=lot.pk))
    house = house_of(subject).code
    way = [place("stock", house), place("quarantine", house), subject.pledge.outside]
    rows = Holding.objects.filter(lot=lot.code, item=was.key, amount__gt=0).order_by("pk")
    for held in rows:
        if not _goes_on(held.place):
            continue
        at = way.index(held.place) if held.place in way else -1
        back = way[at:] if at >= 0 else [held.place, *way]
        lot.variant = was
        step.post(*(posting(held.amount, lot, a, b) for a, b in pairwise(back)))
        lot.variant = found
        step.post(*(posting(held.amount, lot, a, b) for a, b in pairwise(reversed(back))))
    lot.variant = found
    lot.save(update_fields=["variant"])


def _goes_on(where: str) -> bool:
    """Whether pieces may leave this place again: it is inside, or the end of a difference that a
    shipment's receipt can still settle."""
    name = name_of(where)
    if name in ENDS:
        return owner_of(where)[:1] == UNSETTLED.get(name)
    return name not in OUTSIDE
