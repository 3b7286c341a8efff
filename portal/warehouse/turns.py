"""First what expires first: a later lot goes only with a reason, which is sealed."""

from collections.abc import Callable, Mapping
from datetime import date

from django.utils.translation import gettext as _

from ledger.core.postings import place
from portal.balance.models import Holding
from portal.stages.engine import MoveRefused
from portal.warehouse.models import Lot

NEVER = date.max  # goods without a date go last


def refuse_out_of_turn(
    lots: Mapping[str, Lot], taken: Mapping[str, int], *, fit: Callable[[Lot], None]
) -> None:
    """Refused: a lot of which an equal one (same item and standard, same use, same warehouse) that
    expires sooner stays in stock. `taken`: {lot: quantity}; `fit` raises MoveRefused for a lot that
    may not go there anyway."""
    for lot in lots.values():
        for other in _sooner(lot):
            left = _held(other) - taken.get(other.code, 0)
            if left > 0 and _may(other, fit):
                raise MoveRefused(
                    _(
                        "Lot %(other)s expires sooner (%(day)s) than %(lot)s, and %(left)d of it "
                        "stay in stock. Please take it first, or say why not."
                    )
                    % {"other": other.code, "day": other.expiry, "lot": lot.code, "left": left}
                )


def _sooner(lot: Lot) -> list[Lot]:
    equal = Lot.objects.filter(
        warehouse=lot.warehouse_id,
        variant=lot.variant_id,
        community_only=lot.community_only,
        expiry__lt=lot.expiry or NEVER,
    )
    related = equal.exclude(pk=lot.pk).select_related("variant__item", "pledge", "warehouse__org")
    return list(related.order_by("expiry", "pk"))


def _held(lot: Lot) -> int:
    assert lot.warehouse is not None, "chosen by its warehouse"
    stock = place("stock", lot.warehouse.code)
    rows = Holding.objects.filter(lot=lot.code, place=stock, item=lot.variant.key)
    return sum(rows.values_list("amount", flat=True))


def _may(lot: Lot, fit: Callable[[Lot], None]) -> bool:
    try:
        fit(lot)
    except MoveRefused:
        return False
    return True
