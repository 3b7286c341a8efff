"""A recalled lot in the workspaces: the hospital that has some is told and answers; the warehouse
sells, counts and recalls by its own pages."""

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.roles import Role
from portal.warehouse.models import Lot, RecallAnswer
from tests.factories.organisations import create_hospital
from tests.factories.people import signed_in
from tests.factories.receipts import create_receipt
from tests.factories.shipping import create_shipment, line_of
from tests.factories.stock import create_lot, held, recall

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log", "english_workbench")]


@pytest.fixture
def lot():
    return create_lot(quantity=1000)


def staff(lot, role):
    return signed_in(Client(), role, org=lot.warehouse.org.code)


def page_of(lot, move):
    return reverse("admin:warehouse_lot_move", args=[lot.pk, move])


def test_a_hospital_is_told_of_a_recall_and_answers_by_its_page(lot):
    shipment = create_shipment((line_of(quantity=200), lot, 200), stage="delivered")
    create_receipt(shipment=shipment)
    client = signed_in(Client(), Role.HOSPITAL, org=shipment.hospital.code)
    other = signed_in(Client(), Role.HOSPITAL, org=create_hospital().code)
    assert lot.code not in client.get("/hospital/").content.decode()

    recall(lot)

    page = client.get("/hospital/").content.decode()
    assert "Recalled: do not use" in page
    assert lot.code in page
    address = reverse("workspace:recall", args=[lot.code]) + f"?for={shipment.hospital.code}"
    wrong = client.post(address, {"aside": "201", "used": "0"})
    assert wrong.status_code == 422
    assert "You confirmed 200 of lot" in wrong.content.decode()
    assert client.post(address, {"aside": "150", "used": "50"}).status_code == 302
    assert RecallAnswer.objects.get().aside == 150
    assert "150 set aside, 50 used" in client.get("/hospital/").content.decode()
    assert lot.code not in other.get("/hospital/").content.decode()
    assert other.get(address).status_code == 404


def test_r12_a_sale_is_asked_and_agreed_by_two_people_on_their_pages(lot):
    keeper, coordinator = staff(lot, Role.WAREHOUSE), staff(lot, Role.COORDINATOR)
    sale = {"quantity": "100", "buyer": "shop", "price": "1234.50", "reason": "keeping"}
    sale |= {"note": "示例理由"}
    without = keeper.post(page_of(lot, "ask_sale"), {**sale, "note": ""})
    assert without.status_code == 422
    assert keeper.post(page_of(lot, "ask_sale"), sale).status_code == 302
    assert keeper.get(page_of(lot, "sell")).status_code == 404

    form = coordinator.get(page_of(lot, "sell")).content.decode()
    assert 'value="1234.50"' in form
    other = coordinator.post(page_of(lot, "sell"), {**sale, "price": "1"})
    assert other.status_code == 422
    assert "not what was asked for" in other.content.decode()
    answer = coordinator.post(page_of(lot, "sell"), {**sale, "proceeds": "to_be_booked"})
    assert answer.status_code == 302
    assert held(lot) == {"stock": 900, "sold": 100}


@pytest.mark.parametrize(
    ("move", "role", "said", "stage"),
    [
        ("put_away", Role.WAREHOUSE, {"bin": "A-03"}, "kept"),
        ("count", Role.WAREHOUSE, {"counted": "999", "reason": "unexplained"}, "differs"),
        ("hold", Role.QUALITY, {"reason": "doubt"}, "blocked"),
        ("recall", Role.QUALITY, {"reason": "maker", "whole_batch": "on"}, "recalled"),
        (
            "ask_write_off",
            Role.WAREHOUSE,
            {"quantity": "5", "reason": "damaged", "note": "示例理由"},
            "write_off_asked",
        ),
    ],
)
def test_each_move_has_a_page_that_takes_it(lot, move, role, said, stage):
    client = staff(lot, role)
    assert client.get(reverse("admin:warehouse_lot_changelist")).status_code == 200
    assert client.get(page_of(lot, move)).status_code == 200

    assert client.post(page_of(lot, move), said).status_code == 302

    assert Lot.objects.get(pk=lot.pk).stage == stage
    assert client.get(reverse("admin:warehouse_lot_change", args=[lot.pk])).status_code == 200


def test_staff_of_another_organisation_find_no_lot(lot):
    client = signed_in(Client(), Role.COORDINATOR, org="U-5RD6V9KME4")

    assert client.get(page_of(lot, "hold")).status_code == 404
    assert lot.code not in client.get(reverse("admin:warehouse_lot_changelist")).content.decode()
