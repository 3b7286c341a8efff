"""A list's page, and the file of exactly what it shows."""

import csv
import io
from datetime import UTC, date, datetime

import pytest

from portal.tracking.listing import list_files
from portal.tracking.listing.listings import LISTS
from tests.portal.tracking.stories import GOGGLES, MASK, Story, whole

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(seal_and_project):
    told = whole(Story())
    seal_and_project()
    return told


def rows_of(client, address):
    response = client.get(address)
    body = b"".join(response.streaming_content).decode()
    assert body.startswith("\ufeff")
    return response, list(csv.DictReader(io.StringIO(body[1:])))


def test_the_file_has_the_rows_of_the_page_in_their_order(world, client, seal_and_project):
    story = Story()
    for n in range(3):
        story.gift((MASK if n else GOGGLES, 10 + n, None, 0))
    seal_and_project()

    response, rows = rows_of(client, "/en/gifts/list.csv?class=mask&sort=oldest")

    assert rows[0]["code"] == "#meta+code"
    assert [(row["code"] == world["gift"], row["promised"]) for row in rows[1:]] == [
        (False, "11"),
        (False, "12"),
        (True, "1000"),
    ]
    assert rows[3]["received"] == "690"
    assert rows[1]["opened"].endswith("+08:00")
    assert response["Content-Disposition"].startswith('attachment; filename="gifts-')
    assert response["ETag"]


@pytest.mark.parametrize("key", list(LISTS))
def test_every_list_has_a_page_and_a_file(world, client, key):
    page = client.get(f"/zh/{key}/")
    _response, rows = rows_of(client, f"/zh/{key}/list.csv")

    assert page.status_code == 200
    assert list(rows[0]) == [column.key for column in LISTS[key].columns]
    assert all(tag.startswith("#") for tag in rows[0].values())


def test_there_is_no_file_of_what_is_no_list(client, db):
    assert client.get("/en/people/list.csv").status_code == 404


@pytest.mark.parametrize("key", ["gifts", "needs", "shipments", "organisations"])
def test_a_list_says_what_is_chosen_and_each_choice_can_be_taken_away(world, client, key):
    page = client.get(f"/en/{key}/?province=湖北&q=江城&stage=nowhere&from=never").content.decode()

    assert "“nowhere” is none of the choices of “Stage”" in page or key == "organisations"
    assert "Province: Hubei" in page
    assert 'href="?q=%E6%B1%9F%E5%9F%8E"' in page
    assert f'href="/en/{key}/list.csv?q=%E6%B1%9F%E5%9F%8E&amp;province=%E6%B9%96%E5%8C%97"' in page


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (-3, "-3"),
        (date(2026, 3, 2), "2026-03-02"),
        (datetime(2026, 3, 2, 1, tzinfo=UTC), "2026-03-02T09:00:00+08:00"),
        ("口罩", "口罩"),
        ("=1+1", "'=1+1"),
        ("＝cmd", "'＝cmd"),
        (" @x", "' @x"),
        ("\t1", "'\t1"),
        ("", ""),
    ],
)
def test_nothing_in_a_file_is_taken_for_a_formula(value, text):
    assert list_files.written(value) == text
