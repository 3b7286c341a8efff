"""Sent, looked at by a second person, shown, withdrawn: what the ledger and the pages say."""

import hashlib

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from ledger import api
from portal.accounts.models import Person
from portal.accounts.roles import Role
from portal.evidence import boxes, commands, limits
from portal.evidence.commands import Refused
from portal.evidence.limits import Unfit
from portal.evidence.models import File, Shelf, Shows, Stage
from portal.oversight.erasing import erase
from portal.tracking.projection.checking import differences
from tests.factories.clock import AT
from tests.factories.pledges import create_pledge
from tests.factories.shipping import create_shipment
from tests.portal.evidence import samples

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log", "media")]
PHOTO = samples.jpeg()


@pytest.fixture
def gift():
    return create_pledge()


def stored(media):
    return sorted(path.name for path in media.rglob("*") if path.is_file())


def test_the_original_is_stored_encrypted_and_named_by_its_hash(send, gift, media):
    file = send(gift.code, PHOTO)

    for path in media.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert PHOTO[100:200] not in data
            assert path.name == hashlib.sha256(data).hexdigest()
            assert path.stat().st_mode & 0o077 == 0
    assert len(stored(media)) == 3
    assert commands.original(file) == PHOTO


def test_the_digest_of_the_original_is_sealed_as_a_private_commitment(send, gift, sealed):
    file = send(gift.code, PHOTO)

    entry = next(entry for entry in sealed() if entry.body["type"] == "evidence.add")

    digest = hashlib.sha256(PHOTO).hexdigest()
    assert entry.body["case"] == gift.code
    assert digest.encode() not in entry.raw
    told = entry.body["data"]
    assert (told["media"], told["size_class"], told["shows"]) == ("image/jpeg", "small", "goods")
    private = api.disclosures_all(file.uid)
    assert (private["photo_sha256"], private["length"]) == (digest, len(PHOTO))
    assert api.disclosures([file.uid]) == {}


def test_it_stands_on_the_pages_of_the_gifts_that_a_delivery_carries(send, seal):
    shipment = create_shipment()
    seal()
    gift = shipment.lines.get().lot.pledge.code

    file = send(shipment.code)

    assert file.codes == [shipment.code, gift]


def test_also_where_the_delivery_itself_still_waits_to_be_sealed(send):
    shipment = create_shipment()

    file = send(shipment.code)

    assert set(file.codes) == {
        shipment.code,
        *shipment.lines.values_list("lot__pledge__code", flat=True),
    }


def test_nobody_looks_at_what_he_sent_himself(send, gift, moderator, db):
    file = send(gift.code, by=moderator)
    other = Person.objects.create(
        username="same person", email="one@example.org", joined_at=AT, is_active=True
    )
    Person.objects.filter(pk=moderator.person_id).update(email="one@example.org")
    twin = type(moderator)(role=Role.PUBLISHER, org=moderator.org, person_id=other.pk)

    for himself in (moderator, twin):
        with pytest.raises(Refused, match="somebody else"):
            commands.publish(pk=file.pk, by=himself, at=AT)
    assert File.objects.get().stage == Stage.WAITING


def test_only_moderation_and_publishing_decide(send, gift, member):
    file = send(gift.code)

    for role in (Role.WAREHOUSE, Role.COORDINATOR, Role.AUDITOR):
        with pytest.raises(Refused, match="Only moderation"):
            commands.publish(pk=file.pk, by=member(role), at=AT)


def test_what_was_decided_once_is_decided(send, gift, moderator):
    file = send(gift.code)
    commands.keep(pk=file.pk, by=moderator, at=AT)

    with pytest.raises(Refused, match="already decided"):
        commands.publish(pk=file.pk, by=moderator, at=AT)


def test_an_official_receipt_is_kept_and_never_published(send, gift, moderator):
    file = send(gift.code, shows=Shows.RECEIPT)

    with pytest.raises(Refused, match="looked up by its number, so it is never published"):
        commands.publish(pk=file.pk, by=moderator, at=AT)
    assert commands.keep(pk=file.pk, by=moderator, at=AT).stage == Stage.KEPT


def test_published_it_is_a_named_digest_and_a_picture_on_the_gifts_page(
    client, send, gift, moderator, seal_and_project
):
    file = commands.publish(pk=send(gift.code).pk, by=moderator, at=AT)
    seal_and_project()

    page = client.get(f"/en/g/{gift.code}/").content.decode()

    assert api.disclosures([file.published])[file.published] == {"copy_sha256": file.copy_sha256}
    assert f'<img src="/files/{file.copy_sha256}/thumb" alt="Goods"' in page
    assert "A photo or paper is shown" in page
    assert boxes.get(boxes.PUBLIC, file.copy_sha256).startswith(b"\xff\xd8")
    assert list(differences()) == []


def test_a_page_without_photos_asks_no_more_than_before(
    client, gift, seal_and_project, django_assert_max_num_queries
):
    seal_and_project()

    with django_assert_max_num_queries(50) as asked:
        client.get(f"/en/g/{gift.code}/")

    assert not [q for q in asked.captured_queries if "evidence" in q["sql"]]


def test_withdrawn_the_copy_is_gone_and_the_page_says_so(
    client, send, gift, moderator, seal_and_project
):
    file = commands.publish(pk=send(gift.code).pk, by=moderator, at=AT)
    seal_and_project()
    address = reverse("evidence:file", args=[file.copy_sha256])
    assert client.get(address).status_code == 200

    commands.withdraw(pk=file.pk, by=moderator, at=AT)
    seal_and_project()

    assert client.get(address).status_code == 404
    assert client.get(f"{address}/thumb").status_code == 404
    with pytest.raises(boxes.Lost):
        boxes.get(boxes.PUBLIC, file.copy_sha256)
    page = client.get(f"/en/g/{gift.code}/").content.decode()
    assert "withdrawn: erased on request" in page
    assert file.copy_sha256 not in page
    assert api.disclosures([file.published]) == {}
    assert commands.original(File.objects.get()).startswith(b"\xff\xd8")


def test_withdrawing_one_leaves_the_same_copy_of_another(send, gift, moderator, sender):
    other = create_pledge()
    first, second = (
        commands.publish(pk=send(code).pk, by=moderator, at=AT) for code in (gift.code, other.code)
    )
    assert first.copy_sha256 == second.copy_sha256

    commands.withdraw(pk=first.pk, by=moderator, at=AT)

    assert boxes.get(boxes.PUBLIC, second.copy_sha256)


@pytest.mark.django_db(transaction=True)
def test_erasing_the_gift_erases_every_byte(send, gift, moderator, seal, media, log_files):
    commands.publish(pk=send(gift.code, PHOTO).pk, by=moderator, at=AT)
    send(gift.code, samples.jpeg(2))
    seal()

    erase(gift.code, at=AT)

    assert stored(media) == []
    for file in File.objects.all():
        assert file.stage == Stage.ERASED
        assert (file.sha256, file.alike, file.taken, file.copy_sha256) == ("", "", "", "")
        told = {**api.disclosures_all(file.uid), **api.disclosures_all(file.published)}
        assert set(told) <= {"actor"}
    assert erase(gift.code, at=AT).counts["photos and papers"] == 0


def test_t_b12_an_old_photo_is_flagged_in_public(send, gift, seal_and_project, client):
    other = create_pledge()
    send(gift.code, PHOTO)

    same = send(other.code, PHOTO)
    smaller = samples.drawing(1).resize((500, 375))
    alike = send(other.code, samples.saved(smaller, "JPEG", quality=60))
    new = send(other.code, samples.jpeg(7))

    assert (same.repeats, alike.repeats, new.repeats) == ("same", "alike", "no")
    seal_and_project()
    page = client.get(f"/en/g/{other.code}/").content.decode()
    assert "the same file was filed about another gift" in page
    assert "it looks like a photo filed about another gift" in page


def test_t_b12_another_photo_of_the_same_gift_is_none(send, seal):
    shipment = create_shipment()
    seal()
    send(shipment.lines.get().lot.pledge.code, PHOTO)

    assert send(shipment.code, PHOTO).repeats == "no"


def test_the_same_file_again_changes_nothing(send, gift, media):
    first = send(gift.code, PHOTO)
    before = stored(media), api.pending()[0]

    assert send(gift.code, PHOTO).pk == first.pk
    assert (stored(media), api.pending()[0]) == before


def test_t_w05_twenty_files_of_one_thing_and_no_more(send, gift, media, monkeypatch):
    send(gift.code, PHOTO)
    Shelf.objects.update(files=limits.FILES_OF_ONE)
    before = stored(media)

    with pytest.raises(Unfit, match="At most 20 files and 100 MiB are kept"):
        send(gift.code, samples.jpeg(3))

    assert stored(media) == before, "what is refused is not kept"
    Shelf.objects.update(files=1, size=limits.BYTES_OF_ONE - 10)
    with pytest.raises(Unfit, match="100 MiB"):
        send(gift.code, samples.jpeg(3))


def test_what_was_closed_for_one_code_does_not_open_for_another(media, log):
    closed = boxes.close(b"a photo", code="G-7K2M9Q4TX5")

    assert boxes.open_(closed, code="G-7K2M9Q4TX5") == b"a photo"
    for bad in (closed[:-1], closed[:60] + bytes([closed[60] ^ 1]) + closed[61:], b"", b"a photo"):
        with pytest.raises(boxes.Damaged):
            boxes.open_(bad, code="G-7K2M9Q4TX5")
    with pytest.raises(boxes.Damaged):
        boxes.open_(closed, code="G-3XW8H2PCAF")


def test_a_stored_file_is_never_written_over(media):
    name = boxes.put(boxes.CLOSED, b"first")
    (path,) = (p for p in media.rglob("*") if p.is_file())
    before = path.stat().st_ino

    assert boxes.put(boxes.CLOSED, b"first") == name
    assert path.stat().st_ino == before
    assert ContentFile(b"first").size == len(boxes.get(boxes.CLOSED, name))
