"""The time at which a consignment is expected, and the slip whose code opens it at the dock."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts.links import make_link
from portal.accounts.roles import Role
from portal.stages import engine
from portal.stages.engine import MoveRefused
from portal.warehouse.models import Arrival
from portal.warehouse.stages import SlotGiven, Window
from portal.workspace.claims import CLAIM
from tests.factories.clock import AT
from tests.factories.people import actor_of, signed_in
from tests.factories.warehouse import create_arrival, create_warehouse, keeper_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
DAY = date(2026, 3, 5)


def given(arrival, *, day=DAY, window=Window.MORNING, actor=None):
    actor = actor or keeper_of(arrival.warehouse)
    facts = SlotGiven(day=day, window=window)
    return engine.advance(Arrival, arrival.code, "give_slot", actor=actor, facts=facts, at=AT)


def test_a_slot_is_given_sealed_and_given_anew(sealed):
    arrival = given(create_arrival(stage="announced"))
    assert (arrival.stage, arrival.slot_on, arrival.slot) == ("announced", DAY, "09-12")

    arrival = given(arrival, window=Window.NOON)

    assert arrival.slot == "12-15"
    data = sealed()[-1].body["data"]
    assert (data["day"], data["window"]) == ("2026-03-05", "12-15")


def test_a_full_slot_is_refused_and_the_free_ones_are_named(settings):
    settings.ARRIVALS_PER_SLOT = 1
    house = create_warehouse()
    first, second = (create_arrival(stage="announced", warehouse=house) for _n in range(2))
    given(first)

    with pytest.raises(MoveRefused, match="is full: 1 are expected. Still free that day: 12 to 15"):
        given(second)

    for window in list(Window)[1:]:
        given(create_arrival(stage="announced", warehouse=house), window=window)
    with pytest.raises(MoveRefused, match="every time is full"):
        given(second)
    assert given(first).slot_on == DAY  # its own place is no other's
    assert given(create_arrival(stage="announced")).slot_on == DAY  # nor is another house's


@pytest.mark.parametrize("day", [AT.date() - timedelta(days=1), AT.date() + timedelta(days=61)])
def test_a_day_that_is_over_or_far_off_is_refused(day):
    with pytest.raises(MoveRefused, match="choose a day from today until 2026-05-01"):
        given(create_arrival(stage="announced"), day=day)


def test_a_slot_over_http_by_the_warehouse_alone():
    arrival = create_arrival(stage="announced")
    day = timezone.localdate() + timedelta(days=2)
    address = reverse("admin:warehouse_arrival_move", args=[arrival.pk, "give_slot"])
    sent = {"day": day.isoformat(), "window": "15-18"}

    quality = signed_in(Client(), Role.QUALITY, org=arrival.warehouse.org.code)
    assert quality.post(address, sent).status_code in (403, 404)
    keeper = signed_in(Client(), Role.WAREHOUSE, org=arrival.warehouse.org.code)
    assert keeper.post(address, sent).status_code == 302

    arrival.refresh_from_db()
    assert (arrival.slot_on, arrival.slot) == (day, "15-18")


def test_the_donors_slip_names_slot_and_code_and_its_qr_opens_the_dock():
    arrival = given(create_arrival(stage="announced"))
    token = make_link(purpose=CLAIM, code=arrival.pledge.code, at=AT, days=3650)
    address = reverse("workspace:slip", args=[token, arrival.code])

    own = Client().get(reverse("workspace:claim", args=[token])).content.decode()
    page = Client().get(address + "?print")

    assert address in own
    text = page.content.decode()
    assert arrival.code in text
    assert "2026-03-05" in text
    assert page.context["opens"].endswith(f"/dock/{arrival.code}/")
    assert 'class="qr" src="data:image/' in text


def test_another_gifts_link_opens_no_slip():
    arrival = create_arrival(stage="announced")
    other = create_arrival(stage="announced")
    token = make_link(purpose=CLAIM, code=other.pledge.code, at=AT, days=3650)

    answer = Client().get(reverse("workspace:slip", args=[token, arrival.code]))

    assert answer.status_code == 404


def test_only_the_coordinator_or_the_warehouse_gives_a_slot():
    arrival = create_arrival(stage="announced")

    with pytest.raises(engine.NotYours):
        given(arrival, actor=actor_of(Role.QUALITY, org=arrival.warehouse.org.code))
