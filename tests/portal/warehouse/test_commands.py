"""The warehouse: what was sent is announced, counted, kept in the books and set aside for needs."""

import pytest
from django.utils import translation

from ledger import api as ledger
from portal.accounts.roles import Role
from portal.balance.models import Holding
from portal.input.once import Once
from portal.pledges.models import Pledge
from portal.stages import engine
from portal.stages.engine import MoveRefused, NotYours
from portal.warehouse.models import Allocation, Arrival, ArrivalLine, Lot, Warehouse
from portal.warehouse.stages import (
    AllocationCancelled,
    CancelReason,
    Counted,
    CountedLine,
    CountReason,
)
from tests.factories.catalogue import MASK, SURGICAL
from tests.factories.clock import AT
from tests.factories.needs import create_need
from tests.factories.people import actor_of
from tests.factories.pledges import create_pledge, donor_of
from tests.factories.warehouse import (
    allocated,
    announced,
    count_note,
    create_allocation,
    create_arrival,
    create_warehouse,
    keeper_of,
    lot_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def house():
    return create_warehouse()


def held(gift):
    """What every place but the donor's and `found` holds of a gift, by the place's name."""
    rows = Holding.objects.filter(gift=gift.code, amount__gt=0).order_by("place")
    return {row.place.partition(":")[0]: row.amount for row in rows}


def announce(pledge, house, quantities, *, actor=None):
    facts = announced(house, quantities)
    actor = actor or donor_of(pledge)
    return engine.begin(Arrival, "announce", actor=actor, facts=facts, at=AT, pledge=pledge)


def count(arrival, *lines, actor=None):
    facts = Counted(lines=tuple(lines))
    actor = actor or keeper_of(arrival.warehouse)
    return engine.advance(Arrival, arrival.code, "count", actor=actor, facts=facts, at=AT)


def cancel(allocation, *, role=Role.COORDINATOR):
    facts = AllocationCancelled(reason=CancelReason.MISTAKE)
    actor = actor_of(role, org=allocation.org)
    return engine.advance(Allocation, allocation.code, "cancel", actor=actor, facts=facts, at=AT)


def asked(quantity=1000, *, kind="exact", key=MASK):
    return create_need(lines=[(key, kind, quantity)]).lines.select_related("need").get()


# announcing


def test_an_announced_gift_is_on_the_way_in_a_lot_for_each_line(house):
    pledge = create_pledge(lines=((MASK, 100), (SURGICAL, 50)))

    arrival = announce(pledge, house, {1: 60, 2: 0})

    pledge.refresh_from_db()
    lots = Lot.objects.values_list("pledge__code", "variant__key", "arrivalline__announced")
    assert (arrival.stage, pledge.stage, held(pledge)) == (
        "announced",
        "dispatched",
        {"inbound": 60},
    )
    assert list(lots) == [(pledge.code, MASK, 60)]


def test_a_gift_is_sent_in_several_consignments(house):
    pledge = create_pledge(lines=((MASK, 100),))
    announce(pledge, house, {1: 60})
    announce(pledge, create_warehouse(), {1: 40})

    assert pledge.lines.get().sent == 100
    assert (
        sum(Holding.objects.filter(place__startswith="inbound").values_list("amount", flat=True))
        == 100
    )


def test_more_than_was_promised_cannot_be_announced(house):
    pledge = create_pledge(lines=((MASK, 100),))
    announce(pledge, house, {1: 60})

    with pytest.raises(MoveRefused, match="Please send at most 40"):
        announce(pledge, house, {1: 41})

    assert (Arrival.objects.count(), Lot.objects.count(), held(pledge)) == (1, 1, {"inbound": 60})


def test_a_line_named_twice_counts_twice(house):
    pledge = create_pledge(lines=((MASK, 100),))
    facts = announced(house, {1: 60})
    twice = type(facts)(
        warehouse=facts.warehouse, carrier=facts.carrier, lines=facts.lines + facts.lines
    )

    with pytest.raises(MoveRefused, match="at most 40"):
        engine.begin(Arrival, "announce", actor=donor_of(pledge), facts=twice, at=AT, pledge=pledge)


@pytest.mark.parametrize(
    ("quantities", "sentence"),
    [({1: 0}, "how much was sent"), ({}, "how much was sent"), ({9: 1}, "has no line 9")],
)
def test_an_empty_or_unknown_announcement_is_refused(house, quantities, sentence):
    with pytest.raises(MoveRefused, match=sentence):
        announce(create_pledge(), house, quantities)


@pytest.mark.parametrize("stage", ["registered", "declined", "withdrawn"])
def test_a_gift_that_is_not_accepted_cannot_be_sent(house, stage):
    with pytest.raises(MoveRefused, match="cannot be sent now"):
        announce(create_pledge(stage=stage), house, {1: 1})


def test_a_closed_warehouse_takes_nothing_in(house):
    coordinator = actor_of(Role.COORDINATOR, org=house.org.code)
    engine.advance(Warehouse, house.code, "close", actor=coordinator, at=AT)

    with pytest.raises(MoveRefused, match="takes nothing in"):
        announce(create_pledge(), house, {1: 1})


def test_nobody_announces_the_gift_of_another(house):
    with pytest.raises(NotYours):
        announce(create_pledge(), house, {1: 1}, actor=donor_of(create_pledge()))


# counting


def test_what_is_counted_good_is_in_stock_and_the_gift_received(house):
    arrival = create_arrival(warehouse=house)
    lot = lot_of(arrival)

    assert (arrival.stage, held(arrival.pledge)) == ("stocked", {"stock": 1000})
    assert (lot.warehouse, Pledge.objects.get().stage) == (house, "received")


@pytest.mark.parametrize(
    ("accepted", "rejected", "books", "line"),
    [
        (990, 0, {"stock": 990, "lost": 10}, (990, 0, 10, 0)),
        (900, 60, {"stock": 900, "rejected": 60, "lost": 40}, (900, 60, 40, 0)),
        (1010, 0, {"stock": 1010}, (1010, 0, 0, 10)),
        (1000, 15, {"stock": 1000, "rejected": 15}, (1000, 15, 0, 15)),
        (0, 1200, {"rejected": 1200}, (0, 1200, 0, 200)),
        (0, 0, {"lost": 1000}, (0, 0, 1000, 0)),
    ],
)
def test_missing_and_surplus_follow_from_the_count(house, accepted, rejected, books, line):
    arrival = create_arrival(
        warehouse=house, accepted=accepted, rejected=rejected, reason=CountReason.DAMAGED
    )

    row = ArrivalLine.objects.values_list("accepted", "rejected", "missing", "surplus").get()
    assert (held(arrival.pledge), row) == (books, line)


@pytest.mark.parametrize(
    "differs", [{"accepted": 999}, {"accepted": 1001}, {"accepted": 990, "rejected": 10}]
)
def test_what_differs_needs_a_reason(house, differs):
    arrival = create_arrival(stage="announced", warehouse=house)

    with pytest.raises(MoveRefused, match=r"1000 were announced.*Please give the reason"):
        count(arrival, CountedLine(line=1, **differs))

    assert held(arrival.pledge) == {"inbound": 1000}


def test_every_line_is_counted_exactly_once(house):
    pledge = create_pledge(lines=((MASK, 10), (SURGICAL, 20)))
    arrival = announce(pledge, house, {1: 10, 2: 20})
    first, second = CountedLine(line=1, accepted=10), CountedLine(line=2, accepted=20)

    for wrong in [(first,), (first, first), (first, second, second), ()]:
        with pytest.raises(MoveRefused, match="counted exactly once"):
            count(arrival, *wrong)

    assert count(arrival, second, first).stage == "counted"


def test_nothing_is_counted_twice(house):
    arrival = create_arrival(warehouse=house)

    with pytest.raises(MoveRefused, match="already “In stock”"):
        count(arrival, CountedLine(line=1, accepted=1000))

    assert held(arrival.pledge) == {"stock": 1000}


def test_only_the_warehouse_itself_counts(house):
    arrival = create_arrival(stage="announced", warehouse=house)

    with pytest.raises(NotYours):
        count(arrival, CountedLine(line=1, accepted=1000), actor=keeper_of(create_warehouse()))


def test_the_goods_in_note_is_open_and_stands_before_what_follows_from_it(house, seal):
    arrival = create_arrival(warehouse=house, accepted=980, rejected=10, reason=CountReason.DAMAGED)
    lot = lot_of(arrival)
    seal()

    entries = [entry.body for entry in ledger.entries()]
    types = [body["type"] for body in entries]
    note = next(body for body in entries if body["type"] == "arrival.count")
    assert note["data"]["result"] == [
        {
            "line": 1,
            "lot": lot.code,
            "announced": 1000,
            "accepted": 980,
            "rejected": 10,
            "missing": 10,
            "surplus": 0,
        }
    ]
    assert {code for code, _no in note["cases"]} >= {arrival.pledge.code, lot.code, house.code}
    assert types[-4:] == ["arrival.count", "pledge.receive", "arrival.inspect", "arrival.take"]


def test_a_gift_of_which_nothing_is_left_is_accounted_for(house):
    create_arrival(warehouse=house, accepted=0, rejected=900, reason=CountReason.EXPIRED)

    assert Pledge.objects.get().stage == "fulfilled"


# allocating


def test_the_four_thousand_that_nobody_gave_out_stay_in_stock(house):
    """36,000 in, 16,000 and 16,000 out: the rest is there to be seen (R1)."""
    arrival = create_arrival(pledge=create_pledge(lines=((MASK, 36_000),)), warehouse=house)
    lot = lot_of(arrival)
    for line in (asked(16_000), asked(16_000)):
        create_allocation(line, (lot, 16_000))

    assert Holding.objects.get(place=f"stock:{house.code}").amount == 4_000
    with pytest.raises(MoveRefused, match="4000 of gift .* 4001 were asked for"):
        create_allocation(asked(4_001), (lot, 4_001))


def test_the_corrected_eighteen_and_eighteen_leave_nothing(house):
    lot = lot_of(create_arrival(pledge=create_pledge(lines=((MASK, 36_000),)), warehouse=house))
    create_allocation(asked(18_000), (lot, 18_000))

    with pytest.raises(MoveRefused, match="18000 of gift .* 20001 were asked for"):
        create_allocation(asked(20_001), (lot, 20_001))
    create_allocation(asked(18_000), (lot, 18_000))

    assert Holding.objects.get(place=f"stock:{house.code}").amount == 0


def test_the_last_hundred_go_out_once(house):
    lot = lot_of(create_arrival(pledge=create_pledge(lines=((MASK, 100),)), warehouse=house))
    create_allocation(asked(100), (lot, 100))

    with pytest.raises(MoveRefused, match="Not enough: 0 of gift .* 100 were asked for"):
        create_allocation(asked(100), (lot, 100))


def test_one_parcel_is_not_counted_for_two_needs(house):
    lot = lot_of(create_arrival(pledge=create_pledge(lines=((MASK, 100),)), warehouse=house))

    with pytest.raises(MoveRefused, match="40 of gift"):
        create_allocation(asked(200), (lot, 60), (lot, 60))

    assert (Allocation.objects.count(), asked().allocated) == (0, 0)


def test_an_exact_line_is_not_allocated_beyond_what_it_asks(house):
    lot, line = lot_of(create_arrival(warehouse=house)), asked(500)
    create_allocation(line, (lot, 300))

    with pytest.raises(MoveRefused, match=r"asks for 500 and 300 are allocated.*at most 200"):
        create_allocation(line, (lot, 201))

    line.refresh_from_db()
    assert line.allocated == 300


@pytest.mark.parametrize(("kind", "quantity"), [("estimated", 10), ("unlimited", None)])
def test_a_line_that_is_not_exact_takes_more(house, kind, quantity):
    lot = lot_of(create_arrival(warehouse=house))

    assert create_allocation(asked(quantity, kind=kind), (lot, 300)).stage == "published"


def test_another_item_than_asked_for_is_refused(house):
    lot = lot_of(create_arrival(warehouse=house))

    with pytest.raises(MoveRefused, match="another item"):
        create_allocation(asked(key=SURGICAL), (lot, 1))


def test_a_need_that_is_not_open_gets_nothing(house):
    lot = lot_of(create_arrival(warehouse=house))
    closed = create_need(stage="withdrawn").lines.get()

    with pytest.raises(MoveRefused, match="nothing can be allocated"):
        create_allocation(closed, (lot, 1))


def test_lots_of_one_warehouse_only(house):
    first = lot_of(create_arrival(warehouse=house))
    second = lot_of(create_arrival(warehouse=create_warehouse(org=house.org)))

    with pytest.raises(MoveRefused, match="several warehouses"):
        create_allocation(asked(), (first, 1), (second, 1))


def test_stock_of_another_organisation_is_not_given_out(house):
    lot = lot_of(create_arrival(warehouse=house))

    with pytest.raises(MoveRefused, match="another organisation"):
        create_allocation(asked(), (lot, 1), actor=keeper_of(create_warehouse()))


def test_what_is_not_counted_in_is_not_in_stock(house):
    lot = lot_of(create_arrival(stage="announced", warehouse=house))

    with pytest.raises(MoveRefused, match="no lot .* in stock"):
        create_allocation(asked(), (lot, 1), actor=keeper_of(house))


@pytest.mark.parametrize("wrong", ["", "N-2222222222/1", "/", "N-2222222222/٣", "nonsense"])
def test_an_unknown_need_line_is_refused(house, wrong):
    lot = lot_of(create_arrival(warehouse=house))
    facts = allocated(asked(), (lot, 1))
    facts = type(facts)(need_line=wrong, lots=facts.lots, reason=facts.reason)

    with pytest.raises(MoveRefused, match="no such need line"):
        engine.begin(
            Allocation,
            "publish",
            actor=keeper_of(house),
            facts=facts,
            at=AT,
            org=house.org.code,
        )


def test_a_cancelled_allocation_is_back_in_stock_and_open_for_others(house):
    lot, line = lot_of(create_arrival(warehouse=house)), asked(500)
    allocation = create_allocation(line, (lot, 300), (lot, 200))

    cancel(allocation)

    line.refresh_from_db()
    assert (line.allocated, held(lot.pledge)) == (0, {"stock": 1000})
    create_allocation(line, (lot, 500))


def test_the_warehouse_does_not_cancel(house):
    lot = lot_of(create_arrival(warehouse=house))
    allocation = create_allocation(asked(), (lot, 300))

    with pytest.raises(NotYours):
        cancel(allocation, role=Role.WAREHOUSE)


def test_an_allocation_stands_on_the_pages_of_gift_need_and_hospital(house, seal):
    lot, line = lot_of(create_arrival(warehouse=house)), asked()
    allocation = create_allocation(line, (lot, 300))
    cancel(allocation)
    seal()

    wanted = {lot.pledge.code, line.need.code, line.need.hospital.code, house.code, lot.code}
    about = [
        {code for code, _no in entry.body["cases"]} >= wanted
        for entry in ledger.entries()
        if entry.body["case"] == allocation.code
    ]
    assert about == [True, True]


def test_a_form_sent_twice_is_stored_once(house):
    lot, line = lot_of(create_arrival(warehouse=house)), asked()
    sending = Once(
        key="4c9c3b43-8d2e-4f58-9c3c-7d9a3f5b1e11", action="publish", who="person:7", digest="1"
    )

    first = create_allocation(line, (lot, 300), once=sending)
    again = create_allocation(line, (lot, 300), once=sending)

    line.refresh_from_db()
    assert (first.code, line.allocated) == (again.code, 300)


def test_a_note_with_a_batch_keeps_it(house):
    arrival = create_arrival(stage="announced", warehouse=house)
    note = count_note(arrival, batch="A1", accepted=1000)
    engine.advance(Arrival, arrival.code, "count", actor=keeper_of(house), facts=note, at=AT)

    assert lot_of(arrival).batch == "A1"
