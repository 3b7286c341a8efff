"""The goods-in note: several batches of a line, serial numbers, packs that differ from what was
announced."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.roles import Role
from portal.oversight.invariants import broken
from portal.stages import engine
from portal.stages.engine import MoveRefused
from portal.warehouse.models import Arrival, Lot, Serial
from portal.warehouse.stages import (
    Announced,
    AnnouncedLine,
    Carrier,
    Counted,
    CountedBatch,
    CountedLine,
    CountReason,
    Recounted,
)
from tests.factories.catalogue import MASK, load_catalogue
from tests.factories.clock import AT
from tests.factories.people import signed_in
from tests.factories.pledges import create_pledge, donor_of
from tests.factories.warehouse import create_arrival, create_warehouse, keeper_of, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log", "english_workbench")]
VENTILATOR = "ventilator.invasive"


def counted(arrival, *, move="count", batches=(), **said):
    """Line 1 counted so, with further batches of it."""
    facts = Counted if move == "count" else Recounted
    note = facts(lines=(CountedLine(line=1, **said),), batches=tuple(batches))
    keeper = keeper_of(arrival.warehouse)
    return engine.advance(Arrival, arrival.code, move, actor=keeper, facts=note, at=AT)


def rows_of(arrival):
    return list(
        arrival.lines.order_by("no").values_list(
            "announced", "accepted", "rejected", "missing", "surplus", "lot__batch"
        )
    )


# several batches


def test_r01_each_batch_of_a_line_is_a_lot_of_its_own_and_the_sums_hold(seal):
    arrival = create_arrival(stage="announced")
    more = CountedBatch(line=1, accepted=350, batch="B2", expiry=date(2027, 6, 30))

    arrival = counted(arrival, accepted=600, batch="B1", batches=[more], reason=CountReason.SHORT)

    assert rows_of(arrival) == [(650, 600, 0, 50, 0, "B1"), (350, 350, 0, 0, 0, "B2")]
    lots = Lot.objects.filter(pledge=arrival.pledge).order_by("pk")
    assert [lot.expiry for lot in lots] == [None, date(2027, 6, 30)]
    seal()
    assert sign_in(arrival).stage == "stocked"
    seal()
    assert broken() == []


def test_r01_what_is_too_much_stands_at_the_batch_that_is_beyond(seal):
    arrival = create_arrival(stage="announced")
    more = CountedBatch(line=1, accepted=500, batch="B2", reason=CountReason.SURPLUS)

    arrival = counted(arrival, accepted=600, batch="B1", batches=[more])

    assert rows_of(arrival) == [(600, 600, 0, 0, 0, "B1"), (400, 500, 0, 0, 100, "B2")]
    seal()
    assert broken() == []


def test_r01_batches_and_a_rest_to_come_add_up_to_what_was_announced(seal):
    arrival = create_arrival(stage="announced")
    more = CountedBatch(line=1, accepted=300, batch="B2")

    counted(arrival, accepted=500, later=200, batches=[more])

    rest = Arrival.objects.get(stage="announced")
    assert rows_of(rest) == [(200, 0, 0, 0, 0, "")]
    seal()
    assert broken() == []


def test_a_batch_that_differs_wants_a_reason_and_a_line_that_exists():
    arrival = create_arrival(stage="announced")

    with pytest.raises(MoveRefused, match="700 were announced; 600 good, 0 rejected, 100 missing"):
        counted(arrival, accepted=600, batches=[CountedBatch(line=1, accepted=300)])
    with pytest.raises(MoveRefused, match="has no line 7"):
        counted(arrival, accepted=600, batches=[CountedBatch(line=7, accepted=400)])


def test_r01_two_batches_over_http():
    arrival = create_arrival(stage="announced")
    client = signed_in(Client(), Role.WAREHOUSE, org=arrival.warehouse.org.code)
    address = reverse("admin:warehouse_arrival_move", args=[arrival.pk, "count"])
    sent = {"lines-0-line": "1", "lines-0-accepted": "600", "lines-0-batch": "B1"}
    sent |= {"batches-TOTAL_FORMS": "1", "batches-0-line": "1", "batches-0-accepted": "400"}

    assert b"Further batches of a line" in client.get(address).content
    answer = client.post(address, sent | {"batches-0-batch": "B2"})

    assert answer.status_code == 302
    assert rows_of(arrival) == [(600, 600, 0, 0, 0, "B1"), (400, 400, 0, 0, 0, "B2")]


# R21: packs


def packed(*, pack, quantity=5):
    """Announced as boxes that hold so many."""
    gift = create_pledge(lines=((MASK, quantity),))
    rows = (AnnouncedLine(line=1, quantity=quantity, pack=pack),)
    facts = Announced(warehouse=create_warehouse().code, carrier=Carrier.SF, lines=rows)
    return engine.begin(Arrival, "announce", actor=donor_of(gift), facts=facts, at=AT, pledge=gift)


def test_r21_five_packs_of_two_instead_of_one_are_counted_once_more(sealed):
    """5 packs of 1 announced, 5 packs of 2 came: nothing is booked before the second count."""
    arrival = counted(packed(pack=1), accepted=5, pack=2)

    assert (arrival.stage, rows_of(arrival)) == ("recount", [(5, 0, 0, 0, 0, "")])
    entry = sealed()[-1].body["data"]
    assert entry["repacked"] == [{"line": 1, "announced_pack": 1, "pack": 2}]
    assert "postings" not in entry
    assert broken() == []

    arrival = counted(arrival, move="recount", accepted=10, pack=2, reason=CountReason.SURPLUS)
    assert (arrival.stage, rows_of(arrival)) == ("counted", [(5, 10, 0, 0, 5, "")])
    sealed()
    assert broken() == []


def test_r21_what_is_counted_again_cannot_be_inspected_before():
    arrival = counted(packed(pack=1), accepted=5, pack=2)
    client = signed_in(Client(), Role.QUALITY, org=arrival.warehouse.org.code)
    address = reverse("admin:warehouse_arrival_move", args=[arrival.pk, "inspect"])

    answer = client.post(address, {"lines-0-line": "1", "lines-0-verdict": "pass"})

    arrival.refresh_from_db()
    assert (answer.status_code, arrival.stage) == (422, "recount")


@pytest.mark.parametrize("pack", [0, 1])
def test_r21_the_same_pack_or_none_said_is_counted_once(pack):
    assert counted(packed(pack=1), accepted=5, pack=pack).stage == "counted"


# serial numbers


@pytest.fixture
def ventilators():
    load_catalogue(only=("ventilator",))
    return create_arrival(stage="announced", pledge=create_pledge(lines=((VENTILATOR, 2),)))


def test_each_device_has_its_serial_number_and_only_their_commitment_is_sealed(ventilators, sealed):
    counted(ventilators, accepted=2, serials="SN-001\nsn-002\n")

    assert set(Serial.objects.values_list("number", flat=True)) == {"SN-001", "SN-002"}
    assert b"SN-001" not in b"".join(entry.raw for entry in sealed())


@pytest.mark.parametrize(
    ("serials", "sentence"),
    [
        ("", "2 good pieces need as many serial numbers; 0 are given"),
        (f"SN-001 {'X' * 61}", "too long for a serial number"),
        ("SN-001", "1 are given"),
        ("SN-001 sn-001", "stand there twice or came with other goods: SN-001"),
    ],
)
def test_devices_without_their_serial_numbers_are_refused(ventilators, serials, sentence):
    with pytest.raises(MoveRefused, match=sentence):
        counted(ventilators, accepted=2, serials=serials)


def test_a_serial_number_that_came_before_is_refused(ventilators):
    counted(ventilators, accepted=2, serials="SN-001 SN-002")
    gift = create_pledge(lines=((VENTILATOR, 1),))
    again = create_arrival(stage="announced", pledge=gift)

    with pytest.raises(MoveRefused, match="came with other goods: SN-002"):
        counted(again, accepted=1, serials="SN-002")
