"""The lists: filters and pages by the address; counters are the length of what they link to."""

import re

import pytest

from portal.tracking.models import Cursor, Gift, Line, Need
from portal.tracking.projection import projecting
from portal.tracking.queries import AT_ONCE
from portal.tracking.statistics import reading
from tests.portal.tracking.stories import GOGGLES, MASK, Story, whole

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(seal_and_project):
    told = whole(Story())
    seal_and_project()
    return told


def codes_on(client, address, kind):
    page = client.get(address).content.decode()
    return list(dict.fromkeys(re.findall(rf"{kind}-[2-9A-HJKMNP-Z]{{10}}", page)))


def test_needs_are_filtered_by_province_and_class(world, client, seal_and_project):
    story = Story()
    far = story.organisation("远方医院", "Far Hospital", province="广东", city="广州")
    distant = story.need(far, (GOGGLES, "exact", 10))
    seal_and_project()

    def shown(query):
        return codes_on(client, f"/en/needs/?{query}", "N")

    assert shown("") == [distant, world["other"], world["need"]]
    assert shown("province=广东") == [distant]
    assert shown("class=eyes-face") == [distant, world["need"]]
    assert shown("class=eyes-face&province=湖北") == [world["need"]]
    assert shown("province=天上") == []


def test_closed_needs_are_shown_only_when_asked_for(world, client, seal_and_project):
    Story().say(
        "need.withdraw", world["other"], world["second"], stage="withdrawn", reason="changed"
    )
    seal_and_project()

    assert codes_on(client, "/en/needs/", "N") == [world["need"]]
    assert codes_on(client, "/en/needs/?all=1", "N") == [world["other"], world["need"]]


def test_the_pages_of_a_list_hold_every_row_once(world, client, seal_and_project):
    story = Story()
    for _n in range(2 * AT_ONCE + 1):
        story.gift((MASK, 10, None, 0))
    seal_and_project()

    found, address = [], "/en/gifts/"
    while address:
        page = client.get(address)
        found += codes_on(client, address, "G")
        older = re.search(r'href="(\?[^"]*after=[\d.]+)" rel="next"', page.content.decode())
        address = f"/en/gifts/{older[1]}" if older else ""

    newest_first = Gift.objects.order_by("-opened_at", "-opened_seq").values_list("code", flat=True)
    assert found == list(newest_first)


@pytest.mark.parametrize("before", ["-1", "x", "９", "1" * 400, "%00", "1.5.9"])
def test_a_nonsense_page_is_the_first_page(world, client, before):
    for word in ("before", "after"):
        assert codes_on(client, f"/en/gifts/?{word}={before}", "G") == [world["gift"]]


def test_each_counter_is_the_length_of_the_list_it_links_to(world, client):
    page = client.get("/en/").content.decode()
    registered, needs, masks = re.findall(r'<a href="(/en/[^"]+)">([^<]+)</a></dt>', page)

    assert registered == ("/en/gifts/", "Gifts registered")
    assert needs == ("/en/needs/", "Open needs")
    assert masks == ("/en/gifts/?confirmed=1", "Masks confirmed")
    sums = reading.everything()
    assert sums.of("gifts") == len(codes_on(client, "/en/gifts/", "G"))
    assert sums.of("needs_open") == len(codes_on(client, "/en/needs/", "N"))
    assert Need.objects.filter(open=True).count() == 2


def test_the_feed_is_asked_for_again_by_its_part(world, client):
    part = client.get("/en/", headers={"HX-Request": "true"})

    assert b"<html" not in part.content
    assert "90 pieces of Medical respirator confirmed by Baisha County Hospital" in (
        part.content.decode()
    )


def test_two_lists_with_one_version_have_tags_of_their_own(world, client):
    tags = {
        client.get(address)["ETag"]
        for address in ("/en/gifts/", "/en/gifts/?confirmed=1", "/zh/gifts/", "/en/needs/")
    }

    assert len(tags) == 4


def test_an_empty_site_says_so_on_every_list(client):
    for address in ("", "needs/", "gifts/", "organisations/", "ledger/"):
        assert client.get(f"/en/{address}").status_code == 200
    assert "Nothing has been sealed yet." in client.get("/en/").content.decode()


def test_projecting_an_empty_ledger_does_nothing(log):
    Cursor.objects.all().delete()

    assert projecting.project_all() == 1
    assert Line.objects.get().type == "ledger.create"
