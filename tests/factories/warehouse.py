"""Warehouses, arrivals and allocations, brought about by the real moves."""

from portal.accounts.roles import Role
from portal.stages import engine
from portal.warehouse.arriving import SHOWN
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
    Inspected,
    InspectedLine,
    Papers,
    TakenIn,
    Verdict,
)
from tests.factories.clock import AT
from tests.factories.evidence import show
from tests.factories.organisations import create_charity
from tests.factories.people import actor_of
from tests.factories.pledges import create_pledge, donor_of
from tests.remembering import remembered

SECOND = 77  # another person of the warehouse


@remembered
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


def keeper_of(house, *, second=False):
    """Somebody of the warehouse; or somebody else of it."""
    return actor_of(Role.WAREHOUSE, org=house.org.code, person=SECOND if second else None)


def announced(house, quantities, *, carrier=Carrier.SF, waybill="", consignee=""):
    """{line: quantity} as the facts of a consignment."""
    rows = tuple(AnnouncedLine(line=no, quantity=n) for no, n in quantities.items())
    return Announced(
        warehouse=house.code, carrier=carrier, waybill=waybill, lines=rows, consignee=consignee
    )


def inspection(arrival, *, verdict=Verdict.PASS, **said):
    """The same verdict on every lot, with everything on the checklist in order but `said`."""
    usual = {"label": True, "papers": Papers.REPORT, "packaging": True, "in_date": True}
    rows = tuple(
        InspectedLine(line=line.no, verdict=verdict, **{**usual, **said})
        for line in arrival.lines.filter(accepted__gt=0).order_by("no")
    )
    return Inspected(lines=rows)


def inspect(arrival, facts=None, *, actor=None, at=AT, **said):
    actor = actor or actor_of(Role.QUALITY, org=arrival.warehouse.org.code)
    facts = facts or inspection(arrival, **said)
    if any(row.verdict in SHOWN for row in facts.lines):
        show(arrival.code, by=actor, at=at)
    return engine.advance(Arrival, arrival.code, "inspect", actor=actor, facts=facts, at=at)


def take(arrival, *, actor=None, at=AT):
    actor = actor or keeper_of(arrival.warehouse, second=True)
    return engine.advance(Arrival, arrival.code, "take", actor=actor, facts=TakenIn(), at=at)


def sign_in(arrival, *, at=AT, **said):
    """What was counted is inspected and taken into custody."""
    if arrival.stage != "counted":  # nothing of it was good
        return arrival
    return take(inspect(arrival, at=at, **said), at=at)


def count_note(arrival, **differences):
    """A goods-in note: everything announced is good, but for line 1 where `differences` say so."""
    rows = [
        CountedLine(line=line.no, accepted=line.announced)
        if line.no > 1 or not differences
        else CountedLine(line=1, **{"accepted": line.announced, **differences})
        for line in arrival.lines.order_by("no")
    ]
    return Counted(lines=tuple(rows))


@remembered
def create_arrival(
    *,
    stage="stocked",
    pledge=None,
    warehouse=None,
    quantities=None,
    consignee="",
    inspected=None,
    at=AT,
    **differences,
):
    """A consignment in that stage (announced, arrived, counted, inspected, stocked or held) of an
    accepted gift; `inspected`: what the inspection says differently."""
    house = warehouse or create_warehouse()
    pledge = pledge or create_pledge()
    quantities = quantities or {line.no: line.quantity for line in pledge.lines.order_by("no")}
    facts = announced(house, quantities, consignee=consignee)
    arrival = engine.begin(
        Arrival, "announce", actor=donor_of(pledge), facts=facts, at=at, pledge=pledge
    )
    if stage == "announced":
        return arrival
    if stage == "arrived":
        return engine.advance(Arrival, arrival.code, "arrive", actor=keeper_of(house), at=at)
    note = count_note(arrival, **differences)
    keeper = keeper_of(house)
    arrival = engine.advance(Arrival, arrival.code, "count", actor=keeper, facts=note, at=at)
    if stage == "counted" or arrival.stage != "counted":
        return arrival
    arrival = inspect(arrival, at=at, **(inspected or {}))
    return arrival if stage == "inspected" else take(arrival, at=at)


def lot_of(arrival, no=1):
    return Lot.objects.select_related("variant", "warehouse__org", "pledge").get(
        arrivalline__arrival=arrival, arrivalline__no=no
    )


def allocated(line, *lots, reason=AllocationReason.LARGEST_GAP, note="", **more):
    """(lot, quantity) pairs for a need line as the facts of an allocation."""
    rows = tuple(AllocatedLot(lot=lot.code, quantity=quantity) for lot, quantity in lots)
    need_line = f"{line.need.code}/{line.no}"
    return Allocated(need_line=need_line, lots=rows, reason=reason, note=note, **more)


@remembered
def create_allocation(line, *lots, actor=None, at=AT, once=None, **more):
    """These (lot, quantity) pairs set aside for a need line."""
    actor = actor or keeper_of(lots[0][0].warehouse)
    facts = allocated(line, *lots, **more)
    return engine.begin(
        Allocation, "publish", actor=actor, facts=facts, at=at, once=once, org=actor.org
    )
