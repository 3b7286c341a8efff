"""The public warehouse board and the pages of lots (R17), and what moves of a lot do to a gift's
page."""

import re

import pytest
from django.utils import translation

from portal.tracking.gift import sums, verdict
from portal.tracking.models import Gift, Subject
from portal.tracking.projection.checking import differences
from portal.warehouse.models import Lot
from portal.warehouse.stock_facts import (
    CameOver,
    MoveReason,
    SentOver,
    StockCounted,
    StockRecounted,
)
from portal.warehouse.stock_stating import state_all
from tests.factories.catalogue import MASK
from tests.factories.clock import AT, later
from tests.factories.needs import create_need
from tests.factories.shipping import create_shipment, line_of
from tests.factories.stock import agree, ask, create_lot, move, recall
from tests.factories.warehouse import create_arrival, create_warehouse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
EVEN = AT.replace(hour=2)
WORDS = re.compile(r"<[^>]+>|\s+")


@pytest.fixture
def house():
    return create_warehouse()


def text(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return " ".join(WORDS.sub(" ", answer.content.decode()).split())


def test_r17_the_board_shows_what_came_went_is_there_and_waits(client, house, seal_and_project):
    lot = create_lot(house=house, quantity=1000)
    create_shipment((line_of(quantity=300), lot, 300), stage="in_transit")
    create_arrival(stage="arrived", warehouse=house, at=AT)
    state_all(at=EVEN)
    seal_and_project()

    page = re.sub(r" +", " ", text(client, f"/en/warehouses/{house.code}/"))

    assert "Example warehouse" in page
    assert "1,000 300 700 – – 2026-03-02 09:00" in page
    assert "1 delivery waits to be counted, inspected or taken in" in page
    listed = text(client, "/en/warehouses/")
    assert "700" in listed
    assert "2026" in listed
    assert not differences()


def test_r17_the_board_says_nothing_of_persons_and_prices(client, house, seal_and_project):
    lot = create_lot(house=house)
    ask(lot, "sale")
    agree(lot, "sale")
    state_all(at=EVEN)
    seal_and_project()

    for address in ("/en/warehouses/", f"/en/warehouses/{house.code}/"):
        page = client.get(address).content.decode()
        assert "1,234" not in page
        assert "¥" not in page


def test_r08_an_urgent_lot_is_red_on_the_board_after_two_hours(client, house, seal_and_project):
    lot = create_lot(house=house)
    create_need(lines=[(MASK, "exact", 5000)]).lines.update(priority="urgent")
    state_all(at=EVEN)
    seal_and_project()
    early = text(client, f"/en/warehouses/{house.code}/")
    state_all(at=later(hours=3))
    seal_and_project()
    late = text(client, f"/en/warehouses/{house.code}/")

    assert lot.code in early
    assert "waits too long" not in early
    assert "waits too long" in late
    assert "1 urgent lot waits too long" in text(client, "/en/warehouses/")


def test_the_board_is_filtered_by_what_is_in_stock_and_by_who_holds_it(
    client, house, seal_and_project
):
    create_lot(house=house, quantity=10)
    state_all(at=EVEN)
    seal_and_project()

    for asked, fits in (
        ("class=mask", True),
        ("class=gloves", False),
        (f"org={house.org.code}", True),
        ("org=U-2222222222", False),
        ("q=Example", True),
    ):
        page = text(client, f"/en/warehouses/?{asked}")
        assert ("Example warehouse" in page) is fits, asked
        assert ("No warehouse fits this choice" in page) is not fits
    assert not differences()


def test_a_warehouse_without_a_statement_says_so(client, house, seal_and_project):
    seal_and_project()

    assert "has stated nothing yet" in text(client, f"/en/warehouses/{house.code}/")
    assert "Has stated nothing yet" in text(client, "/en/warehouses/")


def test_the_pages_answer_with_few_questions(
    client, house, seal_and_project, django_assert_max_num_queries
):
    lot = create_lot(house=house)
    state_all(at=EVEN)
    seal_and_project()
    for address in ("/en/warehouses/", f"/en/warehouses/{house.code}/", f"/en/lots/{lot.code}/"):
        client.get(address)
        with django_assert_max_num_queries(8):
            client.get(address)


def test_the_page_of_a_lot_adds_up_and_can_be_looked_up(client, house, seal_and_project):
    lot = create_lot(house=house)
    ask(lot, "sale")
    agree(lot, "sale")
    seal_and_project()

    page = text(client, f"/en/lots/{lot.code}/")

    assert "900 pieces in stock at Example warehouse" in page
    assert "100 sold" in page
    assert "Sold to a supermarket or shop, for ¥1,234.50" in page
    assert "still to be booked to a fund" in page
    assert client.get("/en/g/", {"q": lot.code}).url == f"/en/lots/{lot.code}/"
    assert client.get("/en/g/", {"q": house.code}).url == f"/en/warehouses/{house.code}/"
    assert client.get("/en/lots/B-C64TQSREQ3/").status_code == 404


def test_a_recall_stands_on_top_of_the_pages_of_lot_and_gift(client, house, seal_and_project):
    lot = create_lot(house=house)
    recall(lot)
    seal_and_project()

    assert f"Recalled: {lot.code}" in text(client, f"/en/g/{lot.pledge.code}/")
    page = text(client, f"/en/lots/{lot.code}/")
    assert "Recalled: 1,000 pieces in stock at Example warehouse." in page
    assert "whoever has some of it sets it aside" in page


def test_r01_every_way_out_of_stock_adds_up_on_the_gifts_page(house, seal_and_project):
    lot = create_lot(house=house, quantity=1000)
    other = create_warehouse(org=house.org, name="示例分仓")
    for what in ("sale", "return", "issue", "write_off"):
        ask(lot, what, quantity=50)
        agree(lot, what, quantity=50)
    for name, facts, who in (("count", StockCounted, None), ("recount", StockRecounted, 77)):
        said = facts(counted=807, reason="misplaced")
        move(lot, name, said, role="warehouse", person=who)
    sent = SentOver(warehouse=other.code, quantity=200, reason=MoveReason.SPACE)
    move(lot, "send", sent, role="warehouse")
    seal_and_project()
    gift = Gift.objects.get(code=lot.pledge.code)
    with translation.override("en"):
        said = verdict.headline(gift, verdict.shares(gift))
    assert "200 on the way to another warehouse, Example warehouse" in said
    row = sums.sums(gift, MASK)
    assert (row["stock"], row["transit"]) == (607, 200)
    assert sum(row.values()) == verdict.sent(gift, MASK) + verdict.surplus(gift, MASK) == 1007

    part = Lot.objects.get(origin=lot)
    move(part, "receive", CameOver(accepted=199, reason="short"), role="warehouse", person=77)
    seal_and_project()
    row = sums.sums(Gift.objects.get(code=gift.code), MASK)
    assert {name: n for name, n in row.items() if n} == {
        "stock": 806,
        "sold": 50,
        "returned": 50,
        "community": 50,
        "damaged": 50,
        "lost": 1,
    }
    assert Subject.objects.get(kind="lot", code=part.code).stage == "kept"
    assert not differences()
