"""Lots: how they are posted, whether one may still be given out, and for which use it is fit."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.core.postings import Posting, place
from portal.balance.models import Holding
from portal.catalogue.fitness import Fitness
from portal.catalogue.queries import described, fitness
from portal.needs.models import NeedLine
from portal.needs.queries import accepted
from portal.pledges.models import PledgeLine
from portal.stages import engine
from portal.stages.engine import MoveRefused, Step
from portal.warehouse.models import ArrivalLine, Lot


def posting(amount: int, lot: Lot, source: str, target: str) -> Posting:
    """So many of the lot, as what it is now, from place to place."""
    return Posting(
        amount=amount,
        item=lot.variant.key,
        gift=lot.pledge.code,
        lot=lot.code,
        from_=source,
        to=target,
    )


def new_lot(line: PledgeLine, step: Step) -> Lot:
    """A lot of its own for goods of this line of a gift, in no stock yet."""
    return engine.follow_begin(
        Lot, "open", actor=step.actor, at=step.at, pledge=line.pledge, variant=line.variant
    )


def take_in(lots: Iterable[Lot], step: Step) -> None:
    """These lots are stock from now on: what custody or its owner's gift brings about."""
    for lot in lots:
        if lot.stage in Lot.lifecycle.move("take_in").source:
            engine.follow(lot, "take_in", actor=step.actor, at=step.at)


def held_in(lot: Lot, where: str) -> int:
    """How much of the lot one place holds, under whatever item it is booked."""
    return sum(Holding.objects.filter(lot=lot.code, place=where).values_list("amount", flat=True))


def on_shelf(lot: Lot) -> tuple[int, int]:
    """(free, set aside and not packed yet) of what lies in the lot's warehouse, in base units."""
    if lot.warehouse is None:
        return 0, 0
    aside = Holding.objects.filter(lot=lot.code, place__regex="^reserved:[AR]-")
    free = held_in(lot, place("stock", lot.warehouse.code))
    return free, sum(aside.values_list("amount", flat=True))


def locked_lots(lots: QuerySet[Lot]) -> list[Lot]:
    """These lots, locked in the order of their keys until the transaction ends."""
    return list(lots.select_for_update(of=("self",)).order_by("pk"))


def refuse_stopped(lot: Lot, *, at: datetime) -> None:
    """What is held back, recalled, past its date or to be counted again goes nowhere."""
    if not lot.is_free:
        raise MoveRefused(
            _("Lot %(lot)s is “%(stage)s”: nothing of it may be given out.")
            % {"lot": lot.code, "stage": lot.stage_label}
        )
    refuse_expired(lot, at=at)


def refuse_stopped_lots(lots: QuerySet[Lot], *, at: datetime) -> None:
    """The same of every lot of an order or a shipment, at each step until it leaves: what has not
    passed through a warehouse's stock is its sender's to answer for."""
    for lot in locked_lots(lots.filter(stocked_at__isnull=False)):
        refuse_stopped(lot, at=at)


def refuse_expired(lot: Lot, *, at: datetime) -> None:
    if lot.expiry is not None and lot.expiry < timezone.localdate(at):
        raise MoveRefused(
            _("Lot %(lot)s expired on %(day)s. It may not be given out.")
            % {"lot": lot.code, "day": lot.expiry.isoformat()}
        )


def refuse_held(lot: Lot) -> None:
    """A parcel kept for a hospital is that hospital's to fetch or to give; not so the rest of a lot
    of which a hospital keeps what it received too many of."""
    line = ArrivalLine.objects.filter(lot=lot, arrival__stage="held").first()
    owner = line.arrival.consignee if line else None
    if owner is not None:
        raise MoveRefused(
            _(
                "Lot %(lot)s is held for %(owner)s, to whom the parcel is addressed: "
                "only that hospital can fetch it or give it to be allocated."
            )
            % {"lot": lot.code, "owner": owner.code}
        )


def levels_of(lot: Lot) -> frozenset[Fitness]:
    """For which uses the lot is fit: as its variant, unless the inspection kept it for the
    community."""
    return frozenset({Fitness.COMMUNITY}) if lot.community_only else fitness(lot.variant.key)


def is_fit(lot: Lot, line: NeedLine) -> bool:
    """Whether the lot may go to the line: the item asked for, by a standard that the line takes,
    fit for the use asked for; and as a downgrade anything of its class to the community."""
    level = Fitness(line.fitness)
    if level == Fitness.COMMUNITY:
        return lot.variant.item.item_class == line.variant.item.item_class
    same = lot.variant.item_id == line.variant.item_id
    taken = not line.only_exact or lot.variant.key in accepted(line)
    return same and taken and level in levels_of(lot)


def refuse_unfit(lot: Lot, line: NeedLine) -> None:
    """The refusal names the lot's item and the use that the line asks for."""
    if is_fit(lot, line):
        return
    level = Fitness(line.fitness)
    words = {
        "lot": lot.code,
        "item": described(lot.variant),
        "asked": described(line.variant),
        "level": str(level.label),
    }
    if lot.community_only:
        raise MoveRefused(
            _(
                "Lot %(lot)s (%(item)s) passed its inspection for community use only: "
                "it cannot go to “%(asked)s” for “%(level)s”."
            )
            % words
        )
    if level not in levels_of(lot):
        raise MoveRefused(
            _(
                "Lot %(lot)s is %(item)s, which is not fit for “%(level)s” (%(asked)s). "
                "Please choose another lot, or a line that it is fit for."
            )
            % words
        )
    raise MoveRefused(
        _("Lot %(lot)s holds another item than the need asks for.") % {"lot": lot.code}
    )
