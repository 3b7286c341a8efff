"""Goods add up: for every lot, allocation, release order and shipment, in arrivals and receipts."""

from collections.abc import Iterator

from django.db.models import F, QuerySet, Sum

from ledger.core import postings as rules
from portal.balance import checking
from portal.balance.models import Booked, Holding
from portal.balance.places import name_of
from portal.oversight.counters import UNCOUNTED
from portal.oversight.differences import Difference, added, difference, of, sums
from portal.receipts.models import ReceiptLine
from portal.shipping.carrying import IN_TRANSIT
from portal.shipping.models import Shipment, ShipmentLine
from portal.stages.models import Trail
from portal.warehouse.models import AllocationLine, ArrivalLine

Lots = dict[str, int]  # lot -> quantity
SENT = (*IN_TRANSIT, "confirmed", "lost", "back", "returned")


def lots_balance() -> Iterator[Difference]:
    """I1: of every gift and lot, received = in stock + reserved + on the way + confirmed + written
    off: the signed sum of all places is zero."""
    rows = Holding.objects.order_by("gift", "lot", "item").values_list("gift", "lot", "item")
    for gift, lot, item, total in rows.annotate(total=Sum("amount")).exclude(total=0):
        reason = f"{gift}, {item}: the places together hold {total}, not 0"
        yield difference("balance_holding", lot or gift, "amount", reason)


def holdings_follow_from_postings() -> Iterator[Difference]:
    """I1: every holding is the sum of its postings."""
    yield from checking.holdings_against_postings()


def postings_are_sealed() -> Iterator[Difference]:
    """I1: the postings booked are those of the sealed entries, each once."""
    yield from checking.postings_against_entries()


def no_place_is_below_zero() -> Iterator[Difference]:
    """I2: no inside place and no end holds less than nothing, and none is taken for an outside
    one."""
    for held in Holding.objects.order_by("pk").iterator():
        outside = name_of(held.place) in rules.OUTSIDE
        if held.outside != outside:
            yield of(held, "outside", f"{held.place} must have outside={outside}")
        elif held.amount < 0 and not outside:
            yield of(held, "amount", f"{held.place} holds {held.amount}")


def shipments_hold_their_lines() -> Iterator[Difference]:
    """I3: what a shipment's lines name was set aside for it, left once it was sent, and is on the
    way until it is confirmed or lost."""
    rows = ShipmentLine.objects.all()
    lines = _by_lot(rows.exclude(quantity=0), "shipment__code")
    lost = _grouped(sums(rows.exclude(lost=0), "shipment__code", "lot__code", of="lost"))
    held = _held("transit", "reserved")
    sent = _moved_to("transit")
    for code, stage in Shipment.objects.order_by("pk").values_list("code", "stage"):
        asked = lines.get(code, {})
        gone = added(asked, lost.get(code, {}))
        waiting, under_way = held.get(f"reserved:{code}", {}), held.get(f"transit:{code}", {})
        expected = (
            ("reserved", waiting, asked if stage == "packed" else {}),
            ("sent", sent.get(f"transit:{code}", {}), gone if stage in SENT else {}),
            ("transit", under_way, asked if stage in IN_TRANSIT else {}),
        )
        for field, found, should in expected:
            if found != should:
                reason = f"{stage}: its lots are {_text(found)}, its lines say {_text(should)}"
                yield difference("shipping_shipment", code, field, reason)


def allocations_hold_their_lines() -> Iterator[Difference]:
    """I3: what is set aside for a published allocation or an issued release order is what its
    lines name; otherwise nothing is."""
    allocated = AllocationLine.objects.filter(allocation__stage__in=("proposed", "published"))
    released = AllocationLine.objects.filter(allocation__release__stage="issued")
    should = {
        **_by_lot(allocated, "allocation__code"),
        **_by_lot(released, "allocation__release__code"),
    }
    held = {
        place.partition(":")[2]: lots
        for place, lots in _held("reserved").items()
        if not place.startswith("reserved:S-")
    }
    for code in sorted(should.keys() | held.keys()):
        found, named = held.get(code, {}), should.get(code, {})
        if found != named:
            reason = f"set aside are {_text(found)}, its lines say {_text(named)}"
            yield difference("warehouse_allocation", code, "reserved", reason)


def arrival_lines_add_up() -> Iterator[Difference]:
    """I4: announced + surplus = accepted + rejected + missing once an arrival is counted; nothing
    is counted before."""
    counted = F("accepted") + F("rejected") + F("missing") - F("surplus")
    rows = ArrivalLine.objects.annotate(counted=counted).select_related("arrival").order_by("pk")
    for line in rows.iterator():
        counted_in = line.arrival.stage not in UNCOUNTED
        should = line.announced if counted_in else 0
        if line.counted != should:
            reason = f"accepted + rejected + missing - surplus is {line.counted}, not {should}"
            yield of(line, "announced", reason)


def receipt_lines_add_up() -> Iterator[Difference]:
    """I4: accepted + rejected + missing = shipped + surplus in every line of a receipt."""
    rows = ReceiptLine.objects.select_related("shipment_line").order_by("pk")
    for line in rows.iterator():
        came = line.accepted + line.rejected + line.missing
        sent = line.shipment_line.quantity + line.surplus
        if came != sent:
            reason = f"accepted + rejected + missing is {came}, shipped + surplus is {sent}"
            yield of(line, "accepted", reason)


def confirmed_shipments_have_a_receipt() -> Iterator[Difference]:
    """I4: a confirmed shipment has a receipt with a row for each of its lines, and no other has
    one."""
    for shipment in Shipment.objects.select_related("receipt").order_by("pk"):
        receipt = getattr(shipment, "receipt", None)
        named = set(shipment.lines.values_list("pk", flat=True))
        rows = set(receipt.lines.values_list("shipment_line", flat=True)) if receipt else set()
        should = named if shipment.stage == "confirmed" else set()
        if rows != should:
            reason = f"{shipment.stage}: its receipt has {len(rows)} lines, not {len(should)}"
            yield difference("receipts_receipt", shipment.code, "lines", reason)


def _by_lot(rows: QuerySet[AllocationLine] | QuerySet[ShipmentLine], code: str) -> dict[str, Lots]:
    return _grouped(sums(rows, code, "lot__code", of="quantity"))


def _held(*names: str) -> dict[str, Lots]:
    rows = Holding.objects.exclude(amount=0).filter(place__regex=rf"^({'|'.join(names)}):")
    return _grouped(sums(rows, "place", "lot", of="amount"))


def _moved_to(name: str) -> dict[str, Lots]:
    """What was moved there; a correction moves nothing, it only gives what is there its name."""
    renamed = Trail.objects.filter(lifecycle="arrival", move="correct").values("uid")
    rows = Booked.objects.filter(to_place__startswith=f"{name}:").exclude(uid__in=renamed)
    return _grouped(sums(rows, "to_place", "lot", of="amount"))


def _grouped(found: dict[tuple[str, ...], int]) -> dict[str, Lots]:
    groups: dict[str, Lots] = {}
    for (place, lot), amount in found.items():
        groups.setdefault(place, {})[lot] = amount
    return groups


def _text(lots: Lots) -> str:
    return ", ".join(f"{lot} {amount}" for lot, amount in sorted(lots.items())) or "nothing"
