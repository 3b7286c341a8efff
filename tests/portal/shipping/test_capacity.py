"""Carriers' capacity as a third side of matching: by route, day, and what the goods need."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from portal.accounts.roles import Role
from portal.oversight.invariants import broken
from portal.shipping.capacity import CapacityOffered, CapacityWithdrawn, WhyNot
from portal.shipping.commands import tick
from portal.shipping.models import Capacity, Shipment
from portal.shipping.stages import Dispatched
from portal.shipping.travelling import fitting, place_of
from portal.stages import engine
from portal.stages.engine import MoveRefused, NotYours
from portal.warehouse.stages import Carrier
from tests.factories.clock import AT, later
from tests.factories.people import actor_of, signed_in
from tests.factories.shipping import (
    create_shipment,
    dispatcher_of,
    move_on,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
OPEN = "/admin/shipping/capacity/open/offer/"


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def shipment():
    return create_shipment(stage="packed")


def offered(shipment, *, at=AT, **said):
    """An offer on the very route of this shipment, today and tomorrow, unless said otherwise."""
    today = timezone.localdate(at)
    house = shipment.release.warehouse
    facts = {
        "carrier": Carrier.CHARTER,
        "firm": "示例志愿车队",
        "contact": "13800000000",
        "origin": place_of(house),
        "to": place_of(shipment.hospital),
        "first": today,
        "last": today + timedelta(days=1),
        "kg": 3000,
        **said,
    }
    actor = dispatcher_of(shipment.org)
    return engine.begin(
        Capacity, "offer", actor=actor, facts=CapacityOffered(**facts), at=at, org=actor.org
    )


def travel(shipment, offer, at=AT):
    facts = Dispatched(carrier=Carrier.CHARTER, offer=offer.code)
    return move_on(shipment, "dispatch", facts, at=at)


def with_care(shipment, *care):
    """The same shipment of goods that need this on the way."""
    item = shipment.lines.get().lot.variant.item
    item.care = list(care)
    item.save(update_fields=["care"])
    return shipment


def test_an_offer_of_the_route_stands_first_and_others_follow(shipment):
    elsewhere = offered(shipment, to="海南 三亚")
    there = offered(shipment)
    offered(shipment, first=later(days=3).date(), last=later(days=4).date())

    assert fitting(shipment, at=AT) == [(there, True), (elsewhere, False)]


def test_only_offers_with_the_permits_that_the_goods_need_are_shown(shipment):
    plain, all_permits = offered(shipment), offered(shipment, dangerous=True, cold=True)
    flight = offered(shipment, carrier=Carrier.AIR, dangerous=True)

    def found():
        return [offer for offer, _same in fitting(shipment, at=AT)]

    assert found() == [plain, all_permits, flight]
    with_care(shipment, "dangerous-goods", "no-air-freight")
    assert found() == [all_permits]
    with_care(shipment, "cold-chain")
    assert found() == [all_permits]


def test_a_shipment_takes_an_offer_and_nobody_else_does(shipment, sealed):
    offer = offered(shipment)

    shipment = travel(shipment, offer)

    offer.refresh_from_db()
    assert (shipment.offer, offer.stage) == (offer, "taken")
    entry = next(e for e in sealed() if e.body["type"] == "capacity.take")
    assert entry.body["data"]["shipment"] == shipment.code
    other = create_shipment(stage="packed")
    with pytest.raises(MoveRefused, match="taken, over or not for today"):
        travel(other, offer)
    assert Shipment.objects.get(pk=other.pk).stage == "packed"
    assert broken() == []


@pytest.mark.parametrize(
    ("care", "sentence"),
    [("cold-chain", "cold chain"), ("dangerous-goods", "dangerous goods")],
)
def test_goods_do_not_travel_without_the_permits_that_they_need(shipment, care, sentence):
    offer = offered(shipment)

    with pytest.raises(MoveRefused, match=sentence):
        travel(with_care(shipment, care), offer)

    assert Capacity.objects.get().stage == "open"


def test_an_unknown_offer_is_refused_and_the_goods_stay(shipment):
    facts = Dispatched(carrier=Carrier.CHARTER, offer="D-AAAAAAAAAA")

    with pytest.raises(MoveRefused, match="no such offer"):
        move_on(shipment, "dispatch", facts)


def test_the_days_of_an_offer_follow_each_other_and_end_it(shipment):
    today = AT.date()
    with pytest.raises(MoveRefused, match="before the first"):
        offered(shipment, last=today - timedelta(days=1))
    with pytest.raises(MoveRefused, match="over already"):
        offered(shipment, first=today - timedelta(days=3), last=today - timedelta(days=2))
    offer = offered(shipment)

    assert tick(at=later(days=1)) == 0
    assert tick(at=later(days=2)) == 1
    assert tick(at=later(days=2)) == 0
    offer.refresh_from_db()
    assert offer.stage == "over"


def test_who_drives_is_named_and_whom_to_call_is_nowhere(client, shipment, seal_and_project):
    offer = offered(shipment, cold=True)
    seal_and_project()

    page = client.get("/en/transport/").content.decode()

    for said in ("Chartered vehicle", "示例志愿车队", "3,000 kg", "cold chain", "Hubei 武汉"):
        assert said in page
    assert "13800000000" not in page
    assert "Offers of transport" in client.get("/en/").content.decode()
    travel(shipment, offer)
    seal_and_project()
    assert "Nobody offers transport" in client.get("/en/transport/").content.decode()


def test_another_charity_does_not_withdraw_it(shipment):
    offer = offered(shipment)

    actor = actor_of(Role.COORDINATOR, org="U-2222222222")

    with pytest.raises(NotYours):
        engine.advance(Capacity, offer.code, "withdraw", actor=actor, at=AT)
    with pytest.raises(MoveRefused, match="say why"):
        engine.advance(Capacity, offer.code, "withdraw", actor=dispatcher_of(shipment.org), at=AT)
    why = CapacityWithdrawn(reason=WhyNot.ROUTE)
    mine = dispatcher_of(shipment.org)
    engine.advance(Capacity, offer.code, "withdraw", actor=mine, facts=why, at=AT)

    assert Capacity.objects.get().stage == "withdrawn"


def test_over_http_an_offer_is_entered_seen_at_the_gate_and_taken(shipment):
    client = signed_in(Client(), Role.DISPATCHER, org=shipment.org)
    today = timezone.localdate()
    data = {"carrier": "charter", "origin": place_of(shipment.release.warehouse), "kg": "2000"}
    data |= {"to": place_of(shipment.hospital), "first": today, "last": today, "firm": "示例车队"}

    refused = client.post(OPEN, {**data, "last": today - timedelta(days=1)})
    taken = client.post(OPEN, data)
    offer = Capacity.objects.get()
    gate = f"/admin/shipping/shipment/{shipment.pk}/move/dispatch/"
    form = client.get(gate).content.decode()
    sent = {"carrier": "charter", "order": shipment.release.code, "offer": offer.code}
    gone = client.post(gate, sent)

    assert (refused.status_code, taken.status_code, gone.status_code) == (422, 302, 302)
    assert "示例车队" in refused.content.decode()
    assert "on this route" in form
    assert offer.code in form
    assert Capacity.objects.get().stage == "taken"
