"""The counters of needs and gifts are sums of pledges, allocations, shipments and receipts."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Case, F, Q, When
from django.db.models.functions import Least

from portal.needs.models import NeedLine
from portal.oversight.differences import Difference, added, difference, minus, of, sums
from portal.pledges.models import PledgeLine
from portal.receipts.models import ReceiptLine
from portal.shipping.models import ShipmentLine
from portal.warehouse.models import AllocationLine, ArrivalLine

TAKEN_BACK = ("withdrawn", "declined")
ENDED = ("confirmed", "lost", "returned")
GONE = ("lost", "back", "returned")
UNCOUNTED = ("announced", "arrived", "recount")
HELD = Least(F("surplus"), F("accepted"))  # found beyond the count: received once explained
AGREED = F("accepted") - HELD
EXPLAINED = ("resolved", "objected")  # what was found beyond counts from then on


def pledged_is_the_sum_of_gifts() -> Iterator[Difference]:
    """I5: a need line's pledged = what gifts promise for it that were not taken back."""
    rows = PledgeLine.objects.filter(need_line__isnull=False)
    standing = rows.exclude(pledge__stage__in=(*TAKEN_BACK, "released"))
    kept = rows.filter(pledge__stage="released")  # of these what was sent counts
    promised = added(sums(standing, "need_line", of="quantity"), sums(kept, "need_line", of="sent"))
    yield from _compared("pledged", promised)


def allocated_is_what_is_under_way_or_confirmed() -> Iterator[Difference]:
    """I5: a need line's allocated = allocations that stand, direct shipments and what was issued
    without order, less what was lost, came back or was not accepted as sent."""
    standing = AllocationLine.objects.exclude(allocation__stage="cancelled")
    shipped = ShipmentLine.objects.filter(need_line__isnull=False)
    direct = shipped.filter(Q(shipment__gift__isnull=False) | Q(shipment__urgent__isnull=False))
    lost = shipped.exclude(pk__in=direct.values("pk"))
    said = ReceiptLine.objects.filter(shipment_line__need_line__isnull=False)
    refused = said.annotate(gone=F("shipment_line__quantity") - AGREED - F("later"))
    should = added(
        sums(standing, "allocation__need_line", of="quantity"),
        sums(direct, "need_line", of="quantity"),
        minus(sums(lost, "need_line", of="lost")),
        minus(sums(shipped.filter(shipment__stage__in=GONE), "need_line", of="quantity")),
        minus(sums(refused, "shipment_line__need_line", of="gone")),
    )
    yield from _compared("allocated", should)


def received_is_the_sum_of_receipts() -> Iterator[Difference]:
    """I5: a need line's received = what its hospital confirmed of it; a surplus counts once it is
    explained."""
    rows = ReceiptLine.objects.filter(shipment_line__need_line__isnull=False)
    counts = Case(When(receipt__stage__in=EXPLAINED, then=F("accepted")), default=AGREED)
    confirmed = sums(rows.annotate(n=counts + F("later")), "shipment_line__need_line", of="n")
    yield from _compared("received", confirmed)


def gift_lines_count_what_was_sent() -> Iterator[Difference]:
    """I5: of a gift's item, sent = announced to warehouses + sent straight to hospitals, and
    arrived = what of it was counted or ended."""
    by, direct_by = ("pledge", "variant"), ("shipment__gift", "lot__variant")
    announced_by = ("pledge_line__pledge", "pledge_line__variant")
    direct = ShipmentLine.objects.filter(shipment__gift__isnull=False)
    counted = ArrivalLine.objects.exclude(arrival__stage__in=UNCOUNTED)
    ended = direct.filter(shipment__stage__in=ENDED)
    lost = sums(direct, *direct_by, of="lost")
    expected = {
        "sent": added(
            sums(ArrivalLine.objects.all(), *announced_by, of="announced"),
            sums(direct, *direct_by, of="quantity"),
            lost,
        ),
        "arrived": added(
            sums(counted, *announced_by, of="announced"),
            sums(ended, *direct_by, of="quantity"),
            lost,
        ),
    }
    for field, should in expected.items():
        found = sums(PledgeLine.objects.all(), *by, of=field)
        for key in sorted(found.keys() | should.keys()):
            if found.get(key, 0) != should.get(key, 0):
                reason = f"is {found.get(key, 0)}, arrivals and shipments say {should.get(key, 0)}"
                yield difference("pledges_pledgeline", f"pledge {key[0]}", field, reason)


def _compared(field: str, should: Mapping[Any, int]) -> Iterator[Difference]:
    for line in NeedLine.objects.order_by("pk").iterator():
        found, total = getattr(line, field), should.get((line.pk,), 0)
        if found != total:
            yield of(line, field, f"is {found}, the sum is {total}")
