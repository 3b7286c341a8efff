"""The life of a lot after goods-in: counted by two, held, recalled, taken out, moved."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from portal.accounts.roles import Role
from portal.balance.checking import differences
from portal.balance.models import Holding
from portal.notices import boxes
from portal.notices import commands as notices
from portal.notices.models import Notice
from portal.oversight.invariants import broken
from portal.pledges.models import Pledge
from portal.stages.engine import MoveRefused, NotYours
from portal.warehouse.commands import tick
from portal.warehouse.models import Lot, RecallAnswer
from portal.warehouse.stages import OutOfTurn
from portal.warehouse.stock_facts import (
    ArrivedReason,
    CameOver,
    Declined,
    Freed,
    FreeReason,
    MoveReason,
    RecallAnswered,
    RecallLifted,
    SentOver,
    Shelved,
    StockCounted,
    StockReason,
    StockRecounted,
    WriteOff,
)
from portal.warehouse.stock_recall import recalled_at
from tests.factories.clock import AT, later
from tests.factories.needs import create_need
from tests.factories.people import actor_of
from tests.factories.receipts import create_receipt
from tests.factories.shipping import OWN, create_release, create_shipment, line_of, move_on, pack
from tests.factories.stock import OUT, SALE, agree, ask, create_lot, held, hold, move, recall
from tests.factories.warehouse import (
    create_allocation,
    create_arrival,
    create_warehouse,
    lot_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
TODAY = timezone.localdate(AT)
SOON, LATER = TODAY + timedelta(days=60), TODAY + timedelta(days=600)
SECOND = 77


@pytest.fixture
def house():
    return create_warehouse()


@pytest.fixture
def lot(house):
    return create_lot(house=house, batch="B-1", expiry=LATER)


def count(lot, n, *, name="count", reason=StockReason.NONE, person=None):
    facts = {"count": StockCounted, "recount": StockRecounted}[name](counted=n, reason=reason)
    return move(lot, name, facts, role=Role.WAREHOUSE, person=person)


def everything_adds_up():
    assert not broken()
    assert not differences()


@pytest.mark.parametrize("what", OUT)
def test_r01_what_leaves_stock_for_good_stands_in_the_books(lot, what):
    ask(lot, what)
    assert held(lot) == {"stock": 1000}  # asking moves nothing

    lot = agree(lot, what)

    assert held(lot) == {"stock": 900, OUT[what][3]: 100}
    assert (lot.stage, lot.asked) == ("kept", {})
    everything_adds_up()


@pytest.mark.parametrize("what", OUT)
def test_nobody_takes_goods_out_alone(lot, what):
    ask(lot, what, role=Role.COORDINATOR)

    with pytest.raises(MoveRefused, match="already signed an earlier step"):
        agree(lot, what)

    assert held(lot) == {"stock": 1000}


@pytest.mark.parametrize("other", [{"quantity": 101}, {"price": 1}])
def test_r12_a_sale_is_agreed_to_exactly_as_it_was_asked(lot, other):
    ask(lot, "sale")

    with pytest.raises(MoveRefused, match="not what was asked for"):
        agree(lot, "sale", **other)


def test_r12_the_sale_of_a_lot_is_sealed_with_buyer_class_price_and_reason(lot, sealed):
    ask(lot, "sale")
    agree(lot, "sale")

    entry = sealed()[-1].body
    assert entry["type"] == "lot.sell"
    assert {name: entry["data"][name] for name in SALE} == {
        "quantity": 100,
        "buyer": "shop",
        "price": 123450,
        "reason": "keeping",
    }
    assert entry["data"]["proceeds"] == "to_be_booked"
    (posting,) = entry["data"]["postings"]
    assert (posting["amount"], posting["to"]) == (100, f"sold:{lot.warehouse.code}")
    assert {lot.code, lot.pledge.code, lot.warehouse.code} <= {c for c, _n in entry["cases"]}


def test_r12_only_what_is_free_can_be_sold(lot):
    hold(lot)

    with pytest.raises(MoveRefused, match="already “Held back”"):
        ask(lot, "sale")


def test_a_gift_that_is_sold_to_the_last_piece_is_fulfilled(lot):
    ask(lot, "sale", quantity=1000)
    agree(lot, "sale", quantity=1000)

    assert Pledge.objects.get(code=lot.pledge.code).stage == "fulfilled"


def test_what_is_declined_stays(lot):
    ask(lot, "return")

    lot = move(lot, "decline", Declined())

    assert (lot.stage, lot.asked_by, held(lot)) == ("kept", None, {"stock": 1000})


def test_more_than_is_free_cannot_be_asked_for(lot):
    create_allocation(create_need().lines.get(), (lot, 950))

    with pytest.raises(MoveRefused, match="Only 50 of lot"):
        ask(lot, "return")


def test_a_lot_of_which_some_is_asked_for_can_still_be_given_out(lot):
    ask(lot, "sale")

    create_allocation(create_need().lines.get(), (lot, 900))

    assert held(agree(lot, "sale")) == {"sold": 100, "reserved": 900}


# counting


def test_a_count_that_agrees_is_sealed_as_such(lot, sealed):
    create_allocation(create_need().lines.get(), (lot, 300))

    assert count(lot, 1000).stage == "kept"  # what is set aside lies there too

    assert sealed()[-1].body["data"]["expected"] == 1000


@pytest.mark.parametrize(
    ("counted", "there"), [(990, {"stock": 990, "lost": 10}), (1007, {"stock": 1007})]
)
def test_r01_a_difference_is_booked_when_a_second_person_counts_the_same(lot, counted, there):
    assert count(lot, counted, reason=StockReason.UNEXPLAINED).stage == "differs"
    assert held(lot) == {"stock": 1000}
    with pytest.raises(MoveRefused, match="already signed"):
        count(lot, counted, name="recount", reason=StockReason.UNEXPLAINED)

    lot = count(lot, counted, name="recount", reason=StockReason.UNEXPLAINED, person=SECOND)

    assert (lot.stage, held(lot)) == ("kept", there)
    everything_adds_up()


def test_a_difference_needs_its_reason(lot):
    with pytest.raises(MoveRefused, match="990 were counted, the books say 1000"):
        count(lot, 990)


def test_what_is_set_aside_is_not_counted_away(lot):
    create_allocation(create_need().lines.get(), (lot, 995))
    count(lot, 900, reason=StockReason.UNEXPLAINED)

    with pytest.raises(MoveRefused, match="100 are missing, but only 5 of lot"):
        count(lot, 900, name="recount", reason=StockReason.UNEXPLAINED, person=SECOND)


# held, recalled, past its date


@pytest.mark.parametrize("stop", [hold, recall, lambda lot: count(lot, 1, reason="misplaced")])
def test_a_stopped_lot_is_neither_allocated_nor_released_nor_packed_nor_sent(house, lot, stop):
    lines = [line_of(quantity=100) for _ in range(3)]
    allocations = [create_allocation(line, (lot, 100)) for line in lines]
    releases = [create_release(allocation) for allocation in allocations[1:]]
    shipment = pack(releases[1])

    stop(lot)

    for attempt in (
        lambda: create_allocation(line_of(), (lot, 1)),
        lambda: create_release(allocations[0]),
        lambda: pack(releases[0]),
        lambda: move_on(shipment, "dispatch", OWN),
    ):
        with pytest.raises(MoveRefused, match=f"Lot {lot.code} is “"):
            attempt()
    everything_adds_up()


def test_what_is_given_free_again_goes_on(lot):
    hold(lot)

    move(lot, "free", Freed(reason=FreeReason.TESTED), role=Role.QUALITY)

    create_allocation(create_need().lines.get(), (lot, 10))


def test_put_away_is_known_inside_only(lot, sealed):
    before = len(sealed())

    lot = move(lot, "put_away", Shelved(bin="A-03"), role=Role.WAREHOUSE)

    assert (lot.bin, lot.stage, len(sealed())) == ("A-03", "kept", before)


def test_an_expired_lot_leaves_only_as_loss(house, sealed):
    lot = create_lot(house=house, expiry=TODAY + timedelta(days=1))
    past = later(days=2)

    assert tick(at=past) >= 1

    lot = Lot.objects.get(pk=lot.pk)
    assert lot.stage == "expired"
    assert "lot.expire" in {entry.body["type"] for entry in sealed()}
    for what in ("sale", "issue", "return"):
        with pytest.raises(MoveRefused, match="already “Past its date”"):
            ask(lot, what, at=past)
    with pytest.raises(MoveRefused, match="please choose “Past its expiry date”"):
        ask(lot, "write_off", at=past)
    gone = {"reason": WriteOff.EXPIRED, "quantity": 1000}
    ask(lot, "write_off", at=past, **gone)
    assert held(agree(lot, "write_off", at=past, **gone)) == {"expired": 1000}
    assert tick(at=past) == 0
    everything_adds_up()


def test_what_is_in_date_is_not_written_off_as_expired(lot):
    with pytest.raises(MoveRefused, match="is not past its date"):
        ask(lot, "write_off", reason=WriteOff.EXPIRED)


def test_a_recall_freezes_the_batch_and_names_every_holder(house, lot, sealed):
    same = create_lot(house=house, batch="B-1", expiry=LATER)
    other = create_lot(house=house, batch="B-2", expiry=LATER)
    line = line_of(quantity=200)
    shipment = create_shipment((line, lot, 200), stage="in_transit")

    recall(lot)

    stages = {each.code: each.stage for each in Lot.objects.all()}
    assert [stages[each.code] for each in (lot, same, other)] == ["recalled", "recalled", "kept"]
    told = next(e.body for e in sealed() if e.body["case"] == lot.code)
    assert told["data"]["holders"] == [
        {"place": "stock", "owner": house.code, "quantity": 800},
        {"place": "transit", "owner": shipment.code, "quantity": 200},
    ]
    assert shipment.code in {code for code, _n in told["cases"]}
    everything_adds_up()


def test_a_recall_is_told_to_the_hospital_to_which_some_is_on_the_way(house, lot):
    there = create_shipment((line_of(quantity=200), lot, 200), stage="in_transit")
    packed = create_shipment((line_of(quantity=100), lot, 100), stage="packed")
    for shipment in (there, packed):
        notices.follow(shipment.hospital.code, to="ward@hospital.example", at=AT)

    recall(lot)

    told = Notice.objects.filter(key__startswith="recall:")
    assert [row.code for row in told] == [there.hospital.code], "what is packed does not leave"
    text = boxes.open_(told.get().box, code=there.hospital.code)
    assert "is on its way to you" in text
    assert "which you confirmed" not in text


def test_a_hospital_sees_the_recall_and_says_what_it_still_has(house, lot):
    shipment = create_shipment((line_of(quantity=200), lot, 200), stage="delivered")
    create_receipt(shipment=shipment)
    hospital = shipment.hospital.code
    actor = actor_of(Role.HOSPITAL, org=hospital)
    notices.follow(hospital, to="ward@hospital.example", at=AT)
    recall(lot)
    assert list(recalled_at([hospital])) == [lot]
    told = Notice.objects.filter(key__startswith="recall:")
    assert list(told.values_list("code", "about", "asks")) == [(hospital, lot.code, True)]

    with pytest.raises(MoveRefused, match="You confirmed 200 of lot"):
        move(lot, "answer", RecallAnswered(aside=150, used=51), actor=actor)
    move(lot, "answer", RecallAnswered(aside=150, used=50), actor=actor)
    move(lot, "answer", RecallAnswered(aside=140, used=60), actor=actor)

    answer = RecallAnswer.objects.get()
    assert (answer.hospital, answer.aside, answer.used) == (hospital, 140, 60)
    other = replace(actor, org="U-5RD6V9KME4")
    with pytest.raises(NotYours):
        move(lot, "answer", RecallAnswered(aside=0, used=0), actor=other)
    move(lot, "lift", RecallLifted(reason=FreeReason.TESTED), role=Role.QUALITY)
    assert not recalled_at([hospital])


# moved


def send(lot, other, quantity, **who):
    facts = SentOver(warehouse=other.code, quantity=quantity, reason=MoveReason.SPACE)
    return move(lot, "send", facts, role=Role.WAREHOUSE, **who)


def receive(lot, *, accepted, damaged=0, reason=ArrivedReason.NONE, person=SECOND):
    facts = CameOver(accepted=accepted, damaged=damaged, reason=reason)
    return move(lot, "receive", facts, role=Role.WAREHOUSE, person=person)


def test_r01_part_of_a_lot_moves_as_a_lot_of_its_own_and_nothing_vanishes(house, lot):
    other = create_warehouse(org=house.org, name="示例分仓")

    lot = send(lot, other, 300)

    part = Lot.objects.get(origin=lot)
    assert (lot.stage, held(lot)) == ("kept", {"stock": 700})
    assert (part.stage, held(part)) == ("moving", {"transit": 300})
    with pytest.raises(MoveRefused, match="already signed"):
        receive(part, accepted=300, person=actor_of(Role.WAREHOUSE).person_id)
    with pytest.raises(MoveRefused, match="300 were sent"):
        receive(part, accepted=290)
    part = receive(part, accepted=290, damaged=4, reason=ArrivedReason.DAMAGED)
    assert held(part) == {"stock": 290, "damaged": 4, "lost": 6}
    assert (part.warehouse, part.batch, part.expiry) == (other, lot.batch, lot.expiry)
    everything_adds_up()


def test_a_whole_lot_keeps_its_code_on_the_way(house, lot):
    other = create_warehouse(org=house.org, name="示例分仓")

    send(lot, other, 1000)
    lot = receive(lot, accepted=1000)

    assert (lot.warehouse, lot.stage, held(lot)) == (other, "kept", {"stock": 1000})
    create_allocation(create_need().lines.get(), (lot_of_code(lot), 5))


def lot_of_code(lot):
    return Lot.objects.select_related("warehouse__org", "variant", "pledge").get(pk=lot.pk)


def test_a_lot_of_which_some_may_come_back_is_parted_even_if_all_that_is_left_moves(house, lot):
    other = create_warehouse(org=house.org, name="示例分仓")
    create_shipment((line_of(quantity=200), lot, 200), stage="in_transit")

    lot = send(lot, other, 800)

    assert (lot.stage, lot.warehouse, held(lot)) == ("kept", house, {"transit": 200})
    assert held(Lot.objects.get(origin=lot)) == {"transit": 800}
    everything_adds_up()


def test_goods_go_only_to_a_warehouse_of_the_same_organisation(house, lot):
    with pytest.raises(MoveRefused, match="another open warehouse of the same organisation"):
        send(lot, house, 10)


def test_what_is_recalled_on_its_way_is_counted_in_and_stays_recalled(house, lot):
    other = create_warehouse(org=house.org, name="示例分仓")
    send(lot, other, 1000)
    recall(lot)

    lot = receive(lot, accepted=1000)

    assert (lot.stage, held(lot)) == ("recalled", {"stock": 1000})


# first what expires first


def test_a_later_lot_goes_first_only_with_a_reason(house):
    late, soon = create_lot(house=house, expiry=LATER), create_lot(house=house, expiry=SOON)
    line = create_need().lines.get()

    with pytest.raises(MoveRefused, match=f"Lot {soon.code} expires sooner"):
        create_allocation(line, (late, 10))
    create_allocation(line, (late, 10), out_of_turn=OutOfTurn.SAME_BATCH)
    create_allocation(line, (soon, 10))


def test_what_is_taken_whole_or_stopped_does_not_stand_in_the_way(house):
    late, soon = create_lot(house=house, expiry=LATER), create_lot(house=house, expiry=SOON)
    line = line_of(quantity=3000)

    create_allocation(line, (soon, 1000), (late, 10))
    third = create_lot(house=house, expiry=SOON)
    hold(third)
    create_allocation(line, (late, 10))


def test_an_announced_lot_is_in_no_stock(house):
    lot = lot_of(create_arrival(stage="announced", warehouse=house))

    assert (lot.stage, Holding.objects.filter(place__startswith="stock").count()) == ("coming", 0)
