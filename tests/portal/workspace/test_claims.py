"""The donor's pages by the secret link."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.accounts.links import make_link
from portal.accounts.models import Link
from portal.pledges.models import Pledge
from portal.receipts.models import Receipt
from portal.shipping.models import Shipment
from portal.warehouse.models import Arrival
from tests.factories.organisations import create_hospital
from tests.factories.pledges import create_pledge
from tests.factories.receipts import confirm, received
from tests.factories.shipping import create_direct
from tests.factories.warehouse import create_warehouse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]


def opened(pledge, *, days=180, purpose="claim"):
    token = make_link(purpose=purpose, code=pledge.code, at=timezone.now(), days=days)
    return f"/en/claim/{token}/"


@pytest.fixture
def pledge():
    return create_pledge()


@pytest.fixture
def address(pledge):
    return opened(pledge)


def test_it_shows_the_gift_and_what_the_donor_can_do(client, address, pledge):
    text = client.get(address).content.decode()

    assert pledge.code in text
    assert f"{address}announce/" in text
    assert f"{address}send/" in text
    assert f"{address}withdraw/" in text


def test_nothing_can_be_sent_before_the_charity_has_accepted(client):
    address = opened(create_pledge(stage="registered"))

    text = client.get(address).content.decode()

    assert f"{address}announce/" not in text
    assert "before it has accepted" in text


def test_the_donor_says_he_sent_it_to_a_warehouse(client, address):
    house = create_warehouse()
    row = {"lines-0-line": "1", "lines-0-quantity": "400"}

    assert 'value="1000"' in client.get(f"{address}announce/").content.decode()
    answer = client.post(f"{address}announce/", {"warehouse": house.code, "carrier": "own", **row})

    assert answer["Location"] == address
    assert Arrival.objects.get().stage == "announced"
    text = client.get(address).content.decode()
    assert Arrival.objects.get().code in text
    assert "400" in text


def test_the_donor_says_he_sent_it_straight_to_the_hospital(client, address, pledge):
    hospital = create_hospital()
    sent = {
        "hospital": hospital.code,
        "boxes": "2",
        "carrier": "sf",
        "waybill": "SF1234567890123",
        "lines-0-line": "1",
        "lines-0-quantity": "1000",
    }

    assert 'value="1000"' in client.get(f"{address}send/").content.decode()
    answer = client.post(f"{address}send/", sent)

    assert answer["Location"] == address
    shipment = Shipment.objects.get()
    assert (shipment.stage, shipment.hospital, shipment.gift) == ("in_transit", hospital, pledge)
    assert "On the way" in client.get(address).content.decode()


def test_a_direct_delivery_sent_twice_is_stored_once(client, address):
    sent = {
        "once": "7b1f0a2e-5f0e-4f55-9d3e-222222222222",
        "hospital": create_hospital().code,
        "boxes": "1",
        "carrier": "own",
        "lines-0-line": "1",
        "lines-0-quantity": "500",
    }

    answers = [client.post(f"{address}send/", sent).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert Shipment.objects.count() == 1


BAD = [
    ({"lines-0-quantity": "1001"}, "at most 1000"),
    ({"lines-0-quantity": "0"}, "at least one line"),
    ({"lines-0-quantity": "-3"}, "whole number"),
    ({"lines-0-quantity": "１０"}, "digits 0-9 only: 10"),
    ({"lines-0-line": "9"}, "not in this gift"),
    ({"hospital": "U-2222222222"}, "not one of"),
    ({"carrier": "sf"}, "waybill number"),
    ({"waybill": "1" * 61}, "too long"),
    ({"boxes": "0"}, "at least 1"),
]


@pytest.mark.parametrize(("changes", "sentence"), BAD, ids=str)
def test_a_bad_direct_delivery_is_refused_with_a_sentence(client, address, changes, sentence):
    sent = {
        "hospital": create_hospital().code,
        "boxes": "1",
        "carrier": "own",
        "lines-0-line": "1",
        "lines-0-quantity": "500",
        **changes,
    }

    answer = client.post(f"{address}send/", sent)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Shipment.objects.count() == 0


def test_the_donor_takes_the_promise_back(client, address, pledge):
    answer = client.post(f"{address}withdraw/", {"reason": "unavailable"})

    assert answer.status_code == 302
    assert Pledge.objects.get(pk=pledge.pk).stage == "withdrawn"
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("move", ["accept", "fulfil", "dispatch", "nothing", "register"])
def test_a_move_that_is_not_the_donors_is_not_found(client, address, move):
    assert client.post(f"{address}{move}/").status_code == 404


def test_d2_the_link_can_be_used_again_and_opens_no_other_gift(client, address):
    other = create_pledge()

    for _ in range(3):
        text = client.get(address).content.decode()

    assert other.code not in text


def test_d2_a_link_for_another_purpose_or_past_its_end_opens_nothing(client, pledge):
    wrong = opened(pledge, purpose="confirm")
    old = opened(pledge, days=-1)

    for address in (wrong, old, "/en/claim/unknown/", f"/en/claim/{pledge.code}/"):
        for more in ("", "announce/", "send/", "withdraw/"):
            assert client.get(address + more).status_code == 410


def test_the_link_lives_on_from_its_last_use(client, pledge):
    address = opened(pledge, days=10)

    client.get(address)

    assert Link.objects.get().ends_at > timezone.now() + timedelta(days=179)


def test_looking_again_the_same_day_writes_nothing(client, address):
    client.get(address)
    before = Link.objects.get().ends_at

    client.get(address)

    assert Link.objects.get().ends_at == before


def test_the_page_is_not_kept_passed_on_or_indexed(client, address):
    answer = client.get(address)

    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]


def test_the_donor_explains_a_difference_of_what_he_sent_himself(client, pledge, address):
    shipment = create_direct(pledge=pledge)
    confirm(shipment, received(shipment, {"line": 1, "surplus": 5}))

    assert f"{address}explain/" in client.get(address).content.decode()
    answer = client.post(f"{address}explain/", {"explanation": "packed_more"})

    assert answer.status_code == 302
    assert Receipt.objects.get().stage == "resolved"
    assert client.get(f"{address}explain/")["Location"] == address


@pytest.mark.parametrize(
    "typed", ["", "http://[", "javascript:alert(1)", "G-7K2M9Q4TX5", "x" * 500]
)
def test_what_is_no_link_is_refused_with_a_sentence(client, typed):
    answer = client.post("/en/donor/", {"link": typed})

    assert answer.status_code == 422
    assert "not a secret link" in answer.content.decode()


def test_the_link_typed_in_leads_to_the_gift(client, address):
    answer = client.post("/en/donor/", {"link": f" https://tests.shanji.example{address} "})

    assert answer["Location"] == address
    assert client.get("/en/donor/").status_code == 200
