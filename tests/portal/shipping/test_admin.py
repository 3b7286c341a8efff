"""Release orders and shipments in the admin, and the hospital's link."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from portal.accounts.links import open_link
from portal.accounts.models import Link
from portal.accounts.roles import Role
from portal.shipping.models import Release, Shipment
from tests.factories.people import signed_in
from tests.factories.receipts import create_receipt
from tests.factories.shipping import create_direct, create_shipment, line_of, stocked
from tests.factories.warehouse import create_allocation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]


@pytest.fixture
def allocation():
    return create_allocation(line_of(quantity=1000), (stocked(), 600))


def test_from_allocation_to_delivery_in_the_admin(client, allocation):
    signed_in(client, Role.DISPATCHER, org=allocation.org)
    rows = {"allocations-TOTAL_FORMS": "3", "allocations-0-allocation": allocation.code}
    rows |= {"receiving_unit": "物资科", "taker": "一号车", "slot": "2026-03-02T15:30"}

    answer = client.post("/admin/shipping/release/open/issue/", rows)
    release = Release.objects.get()
    assert answer["Location"] == f"/admin/shipping/release/{release.pk}/change/"

    packer = signed_in(Client(), Role.WAREHOUSE, org=allocation.org)
    packed = {"release": release.code, "boxes": "4"}
    answer = packer.post("/admin/shipping/shipment/open/pack/", packed)
    shipment = Shipment.objects.get()
    page = f"/admin/shipping/shipment/{shipment.pk}/"
    assert answer["Location"] == f"{page}change/"
    assert f"{page}move/dispatch/" in client.get(answer["Location"]).content.decode()

    sent = {"carrier": "sf", "waybill": "SF1234567890123", "order": release.code}
    answer = client.post(f"{page}move/dispatch/", sent)
    assert answer["Location"] == f"{page}link/"

    answer = client.post(f"{page}move/confirm_delivery/", {})
    assert answer["Location"] == f"{page}change/"
    assert Shipment.objects.get().stage == "delivered"


def test_the_hospitals_link_is_shown_once_and_kept_only_as_a_hash(client):
    shipment = create_shipment()
    signed_in(client, Role.DISPATCHER, org=shipment.org)
    page = f"/admin/shipping/shipment/{shipment.pk}/link/"

    assert "/confirm/" not in client.get(page).content.decode()
    answer = client.post(page)

    (token,) = re.findall(
        r"https://tests\.shanji\.example/confirm/([\w-]+)/", answer.content.decode()
    )
    assert open_link(token, purpose="confirm", at=timezone.now()).code == shipment.code
    assert "no-store" in answer["Cache-Control"]
    assert token not in str(list(Link.objects.values()))
    assert token not in client.get(page).content.decode()


def test_a_new_link_replaces_the_lost_one(client):
    shipment = create_shipment()
    signed_in(client, Role.COORDINATOR, org=shipment.org)

    for _ in range(2):
        client.post(f"/admin/shipping/shipment/{shipment.pk}/link/")

    assert Link.objects.filter(ended=False).count() == 1


def test_a_coordinator_makes_the_link_for_a_donors_own_delivery(client):
    shipment = create_direct()
    signed_in(client, Role.COORDINATOR)

    assert client.post(f"/admin/shipping/shipment/{shipment.pk}/link/").status_code == 200


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.HOSPITAL, Role.AUTHORITY])
def test_nobody_else_gets_the_link(client, role):
    shipment = create_shipment()
    signed_in(client, role, org=shipment.org)

    answer = client.post(f"/admin/shipping/shipment/{shipment.pk}/link/")

    assert answer.status_code in (302, 403, 404)
    assert Link.objects.count() == 0


def test_another_charity_gets_no_link(client):
    shipment = create_shipment()
    signed_in(client, Role.DISPATCHER)

    assert client.post(f"/admin/shipping/shipment/{shipment.pk}/link/").status_code == 404


def test_there_is_no_link_page_before_the_goods_left(client):
    shipment = create_shipment(stage="packed")
    signed_in(client, Role.DISPATCHER, org=shipment.org)

    assert client.get(f"/admin/shipping/shipment/{shipment.pk}/link/").status_code == 404


def test_a_refused_dispatch_keeps_what_was_typed(client):
    shipment = create_shipment(stage="packed")
    signed_in(client, Role.DISPATCHER, org=shipment.org)

    answer = client.post(
        f"/admin/shipping/shipment/{shipment.pk}/move/dispatch/",
        {"carrier": "sf", "vehicle": "鄂A 示例"},
    )

    assert answer.status_code == 422
    assert "waybill" in answer.content.decode() or "运单" in answer.content.decode()
    assert "鄂A 示例" in answer.content.decode()


def test_the_sender_explains_a_difference_in_the_admin(client):
    receipt = create_receipt({"line": 1, "missing": 10})
    signed_in(client, Role.DISPATCHER, org=receipt.shipment.org)
    page = f"/admin/receipts/receipt/{receipt.pk}/"

    assert f"{page}move/explain/" in client.get(f"{page}change/").content.decode()
    answer = client.post(f"{page}move/explain/", {"explanation": "carrier"})

    assert answer["Location"] == f"{page}change/"
    receipt.refresh_from_db()
    assert receipt.stage == "resolved"


def test_lists_cost_the_same_at_one_and_three_rows(client, django_assert_max_num_queries):
    first = create_shipment()
    signed_in(client, Role.AUDITOR)
    with django_assert_max_num_queries(12) as one:
        client.get("/admin/shipping/shipment/")
    create_shipment()
    create_shipment()
    with django_assert_max_num_queries(12) as three:
        text = client.get("/admin/shipping/shipment/").content.decode()

    assert first.code in text
    assert len(one.captured_queries) == len(three.captured_queries)
