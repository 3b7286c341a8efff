"""What the forms and pages ask about release orders and shipments."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Count, F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.acting import Actor
from portal.catalogue.queries import described, unit_of
from portal.input.provinces import place
from portal.organisations.models import Organisation
from portal.organisations.queries import name_of, with_city
from portal.pledges.models import Pledge
from portal.pledges.queries import unsent_lines
from portal.shipping.carrying import UNDER_WAY
from portal.shipping.lines import lines_of
from portal.shipping.models import Capacity, Release, Shipment, ShipmentLine
from portal.shipping.travelling import destinations, fitting, origins
from portal.stages.models import Subject
from portal.warehouse.models import Allocation, AllocationLine
from portal.warehouse.queries import lot_choices, need_line_choices
from portal.warehouse.stages import Carrier

__all__ = [
    "allocation_choices",
    "coming_to",
    "confirmed_by",
    "count_back_initial",
    "destination_choices",
    "direct_initial",
    "hospital_choices",
    "lose_part_initial",
    "lot_choices",
    "need_line_choices",
    "of_gift",
    "offer_choices",
    "origin_choices",
    "release_choices",
    "released_lines",
]

Pairs = list[tuple[str, Any]]
CONFIRMABLE = UNDER_WAY
COMING = ("packed", *CONFIRMABLE)


def allocation_choices(*, subject: Subject | None, actor: Actor) -> Pairs:
    """Allocations of this organisation that no release order holds, grouped by hospital."""
    rows = Allocation.objects.filter(stage="published", org=actor.org)
    rows = rows.select_related("warehouse", "need_line__need__hospital", "need_line__variant__item")
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in rows.order_by("pk"):
        if row.need_line is None:
            continue
        hospital = name_of(row.need_line.need.hospital)
        label = f"{row.code} · {described(row.need_line.variant)}"
        groups.setdefault(hospital, []).append((row.code, label))
    return list(groups.items())


def origin_choices(*, subject: Subject | None, actor: Actor) -> Pairs:
    """Where open warehouses stand."""
    return origins()


def destination_choices(*, subject: Subject | None, actor: Actor) -> Pairs:
    """Where verified hospitals stand."""
    return destinations()


def change_capacity_initial(*, subject: Capacity, actor: Actor) -> dict[str, Any]:
    """The offer as it stands."""
    return {"carrier": subject.carrier, **{name: getattr(subject, name) for name in Capacity.SAID}}


def offer_choices(*, subject: Subject | None, actor: Actor) -> Pairs:
    """Offers that carry the goods of this shipment today; those of its route stand first."""
    if not isinstance(subject, Shipment):
        return []
    groups: dict[str, list[tuple[str, str]]] = {}
    for offer, same in fitting(subject, at=timezone.now()):
        group = _("on this route") if same else _("on other routes")
        group += "" if subject.kg else " · " + _("weight of the boxes unknown")
        groups.setdefault(group, []).append((offer.code, _offered(offer)))
    return list(groups.items())


def _offered(offer: Capacity) -> str:
    words = {
        "origin": place(offer.origin),
        "to": place(offer.to),
        "kg": f"{offer.kg:,}",
        "last": offer.last,
    }
    carrier = str(Carrier(offer.carrier).label)
    told = _("%(origin)s to %(to)s, %(kg)s kg, until %(last)s") % words
    return " · ".join(filter(None, (offer.code, carrier, offer.firm, told)))


def release_choices(*, subject: Subject | None, actor: Actor) -> Pairs:
    """Release orders of this organisation that wait to be packed."""
    rows = Release.objects.filter(stage="issued", org=actor.org).select_related("hospital")
    return [
        (row.code, f"{row.code} · {name_of(row.hospital) if row.hospital else ''}")
        for row in rows.order_by("pk")
    ]


def hospital_choices(*, subject: Subject | None, actor: Actor) -> Pairs:
    """Verified hospitals; those that the donor's gift was promised to stand first."""
    rows = Organisation.objects.filter(kind=Organisation.Kind.HOSPITAL, stage="verified")
    meant = set(
        Organisation.objects.filter(need__lines__pledgeline__pledge__code=actor.by_link)
        .order_by()
        .values_list("pk", flat=True)
    )
    found = sorted(rows.order_by("legal_name", "pk"), key=lambda org: org.pk not in meant)
    return [(org.code, with_city(org)) for org in found]


def direct_initial(pledge: Pledge) -> dict[str, Any]:
    """What is left to send of a gift, as first values of the form of the direct lane."""
    return {
        "boxes": 1,
        "lines": [
            {
                "line": line.no,
                "quantity": line.quantity - line.sent,
                "caption": f"{described(line.variant)} · "
                + _("%(left)d left to send, in %(unit)s")
                % {"left": line.quantity - line.sent, "unit": unit_of(line.variant)},
            }
            for line in unsent_lines(pledge)
        ],
    }


def lose_part_initial(*, subject: Shipment, actor: Actor) -> dict[str, Any]:
    """A row for each line of the shipment: how many of it are lost."""
    return {"lines": [_row(line) | {"lost": 0} for line in lines_of(subject)]}


def count_back_initial(*, subject: Shipment, actor: Actor) -> dict[str, Any]:
    """A row for each line that came back, filled in as if all were good."""
    rows = [line for line in lines_of(subject) if line.quantity]
    return {"lines": [_row(line) | {"good": line.quantity} for line in rows]}


def released_lines(release: Release) -> list[AllocationLine]:
    """What an order lets out: the lines of its allocations, in order."""
    rows = AllocationLine.objects.filter(allocation__release=release)
    wanted = ("lot__pledge", "lot__variant__item", "allocation__need_line__need")
    return list(rows.select_related(*wanted).order_by("pk"))


def _row(line: ShipmentLine) -> dict[str, Any]:
    words = {
        "item": described(line.lot.variant),
        "quantity": f"{line.quantity:,}",
        "unit": unit_of(line.lot.variant),
        "lot": line.lot.code,
    }
    return {"line": line.no, "caption": _("%(item)s: %(quantity)s %(unit)s, lot %(lot)s") % words}


def coming_to(hospitals: Collection[str]) -> QuerySet[Shipment]:
    """Shipments on their way to these hospitals, the longest waiting first."""
    return _counted(Shipment.objects.filter(hospital__code__in=hospitals, stage__in=COMING))


def confirmed_by(hospitals: Collection[str]) -> QuerySet[Shipment]:
    """Shipments that these hospitals have confirmed, the latest first."""
    rows = Shipment.objects.filter(hospital__code__in=hospitals, stage="confirmed")
    return _counted(rows).order_by("-since", "-pk")


def insides(shipments: Iterable[int]) -> dict[int, list[str]]:
    """What lies in these shipments (by key), item after item with its number of pieces: what
    somebody with a box before him looks for. One question for all of them."""
    lines = ShipmentLine.objects.filter(shipment_id__in=list(shipments))
    found: dict[int, list[str]] = {}
    for line in lines.select_related("lot__variant__item").order_by("shipment_id", "no"):
        variant = line.lot.variant
        text = f"{described(variant)} · {line.quantity:,} {unit_of(variant)}"
        found.setdefault(line.shipment_id, []).append(text)
    return found


def of_gift(pledge: Pledge) -> QuerySet[Shipment]:
    """Shipments that carry something of this gift, in order."""
    rows = Shipment.objects.filter(lines__lot__pledge=pledge).distinct()
    return rows.select_related("hospital").order_by("pk")


def _counted(rows: QuerySet[Shipment]) -> QuerySet[Shipment]:
    return (
        rows.select_related("hospital", "release__warehouse")
        .annotate(line_count=Count("lines"), sent_at=F("opened_at"))
        .order_by("since", "pk")
    )
