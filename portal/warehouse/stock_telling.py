"""Who is told by mail of a recall: every hospital that has some of the lot, and the donor."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from portal.catalogue.queries import described
from portal.notices import commands as notices
from portal.notices.commands import Words
from portal.organisations.models import Organisation
from portal.warehouse.models import Lot

HAVE = ("received", "held")


def tell_of_recall(lot: Lot, holders: Iterable[dict[str, Any]], *, at: datetime) -> None:
    """One mail to each, in the transaction of the recall; a recall made again is told again."""
    have = {row["owner"] for row in holders if row["place"] in HAVE}
    for code in sorted(have | _awaiting(lot, holders)):
        key = f"recall:{lot.code}:{lot.version}:{code}"
        notices.send(
            code=code,
            key=key,
            words=lambda code=code: _to_hospital(lot) if code in have else _to_awaiting(lot),  # type: ignore[misc]  # bound now, not later
            at=at,
            about=lot.code,
            asks=True,
        )
    gift = lot.pledge.code
    key = f"recall:{lot.code}:{lot.version}:{gift}"
    notices.send(code=gift, key=key, words=lambda: _to_donor(lot), at=at, about=lot.code)


def _awaiting(lot: Lot, holders: Iterable[dict[str, Any]]) -> set[str]:
    """The hospitals to which some of it is on the way."""
    under_way = [row["owner"] for row in holders if row["place"] == "transit"]
    rows = Organisation.objects.filter(shipment__lines__lot=lot, shipment__code__in=under_way)
    return set(rows.values_list("code", flat=True))


def _named(lot: Lot) -> dict[str, str]:
    page = notices.page("tracking:lot", lot.code)
    return {"lot": lot.code, "item": described(lot.variant), "page": page}


def _to_hospital(lot: Lot) -> Words:
    subject = _("Recall: please do not use lot %(lot)s") % _named(lot)
    text = _(
        "Lot %(lot)s (%(item)s), of which you confirmed some, is recalled. Please set aside what "
        "is left of it, and say in your workspace how much that is.\n%(page)s"
    )
    return Words(subject, text % _named(lot))


def _to_awaiting(lot: Lot) -> Words:
    subject = _("Recall: please do not use lot %(lot)s, which is on its way to you") % _named(lot)
    text = _(
        "Lot %(lot)s (%(item)s), some of which is on its way to you, is recalled. When it comes, "
        "please set it aside, use none of it, and confirm what came as always.\n%(page)s"
    )
    return Words(subject, text % _named(lot))


def _to_donor(lot: Lot) -> Words:
    subject = _("Lot %(lot)s of your gift is recalled") % _named(lot)
    text = _(
        "Lot %(lot)s (%(item)s) of your gift is recalled: nobody should use it. Whoever has some "
        "of it is told, and everything that happens stands on its page.\n%(page)s"
    )
    return Words(subject, text % _named(lot))
