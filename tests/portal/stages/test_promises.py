"""Whoever gives or confirms can take the ledger's signed receipt along; nobody else gets it."""

import re

import pytest
from django.utils import timezone

from ledger import publishing
from ledger.core import receipt
from ledger.models import Intent
from ledger.verify.promises import check_receipt
from ledger.verify.sources import Folder
from portal.accounts.links import make_link
from portal.accounts.roles import Role
from portal.stages.models import Trail
from tests.factories.catalogue import MASK, variant
from tests.factories.people import signed_in
from tests.factories.pledges import create_pledge
from tests.factories.receipts import create_receipt

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
OFFER = {
    "lines-0-variant": MASK,
    "lines-0-quantity": "400",
    "lines-0-need": "",
    "lines-TOTAL_FORMS": "1",
    "visibility": "anonymous",
    "once": "1b4e28ba-2fa1-41d2-883f-0016d3cca427",
    **{f"lines-{n}-need_line": "0" for n in range(8)},
}


def uid_of(lifecycle, code, move):
    return Trail.objects.get(lifecycle=lifecycle, code=code, move=move).uid


def check(answer, code):
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="{code}.receipt"'
    assert "no-store" in answer["Cache-Control"]
    return receipt.parse(answer.content)


def test_a_donor_takes_the_receipt_along_and_it_is_kept(client, seal, log, tmp_path):
    variant(MASK)
    page = client.post("/en/pledge/", OFFER, follow=True)
    (address,) = re.findall(r'href="(/en/pledge/given/([^/]+)/receipt)"', page.content.decode())
    intent = Intent.objects.get(case=address[1])  # not sealed yet

    answer = client.get(address[0])

    assert check(answer, address[1]).uid == intent.uid
    path = tmp_path / "mine.receipt"
    path.write_bytes(answer.content)
    seal()
    publishing.sign_and_publish(at=timezone.now())
    assert check_receipt(path, Folder(log.dir), now=timezone.now()).verdict == "kept"


def test_another_browser_gets_none(client):
    pledge = create_pledge()

    assert client.get(f"/en/pledge/given/{pledge.code}/receipt").status_code == 404
    page = client.get(f"/en/pledge/given/{pledge.code}/").content.decode()
    assert "/receipt" not in page


def test_the_secret_link_has_it_too(client):
    pledge = create_pledge()
    token = make_link(purpose="claim", code=pledge.code, at=timezone.now(), days=1)
    address = f"/en/claim/{token}/receipt"

    assert address in client.get(f"/en/claim/{token}/").content.decode()
    found = check(client.get(address), pledge.code)
    assert found.uid == uid_of("pledge", pledge.code, "register")
    assert client.get("/en/claim/unknown-unknown-unknown/receipt").status_code == 410


def test_a_hospital_takes_the_receipt_of_its_confirmation(client):
    code = create_receipt().code
    address = f"/en/confirm/thanks/{code}/receipt"

    assert address in client.get(f"/en/confirm/thanks/{code}/").content.decode()
    assert check(client.get(address), code).uid == uid_of("receipt", code, "confirm")
    assert client.get("/en/confirm/thanks/S-2222222222/receipt").status_code == 404


def test_the_hospital_s_own_workspace_has_it_and_another_hospital_s_has_not(client):
    made = create_receipt()
    address = f"/en/hospital/shipments/{made.code}/receipt"
    signed_in(client, Role.HOSPITAL, org=made.shipment.hospital.code)

    assert address in client.get("/en/hospital/").content.decode()
    assert check(client.get(address), made.code).uid == uid_of("receipt", made.code, "confirm")
    signed_in(client, Role.HOSPITAL, org="U-5RD6V9KME4")
    assert client.get(address).status_code == 404
