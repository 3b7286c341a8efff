"""Every operation that the description of the interface names: it answers as described and no
otherwise, is conditional, and its pages lead to the end without loss while entries arrive."""

import json
from urllib.parse import urlencode

import pytest

from portal.tracking.listing.listings import LISTS
from tests.portal.tracking.everything import everything, give, listing_code
from tests.portal.tracking.stories import MASK, Story

pytestmark = pytest.mark.django_db
API = "/api/v1"
KEYS = {"entries": ("index",), "lots": ("gift", "lot", "item", "place", "owner")}


@pytest.fixture
def world(log, seal_and_project):
    told = everything(Story())
    seal_and_project()
    return told


@pytest.fixture
def operations(world, client):
    """{address: what is described of asking for it}."""
    paths = client.get(f"{API}/openapi.json").json()["paths"]
    found = {}
    for path, item in paths.items():
        assert set(item) == {"get"}, path
        name = path.split("/")[1]
        code = listing_code(LISTS[name]) if "{code}" in path else ""
        found[API + path.replace("{code}", code)] = item["get"]
    return found


def test_every_operation_is_answered_tagged_and_not_sent_again(operations, client):
    for address, operation in operations.items():
        first = client.get(address)
        again = client.get(address, headers={"If-None-Match": first["ETag"]})

        assert (first.status_code, again.status_code, again.content) == (200, 304, b""), address
        assert {"200", "304"} < set(operation["responses"]), address
        assert first["ETag"] == again["ETag"]


def wrong(operation):
    """Questions that each parameter of an operation should refuse, and one that none has."""
    names = [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]
    return [{name: "\0no such thing"} for name in names] + [{"colour": "red"}, {"limit": "0"}]


def test_no_operation_answers_with_a_status_that_is_not_described(operations, client):
    seen = set()
    for address, operation in operations.items():
        asked = [f"{address}?{urlencode(words)}" for words in wrong(operation)]
        asked += [f"{address[:-1]}{'2' if address[-1] != '2' else '3'}"]  # a code mistyped, a list
        for question in asked:
            answer = client.get(question)
            assert str(answer.status_code) in operation["responses"], question
            seen.add(answer.status_code)
            if answer.status_code >= 400:
                assert json.loads(answer.content)["status"] == answer.status_code

    assert seen == {200, 404, 422}


def follow(client, address, between=lambda: None):
    """All rows of a list from `next` to `next`; `between` two pages something may happen."""
    rows = []
    while address:
        told = client.get(address).json()
        rows += told["rows"]
        address = told["next"]
        if address:
            between()
    return rows


def key(name, row):
    return tuple(row[column] for column in KEYS.get(name, ("code",)))


def test_pages_lead_to_the_end_without_loss_while_entries_arrive(
    operations, world, client, seal_and_project
):
    """What was there when the walk began is met once, whatever is sealed meanwhile."""
    paged = [
        address
        for address, operation in operations.items()
        if any(one["name"] == "after" for one in operation.get("parameters", []))
    ]
    before = {address: follow(client, f"{address}?limit=200") for address in paged}
    story = Story()

    def arrive():
        story.gift((MASK, 3, world["need"], 1))
        story.need(world["second"], (MASK, "exact", 7))
        story.organisation("江城新医院", "Jiangcheng New Hospital")
        give(story, world["fund"], world["charity"], 100)
        seal_and_project()

    for address in paged:
        name, moments = address.rpartition("/")[2], [arrive]
        size = max(1, len(before[address]) // 3)

        def once(moments=moments):
            return moments.pop()() if moments else None

        found = follow(client, f"{address}?limit={size}", once)
        met = [key(name, row) for row in found]
        things = {key(name, row) for row in before[address]}
        assert things <= set(met), address
        if name in KEYS:
            assert len(set(met)) == len(met), address

    assert {address.rpartition("/")[2] for address in paged} == {*LISTS, "entries", "lots"}
