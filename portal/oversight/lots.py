"""Lots lie where they are said to lie, and whatever took goods out of stock took two people."""

from collections.abc import Iterator

from portal.balance.models import Holding
from portal.balance.places import owner_of
from portal.oversight.differences import Difference, difference, of
from portal.stages.models import Trail
from portal.warehouse.models import Lot

PAIRS = {  # the move that a second person takes, and the one that a first person took
    "write_off": "ask_write_off",
    "send_back": "ask_return",
    "issue": "ask_issue",
    "sell": "ask_sale",
    "recount": "count",
}
NOT_HERE = ("coming", "moving")


def lots_lie_where_they_are_said_to() -> Iterator[Difference]:
    """I3: what is in stock lies in its lot's own warehouse, and only of lots that were taken in."""
    held = Holding.objects.filter(place__startswith="stock:", amount__gt=0)
    rows = {lot.code: lot for lot in Lot.objects.select_related("warehouse")}
    for row in held.order_by("lot", "place").iterator():
        lot = rows.get(row.lot)
        house = lot.warehouse.code if lot and lot.warehouse else "nowhere"
        if lot is None or house != owner_of(row.place):
            yield difference(
                "warehouse_lot", row.lot, "warehouse", f"is {house}, {row.place} has some"
            )
        elif lot.stage in NOT_HERE or lot.stocked_at is None:
            yield of(lot, "stage", f"is {lot.stage}, {row.place} holds {row.amount}")


def what_leaves_for_good_took_two() -> Iterator[Difference]:
    """I15: who wrote off, gave back, gave to the community, sold, or counted again had not asked
    for it, or counted, himself."""
    asked: dict[tuple[str, str], str] = {}
    for step in Trail.objects.filter(lifecycle="lot").order_by("pk").iterator():
        asked[step.code, step.move] = step.who
        first = PAIRS.get(step.move)
        if first and asked.get((step.code, first), step.who) == step.who:
            reason = f"{step.move}: the same person as {first}"
            yield difference("warehouse_lot", step.code, "asked_by", reason)


def questions_are_whole() -> Iterator[Difference]:
    """I3: a lot that was asked for knows what was asked and by whom, and no other does."""
    for lot in Lot.objects.order_by("pk").iterator():
        waits = lot.stage.endswith("_asked")
        if waits != bool(lot.asked) or waits != (lot.asked_by is not None):
            yield of(lot, "asked", f"is {lot.stage}, asked for is {lot.asked or 'nothing'}")
