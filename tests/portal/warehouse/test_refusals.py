"""What the forms of the warehouse do not offer is refused too: whoever sends it gets a sentence."""

from datetime import timedelta

import pytest

from portal.accounts.roles import Role
from portal.pledges.models import Pledge
from portal.stages import engine
from portal.stages.engine import MoveRefused
from portal.warehouse import commands, stock_recall
from portal.warehouse.models import Allocation, Arrival
from portal.warehouse.stages import (
    Announced,
    AnnouncedLine,
    Approved,
    Carrier,
    ColdLogged,
    Corrected,
    Counted,
    CountedBatch,
    CountedLine,
    ExceptionReason,
    Inspected,
    Misread,
)
from portal.warehouse.stock_facts import CameOver, WriteOff
from portal.warehouse.waybills import with_warning
from tests.factories.catalogue import MASK, load_catalogue
from tests.factories.clock import AT
from tests.factories.evidence import show
from tests.factories.needs import create_need
from tests.factories.organisations import create_hospital
from tests.factories.people import actor_of
from tests.factories.pledges import create_pledge, donor_of
from tests.factories.stock import NOTE, OUT, ask, create_lot, move, recall
from tests.factories.warehouse import (
    announced,
    create_allocation,
    create_arrival,
    create_warehouse,
    keeper_of,
    lot_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
NONE = "W-2222222222"


def staff(arrival, role=Role.QUALITY, **who):
    return actor_of(role, org=arrival.warehouse.org.code, **who)


def announce(*, warehouse="", quantity=1, lines=((MASK, 1000),), carrier=Carrier.SF, **said):
    pledge = create_pledge(lines=lines)
    house = warehouse or create_warehouse().code
    rows = tuple(AnnouncedLine(line=no, quantity=quantity) for no, _l in enumerate(lines, start=1))
    facts = Announced(warehouse=house, carrier=carrier, lines=rows, **said)
    return engine.begin(
        Arrival, "announce", actor=donor_of(pledge), facts=facts, at=AT, pledge=pledge
    )


def count(arrival, *, batches=(), **said):
    note = Counted(lines=(CountedLine(line=1, **said),), batches=tuple(batches))
    keeper = keeper_of(arrival.warehouse)
    return engine.advance(Arrival, arrival.code, "count", actor=keeper, facts=note, at=AT)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"warehouse": NONE}, "no such warehouse"),
        ({"quantity": 0}, "how much was sent"),
        ({"consignee": "U-2222222222"}, "no such hospital"),
        ({"carrier": Carrier.EMS, "waybill": "RB123456784GB"}, "check digit"),
        ({"waybill": "1" * 61}, "too long"),
    ],
)
def test_r08_a_consignment_goes_to_a_known_warehouse_or_hospital_and_holds_something(
    said, sentence
):
    with pytest.raises(MoveRefused, match=sentence):
        announce(**said)


def test_a_waybill_to_the_warehouse_is_kept_without_blanks_and_an_odd_one_is_marked():
    assert announce(waybill="sf 1234-5678 90123").waybill == "SF1234567890123"
    odd = announce(waybill="SF1")
    assert odd.waybill == "SF1"
    assert with_warning(odd.waybill, odd.carrier).startswith("SF1 — ")


def test_a_consignment_of_too_many_lines_is_entered_as_several(monkeypatch):
    monkeypatch.setattr(commands, "MOST_LINES", 1)

    with pytest.raises(MoveRefused, match="At most 1 lines fit"):
        announce(lines=((MASK, 10), (MASK, 20)))


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"accepted": 1000, "batches": [CountedBatch(line=7, accepted=1)]}, "no line 7"),
        ({"accepted": 0, "later": 1000}, "nothing to count"),
    ],
)
def test_r04_a_note_counts_the_lines_that_there_are_and_something_of_them(said, sentence):
    with pytest.raises(MoveRefused, match=sentence):
        count(create_arrival(stage="announced"), **said)


def test_r04_every_lot_is_inspected_and_no_other():
    arrival = create_arrival(stage="counted")

    with pytest.raises(MoveRefused, match="inspected exactly once"):
        engine.advance(
            *(Arrival, arrival.code, "inspect"),
            actor=staff(arrival), facts=Inspected(lines=()), at=AT,
        )  # fmt: skip


def test_a_log_that_nobody_sent_is_not_sealed():
    arrival = create_arrival(stage="counted")
    numbers = ("readings", "lowest", "highest", "floor", "ceiling")
    facts = ColdLogged(
        lot=lot_of(arrival).code, digest="0" * 64, began=AT, ended=AT + timedelta(hours=1),
        minutes_outside=0, longest_gap=0, **dict.fromkeys(numbers, 1),
    )  # fmt: skip

    with pytest.raises(MoveRefused, match="no such log"):
        engine.advance(
            Arrival,
            arrival.code,
            "log_cold",
            actor=keeper_of(arrival.warehouse),
            facts=facts,
            at=AT,
        )


@pytest.mark.parametrize("wrong", ["line", "asked"])
def test_r02_only_a_lot_that_is_there_and_that_nobody_decides_on_is_corrected(wrong):
    load_catalogue(only=("medical-respirator", "particulate-respirator"))
    arrival = create_arrival()
    quality = staff(arrival, person=55)
    show(arrival.code, by=quality)
    if wrong == "asked":
        ask(lot_of(arrival), "sale")
    line, sentence = {"line": (9, "no such lot"), "asked": (1, "decide that first")}[wrong]
    facts = Corrected(line=line, variant="mask.gb2626-2006", reason=Misread.LABEL, note=NOTE)

    with pytest.raises(MoveRefused, match=sentence):
        engine.advance(Arrival, arrival.code, "correct", actor=quality, facts=facts, at=AT)


def test_r03_an_exception_is_approved_with_a_reason_in_words():
    line = create_need(hospital=create_hospital(designated=False)).lines.get()
    lot = create_lot()
    why = {"exception": ExceptionReason.REFERRED, "note": NOTE}
    allocation = create_allocation(line, (lot, 10), **why)
    second = actor_of(Role.COORDINATOR, org=allocation.org, person=91)

    with pytest.raises(MoveRefused, match="reason in words"):
        engine.advance(
            Allocation, allocation.code, "approve", actor=second, facts=Approved(note=" "), at=AT
        )


@pytest.mark.parametrize("what", sorted({*OUT} - {"issue"}))
def test_r12_what_leaves_for_good_needs_a_reason_in_words(what):
    with pytest.raises(MoveRefused, match="reason in words"):
        ask(create_lot(), what, note="  ")


def test_what_is_not_recalled_is_not_written_off_as_recalled():
    with pytest.raises(MoveRefused, match="is not recalled"):
        ask(create_lot(), "write_off", reason=WriteOff.RECALLED)


def test_what_nobody_sent_is_not_received_from_another_warehouse():
    lot = create_lot()
    recall(lot)

    with pytest.raises(MoveRefused, match="is on the way"):
        move(lot, "receive", CameOver(accepted=1), role=Role.WAREHOUSE)


def test_a_batch_of_too_many_lots_is_recalled_one_by_one(monkeypatch):
    monkeypatch.setattr(stock_recall, "MOST_LOTS", 1)
    lot = create_lot(batch="B-1")
    for _again in "12":
        create_lot(house=lot.warehouse, batch="B-1")

    with pytest.raises(MoveRefused, match="More than 1 lots"):
        recall(lot)
    recall(lot, whole_batch=False)


def test_a_consignment_to_a_warehouse_that_is_closed_is_refused():
    house = create_warehouse()
    coordinator = actor_of(Role.COORDINATOR, org=house.org.code)
    engine.advance(type(house), house.code, "close", actor=coordinator, at=AT)
    pledge = create_pledge()

    with pytest.raises(MoveRefused, match="takes nothing in"):
        engine.begin(
            *(Arrival, "announce"),
            actor=donor_of(pledge), facts=announced(house, {1: 1}), at=AT, pledge=pledge,
        )  # fmt: skip
    assert Pledge.objects.get(pk=pledge.pk).stage == "accepted"
