"""What everybody reads of a silent hospital, a difference and of what wards were given; and the
hospital's own pages."""

import pytest
from django.urls import reverse

from portal.accounts.roles import Role
from portal.pledges.models import Pledge
from portal.receipts.models import Receipt, ReceiptLine
from portal.receipts.settling import CameLater, FoundAgain
from portal.receipts.silence import tick
from portal.tracking.models import Organisation
from portal.tracking.projection.checking import differences
from tests.factories.clock import later
from tests.factories.people import signed_in
from tests.factories.receipts import confirm, create_receipt, move_on, some, staff_of
from tests.factories.shipping import create_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]


def pages(client, shipment):
    gift = Pledge.objects.get(lot__shipmentline__shipment=shipment)
    addresses = {
        "shipment": reverse("tracking:shipment", args=[shipment.code]),
        "gift": reverse("tracking:gift", args=[gift.code]),
        "hospital": reverse("tracking:organisation", args=[shipment.hospital.code]),
        "gifts": reverse("tracking:gifts"),
        "organisations": reverse("tracking:organisations"),
    }
    return {name: client.get(path).content.decode() for name, path in addresses.items()}


def test_r20_everybody_reads_that_the_recipient_has_not_confirmed(client, seal_and_project):
    shipment = create_shipment(stage="delivered")
    tick(at=later(hours=72))
    seal_and_project()

    shown = pages(client, shipment)

    assert "Unconfirmed by the recipient" in shown["shipment"]
    assert "unconfirmed by the recipient for over 72 hours" in shown["gift"]
    assert "1 delivery is unconfirmed by this recipient" in shown["hospital"]
    assert "unconfirmed by the recipient" in shown["gifts"]
    assert "1 delivery unconfirmed" in shown["organisations"]
    assert differences() == []


def test_r20_a_late_confirmation_ends_the_mark_and_is_called_late(client, seal_and_project):
    shipment = create_shipment(stage="delivered")
    tick(at=later(hours=72))
    confirm(shipment, at=later(hours=90))
    seal_and_project()

    shown = pages(client, shipment)

    assert "Confirmed late" in shown["shipment"]
    assert "unconfirmed by this recipient" not in shown["hospital"]
    assert "delivery unconfirmed" not in shown["organisations"]
    assert Organisation.objects.get(code=shipment.hospital.code).unconfirmed == 0


def test_what_came_later_leaves_the_column_of_what_is_missing(client, seal_and_project):
    receipt = create_receipt({"line": 1, "missing": 100})
    shipment = receipt.shipment
    move_on(receipt, "come_later", CameLater(later=some({1: 60})), actor=staff_of(shipment))
    move_on(receipt, "find", FoundAgain(again=some({1: 40}), note="清点"))
    seal_and_project()

    shown = pages(client, shipment)

    row = shown["shipment"].partition("<tbody")[2].partition("</tbody>")[0]
    assert "960" in row
    assert "100" not in row.replace("1,000", "")
    assert "Back in stock" in shown["shipment"]
    assert "correct" in shown["gift"].lower()
    assert differences() == []


@pytest.fixture
def reported(client, seal_and_project):
    receipt = create_receipt()
    shipment = receipt.shipment
    staff = signed_in(client, Role.HOSPITAL, org=shipment.hospital.code)
    address = f"/en/hospital/receipts/{receipt.code}/report_use/"
    sent = {"issued-0-line": 1, "issued-0-quantity": 600, "department": "isolation", "thanks": ""}
    answer = staff.post(address, {**sent, "once": "a" * 22})
    assert answer.status_code == 302, answer.content.decode()
    seal_and_project()
    return shipment


def test_use_is_public_on_gift_delivery_and_hospital(client, reported):
    shown = pages(client, reported)

    for name in ("gift", "shipment"):
        assert "600 of 1,000" in shown[name]
        assert "issued to wards" in shown[name]
    assert "600 of them issued to wards" in shown["hospital"]
    assert "How the hospital has used" not in shown["gift"]
    assert differences() == []


def test_the_hospital_sees_what_is_unreported_until_all_is(client, reported):
    def moves():
        html = client.get("/en/hospital/").content.decode()
        return "use not reported yet" in html, "report_use" in html

    assert moves() == (True, True)
    ReceiptLine.objects.update(issued=1000)
    assert moves() == (False, False)


def test_too_much_is_refused_and_kept_on_the_page(client):
    receipt = create_receipt()
    staff = signed_in(client, Role.HOSPITAL, org=receipt.shipment.hospital.code)
    address = f"/en/hospital/receipts/{receipt.code}/report_use/"
    page = staff.get(address).content.decode()
    assert 'capture="environment"' in page
    assert "1,000 not reported yet" in page

    sent = {"issued-0-line": 1, "issued-0-quantity": 1001, "department": "wards", "thanks": "谢谢"}
    answer = staff.post(address, sent)

    assert answer.status_code == 422
    assert "1001 more are too many" in answer.content.decode()
    assert "谢谢" in answer.content.decode()
    assert ReceiptLine.objects.get().issued == 0


def test_another_hospital_finds_no_receipt(client):
    receipt = create_receipt({"line": 1, "missing": 5})
    stranger = signed_in(client, Role.HOSPITAL)

    for move in ("report_use", "come_later", "object"):
        address = f"/en/hospital/receipts/{receipt.code}/{move}/"
        assert stranger.get(address).status_code == 404
        assert stranger.post(address, {}).status_code == 404


def test_the_hospital_says_in_its_workspace_what_came_later(client):
    receipt = create_receipt({"line": 1, "missing": 5})
    staff = signed_in(client, Role.HOSPITAL, org=receipt.shipment.hospital.code)
    assert "come_later" in staff.get("/en/hospital/").content.decode()
    address = f"/en/hospital/receipts/{receipt.code}/come_later/"

    answer = staff.post(address, {"later-0-line": 1, "later-0-quantity": 5})

    assert answer.status_code == 302
    assert Receipt.objects.get().lines.get().later == 5
