"""What is printed for a shipment: the packing list, a label for each box, the release order."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.catalogue.care import Care
from portal.catalogue.models import Pack, Variant
from portal.catalogue.queries import described, unit_of
from portal.input.provinces import named
from portal.organisations.models import Organisation
from portal.organisations.queries import name_of
from portal.shipping.lines import lines_of
from portal.shipping.models import Release, Shipment
from portal.shipping.queries import released_lines
from portal.warehouse.models import Lot

MOST_LABELS = 100  # in one file; the next hundred have their own
MOST_ON_A_LABEL = 6
HINTS = {
    Care.COLD: _("Keep cold: do not break the cold chain"),
    Care.DANGEROUS: _("Dangerous goods"),
    Care.FLAMMABLE: _("Flammable: keep away from fire"),
    Care.CORROSIVE: _("Corrosive: keep upright"),
    Care.ACID: _("Never together with acids"),
    Care.NO_FLIGHT: _("Not by air"),
    Care.BATTERY: _("Contains batteries"),
    Care.PERISHABLE: _("Perishable: deliver first"),
    Care.SERIAL: _("Device: handle with care, do not drop"),
    Care.EXPIRY: _("Look at the expiry date before use"),
}


def packing_list(shipment: Shipment) -> dict[str, Any]:
    """What is in the boxes, lot by lot, in base units and in packs. No person stands on it."""
    rows = [
        {**_goods(line.lot, line.quantity), "gift": line.lot.pledge.code}
        for line in _left(shipment)
    ]
    return {**_head(shipment), "rows": rows, "hints": _hints(r["variant"] for r in rows)}


def labels(shipment: Shipment, *, first: int) -> dict[str, Any]:
    """One label for each box, from the `first` on: box n of m, to whom, what, how to keep it."""
    rows: dict[str, dict[str, Any]] = {}
    for line in _left(shipment):
        held = rows.get(line.lot.variant.key, {}).get("quantity", 0)
        rows[line.lot.variant.key] = _goods(line.lot, held + line.quantity)
    goods = list(rows.values())
    last = min(shipment.boxes, first + MOST_LABELS - 1)
    return {
        **_head(shipment),
        "numbers": range(first, last + 1),
        "goods": goods[:MOST_ON_A_LABEL],
        "more": max(0, len(goods) - MOST_ON_A_LABEL),
        "hints": _hints(row["variant"] for row in goods),
        "next": last + 1 if last < shipment.boxes else 0,
    }


def release_order(release: Release) -> dict[str, Any]:
    """For the gate and the staff only: it names who takes the goods."""
    rows = [_goods(line.lot, line.quantity) for line in released_lines(release)]
    return {
        "release": release,
        "to": name_of(release.hospital) if release.hospital else "",
        "rows": rows,
        "hints": _hints(row["variant"] for row in rows),
    }


def _left(shipment: Shipment) -> list[Any]:
    return [line for line in lines_of(shipment) if line.quantity]


def _head(shipment: Shipment) -> dict[str, Any]:
    address = reverse("plain:tracking:shipment", args=[shipment.code])
    house = shipment.release or shipment.urgent
    return {
        "shipment": shipment,
        "to": _place(shipment.hospital),
        "unit": shipment.release.receiving_unit if shipment.release else "",
        "house": house.warehouse if house else None,
        "address": settings.SITE_ORIGIN + address,
    }


def _place(hospital: Organisation | None) -> str:
    return " · ".join(filter(None, (name_of(hospital), named(hospital.city)))) if hospital else ""


def _goods(lot: Lot, quantity: int) -> dict[str, Any]:
    variant = lot.variant
    return {
        "name": described(variant),
        "variant": variant,
        "lot": lot,
        "quantity": quantity,
        "unit": unit_of(variant),
        "packs": in_packs(variant, quantity),
    }


def in_packs(variant: Variant, quantity: int) -> str:
    """`3 箱 + 2 盒 + 5 只` by the catalogue's packs, the largest first; nothing without packs."""
    english = described(variant).startswith(variant.name_en)
    parts, rest = [], quantity
    packs: list[Pack] = sorted(variant.item.packs.all(), key=lambda pack: -pack.units)
    for pack in (p for p in packs if p.units > 1):
        count, rest = divmod(rest, pack.units)
        if count:
            parts.append(f"{count:,} {pack.name_en if english else pack.name_zh}")
    if not parts:
        return ""
    return " + ".join([*parts, *([f"{rest:,} {unit_of(variant)}"] if rest else [])])


def _hints(variants: Iterable[Variant]) -> list[str]:
    care = {key for variant in variants for key in variant.item.care}
    return [str(text) for key, text in HINTS.items() if key in care]


def waited(release: Release, shipment: Shipment | None) -> str:
    """How long the goods waited at the gate: from the slot to the hand-over."""
    if release.slot is None or shipment is None or shipment.dispatched_at is None:
        return ""
    minutes = round((shipment.dispatched_at - release.slot).total_seconds() / 60)
    if minutes < 0:
        return gettext("%(n)d min before the slot") % {"n": -minutes}
    return gettext("%(n)d min after the slot") % {"n": minutes}
