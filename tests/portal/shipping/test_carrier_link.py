"""A carrier offers its own transport by a secret link; boxes too heavy for an offer stay."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from portal.accounts.acting import Actor
from portal.accounts.links import make_link
from portal.accounts.roles import Role
from portal.shipping.carrier_link import CARRY, CARRY_DAYS
from portal.shipping.models import Capacity, Shipment
from portal.shipping.queries import offer_choices
from portal.shipping.travelling import fitting, place_of
from portal.stages import engine
from portal.stages.engine import MoveRefused, NotYours
from portal.stages.models import Trail
from tests.factories.clock import AT
from tests.factories.people import signed_in
from tests.factories.shipping import create_shipment, dispatcher_of
from tests.portal.shipping.test_capacity import offered, travel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log", "english_workbench")]


@pytest.fixture
def shipment():
    return create_shipment(stage="packed")


def address_of(org, *, purpose=CARRY, days=CARRY_DAYS):
    token = make_link(purpose=purpose, code=org, at=timezone.now(), days=days)
    return f"/en/carry/{token}/"


def offer_of(shipment, **said):
    today = timezone.localdate()
    house = shipment.release.warehouse
    route = {"origin": place_of(house), "to": place_of(shipment.hospital)}
    days = {"first": today, "last": today, "contact": "13800000000", "firm": "示例车队"}
    return {"carrier": "charter", "kg": "2000", **route, **days, **said}


def test_a_carrier_offers_by_its_link_and_the_offer_is_public_under_the_charity(
    client, shipment, seal_and_project
):
    address = address_of(shipment.org)
    assert client.get(address).status_code == 200

    refused = client.post(address, offer_of(shipment, last=timezone.localdate() - timedelta(1)))
    taken = client.post(address, offer_of(shipment))

    assert (refused.status_code, taken.status_code) == (422, 302)
    assert "示例车队" in refused.content.decode()
    offer = Capacity.objects.get()
    assert (offer.org, offer.stage) == (shipment.org, "open")
    trail = Trail.objects.get(lifecycle="capacity")
    assert (trail.role, trail.org) == ("carrier", shipment.org)
    assert offer.code in client.get(taken["Location"]).content.decode()
    seal_and_project()
    public = client.get("/en/transport/").content.decode()
    assert "示例车队" in public
    assert "13800000000" not in public


def test_d2_only_a_live_link_of_this_kind_opens_the_form(client, shipment):
    wrong = [
        address_of(shipment.org, days=-1),
        address_of(shipment.org, purpose="claim"),
        f"/en/carry/{shipment.org}/",
    ]

    for address in wrong:
        assert client.post(address, offer_of(shipment)).status_code == 410
    assert Capacity.objects.count() == 0
    answer = client.get(address_of(shipment.org))
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]


def test_a_dispatcher_makes_links_for_carriers_and_others_do_not(client, shipment):
    page = "/admin/shipping/capacity/link/"
    staff = signed_in(Client(), Role.DISPATCHER, org=shipment.org)

    assert page in staff.get("/admin/shipping/capacity/").content.decode()
    assert "/carry/" not in staff.get(page).content.decode()
    links = [
        re.search(r"/carry/[\w-]{20,}/", staff.post(page).content.decode())[0] for _time in "12"
    ]

    assert len(set(links)) == 2, "each carrier gets its own"
    assert all(client.get(f"/en{link}").status_code == 200 for link in links)
    assert signed_in(Client(), Role.AUDITOR).get(page).status_code in (302, 403, 404)


def test_boxes_that_weigh_more_than_an_offer_carries_do_not_travel_with_it(shipment):
    small, large = offered(shipment, kg=100), offered(shipment, kg=101)
    Shipment.objects.filter(pk=shipment.pk).update(kg=101)
    shipment.refresh_from_db()

    assert [offer for offer, _same in fitting(shipment, at=AT)] == [large]
    with pytest.raises(MoveRefused, match="weigh 101 kg; this offer carries 100 kg"):
        travel(shipment, small)
    assert travel(shipment, large).offer == large


def test_where_the_weight_is_not_known_the_gate_says_so_and_refuses_nothing(shipment):
    offered(shipment, kg=1, last=timezone.localdate() + timedelta(days=1))
    actor = dispatcher_of(shipment.org)

    assert "weight of the boxes unknown" in offer_choices(subject=shipment, actor=actor)[0][0]
    shipment.kg = 1
    assert "unknown" not in offer_choices(subject=shipment, actor=actor)[0][0]


def test_a_carrier_changes_and_withdraws_its_own_offer_and_the_list_follows(
    client, shipment, seal_and_project
):
    address = address_of(shipment.org)
    client.post(address, offer_of(shipment))
    offer = Capacity.objects.get()
    change, withdraw = (f"{address}{offer.code}/{move}/" for move in ("change", "withdraw"))
    assert change in client.get(address).content.decode()
    assert 'value="示例车队"' in client.get(change).content.decode()

    refused = client.post(change, offer_of(shipment, last=timezone.localdate() - timedelta(1)))
    changed = client.post(change, offer_of(shipment, kg="1500", firm="示例二队"))

    assert (refused.status_code, changed.status_code) == (422, 302)
    seal_and_project()
    public = client.get("/en/transport/").content.decode()
    assert "1,500 kg" in public
    assert "示例二队" in public
    assert "示例车队" not in public
    assert "Please choose" in client.get(withdraw).content.decode()
    silent = client.post(withdraw, {"reason": ""})
    gone = client.post(withdraw, {"reason": "vehicle"})
    assert (silent.status_code, gone.status_code) == (422, 302)
    assert "is withdrawn" in client.get(gone["Location"]).content.decode()
    assert Capacity.objects.get().stage == "withdrawn"
    assert client.post(change, offer_of(shipment)).status_code == 422
    seal_and_project()
    assert "Nobody offers transport" in client.get("/en/transport/").content.decode()


def test_d2_a_carrier_finds_no_offer_of_another_link(client, shipment):
    theirs, mine = address_of(shipment.org), address_of(shipment.org)
    client.post(theirs, offer_of(shipment))
    offer = Capacity.objects.get()
    of_the_charity = offered(shipment, last=timezone.localdate() + timedelta(days=1))

    for code in (offer.code, of_the_charity.code):
        page = f"{mine}{code}/withdraw/"
        assert client.post(page, {"reason": "vehicle"}).status_code == 404
        assert code not in client.get(mine).content.decode()
    stranger = Actor(role=Role.CARRIER, org=offer.org, by_link=f"{offer.org}/0")
    with pytest.raises(NotYours):
        engine.advance(Capacity, offer.code, "withdraw", actor=stranger, at=timezone.now())
    dead = address_of(shipment.org, days=-1)
    assert client.post(f"{dead}{offer.code}/withdraw/", {}).status_code == 410
    assert {row.stage for row in Capacity.objects.all()} == {"open"}
    assert client.post(f"{theirs}{offer.code}/take/", {}).status_code == 404
