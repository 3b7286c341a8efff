"""The read-only interface: the rows of the lists, described, conditional, limited, open to all."""

import json
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate

from ledger.publishing import sign_and_publish
from portal.tracking.listing.listings import LISTS
from tests.portal.tracking.stories import Story, whole

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture
def world(seal_and_project):
    told = whole(Story())
    seal_and_project()
    return told


def rows_of(client, address):
    """All rows of a list, following `next`."""
    found, pages = [], 0
    while address:
        response = client.get(address)
        assert response.status_code == 200, response.content
        told = response.json()
        found += told["rows"]
        address, pages = told["next"], pages + 1
        assert pages < 50
    return found


def schemas(client):
    description = client.get(f"{API}/openapi.json").json()
    return description, {
        "components": description["components"],
        "$schema": "https://json-schema.org/draft/2020-12/schema",
    }


def test_the_description_is_openapi_3_1(client, db):
    described = client.get(f"{API}/openapi.json").json()

    validate(described)
    assert described["openapi"] == "3.1.0"
    assert {f"/{name}" for name in LISTS} < set(described["paths"])


def test_every_answer_is_as_described(world, client):
    described, root = schemas(client)

    for path, item in described["paths"].items():
        name = path.split("/")[1]
        code = {"gifts": world["gift"], "needs": world["need"]}.get(name, world["first"])
        if "{code}" in path and name not in ("gifts", "needs", "organisations"):
            continue
        told = client.get(API + path.format(code=code)).json()
        body = item["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        checker = Draft202012Validator(
            {**root, **body}, format_checker=FormatChecker(["date", "date-time"])
        )
        assert list(checker.iter_errors(told)) == [], path
        assert told.get("rows") or name in ("funds", "campaigns", "statistics"), path


def test_one_thing_is_what_its_list_says(world, client):
    told = client.get(f"{API}/gifts/{world['gift'].lower()}").json()

    assert told["rows"] == [
        r for r in rows_of(client, f"{API}/gifts") if r["code"] == world["gift"]
    ]


def test_entries_are_followed_in_the_order_of_the_ledger(world, client):
    found = rows_of(client, f"{API}/entries?limit=7")
    of_gift = rows_of(client, f"{API}/entries?code={world['gift']}")

    assert [row["index"] for row in found] == list(range(len(found)))
    assert len(found) == client.get(f"{API}/entries").json()["as_of"]
    assert [row for row in found if world["gift"] in row["codes"]] == of_gift


def test_lots_add_up_to_what_their_gift_has_there(world, client):
    found = rows_of(client, f"{API}/lots?limit=1")
    gift = client.get(f"{API}/gifts/{world['gift']}").json()["rows"][0]

    assert {row["lot"] for row in found} == {world["lot"]}
    assert found == rows_of(client, f"{API}/lots?gift={world['gift']}")
    for place in ("stock", "received", "transit", "damaged"):
        assert sum(r["amount"] for r in found if r["place"] == place) == gift[place]
    assert client.get(f"{API}/lots?after=nonsense").status_code == 422


def test_acceptance_20_the_figures_are_those_of_the_page(world, client):
    told = client.get(f"/en{API}/statistics").json()

    assert told.pop("licence").endswith("/by/4.0/")
    assert told == client.get("/en/statistics.json").json()
    (gifts,) = (one for one in told["figures"] if one["key"] == "gifts")
    assert sum(v["amount"] for v in gifts["values"]) == len(
        {row["code"] for row in rows_of(client, f"{API}/gifts")}
    )


@pytest.mark.usefixtures("still")
def test_files_of_lists_are_limited_too(db, client, settings):
    settings.API_PER_MINUTE = 1

    first, second = (client.get("/en/gifts/list.csv") for _n in range(2))

    assert [first.status_code, second.status_code] == [200, 429]


def test_filters_of_the_page_are_filters_here(world, client):
    everything = rows_of(client, f"{API}/gifts")
    confirmed = rows_of(client, f"{API}/gifts?confirmed=1")
    nothing = rows_of(client, f"{API}/gifts?class=vehicle")

    assert [r for r in everything if r["received"]] == confirmed
    assert nothing == []


def test_what_has_not_changed_is_304(world, client, seal_and_project):
    first = client.get(f"{API}/gifts")
    again = client.get(f"{API}/gifts", headers={"If-None-Match": first["ETag"]})
    Story().say("balloon.launch", world["gift"])
    seal_and_project()

    assert (again.status_code, again.content) == (304, b"")
    assert again["Access-Control-Allow-Origin"] == "*"
    assert client.get(f"{API}/gifts", headers={"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    ("question", "status", "said"),
    [
        ("unicorns", 404, "no such list"),
        ("gifts/G-2222222222", 422, "does not check"),
        ("gifts?colour=red", 422, "colour is not asked for here"),
        ("gifts?stage=melted", 422, "none of the choices"),
        ("gifts?from=yesterday", 422, "is no day"),
        ("gifts?limit=1000", 422, "from 1 to 200"),
        ("gifts?after=nonsense", 422, "no place in the list"),
        ("entries?after=-5", 422, "whole number"),
        ("entries?code=G-1", 422, ""),
        ("gifts?sort=colour", 422, "no such order"),
    ],
)
def test_what_is_not_understood_is_a_problem_with_a_sentence(db, client, question, status, said):
    response = client.get(f"/en{API}/{question}")
    told = json.loads(response.content)

    assert (response.status_code, told["status"]) == (status, status)
    assert response["Content-Type"] == "application/problem+json"
    assert said in told["detail"]
    assert response["Access-Control-Allow-Origin"] == "*"


def test_nothing_can_be_written(db, client):
    response = client.delete(f"{API}/gifts")

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, OPTIONS"
    assert client.options(f"{API}/gifts")["Access-Control-Allow-Headers"] == "If-None-Match"


def test_it_is_the_same_for_everybody_and_sets_no_cookie(db, client):
    response = client.get(f"{API}/needs")

    assert not response.cookies
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.usefixtures("still")
def test_a_reader_has_so_many_questions_a_minute_and_a_mirror_as_many_as_it_likes(
    log, client, settings, seal
):
    settings.API_PER_MINUTE = 3
    seal()
    sign_and_publish(at=Story().at)

    answers = [client.get(f"{API}/gifts") for _n in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[3]["Retry-After"]) <= 60
    assert answers[3]["Content-Type"] == "application/problem+json"
    for _n in range(5):
        assert client.get("/ledger/checkpoint").status_code == 200
    assert client.get(f"{API}/gifts", REMOTE_ADDR="198.51.100.2").status_code == 200


@pytest.mark.usefixtures("still")
def test_all_addresses_of_one_reader_count_together(db, client, settings):
    settings.API_PER_MINUTE = 1

    first = client.get(f"{API}/", REMOTE_ADDR="2001:db8:1:2::1")
    second = client.get(f"{API}/", REMOTE_ADDR="2001:db8:1:2:ffff::9")
    other = client.get(f"{API}/", REMOTE_ADDR="2001:db8:1:3::1")

    assert [first.status_code, second.status_code, other.status_code] == [200, 429, 200]


def test_queries_do_not_grow(world, client, seal_and_project):
    counts = []
    for _turn in range(2):
        counts.append({})
        for name in [*LISTS, "lots", "entries"]:
            with CaptureQueriesContext(connection) as asked:
                assert client.get(f"{API}/{name}").status_code == 200
            counts[-1][name] = len(asked)
        story = Story()
        for _n in range(3):
            story.gift(("mask.gb19083-2010", 10, world["need"], 1), accepted=False)
            story.need(world["first"], ("mask.gb19083-2010", "exact", 10))
        seal_and_project()

    assert counts[0] == counts[1]
    assert max(counts[0].values()) <= 8


NAMES = sorted({one.key for listing in LISTS.values() for one in listing.filters})
WORDS = st.text(max_size=20) | st.sampled_from(["1", "2026-03-02", "mask", "", "\0", "0", "-1"])


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.sampled_from([*LISTS, "entries", "lots", "unicorns"]),
    asked=st.dictionaries(
        st.sampled_from([*NAMES, "sort", "after", "before", "limit", "code", "gift", "x"]),
        WORDS,
        max_size=3,
    ),
)
def test_whatever_is_asked_is_answered_or_refused_as_described(client, db, name, asked):
    response = client.get(f"{API}/{name}?{urlencode(asked)}", REMOTE_ADDR="")

    assert response.status_code in (200, 404, 422, 429)
    told = json.loads(response.content)
    assert ("rows" in told) == (response.status_code == 200)
