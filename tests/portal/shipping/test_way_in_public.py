"""R24 and R25 on the public pages: who has it now, and the one sentence on top."""

import pytest

from portal.accounts.roles import Role
from portal.shipping.carrying import (
    BackLine,
    CameBack,
    CarrierSays,
    CarrierState,
    CountedBack,
    HandedOver,
    Holder,
)
from portal.shipping.models import Shipment
from portal.shipping.stages import Delivered, Dispatched
from portal.tracking.gift.carried import NEXT, SENTENCES
from portal.warehouse.stages import Carrier
from tests.factories.clock import later
from tests.factories.people import actor_of
from tests.factories.receipts import confirm
from tests.factories.shipping import create_shipment, line_of, move_on, stocked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
SF = Dispatched(carrier=Carrier.SF, waybill="SF1234567890123")


def gift_of(shipment):
    return shipment.lines.select_related("lot__pledge").first().lot.pledge.code


@pytest.fixture
def public(client, seal_and_project):
    """The public page of a shipment, or of the gift in it, as text."""

    def read(shipment, *, gift=False):
        seal_and_project()
        address = f"/en/g/{gift_of(shipment)}/" if gift else f"/en/shipments/{shipment.code}/"
        answer = client.get(address)
        assert answer.status_code == 200
        return answer.content.decode()

    return read


def test_r25_every_stage_of_a_shipment_has_its_sentence_and_its_next():
    stages = {stage.key for stage in Shipment.lifecycle.stages}

    assert set(SENTENCES) == set(NEXT) == stages


def test_r24_r25_the_page_says_who_has_it_and_that_this_is_not_delivery(public):
    shipment = create_shipment(stage="packed")
    assert "Packed for" in public(shipment)

    shipment = move_on(shipment, "dispatch", SF)
    text = public(shipment)
    assert "with SF Express. Handed over is not delivered." in text
    assert "2 Mar 2026 09:00" in text

    facts = HandedOver(to=Holder.VOLUNTEERS, name="示例志愿车队", person="王某 鄂A00002")
    shipment = move_on(shipment, "hand_over", facts, at=later(hours=3))
    text = public(shipment)
    assert "with a team of volunteers. Handed over is not delivered." in text
    assert "2 Mar 2026 12:00" in text
    assert "Handed over, which is not delivery: a team of volunteers" in text
    assert "示例志愿车队" in text
    assert "王某" not in text
    assert "a team of volunteers" in public(shipment, gift=True)


def test_r24_r25_delivered_is_the_carriers_word_until_the_hospital_confirms(public):
    shipment = move_on(create_shipment(stage="packed"), "dispatch", SF)
    signed = CarrierSays(state=CarrierState.SIGNED)
    shipment = move_on(shipment, "note_state", signed)
    text = public(shipment)
    assert "SF Express says that it reached" in text
    assert "by the word of SF Express alone" in text
    assert "The carrier says: Signed for" in text

    confirm(shipment)
    assert "has counted it and signed" in public(shipment)


def test_r25_what_is_refused_and_comes_back_says_so_on_both_pages(public):
    shipment = move_on(create_shipment(stage="packed"), "dispatch", SF)
    shipment = move_on(shipment, "note_state", CarrierSays(state=CarrierState.PROBLEM))
    assert "SF Express reports a problem" in public(shipment)
    assert "where the carrier reports a problem" in public(shipment, gift=True)

    shipment = move_on(shipment, "note_state", CarrierSays(state=CarrierState.REFUSED))
    assert "did not take it. SF Express brings it back." in public(shipment)
    assert "on the way back" in public(shipment, gift=True)

    actor = actor_of(Role.WAREHOUSE, org=shipment.org)
    shipment = move_on(shipment, "return", CameBack(), actor=actor)
    assert "It came back to" in public(shipment)
    assert "under inspection at" in public(shipment, gift=True)

    quality = actor_of(Role.QUALITY, org=shipment.org)
    back = CountedBack(lines=(BackLine(line=1, good=990, damaged=10),))
    shipment = move_on(shipment, "count_back", back, actor=quality)
    assert "every piece was counted again" in public(shipment)
    text = public(shipment, gift=True)
    assert "990 pieces in stock at" in text
    assert "≠" not in text


def test_one_shipment_carries_many_gifts_and_the_page_names_each(public):
    first = stocked()
    lots = [first, *(stocked(house=first.warehouse) for _ in range(2))]
    line = line_of(quantity=3000)

    shipment = create_shipment(*((line, lot, 100 * n) for n, lot in enumerate(lots, start=1)))
    text = public(shipment)

    assert len({lot.pledge.code for lot in lots}) == 3
    for n, lot in enumerate(lots, start=1):
        assert lot.pledge.code in text
        assert f">{100 * n}<" in text
    assert "100 pieces under way to" in public(shipment, gift=True)


def test_delivery_on_the_page_names_the_hospital_as_told_by_the_carrier(public):
    shipment = move_on(create_shipment(), "confirm_delivery", Delivered())

    assert "by the word of a driver of the charity alone" in public(shipment)
