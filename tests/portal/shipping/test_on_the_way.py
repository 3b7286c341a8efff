"""R24: handed over is not delivered. Who has it in hand, what the carrier says, what is lost in
part, and what comes back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from portal.accounts.links import DeadLink, make_link, open_link
from portal.accounts.roles import Role
from portal.balance.models import Holding
from portal.needs.models import NeedLine
from portal.oversight.invariants import broken
from portal.pledges.models import Pledge
from portal.shipping.carrying import (
    STAGE_OF,
    UNDER_WAY,
    BackLine,
    CameBack,
    CarrierSays,
    CarrierState,
    CountedBack,
    HandedOver,
    Holder,
    LossReason,
    LostLine,
    LostPart,
)
from portal.shipping.models import Shipment
from portal.shipping.stages import Delivered, Dispatched, Lost
from portal.stages.engine import MoveRefused
from portal.warehouse.stages import Carrier
from tests.factories.clock import AT, later
from tests.factories.people import actor_of, signed_in
from tests.factories.receipts import confirm
from tests.factories.shipping import create_direct, create_shipment, move_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
SHIPMENT = "/admin/shipping/shipment/"


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


def held(name):
    rows = Holding.objects.filter(place__startswith=f"{name}:")
    return sum(rows.values_list("amount", flat=True))


def says(shipment, state, *, said_at=None, at=AT):
    return move_on(shipment, "note_state", CarrierSays(state=state, said_at=said_at), at=at)


def lost_part(lost, *, line=1):
    return LostPart(reason=LossReason.ACCIDENT, lines=(LostLine(line=line, lost=lost),))


def counted(**row):
    return CountedBack(lines=(BackLine(line=1, **row),))


def at_house(shipment, role=Role.WAREHOUSE):
    return actor_of(role, org=shipment.org)


def brought_back(shipment, *, actor=None):
    return move_on(shipment, "return", CameBack(), actor=actor or at_house(shipment))


# from hand to hand


def test_r24_the_present_holder_is_known_from_the_gate_on(sealed):
    shipment = create_shipment(stage="packed")
    facts = Dispatched(carrier=Carrier.SF, waybill="SF 1234-5678 90123")

    shipment = move_on(shipment, "dispatch", facts)

    assert (shipment.holder, shipment.carrier, shipment.held_since) == ("carrier", "sf", AT)
    assert (shipment.waybill, shipment.waybill_raw) == ("SF1234567890123", "SF 1234-5678 90123")
    entry = next(e for e in sealed() if e.body["type"] == "shipment.dispatch")
    said = {"kind": "carrier", "carrier": "sf", "since": "2026-03-02T01:00:00.000000Z"}
    assert entry.body["data"]["holder"] == said


def test_r24_handing_on_names_the_next_holder_openly_and_the_driver_never(sealed):
    shipment = create_shipment()
    facts = HandedOver(to=Holder.VOLUNTEERS, name="示例志愿车队", person="王某 鄂A00002")

    shipment = move_on(shipment, "hand_over", facts, at=later(hours=2))

    assert (shipment.stage, shipment.holder) == ("in_transit", "volunteers")
    assert held("transit") == 1000
    entry = next(e for e in sealed() if e.body["type"] == "shipment.hand_over")
    assert entry.body["data"]["handed_by"] == "driver"
    assert entry.body["data"]["holder"]["kind"] == "volunteers"
    for closed in ("王某", "示例志愿车队"):
        assert closed not in entry.raw.decode()


def test_r24_a_carrier_that_takes_over_is_named():
    shipment = create_shipment()

    with pytest.raises(MoveRefused, match="choose the carrier"):
        move_on(shipment, "hand_over", HandedOver(to=Holder.CARRIER))
    facts = HandedOver(to=Holder.CARRIER, carrier=Carrier.EMS, waybill="RB123456785GB")
    shipment = move_on(shipment, "hand_over", facts)

    assert (shipment.carrier, shipment.waybill) == ("ems", "RB123456785GB")


def test_r24_what_is_delivered_is_handed_to_nobody_else():
    shipment = create_shipment(stage="delivered")

    with pytest.raises(MoveRefused, match="already"):
        move_on(shipment, "hand_over", HandedOver(to=Holder.STATION))


# waybills


@pytest.mark.parametrize("move", ["dispatch", "hand_over"])
def test_a_postal_number_with_a_wrong_check_digit_is_refused_and_kept(move):
    shipment = create_shipment(stage="packed" if move == "dispatch" else "in_transit")
    client = signed_in(Client(), Role.DISPATCHER, org=shipment.org)
    data = {"carrier": "ems", "waybill": "RB123456784GB", "to": "carrier"}
    data["order"] = shipment.release.code

    answer = client.post(f"{SHIPMENT}{shipment.pk}/move/{move}/", data)

    assert answer.status_code == 422
    assert "check digit" in answer.content.decode()
    assert "RB123456784GB" in answer.content.decode()


def test_a_number_that_looks_strange_is_taken_and_the_page_warns(client):
    shipment = create_shipment(stage="packed")
    shipment = move_on(shipment, "dispatch", Dispatched(carrier=Carrier.SF, waybill="77"))
    signed_in(client, Role.DISPATCHER, org=shipment.org)

    page = client.get(f"{SHIPMENT}{shipment.pk}/change/").content.decode()

    assert shipment.stage == "in_transit"
    assert "usually look different" in page


# what the carrier says


def test_r24_no_word_of_a_carrier_confirms_or_books_anything():
    shipment = create_shipment()
    last = (CarrierState.REFUSED, CarrierState.RETURNING, CarrierState.SIGNED_FOR_OTHER)

    for state in (*(s for s in CarrierState if s not in last), *last):
        shipment = says(shipment, state)

        assert shipment.stage == STAGE_OF[state] != "confirmed"
        assert (held("transit"), held("received")) == (1000, 0)
        assert (shipment.carrier_state, shipment.carrier_said_at) == (state.value, AT)


def test_r24_signed_for_is_delivered_and_the_hospital_still_confirms(seal):
    shipment = says(create_shipment(), CarrierState.SIGNED_FOR_OTHER)
    assert shipment.stage == "delivered"

    confirm(shipment)
    seal()

    assert Shipment.objects.get().stage == "confirmed"
    assert broken() == []


def test_an_older_or_a_repeated_word_changes_nothing():
    shipment = says(create_shipment(), CarrierState.OUT, said_at=AT - timedelta(hours=1))

    with pytest.raises(MoveRefused, match="something newer"):
        says(shipment, CarrierState.MOVING, said_at=AT - timedelta(hours=2))
    with pytest.raises(MoveRefused, match="nothing is new"):
        says(shipment, CarrierState.OUT)
    with pytest.raises(MoveRefused, match="future"):
        says(shipment, CarrierState.SIGNED, said_at=AT + timedelta(minutes=1))


def test_every_state_of_the_way_can_be_confirmed_by_the_hospital():
    assert set(Shipment.lifecycle.move("confirm").source) == set(UNDER_WAY)


# a part is lost


def test_a_part_lost_on_the_way_leaves_the_rest_to_be_confirmed(seal):
    shipment = create_shipment()

    shipment = move_on(shipment, "lose_part", lost_part(30))

    assert (shipment.stage, held("transit"), held("lost")) == ("in_transit", 970, 30)
    assert NeedLine.objects.get().allocated == 970
    line = shipment.lines.get()
    assert (line.quantity, line.lost) == (970, 30)
    seal()
    assert broken() == []
    confirm(shipment)
    seal()
    assert (held("received"), held("lost"), held("transit")) == (970, 30, 0)
    assert Pledge.objects.get().stage == "fulfilled"
    assert broken() == []


def test_a_partial_loss_is_less_than_all_and_more_than_nothing():
    shipment = create_shipment()
    refusals = (
        (lost_part(0), "at least one line"),
        (lost_part(1001), "more cannot be lost"),
        (lost_part(1, line=2), "more cannot be lost"),
        (lost_part(1000), "whole shipment"),
    )

    for facts, sentence in refusals:
        with pytest.raises(MoveRefused, match=sentence):
            move_on(shipment, "lose_part", facts)

    assert held("transit") == 1000


def test_what_is_left_after_a_partial_loss_can_be_lost_too(seal):
    shipment = move_on(create_shipment(), "lose_part", lost_part(400))

    move_on(shipment, "lose", Lost(reason=LossReason.THEFT))
    seal()

    assert (held("lost"), held("transit")) == (1000, 0)
    assert NeedLine.objects.get().allocated == 0
    assert broken() == []


def test_a_part_of_a_donors_own_parcel_is_lost(seal):
    shipment = create_direct()
    actor = actor_of(Role.DISPATCHER)

    move_on(shipment, "lose_part", lost_part(100), actor=actor)
    confirm(shipment)
    seal()

    assert (held("received"), held("lost")) == (900, 100)
    assert Pledge.objects.get().lines.get().arrived == 1000
    assert broken() == []


# refused, and back


def test_r24_what_the_recipient_refused_comes_back_and_is_counted_again(seal):
    shipment = says(create_shipment(), CarrierState.REFUSED)
    token = make_link(purpose="confirm", code=shipment.code, at=AT, days=30)
    assert shipment.stage == "refused"

    shipment = brought_back(shipment)

    assert (shipment.stage, held("quarantine"), held("transit")) == ("back", 1000, 0)
    assert NeedLine.objects.get().allocated == 0
    with pytest.raises(DeadLink):
        open_link(token, purpose="confirm", at=AT)
    seal()
    assert broken() == []

    quality = at_house(shipment, Role.QUALITY)
    shipment = move_on(
        shipment, "count_back", counted(good=950, damaged=30, missing=20), actor=quality
    )
    seal()

    assert shipment.stage == "returned"
    assert (held("stock"), held("damaged"), held("lost")) == (950, 30, 20)
    assert held("quarantine") == 0
    assert Pledge.objects.get().stage != "fulfilled"
    assert broken() == []


def test_what_came_back_must_add_up():
    shipment = brought_back(create_shipment())
    quality = at_house(shipment, Role.QUALITY)

    with pytest.raises(MoveRefused, match="does not add up"):
        move_on(shipment, "count_back", counted(good=999), actor=quality)
    with pytest.raises(MoveRefused, match="exactly once"):
        move_on(shipment, "count_back", CountedBack(lines=()), actor=quality)

    assert held("quarantine") == 1000


def test_who_brought_it_back_does_not_count_it():
    shipment = create_shipment()
    actor = at_house(shipment)
    shipment = brought_back(shipment, actor=actor)

    with pytest.raises(MoveRefused, match="Another person"):
        move_on(shipment, "count_back", counted(good=1000), actor=actor)
    Shipment.objects.filter(pk=shipment.pk).update(recounted_by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Shipment.objects.filter(pk=shipment.pk).update(recounted_by=shipment.back_by)


def test_a_donors_own_parcel_goes_back_to_the_donor(seal):
    shipment = create_direct()
    actor = actor_of(Role.DISPATCHER)
    says_back = CarrierSays(state=CarrierState.RETURNING)
    shipment = move_on(shipment, "note_state", says_back, actor=actor)

    shipment = move_on(shipment, "return", CameBack(), actor=actor)
    seal()

    assert shipment.stage == "returned"
    assert Holding.objects.get(place=f"returned:{shipment.gift.code}").amount == 1000
    assert Pledge.objects.get().stage == "fulfilled"
    assert broken() == []


def test_r24_over_http_the_way_there_and_back():
    shipment = create_shipment()
    dispatcher = signed_in(Client(), Role.DISPATCHER, org=shipment.org)
    page = f"{SHIPMENT}{shipment.pk}/"

    def take(client, move, **data):
        return client.post(f"{page}move/{move}/", data).status_code

    rows = {"lines-TOTAL_FORMS": "1", "lines-0-line": "1"}
    assert take(dispatcher, "hand_over", to="station", name="示例中转站") == 302
    assert take(dispatcher, "note_state", state="problem") == 302
    assert take(dispatcher, "lose_part", reason="theft", **rows, **{"lines-0-lost": "5000"}) == 422
    assert take(dispatcher, "lose_part", reason="theft", **rows, **{"lines-0-lost": "10"}) == 302
    assert take(dispatcher, "note_state", state="refused") == 302
    assert take(dispatcher, "return") == 302
    quality = signed_in(Client(), Role.QUALITY, org=shipment.org)
    back = {**rows, "lines-0-good": "990", "lines-0-damaged": "0", "lines-0-missing": "0"}
    assert take(quality, "count_back", **{**back, "lines-0-good": "991"}) == 422
    assert take(quality, "count_back", **back) == 302

    assert Shipment.objects.get().stage == "returned"
    assert (held("stock"), held("lost")) == (990, 10)


def test_the_time_between_slot_and_gate_is_measured():
    shipment = create_shipment(stage="packed")

    shipment = move_on(shipment, "dispatch", Dispatched(carrier=Carrier.OWN), at=later(hours=1))

    assert shipment.dispatched_at == later(hours=1)
    assert move_on(shipment, "confirm_delivery", Delivered(), at=later(hours=2)).dispatched_at
