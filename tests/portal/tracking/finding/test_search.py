"""One box for codes, waybill numbers, hospitals, items and donors' published names."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import ledger.api as ledger
from ledger.core.codes import mint
from portal.tracking.finding import gathering, hits
from portal.tracking.finding.findable import ShownName
from portal.tracking.projection import checking
from tests.portal.tracking.stories import GOGGLES, MASK, Story, whole

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(seal_and_project):
    story = Story()
    told = whole(story)
    told["story"] = story
    seal_and_project()
    return told


def found(client, typed, **headers):
    return client.get("/en/g/", {"q": typed}, headers=headers)


@pytest.mark.parametrize(
    ("typed", "group", "key"),
    [
        ("防护", "Gifts", "gift"),
        ("罩", "Needs", "need"),
        ("白沙县", "Organisations", "second"),
        ("baisha", "Organisations", "second"),
        ("ｇｂ 19083 口罩", "Gifts", "gift"),
        ("江城总仓", "Warehouses", "house"),
        ("晨光", "Gifts by the donor&#x27;s published name", "gift"),
        ("Distribution", "", ""),
    ],
)
def test_words_find_things_by_kind(world, client, typed, group, key):
    response = found(client, typed)
    page = response.content.decode()

    assert response.status_code == 200
    if key:
        assert f">{group}</h2>" in page
        assert f"/{world[key]}/" in page
    else:
        assert "Nothing public holds all of these words" in page


def test_a_waybill_is_found_by_its_whole_number_alone(world, client):
    whole_number = found(client, "sf 1234 5678 90123").content.decode()
    part = found(client, "1234567890").content.decode()

    assert world["shipments"][0] in whole_number
    assert "SF1234567890123" not in whole_number.replace("sf 1234", "")
    assert world["shipments"][0] not in part
    assert not ShownName.objects.filter(tokens__contains="1234567890").exists()


@pytest.mark.parametrize(
    "written",
    [
        "https://shanji.example/g/{}/",
        "http://localhost:8000/zh/g/{}/?from=label",
        "/en/g/{}/proof",
    ],
)
def test_the_address_in_a_qr_code_may_be_pasted(world, client, written):
    response = found(client, written.format(world["gift"]))

    assert (response.status_code, response["Location"]) == (302, f"/en/g/{world['gift']}/")


def test_a_list_sends_a_code_typed_into_it_to_its_page(world, client):
    response = client.get("/en/needs/", {"q": world["gift"].lower()}, follow=True)

    assert response.redirect_chain[-1][0] == f"/en/g/{world['gift']}/"


def test_acceptance_17_an_erased_name_is_gone_from_the_search_at_once(world, client):
    row = ShownName.objects.get(code=world["gift"])
    assert world["gift"] in found(client, "晨光公司").content.decode()

    with transaction.atomic():
        ledger.erase([row.uid], at=timezone.now())

    assert world["gift"] not in found(client, "晨光公司").content.decode()
    assert gathering.renew() == 1  # what a mirror does that has read it in the files
    assert checking.differences() == []
    row.refresh_from_db()
    assert (row.text, row.tokens) == ("", "")


def test_what_is_too_much_is_said_so_and_the_list_has_the_rest(
    world, client, seal_and_project, monkeypatch
):
    monkeypatch.setattr(hits, "LOOKED", 8)
    for _n in range(9):
        world["story"].gift((GOGGLES, 5, None, 0))
    seal_and_project()

    page = found(client, "护目镜").content.decode()

    assert "More than 7: all of them" in page
    assert "/en/gifts/?q=" in page


def test_what_stands_behind_the_rows_looked_through_is_found_by_the_index(
    world, client, seal_and_project, monkeypatch
):
    monkeypatch.setattr(hits, "LOOKED", 2)
    rare = world["story"].gift((GOGGLES, 5, None, 0))
    for _n in range(4):
        world["story"].gift((MASK, 5, None, 0))
    seal_and_project()

    for words in (
        "护目镜",
        "goggles",
        "中国标准时间里没有的词",
    ):  # also of two kinds at once, of none
        page = found(client, words).content.decode()
        assert (f"/en/g/{rare}/" in page) == (words != "中国标准时间里没有的词")
    assert f"/en/shipments/{world['shipments'][0]}/" in found(client, "医用").content.decode()


def test_while_typing_only_the_part_that_changes_is_sent(world, client):
    words = found(client, "防护", **{"HX-Request": "true"})
    code = found(client, world["gift"], **{"HX-Request": "true"})

    assert b"<html" not in words.content
    assert 'id="found-says" hx-swap-oob="innerHTML">' in words.content.decode()
    assert (code.status_code, f"/en/g/{world['gift']}/" in code.content.decode()) == (200, True)


def test_the_questions_do_not_grow_with_what_is_found(world, client, seal_and_project):
    counts = []
    for more in (0, 2, 6):
        for _n in range(more):
            world["story"].gift((MASK, 5, None, 0), name="晨光公司")
        seal_and_project()
        with CaptureQueriesContext(connection) as asked:
            assert found(client, "晨光").status_code == 200
            assert found(client, "防护").status_code == 200
        counts.append(len(asked))

    assert len(set(counts)) == 1


@pytest.mark.usefixtures("still")
def test_acceptance_25_look_up(world, client):
    """Limited by address; a wrong code costs the same whichever way it is wrong; and a code alone
    allows nothing but reading."""
    shown = []
    for code in (mint("G"), mint("N"), mint("S"), mint("U")):
        with CaptureQueriesContext(connection) as asked:
            assert found(client, code).status_code == 404
        shown.append(len(asked))
    assert len(set(shown)) == 1
    for address in (f"/claim/{world['gift']}/", f"/confirm/{world['shipments'][0]}/"):
        assert client.get(address).status_code in (404, 410)
    answers = [found(client, "G-7K2M9").status_code for _n in range(122)]  # 61 in one minute
    assert 429 in answers
    assert set(answers) == {422, 429}
    assert checking.differences() == []
