"""The public pages: the same for everybody, from sealed entries only, cheap at any size."""

import json
import re

import pytest
from django.urls import reverse
from django.utils import timezone, translation

import ledger.api as ledger
from ledger.publishing import sign_and_publish
from portal.tracking.models import Line
from tests.factories.people import create_member
from tests.portal.tracking.stories import MASK, Story, whole

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(seal_and_project):
    told = whole(Story())
    seal_and_project()
    return told


def addresses(world, language="zh"):
    names = ("home", "needs", "gifts", "organisations", "ledger", "about", "privacy", "lookup")
    names += ("checkpoints", "integrity")
    with translation.override({"zh": "zh-hans", "en": "en"}[language]):
        return [
            *(reverse(f"tracking:{name}") for name in names),
            reverse("tracking:gift", args=[world["gift"]]),
            reverse("tracking:gift_qr", args=[world["gift"]]),
            reverse("tracking:gift_events", args=[world["gift"]]),
            reverse("tracking:need", args=[world["need"]]),
            reverse("tracking:need", args=[world["other"]]),
            *(reverse("tracking:shipment", args=[code]) for code in world["shipments"]),
            reverse("tracking:organisation", args=[world["first"]]),
            reverse("tracking:organisation", args=[world["listed"]]),
            reverse("tracking:entry", args=[0]),
            reverse("tracking:entry", args=[ledger.size() - 1]),
        ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_is_the_same_for_staff_and_sets_no_cookie(world, client, language):
    person = create_member("auditor")

    for address in addresses(world, language):
        anonymous = client.get(address)
        client.force_login(person)
        signed_in = client.get(address)
        client.logout()
        client.cookies.clear()

        assert anonymous.status_code == 200, address
        assert signed_in.content == anonymous.content, address
        assert not signed_in.cookies
        assert not anonymous.cookies


def test_a_page_that_has_not_changed_answers_304(world, client, seal_and_project):
    address = f"/en/g/{world['gift']}/"
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    Story().say("balloon.launch", world["gift"])
    seal_and_project()
    changed = client.get(address, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200
    assert client.get(f"/zh/g/{world['gift']}/")["ETag"] != changed["ETag"]


def test_a_fragment_is_part_of_the_page_and_keyed_apart(world, client):
    address = f"/en/g/{world['gift']}/"
    page = client.get(address)
    part = client.get(address, headers={"HX-Request": "true"})
    restored = {"HX-Request": "true", "HX-History-Restore-Request": "true"}

    assert part.content.strip() in page.content
    assert b"<html" not in part.content
    assert part["ETag"] != page["ETag"]
    assert "HX-Request" in page["Vary"]
    assert client.get(address, headers=restored).content == page.content


def test_addresses_without_language_vary_by_what_chose_it(world, client):
    assert "Accept-Language" in client.get(f"/g/{world['gift']}/")["Vary"]
    assert "Accept-Language" not in client.get(f"/en/g/{world['gift']}/")["Vary"]


def test_nothing_is_shown_before_it_is_sealed(log, client, seal_and_project):
    story = Story()
    story.catalogue()
    gift = story.gift((MASK, 10, None, 0))

    early = client.get(f"/en/g/{gift}/")
    seal_and_project()

    assert early.status_code == 404
    assert "It appears here within seconds" in early.content.decode()
    assert client.get(f"/en/g/{gift}/").status_code == 200


def test_a_donor_is_named_only_if_he_wished_so(world, client, seal_and_project):
    hidden = Story().gift((MASK, 5, None, 0))
    seal_and_project()

    assert "晨光公司" in client.get(f"/zh/g/{world['gift']}/").content.decode()
    assert "stays anonymous" in client.get(f"/en/g/{hidden}/").content.decode()


def test_the_waybill_is_shown_by_its_last_four_signs(world, client):
    page = client.get(f"/en/shipments/{world['shipments'][0]}/").content.decode()

    assert "…0123" in page
    assert "SF1234567890123" not in page


def test_events_json_holds_the_sealed_bytes(world, client):
    response = client.get(f"/g/{world['gift']}/events.json")
    seqs = list(
        Line.objects.filter(link__code=world["gift"]).order_by("seq").values_list("seq", flat=True)
    )

    assert [e["index"] for e in json.loads(response.content)["entries"]] == seqs
    assert all(ledger.entry(seq).raw in response.content for seq in seqs)


def test_a_listed_organisation_is_shown_as_not_verified(world, client):
    page = client.get(f"/en/o/{world['listed']}/").content.decode()

    assert "Known from a notice, no account, not verified" in page


def test_a_mistyped_address_leads_to_the_right_one(world, client):
    typed = world["gift"].lower().replace("-", "")

    response = client.get(f"/en/g/{typed}/")

    assert (response.status_code, response["Location"]) == (302, f"/en/g/{world['gift']}/")


def test_an_unknown_type_stands_on_the_page_by_its_key(world, client, seal_and_project):
    Story().say("balloon.launch", world["gift"], height=30)
    seal_and_project()

    page = client.get(f"/en/g/{world['gift']}/").content.decode()

    assert "balloon.launch" in page
    assert "height" in page


def test_a_correction_stands_beside_what_it_corrects(world, client, seal_and_project):
    wrong = Line.objects.get(type="arrival.count")
    Story().say("balloon.land", world["gift"], corrects=wrong.uid)
    seal_and_project()
    right = Line.objects.get(type="balloon.land")

    page = client.get(f"/en/g/{world['gift']}/").content.decode()

    assert f"by entry {right.seq}; the old entry stays" in page
    assert f"entry {wrong.seq}" in page


def test_every_file_that_the_ledger_page_names_is_there(world, client):
    assert "checkpoint" not in client.get("/en/ledger/").content.decode().partition("The files")[2]

    sign_and_publish(at=timezone.now())
    html = client.get("/en/ledger/").content.decode()

    named = re.findall(r'href="https://tests\.shanji\.example(/ledger/[^"]+)"', html)
    assert len(named) == 5
    assert [client.get(name).status_code for name in named] == [200] * 5
