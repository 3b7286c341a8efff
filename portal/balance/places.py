"""The words for the places of the books; the closed list itself is `ledger.core.postings`."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "donor": _("the donor"),
    "purchase": _("bought"),
    "buyer": _("sold to a buyer"),
    "found": _("found beyond what was sent"),
    "inbound": _("on the way to the warehouse"),
    "quarantine": _("waiting for inspection"),
    "stock": _("in the warehouse"),
    "held": _("held for its owner"),
    "reserved": _("set aside for a hospital"),
    "transit": _("on the way to the hospital"),
    "received": _("confirmed by the hospital"),
    "fund": _("in the fund"),
    "unidentified": _("not identified yet"),
    "committed": _("committed"),
    "rejected": _("rejected"),
    "returned": _("returned to the donor"),
    "damaged": _("damaged"),
    "lost": _("missing"),
    "expired": _("expired"),
    "community": _("given to community use"),
    "sold": _("sold"),
    "paid": _("paid"),
    "fee": _("kept as fee"),
    "refunded": _("refunded"),
}


def name_of(place: str) -> str:
    """`stock:W-…` -> `stock`."""
    return place.partition(":")[0]


def owner_of(place: str) -> str:
    return place.partition(":")[2]
