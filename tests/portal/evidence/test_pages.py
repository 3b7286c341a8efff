"""Photos with the hospital's confirmation, with a gift, from the workbench, and the second look."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from portal.accounts.links import make_link
from portal.accounts.roles import Role
from portal.evidence.models import File, Shelf, Stage
from portal.pledges.models import Pledge
from portal.receipts.models import Receipt
from tests.factories.catalogue import MASK, load_catalogue, variant
from tests.factories.funds import create_fund, give
from tests.factories.people import create_member, signed_in
from tests.factories.pledges import create_pledge
from tests.factories.shipping import create_shipment
from tests.portal.evidence import samples

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log", "media")]
ALL_CAME = {"line": 1, "accepted": 1000, "rejected": 0, "missing": 0, "surplus": 0, "reason": ""}
PHOTO = samples.jpeg(exif=samples.exif())
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def photo(data=PHOTO, name="IMG_0001.jpg"):
    return SimpleUploadedFile(name, data, content_type="image/jpeg")


@pytest.fixture
def shipment():
    return create_shipment()


@pytest.fixture
def link(shipment):
    """The hospital's secret link."""
    token = make_link(purpose="confirm", code=shipment.code, at=timezone.now(), days=30)
    return f"/en/confirm/{token}/"


@pytest.fixture
def confirming(client, link):
    """Send the confirmation by the secret link."""

    def send(*photos, shows="goods", **changes):
        rows = {f"lines-0-{name}": value for name, value in {**ALL_CAME, **changes}.items()}
        files = {"evidence-photos": list(photos), "evidence-shows": shows}
        return client.post(link, {**rows, **files})

    return send


def test_the_hospital_is_asked_for_photos_by_the_phones_camera(client, link):
    page = client.get(link).content.decode()

    assert len(re.findall(r"<form[^>]* enctype=\"multipart/form-data\"", page)) == 2
    fields = re.findall(r"<input type=\"file\"[^>]*>", page)
    assert len(fields) == 2
    for field in fields:
        assert 'name="evidence-photos"' in field
        assert 'accept="image/jpeg,image/png,image/webp"' in field
        assert "multiple" in field
        assert 'capture="environment"' in field
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_photos_come_with_the_confirmation(confirming, shipment):
    answer = confirming(photo(), photo(samples.jpeg(2)))

    assert answer.status_code == 302
    assert Receipt.objects.get().code == shipment.code
    found = File.objects.order_by("pk")
    assert [file.code for file in found] == [shipment.code] * 2
    assert {file.who for file in found} == {f"link:{shipment.code}"}
    assert {file.role for file in found} == {"hospital"}


def test_without_photos_it_goes_as_before(confirming):
    assert confirming().status_code == 302
    assert not File.objects.exists()


def test_a_photo_that_is_none_is_refused_and_what_was_typed_stays(confirming, media):
    answer = confirming(photo(), photo(SVG), accepted=900, missing=100, reason="short")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "File 2: Only photos (JPEG, PNG, WebP) and PDF are taken" in page
    assert 'value="900"' in page
    assert not Receipt.objects.exists()
    assert not media.exists()


def test_too_many_photos_do_not_undo_a_confirmation(confirming, shipment, send):
    for seed in range(2):
        send(shipment.code, samples.saved(samples.drawing(seed + 10, (64, 48)), "JPEG"))
    Shelf.objects.update(files=20)

    assert confirming(photo()).status_code == 302
    assert Receipt.objects.exists()
    assert File.objects.count() == 2


def test_a_donor_registers_a_gift_with_a_photo(client):
    load_catalogue()
    item = variant(MASK)
    row = {"variant": item.key, "quantity": "100"}
    sent = {f"lines-0-{name}": value for name, value in row.items()}
    counts = {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0"}
    who = {"visibility": "anonymous", "evidence-photos": photo(), "evidence-shows": "label"}

    answer = client.post("/en/pledge/", {**sent, **counts, **who})

    assert answer.status_code == 302, answer.content.decode()
    file = File.objects.get()
    assert (file.code, file.shows) == (Pledge.objects.get().code, "label")


def test_the_workbench_takes_photos_of_what_is_public(client):
    gift = create_pledge()
    client.force_login(create_member("coordinator"))
    address = f"/admin/pledges/pledge/{gift.pk}/files/"
    assert address in client.get(f"/admin/pledges/pledge/{gift.pk}/change/").content.decode()

    refused = client.post(address, {"evidence-photos": photo(SVG), "evidence-shows": "goods"})
    nothing = client.post(address, {"evidence-shows": "goods"})
    taken = client.post(address, {"evidence-photos": photo(), "evidence-shows": "goods"})

    assert (refused.status_code, nothing.status_code, taken.status_code) == (422, 422, 302)
    assert "Waiting for a second person" in client.get(address).content.decode()
    client.force_login(create_member("auditor"))
    assert client.get(address).status_code == 404


def decide(client, file, decision):
    return client.post(f"/admin/evidence/file/{file.pk}/{decision}/decide/", follow=True)


def test_acceptance_19_through_http_no_gps_in_what_is_shown(client, confirming, seal_and_project):
    """Sent by the hospital, looked at, published: what everybody gets has no EXIF."""
    confirming(photo())
    file = File.objects.get()
    client.force_login(create_member("moderator"))
    listed = client.get("/admin/evidence/file/").content.decode()
    assert file.code in listed
    page = client.get(f"/admin/evidence/file/{file.pk}/change/").content.decode()
    assert "Taken, by the camera" in page
    assert "2020:02:01 10:20:30" in page

    assert decide(client, file, "publish").status_code == 200

    seal_and_project()
    client.logout()
    shown = File.objects.get().copy_sha256
    page = client.get(f"/en/shipments/{file.code}/").content.decode()
    assert f'href="/files/{shown}"' in page
    for end in ("", "/thumb"):
        picture = client.get(f"/files/{shown}{end}").content
        assert not Image.open(io.BytesIO(picture)).getexif()
        assert samples.SECRET.encode() not in picture


def test_the_decisions_are_offered_to_who_may_take_them(client, send, moderator):
    file = send(create_pledge().code)
    address = f"/admin/evidence/file/{file.pk}/change/"
    client.force_login(create_member("auditor"))
    assert "/decide/" not in client.get(address).content.decode()
    assert decide(client, file, "publish").status_code == 404
    client.force_login(create_member("coordinator"))
    assert client.get(address).status_code == 404

    client.force_login(create_member("publisher"))
    assert f"/admin/evidence/file/{file.pk}/keep/decide/" in client.get(address).content.decode()
    assert client.get(f"/admin/evidence/file/{file.pk}/keep/decide/").status_code == 404
    decide(client, file, "keep")
    assert File.objects.get().stage == Stage.KEPT
    again = decide(client, file, "publish")
    assert again.status_code == 422
    assert "already decided" in again.content.decode()


def test_photos_that_wait_stand_on_the_first_page_and_lead_from_one_to_the_next(client, send):
    first, second = (send(create_pledge().code) for _n in range(2))
    staff = signed_in(client, Role.PUBLISHER)

    board = staff.get("/admin/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    page = staff.get(f"/admin/evidence/file/{first.pk}/change/").content.decode()

    assert "/admin/evidence/file/?stage__exact=waiting" in board
    assert "<b>2</b>" in board
    assert f"/admin/evidence/file/{second.pk}/change/" in page
    auditor = signed_in(client, Role.AUDITOR)
    assert "stage__exact=waiting" not in auditor.get("/admin/").content.decode()


def test_t_b12_the_page_warns_of_a_photo_seen_before(client, send):
    first = send(create_pledge().code, PHOTO)
    second = send(create_pledge().code, PHOTO)
    client.force_login(create_member("moderator"))

    page = client.get(f"/admin/evidence/file/{second.pk}/change/").content.decode()

    assert "The same file was sent before about:" in page
    assert f"/admin/evidence/file/{first.pk}/change/" in page


def test_the_official_receipt_of_a_gift_of_money_is_noted_with_its_file(client, seal_and_project):
    gift = give(create_fund(), 100)
    signed_in(client, Role.FINANCE, org=gift.org.code)
    noted = {"number": "0012345678", "receipt_code": "99010219", "check_code": "9f3c7e"}
    kept = {"evidence-shows": "receipt", "evidence-photos": photo()}
    address = f"/admin/funds/moneygift/{gift.pk}/move/note_receipt/"

    assert client.post(address, {**noted, **kept}).status_code == 302

    file = File.objects.get(code=gift.code)
    assert (file.shows, file.stage) == ("receipt", Stage.WAITING)
    gift.refresh_from_db()
    assert (gift.receipt_number, gift.receipt_code, gift.check_code) == (*noted.values(),)
    seal_and_project()
    page = client.get(f"/en/g/{gift.code}/").content.decode()
    paper = client.get(f"/en/g/{gift.code}/certificate/").content.decode()
    assert "official receipt was given to the donor separately" in paper
    assert not [said for said in noted.values() if said in page + paper]
