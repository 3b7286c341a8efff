"""Parcels held for a hospital, in its workspace."""

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.roles import Role
from tests.factories.organisations import create_hospital
from tests.factories.people import signed_in
from tests.factories.warehouse import create_arrival

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log", "english_workbench")]


@pytest.fixture
def hospital():
    return create_hospital()


@pytest.fixture
def parcel(hospital):
    return create_arrival(consignee=hospital.code)


def address(parcel, move):
    return reverse("workspace:held_move", args=[parcel.code, move])


def text_of(answer):
    return answer.content.decode()


@pytest.mark.parametrize(("move", "stage"), [("fetch", "fetched"), ("give", "stocked")])
def test_acceptance_09_the_hospital_itself_fetches_its_parcel_or_gives_it_on(
    client, hospital, parcel, move, stage
):
    signed_in(client, Role.HOSPITAL, org=hospital.code)
    page = text_of(client.get(reverse("workspace:hospital")))
    assert "Held for you" in page
    assert address(parcel, move) in page
    assert client.get(address(parcel, move)).status_code == 200

    answer = client.post(address(parcel, move), follow=True)

    parcel.refresh_from_db()
    assert parcel.stage == stage
    assert parcel.code in text_of(answer)
    assert "Held for you" not in text_of(answer)


def test_r04_another_hospital_neither_sees_nor_moves_it(parcel):
    other = signed_in(Client(), Role.HOSPITAL, org=create_hospital().code)

    assert parcel.code not in text_of(other.get(reverse("workspace:hospital")))
    assert other.post(address(parcel, "fetch")).status_code == 404
    assert other.post(address(parcel, "give")).status_code == 404


@pytest.mark.parametrize("move", ["take", "count", "nothing", "announce"])
def test_other_moves_are_not_offered_there(client, hospital, parcel, move):
    signed_in(client, Role.HOSPITAL, org=hospital.code)

    assert client.get(address(parcel, move)).status_code == 404


def test_the_public_page_says_for_whom_it_is_kept(client, hospital, parcel, seal_and_project):
    seal_and_project()

    page = text_of(client.get(f"/en/g/{parcel.pledge.code}/"))

    assert "1,000 pieces kept in the warehouse for" in page
    assert "fetches it or gives it on" in page
    for signed in ("Counted at the warehouse", "Inspected at the warehouse", "Taken into custody"):
        assert signed in page
    assert "Quality" in page or "quality" in page
