"""Every public list asks as little of the database for many rows as for one: page, file, API."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.core import codes
from portal.tracking.listing.listings import LISTS
from portal.tracking.voices import owed
from tests.portal.tracking.stories import GOGGLES, MASK, Story, whole

pytestmark = pytest.mark.django_db
MOST = 5
OTHERS = ("corrections", "questions", "disclosures", "board", "transport", "issued")
CHOICES = {
    "gifts": "?q=医用&class=mask&province=湖北",
    "needs": "?q=医用&class=mask&stage=published",
}
ADDRESSES = (
    *(f"/en/{key}/" for key in (*LISTS, *OTHERS)),
    *(f"/en/{key}/list.csv" for key in LISTS),
    *(f"/en/api/v1/{key}" for key in LISTS),
    *(f"/en/{key}/{query}" for key, query in CHOICES.items()),
    *("/en/warehouses/?class=mask", "/en/questions/?state=open", "/en/corrections/?kind=receipt"),
)


def one_of_each(story, world):
    """One more row of every list."""
    org, gift, need = world["charity"], world["gift"], world["need"]
    parts, first = (gift, world["lot"], MASK, 1), world["first"]
    story.gift((MASK, 10, need, 1), (GOGGLES, 1, None, 0))
    story.need(world["second"], (MASK, "exact", 10), (GOGGLES, "unknown", None))
    story.organisation("江城第三医院", "Jiangcheng Third Hospital")
    house, campaign, fund = story.warehouse(org), codes.mint("M"), codes.mint("F")
    titles = {"title_zh": "江城专项", "title_en": "Jiangcheng fund", "org": org}
    story.say("campaign.file", campaign, org, by=org, stage="running", **titles)
    story.say("fund.open", fund, org, by=org, stage="open", fee_bp=0, campaign=campaign, **titles)
    allocation = story.allocate(*parts, world["house"], org, need, 1, first)
    shipment = story.release_and_pack(*parts, allocation, org, need, first)
    uid = story.say("receipt.confirm", shipment, need, first, stage="confirmed")
    story.say("receipt.amend", shipment, need, stage="confirmed", corrects=uid)
    story.say("question.ask", codes.mint("Q"), gift, org, stage="open", about=gift, org=org)
    told = {"org": org, "campaign": campaign, "kind": "emergency", "no": 1, "late": False}
    for stage in ("due", "published"):
        story.say("disclosure.open", codes.mint("D"), campaign, org, by=org, stage=stage, **told)
    story.say("capacity.offer", codes.mint("S"), stage="open", carrier="sf")
    story.say("urgent.issue_urgent", codes.mint("R"), house, stage="issued", reason="urgent")
    story.at += timedelta(hours=1)


def asked_for(client, address):
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
        body = b"".join(answer) if answer.streaming else answer.content
    assert (answer.status_code, bool(body)) == (200, True), address
    return len(asked)


def test_every_list_asks_five_questions_at_most_however_many_rows(client, seal_and_project):
    story, counts = Story(), {address: [] for address in ADDRESSES}
    world = whole(story)
    for more in (1, 2, 22):  # 1, 3 and more than a page
        for _n in range(more):
            one_of_each(story, world)
        seal_and_project()
        for address, found in counts.items():
            found.append(asked_for(client, address))

    assert owed.waiting()
    assert {address: n for address, n in counts.items() if max(n) > MOST} == {}
    assert {address: n for address, n in counts.items() if len(set(n)) > 1} == {}
