"""Lots: how they are posted, whether one may still be given out, and for which use it is fit."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.core.postings import Posting
from portal.balance.models import Holding
from portal.catalogue.fitness import Fitness
from portal.catalogue.queries import described, fitness
from portal.needs.models import NeedLine
from portal.needs.queries import accepted
from portal.pledges.models import PledgeLine
from portal.stages import engine
from portal.stages.engine import MoveRefused
from portal.warehouse.models import Lot


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


def new_lot(line: PledgeLine) -> Lot:
    """A lot of its own for goods of this line of a gift."""
    return Lot.objects.create(code=engine.mint("B"), pledge=line.pledge, variant=line.variant)


def refuse_expired(lot: Lot, *, at: datetime) -> None:
    if lot.expiry is not None and lot.expiry < timezone.localdate(at):
        raise MoveRefused(
            _("Lot %(lot)s expired on %(day)s. It may not be given out.")
            % {"lot": lot.code, "day": lot.expiry.isoformat()}
        )


def refuse_held(lot: Lot) -> None:
    """What is kept for a hospital is that hospital's to fetch or to give."""
    held = Holding.objects.filter(lot=lot.code, place__startswith="held:", amount__gt=0).first()
    if held is not None:
        raise MoveRefused(
            _(
                "Lot %(lot)s is held for %(owner)s, to whom the parcel is addressed: "
                "only that hospital can fetch it or give it to be allocated."
            )
            % {"lot": lot.code, "owner": held.place.partition(":")[2]}
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
