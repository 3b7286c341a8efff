"""Atom feeds: valid, stable, conditional, and without a name that could be erased."""

import re

import feedparser
import pytest
from django.urls import reverse
from django.utils import translation

from tests.portal.tracking.stories import Story, whole

pytestmark = pytest.mark.django_db
SITE = "https://tests.shanji.example"
FEEDS = [
    *(("gift", "gift"), ("need", "need"), ("organisation", "charity"), ("organisation", "first")),
    *(("warehouse", "house"), ("lot", "lot")),
]


@pytest.fixture
def world(seal_and_project):
    told = whole(Story())
    seal_and_project()
    return told


def read(client, address):
    """As an independent reader takes it."""
    response = client.get(address)
    assert response.status_code == 200, address
    headers = {name.lower(): value for name, value in response.items()}
    found = feedparser.parse(response.content, response_headers=headers)
    assert (found.bozo, found.version) == (False, "atom10"), found.get("bozo_exception")
    return found


def test_every_feed_has_what_rfc_4287_demands(world, client):
    for kind, key in FEEDS:
        with translation.override("en"):
            address = reverse(f"tracking:{kind}_feed", args=[world[key]])

        found = read(client, address)

        assert re.fullmatch(rf"tag:tests\.shanji\.example,[0-9-]{{10}}:{world[key]}", found.feed.id)
        links = {link["rel"]: link["href"] for link in found.feed.links}
        assert links == {"self": SITE + address, "alternate": SITE + address[: -len("feed.atom")]}
        assert found.feed.author == "Shanji"
        assert found.feed.updated == found.entries[0].updated
        ids = [entry.id for entry in found.entries]
        assert len(set(ids)) == len(ids)
        assert all(entry.title and entry.updated and entry.link for entry in found.entries)


def test_ids_are_the_same_in_both_languages_and_each_leads_to_its_entry(world, client):
    chinese = read(client, f"/zh/g/{world['gift']}/feed.atom")
    english = read(client, f"/en/g/{world['gift']}/feed.atom")

    assert [e.id for e in chinese.entries] == [e.id for e in english.entries]
    assert [e.title for e in chinese.entries] != [e.title for e in english.entries]
    assert chinese.feed.id == english.feed.id
    index = english.entries[0].id.rpartition("/")[2]
    assert english.entries[0].link.endswith(f"/en/ledger/entry/{index}/")
    assert client.get(english.entries[0].link.removeprefix(SITE)).content


def test_it_changes_with_the_next_entry_and_is_304_until_then(world, client, seal_and_project):
    address = f"/en/g/{world['gift']}/feed.atom"
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    Story().say("balloon.launch", world["gift"])
    seal_and_project()
    changed = client.get(address, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200
    assert feedparser.parse(changed.content).entries[1:] == feedparser.parse(first.content).entries


def test_the_feed_of_the_site_tells_what_the_home_page_tells(world, client):
    found = read(client, "/en/feed.atom")

    assert found.feed.id.endswith(":site")
    assert len(found.entries) > 5


def test_corrections_have_a_feed_of_their_own(world, client, seal_and_project):
    before = read(client, "/en/corrections/feed.atom")
    story = Story()
    story.say("balloon.launch", world["gift"])
    story.say("balloon.mend", world["gift"], corrects=story.uids[0])
    seal_and_project()
    after = read(client, "/en/corrections/feed.atom")

    assert [len(before.entries), len(after.entries)] == [0, 1]
    assert after.feed.id.endswith(":corrections")
    assert 'href="/en/corrections/feed.atom"' in client.get("/en/corrections/").content.decode()


def test_a_site_without_entries_has_a_feed_without_entries(db, client):
    assert read(client, "/en/feed.atom").entries == []


def test_acceptance_17_no_feed_holds_a_name_that_could_be_erased(world, client):
    page = client.get(f"/zh/g/{world['gift']}/").content.decode()
    feed = client.get(f"/zh/g/{world['gift']}/feed.atom").content.decode()

    assert "晨光公司" in page
    assert "晨光公司" not in feed


def test_what_is_not_public_has_no_feed(world, client):
    assert client.get("/en/g/G-2222222222/feed.atom").status_code == 404
    assert client.get("/en/g/nonsense/feed.atom").status_code == 404


def test_queries_of_a_feed_do_not_grow(world, client, seal_and_project, django_assert_num_queries):
    address = f"/en/g/{world['gift']}/feed.atom"
    with django_assert_num_queries(3):
        client.get(address)
    story = Story()
    for _n in range(60):
        story.say("balloon.launch", world["gift"])
    seal_and_project()
    with django_assert_num_queries(3):
        found = read(client, address)

    assert len(found.entries) == 50


def test_a_page_names_its_feed(world, client):
    for page in ("/en/", f"/en/g/{world['gift']}/", f"/en/needs/{world['need']}/"):
        text = client.get(page).content.decode()

        assert f'type="application/atom+xml" href="{page}feed.atom"' in text
