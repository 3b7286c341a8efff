"""Who is told by mail of a recall: every hospital that has some of the lot, and the donor."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.links import AFTER, AFTER_DAYS, make_link
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
        if notices.address_of(code):
            way = _way(lot, code, at=at) if code in have else ""
            words = partial(_to_hospital, lot, way) if code in have else partial(_to_awaiting, lot)
            key = f"recall:{lot.code}:{lot.version}:{code}"
            notices.send(code=code, key=key, words=words, at=at, about=lot.code, asks=True)
    gift = lot.pledge.code
    key = f"recall:{lot.code}:{lot.version}:{gift}"
    notices.send(code=gift, key=key, words=lambda: _to_donor(lot), at=at, about=lot.code)


def _way(lot: Lot, hospital: str, *, at: datetime) -> str:
    """A secret link by which this hospital answers without an account: that of its last delivery
    with some of the lot; nothing where it fetched it itself."""
    theirs = Organisation.objects.filter(
        code=hospital, shipment__receipt__lines__shipment_line__lot=lot
    )
    deliveries = theirs.order_by("-shipment__receipt").values_list("shipment__code", flat=True)
    delivery = deliveries.first()
    if delivery is None:
        return ""
    token = make_link(purpose=AFTER, code=delivery, at=at, days=AFTER_DAYS)
    return notices.site(reverse("plain:receipts:after", args=[token]))


def _awaiting(lot: Lot, holders: Iterable[dict[str, Any]]) -> set[str]:
    """The hospitals to which some of it is on the way."""
    under_way = [row["owner"] for row in holders if row["place"] == "transit"]
    rows = Organisation.objects.filter(shipment__lines__lot=lot, shipment__code__in=under_way)
    return set(rows.values_list("code", flat=True))


def _named(lot: Lot) -> dict[str, str]:
    page = notices.page("tracking:lot", lot.code)
    return {"lot": lot.code, "item": described(lot.variant), "page": page}


def _to_hospital(lot: Lot, way: str) -> Words:
    subject = _("Recall: please do not use lot %(lot)s") % _named(lot)
    text = _(
        "Lot %(lot)s (%(item)s), of which you confirmed some, is recalled. Please set aside what "
        "is left of it, and say in your workspace how much that is.\n%(page)s"
    )
    by_link = _(
        "Without an account you say it by this secret link. It is meant for the hospital alone, "
        "and ends 180 days after its last use:"
    )
    more = f"\n\n{by_link}\n{way}" if way else ""
    return Words(subject, text % _named(lot) + more)


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
