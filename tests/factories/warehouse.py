"""Warehouses, arrivals and allocations, brought about by the real moves."""

from portal.accounts.roles import Role
from portal.stages import engine
from portal.warehouse.models import Allocation, Arrival, Lot, Warehouse
from portal.warehouse.stages import (
    Allocated,
    AllocatedLot,
    AllocationReason,
    Announced,
    AnnouncedLine,
    Carrier,
    Counted,
    CountedLine,
)
from tests.factories.clock import AT
from tests.factories.organisations import create_charity
from tests.factories.people import actor_of
from tests.factories.pledges import create_pledge, donor_of


def create_warehouse(*, org=None, name="示例仓库", at=AT):
    """An open warehouse of a charity."""
    org = org or create_charity()
    return engine.begin(
        Warehouse,
        "open",
        actor=actor_of(Role.COORDINATOR, org=org.code),
        at=at,
        org=org,
        name_zh=name,
        name_en="Example warehouse",
        city="武汉",
    )


def keeper_of(house):
    """Somebody of the warehouse."""
    return actor_of(Role.WAREHOUSE, org=house.org.code)


def announced(house, quantities, *, carrier=Carrier.SF, waybill=""):
    """{line: quantity} as the facts of a consignment."""
    rows = tuple(AnnouncedLine(line=no, quantity=n) for no, n in quantities.items())
    return Announced(warehouse=house.code, carrier=carrier, waybill=waybill, lines=rows)


def count_note(arrival, **differences):
    """A goods-in note: everything announced is good, but for line 1 where `differences` say so."""
    rows = [
        CountedLine(line=line.no, accepted=line.announced)
        if line.no > 1 or not differences
        else CountedLine(line=1, **{"accepted": line.announced, **differences})
        for line in arrival.lines.order_by("no")
    ]
    return Counted(lines=tuple(rows))


def create_arrival(
    *, stage="stocked", pledge=None, warehouse=None, quantities=None, at=AT, **differences
):
    """A consignment in that stage (announced, arrived, stocked) of an accepted gift."""
    house = warehouse or create_warehouse()
    pledge = pledge or create_pledge()
    quantities = quantities or {line.no: line.quantity for line in pledge.lines.order_by("no")}
    facts = announced(house, quantities)
    arrival = engine.begin(
        Arrival, "announce", actor=donor_of(pledge), facts=facts, at=at, pledge=pledge
    )
    if stage == "announced":
        return arrival
    if stage == "arrived":
        return engine.advance(Arrival, arrival.code, "arrive", actor=keeper_of(house), at=at)
    note = count_note(arrival, **differences)
    return engine.advance(Arrival, arrival.code, "count", actor=keeper_of(house), facts=note, at=at)


def lot_of(arrival, no=1):
    return Lot.objects.select_related("variant", "warehouse__org", "pledge").get(
        arrivalline__arrival=arrival, arrivalline__no=no
    )


def allocated(line, *lots, reason=AllocationReason.LARGEST_GAP, note=""):
    """(lot, quantity) pairs for a need line as the facts of an allocation."""
    rows = tuple(AllocatedLot(lot=lot.code, quantity=quantity) for lot, quantity in lots)
    return Allocated(need_line=f"{line.need.code}/{line.no}", lots=rows, reason=reason, note=note)


def create_allocation(line, *lots, actor=None, at=AT, once=None):
    """These (lot, quantity) pairs set aside for a need line."""
    actor = actor or keeper_of(lots[0][0].warehouse)
    facts = allocated(line, *lots)
    return engine.begin(
        Allocation, "publish", actor=actor, facts=facts, at=at, once=once, org=actor.org
    )
