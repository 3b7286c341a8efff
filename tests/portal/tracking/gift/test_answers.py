"""First questions of a gift's page: one short answer each, and the way to what shows it; long
journeys are folded."""

import re
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from django.urls import reverse

from portal.tracking.gift import folded
from portal.tracking.models import Line
from tests.portal.tracking.stories import MASK, Story, whole

pytestmark = pytest.mark.django_db
TAGS = re.compile(r"<[^>]+>")


@pytest.fixture
def page(client, seal_and_project):
    """page(code): its gift's page in English."""

    def shown(code):
        seal_and_project()
        response = client.get(f"/en/g/{code}/")
        assert response.status_code == 200
        return response.content.decode()

    return shown


def answer(html, key):
    """(text, links) of one answer."""
    part = html.split(f'<div class="a-{key}" id="a-{key}">')[1].split("</div>")[0]
    return " ".join(TAGS.sub(" ", part).split()), re.findall(r'href="([^"]+)"', part)


def test_a_promise_says_that_nothing_has_happened_yet(page):
    story = Story()
    story.catalogue()
    html = page(story.gift((MASK, 10, None, 0), accepted=False))

    assert answer(html, "confirm")[0].endswith("Not yet: no hospital has confirmed any of it.")
    assert answer(html, "missing")[0].endswith("so nothing can be missing.")
    assert answer(html, "decided")[0].endswith("the charity has not answered the donor.")
    assert answer(html, "check")[1] == ["#verify-card"]


def test_a_split_gift_says_who_confirmed_what_is_missing_and_who_decided(page):
    world = whole(Story())
    html = page(world["gift"])

    said, links = answer(html, "confirm")
    assert "Yes, a part: 600 pieces confirmed by Jiangcheng First Hospital; 90 pieces" in said
    assert re.fullmatch(r"#e\d+", links[0]) or "/ledger/entry/" in links[0]
    said, links = answer(html, "missing")
    assert "10 pieces damaged" in said
    assert "20 pieces rejected by" in said
    assert links == ["#where-h"]
    said, links = answer(html, "decided")
    assert "Jiangcheng Charity" in said
    assert "4 more decisions" in said
    assert len(links) == 4


def test_every_answer_leads_to_something_on_the_page_or_to_a_page(page, client):
    html = page(whole(Story())["gift"])
    ids = set(re.findall(r'\sid="([^"]+)"', html))

    for key in ("confirm", "missing", "decided", "check"):
        for link in answer(html, key)[1]:
            if link.startswith("#"):
                assert link[1:] in ids, (key, link)
            else:
                assert client.get(link).status_code == 200, link


def test_whoever_signed_is_named_with_the_number_of_entries(page):
    world = whole(Story())
    html = page(world["gift"]).split('id="signers-h"')[1].split("</section>")[0]

    assert reverse("tracking:organisation", args=[world["charity"]]).removeprefix("/zh") in html
    assert "Donor" in html
    assert "Hospital" in html
    assert "Clock" not in html


def test_a_signer_of_whom_no_entry_tells_has_no_page_to_lead_to():
    at = datetime(2026, 3, 2, tzinfo=UTC)
    seen = {"role": "coordinator", "recorded_at": at, "at": at}
    lines = [
        Line(seq=2, org="U-B8KD3M7QW7", names={}, **seen),
        Line(seq=1, org="U-5RD6V9KME4", names={"U-5RD6V9KME4": {"en": "Charity"}}, **seen),
    ]

    known, unknown = folded.signers(lines)

    assert (known["name"], known["href"]) == (
        "Charity",
        reverse("tracking:organisation", args=["U-5RD6V9KME4"]),
    )
    assert (unknown["name"], unknown["href"]) == ("U-B8KD3M7QW7", "")


def test_a_long_journey_shows_the_newest_and_folds_the_rest_by_day(page):
    story = Story()
    world = whole(story)
    for _n in range(40):
        story.say("balloon.launch", world["gift"])
    html = page(world["gift"])

    shown, *days = html.split('<details class="older"')
    newest = re.findall(r'<li class="[^"]*" id="e(\d+)">', shown.split('id="tl-h"')[1])
    folded_away = [n for day in days for n in re.findall(r'<li class="" id="e(\d+)">', day)]
    assert len(newest) == folded.OPEN
    assert len(folded_away) >= 30
    both = [int(n) for n in (*newest, *folded_away)]
    assert both == sorted(both, reverse=True)
    assert len(set(both)) == len(both)
    assert "2 March 2026" in html or "2 Mar 2026" in html


def test_headings_are_an_outline(page):
    """Read aloud from heading to heading the page tells its story: no level is left out."""
    html = page(whole(Story())["gift"])
    levels = [int(n) for n in re.findall(r"<h([1-6])\b", html.split("<main")[1])]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    order = [html.index(f'id="{name}"') for name in ("verdict-h", "answers-h", "where-h", "tl-h")]
    assert order == sorted(order)
