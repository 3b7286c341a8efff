"""After its confirmation a hospital without an account speaks by a secret link of its own."""

import re

import pytest
import segno
from django.test import Client
from django.utils import timezone

from portal.accounts.links import AFTER, AFTER_DAYS, make_link
from portal.accounts.models import Link
from portal.accounts.roles import Role
from portal.notices import boxes
from portal.notices import commands as notices
from portal.notices.models import Notice
from portal.receipts.models import Receipt, ReceiptLine
from portal.stages.models import Trail
from portal.warehouse.models import RecallAnswer
from tests.factories.clock import AT
from tests.factories.people import signed_in
from tests.factories.receipts import confirm, create_receipt, explain, linked, received
from tests.factories.shipping import create_shipment
from tests.factories.stock import lift, recall

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log", "english_workbench")]
ADDRESS = "ward@hospital.example"
USE = {"issued-0-line": "1", "issued-0-quantity": "300", "department": "fever_clinic"}


@pytest.fixture
def receipt():
    return create_receipt({"line": 1, "missing": 100})


def address_of(receipt, *, purpose=AFTER, days=AFTER_DAYS):
    token = make_link(purpose=purpose, code=receipt.code, at=timezone.now(), days=days)
    return f"/en/after/{token}/"


def mails(receipt):
    return Notice.objects.filter(key__startswith=f"after:{receipt.code}:").count()


def test_by_the_link_a_hospital_reports_use_and_objects_without_an_account(client, receipt):
    explain(receipt)
    address = address_of(receipt)

    page = client.get(address).content.decode()
    assert receipt.code in page
    assert "The hospital does not agree" not in page
    used = client.post(f"{address}report_use/", USE)
    against = client.post(f"{address}object/", {"note": "少了一箱"})

    assert (used.status_code, against.status_code) == (302, 302)
    assert ReceiptLine.objects.get().issued == 300
    assert Receipt.objects.get().stage == "objected"
    assert "it is recorded" in client.get(used["Location"]).content.decode()
    taken = Trail.objects.filter(lifecycle="receipt", move__in=("report_use", "object"))
    assert set(taken.values_list("role", "org")) == {("hospital", receipt.shipment.hospital.code)}


def test_what_came_later_is_said_by_the_link_and_what_is_refused_is_kept(client, receipt):
    address = address_of(receipt) + "come_later/"
    sent = {"later-0-line": "1", "later-0-quantity": "101"}

    refused = client.post(address, sent)
    taken = client.post(address, sent | {"later-0-quantity": "100"})

    assert (refused.status_code, taken.status_code) == (422, 302)
    assert 'value="101"' in refused.content.decode()
    assert ReceiptLine.objects.get().lacking == 0


def test_d2_looking_changes_nothing_and_only_the_hospital_s_moves_are_there(client, receipt):
    address = address_of(receipt)
    before = list(Link.objects.values())

    for method in (client.get, client.head, client.options):
        method(address)
    assert client.get(f"{address}report_use/").status_code == 200

    assert list(Link.objects.values()) == before
    for move in ("explain", "find", "hand_on", "confirm", "nothing"):
        assert client.post(f"{address}{move}/", {}).status_code == 404


def test_d2_unknown_old_and_other_links_get_the_same_answer(client, receipt):
    wrong = [
        address_of(receipt, days=-1),
        address_of(receipt, purpose="confirm"),
        address_of(receipt, purpose="claim"),
        f"/en/after/{receipt.code}/",
    ]

    for address in wrong:
        assert client.get(address).status_code == 410
        assert client.post(f"{address}report_use/", USE).status_code == 410
    assert ReceiptLine.objects.get().issued == 0
    assert client.get(f"/en/confirm/{address_of(receipt)[10:]}").status_code == 410


def test_the_link_opens_one_receipt_and_lives_on_from_its_last_use(client, receipt):
    other = create_receipt()
    address = address_of(receipt, days=3)

    client.post(f"{address}report_use/", USE)

    issued = dict(ReceiptLine.objects.values_list("receipt__code", "issued"))
    assert issued == {receipt.code: 300, other.code: 0}
    left = Link.objects.get(purpose=AFTER).ends_at - timezone.now()
    assert left.days >= AFTER_DAYS - 1
    for answer in (client.get(address), client.get("/en/after/unknown/")):
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer["Cache-Control"]


def test_the_link_comes_by_mail_after_a_confirmation_by_link_and_after_each_explanation():
    shipment = create_shipment()
    notices.follow(shipment.hospital.code, to=ADDRESS, at=AT)
    receipt = confirm(
        shipment, received(shipment, {"line": 1, "missing": 5}), actor=linked(shipment)
    )

    assert mails(receipt) == 1
    explain(receipt)
    assert mails(receipt) == 2
    assert Link.objects.filter(purpose=AFTER, code=receipt.code, ended=False).count() == 2


def test_a_hospital_with_an_account_needs_no_link_to_its_workspace():
    shipment = create_shipment()
    notices.follow(shipment.hospital.code, to=ADDRESS, at=AT)

    assert mails(confirm(shipment)) == 0
    assert mails(create_receipt({"line": 1, "missing": 5})) == 0, "nor one that has no address"


def test_staff_make_a_link_for_a_hospital_that_has_no_address(client, receipt):
    staff = signed_in(Client(), Role.DISPATCHER, org=receipt.shipment.org)
    page = f"/admin/receipts/receipt/{receipt.pk}/link/"

    assert "/after/" not in staff.get(page).content.decode()
    first, second = (
        re.search(r"http\S+(/after/[\w-]{20,}/)", shown)
        for shown in (staff.post(page).content.decode() for _time in "12")
    )

    assert client.get(f"/en{first[1]}").status_code == 410
    assert client.get(f"/en{second[1]}").status_code == 200
    picture = segno.make(second[0], error="m", micro=False).png_data_uri(scale=8, border=4)
    assert f'src="{picture}"' in second.string, "to be scanned or printed, nowhere else"
    assert f'src="{picture}"' not in first.string
    other = signed_in(Client(), Role.DISPATCHER)
    assert other.post(page).status_code in (403, 404)


def recalled(receipt, *, address=ADDRESS):
    """The lot of this delivery, recalled after it was confirmed; its hospital can be reached."""
    if address:
        notices.follow(receipt.shipment.hospital.code, to=address, at=AT)
    lot = receipt.lines.get().shipment_line.lot
    recall(lot, at=timezone.now())
    return lot


def mailed_link(key):
    notice = Notice.objects.get(key__startswith=key)
    text = boxes.open_(notice.box, code=notice.code)
    return "/en" + re.search(r"/after/[\w-]{20,}/", text)[0]


def test_a_recall_is_mailed_with_a_link_by_which_the_hospital_answers(client, receipt):
    lot = recalled(receipt)
    address = mailed_link(f"recall:{lot.code}:")
    answer = f"{address}recalls/{lot.code}/"

    page = client.get(address).content.decode()
    assert "Recalled: do not use" in page
    assert answer in page
    assert "still have" in client.get(answer).content.decode()
    too_many = client.post(answer, {"aside": "9999", "used": "0", "note": "示例"})
    taken = client.post(answer, {"aside": "150", "used": "50"})

    assert (too_many.status_code, taken.status_code) == (422, 302)
    assert "示例" in too_many.content.decode()
    assert list(RecallAnswer.objects.values_list("lot", "aside", "used")) == [(lot.pk, 150, 50)]
    assert "150 set aside, 50 used" in client.get(taken["Location"]).content.decode()
    trail = Trail.objects.get(lifecycle="lot", move="answer")
    assert (trail.role, trail.org) == ("hospital", receipt.shipment.hospital.code)
    assert trail.who == f"link:{receipt.code}"


def test_d2_a_link_answers_for_the_recalled_lots_of_its_own_delivery_alone(client, receipt):
    other = create_receipt(hospital=receipt.shipment.hospital)
    lot, foreign = recalled(receipt), recalled(other, address="")
    address = address_of(receipt)
    said = {"aside": "1", "used": "0"}

    assert client.post(f"{address}recalls/{foreign.code}/", said).status_code == 404
    assert client.post(f"{address}recalls/{receipt.code}/", said).status_code == 404
    dead = address_of(receipt, days=-1)
    assert client.post(f"{dead}recalls/{lot.code}/", said).status_code == 410
    for method in (client.get, client.head, client.options):
        method(f"{address}recalls/{lot.code}/")
    assert not RecallAnswer.objects.exists()
    lift(lot)
    assert client.post(f"{address}recalls/{lot.code}/", said).status_code == 404
    assert "Recalled: do not use" not in client.get(address).content.decode()


@pytest.mark.usefixtures("still")
def test_tries_at_answers_are_limited_like_every_secret_link(client, receipt):
    codes = [client.get("/en/after/unknown/recalls/B-0/").status_code for _try in range(31)]

    assert codes == [410] * 30 + [429]
