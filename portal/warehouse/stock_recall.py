"""A recall: everything of a lot is frozen where it is, and whoever has some of it is told."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from ledger.core import codes
from ledger.core.postings import INSIDE
from portal.balance.models import Holding
from portal.balance.places import name_of, owner_of
from portal.catalogue.queries import described, unit_of
from portal.stages import engine
from portal.stages.engine import MoveRefused, Step
from portal.stages.facts import Facts
from portal.warehouse.lots import held_in
from portal.warehouse.models import Lot, RecallAnswer
from portal.warehouse.stock_facts import RecallAnswered, Recalled
from portal.warehouse.stock_keeping import name_lot
from portal.warehouse.stock_telling import HAVE, tell_of_recall

TOLD = INSIDE | {"community", "rejected"}  # whoever has some of it there
MOST_LOTS = 60  # of one batch
MOST = 100  # recalled lots on one page


def recall(subject: Lot, facts: Recalled, step: Step) -> None:
    """Stock, what is set aside and what is on the way are frozen; the entry lists every holder and
    stands on the pages of the hospitals and shipments that have some."""
    subject.asked, subject.asked_by, subject.before = {}, None, ""
    subject.counted_by = None
    subject.save(update_fields=["asked", "asked_by", "before", "counted_by"])
    found = holders(subject)
    name_lot(subject, step)
    step.concern(*[row["owner"] for row in found])
    step.open(holders=found)
    tell_of_recall(subject, found, at=step.at)
    if not facts.whole_batch:
        return
    alone = Recalled(reason=facts.reason, notice=facts.notice, note=facts.note, whole_batch=False)
    for other in _of_the_batch(subject):
        step.then(
            partial(engine.follow, other, "recall", actor=step.actor, facts=alone, at=step.at)
        )


def lift_recall(subject: Lot, facts: Facts, step: Step) -> None:
    """Free again, or again on its way; everybody who was told is told."""
    if subject.sent_to is not None:
        step.target = "moving"
    else:
        step.target = "kept" if subject.stocked_at else "coming"
    RecallAnswer.objects.filter(lot=subject).delete()
    name_lot(subject, step)
    step.concern(*[row["owner"] for row in holders(subject)])


def answer_recall(subject: Lot, facts: RecallAnswered, step: Step) -> None:
    """The hospital's own word on what it had of the lot; said again, the last word counts."""
    had = received_by(subject, step.actor.org)
    if facts.aside + facts.used > had:
        raise MoveRefused(
            _("You confirmed %(had)d of lot %(lot)s: please correct the quantities.")
            % {"had": had, "lot": subject.code}
        )
    RecallAnswer.objects.update_or_create(
        lot=subject,
        hospital=step.actor.org,
        defaults={"at": step.at, "aside": facts.aside, "used": facts.used},
    )
    name_lot(subject, step)


def holders(lot: Lot) -> list[dict[str, Any]]:
    """Who has how much of it now: {place, owner, quantity}, the largest first."""
    rows = Holding.objects.filter(lot=lot.code, amount__gt=0).order_by("-amount", "place")
    return [
        {"place": name_of(row.place), "owner": owner_of(row.place), "quantity": row.amount}
        for row in rows
        if name_of(row.place) in TOLD and codes.check(owner_of(row.place))
    ]


def received_by(lot: Lot, hospital: str) -> int:
    """How much of it a hospital confirmed or keeps."""
    return sum(held_in(lot, f"{name}:{hospital}") for name in HAVE)


def recalled_at(hospitals: Iterable[str]) -> QuerySet[Lot]:
    """Recalled lots of which these hospitals have received something, the newest recall first."""
    had = _had(hospitals).values("lot")
    found = Lot.objects.filter(stage="recalled", code__in=had)
    return found.select_related("variant__item", "pledge").order_by("-since", "pk")


def recalled_rows(hospitals: Collection[str], *, among: Any = None) -> list[dict[str, Any]]:
    """Every recalled lot of which these hospitals have some, with what each said of it: {lot, item,
    unit, hospital, had, answer}. `among`: the ids of these lots alone."""
    found = recalled_at(hospitals)
    lots = list((found if among is None else found.filter(pk__in=among))[:MOST])
    had: dict[tuple[str, str], int] = defaultdict(int)
    for row in _had(hospitals).filter(lot__in=[lot.code for lot in lots]) if lots else ():
        had[row.lot, owner_of(row.place)] += row.amount
    answers = RecallAnswer.objects.filter(lot__in=lots, hospital__in=hospitals) if lots else ()
    said = {(answer.lot_id, answer.hospital): answer for answer in answers}
    return [
        {
            "lot": lot,
            "item": described(lot.variant),
            "unit": unit_of(lot.variant),
            "hospital": code,
            "had": had[lot.code, code],
            "answer": said.get((lot.pk, code)),
        }
        for lot in lots
        for code in sorted(hospitals)
        if had[lot.code, code]
    ]


def _had(hospitals: Iterable[str]) -> QuerySet[Holding]:
    places = [f"{name}:{code}" for code in hospitals for name in HAVE]
    return Holding.objects.filter(place__in=places, amount__gt=0)


def _of_the_batch(lot: Lot) -> list[Lot]:
    """Parts of the same lot, and lots of the same item and batch number, in one organisation."""
    root = lot.origin_id or lot.pk
    same = Q(pk=root) | Q(origin=root)
    if lot.batch and lot.warehouse is not None:
        org = lot.warehouse.org_id
        same |= Q(batch=lot.batch, variant=lot.variant_id, warehouse__org=org)
    stages = Lot.lifecycle.move("recall").source
    rows = Lot.objects.select_for_update(of=("self",)).filter(same, stage__in=stages)
    found = list(rows.exclude(pk=lot.pk).order_by("pk")[: MOST_LOTS + 1])
    if len(found) > MOST_LOTS:
        raise MoveRefused(
            _("More than %(most)d lots have this batch number. Please recall them one by one.")
            % {"most": MOST_LOTS}
        )
    return found
