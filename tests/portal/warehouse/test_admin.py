"""The workbench: what waits comes first, counting on a phone, stock with its figures."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.accounts.roles import Role
from portal.balance.models import Holding
from portal.pledges.models import Pledge
from portal.warehouse.models import Allocation, Arrival, ArrivalLine, Warehouse
from tests.factories.catalogue import MASK, SURGICAL
from tests.factories.clock import later
from tests.factories.needs import create_need
from tests.factories.organisations import create_charity
from tests.factories.people import signed_in
from tests.factories.pledges import create_pledge
from tests.factories.warehouse import (
    create_allocation,
    create_arrival,
    create_warehouse,
    lot_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log", "english_workbench")]
CODE = re.compile(r"[GNCALBWU]-[2-9A-Z]{10}")


@pytest.fixture
def house():
    return create_warehouse()


@pytest.fixture
def keeper(house):
    return signed_in(Client(), Role.WAREHOUSE, org=house.org.code)


@pytest.fixture
def coordinator(house):
    return signed_in(Client(), Role.COORDINATOR, org=house.org.code)


def text_of(answer):
    return answer.content.decode()


def move_address(subject, move):
    model = subject._meta.model_name
    return reverse(f"admin:warehouse_{model}_move", args=[subject.pk, move])


def test_a_coordinator_opens_a_warehouse_with_its_name():
    org = create_charity()
    client = signed_in(Client(), Role.COORDINATOR, org=org.code)
    address = reverse("admin:warehouse_warehouse_open", args=["open"])
    assert 'name="name_zh"' in text_of(client.get(address))

    answer = client.post(address, {"name_zh": "东湖仓库", "name_en": "East Lake", "city": "武汉"})

    house = Warehouse.objects.get()
    assert (answer.status_code, house.org, house.name_en) == (302, org, "East Lake")


def test_a_warehouse_without_a_name_is_not_opened(coordinator):
    address = reverse("admin:warehouse_warehouse_open", args=["open"])

    answer = coordinator.post(address, {"name_zh": "", "name_en": "East\u202eLake"})

    assert (answer.status_code, Warehouse.objects.count()) == (422, 1)
    assert "U+202E" in text_of(answer)


def test_what_waits_at_the_door_comes_first(house, keeper):
    counted = create_arrival(warehouse=house)
    on_the_way = create_arrival(stage="announced", warehouse=house, at=later(hours=1))
    waiting = create_arrival(stage="arrived", warehouse=house, at=later(hours=2))

    page = text_of(keeper.get(reverse("admin:warehouse_arrival_changelist")))

    shown = [code for code in CODE.findall(page) if code.startswith("C-")]
    assert list(dict.fromkeys(shown)) == [waiting.code, on_the_way.code, counted.code]


def test_nobody_sees_what_another_organisation_keeps(house, keeper):
    arrival = create_arrival(warehouse=create_warehouse())
    lot = lot_of(arrival)
    lists = ("arrival", "lot", "warehouse", "allocation")

    pages = [text_of(keeper.get(reverse(f"admin:warehouse_{name}_changelist"))) for name in lists]
    answer = keeper.get(move_address(arrival, "count"))

    assert [code in page for page in pages for code in (arrival.code, lot.code)] == [False] * 8
    assert answer.status_code == 404


def test_counting_shows_what_was_announced_and_fills_nothing_in(house, keeper):
    arrival = create_arrival(stage="arrived", warehouse=house)

    page = text_of(keeper.get(move_address(arrival, "count")))

    assert f"1,000 pieces announced, lot {lot_of(arrival).code}" in page
    assert re.search(r'name="lines-0-accepted"[^>]*value=', page) is None


def test_a_difference_without_a_reason_is_sent_back_with_what_was_typed(house, keeper):
    arrival = create_arrival(stage="arrived", warehouse=house)
    data = {"lines-0-line": "1", "lines-0-accepted": "990", "lines-0-rejected": "4"}

    answer = keeper.post(move_address(arrival, "count"), data)

    page = text_of(answer)
    assert answer.status_code == 422
    assert "1000 were announced; 990 good, 4 rejected, 6 missing, 0 too many" in page
    assert 'value="990"' in page
    counted = keeper.post(move_address(arrival, "count"), {**data, "lines-0-reason": "short"})
    assert (counted.status_code, ArrivalLine.objects.get().missing) == (302, 6)


@pytest.mark.parametrize("typed", ["", "-1", "1_000", "１００", "1e3", "99999999999"])
def test_a_count_that_is_no_number_is_refused(house, keeper, typed):
    arrival = create_arrival(stage="arrived", warehouse=house)

    answer = keeper.post(
        move_address(arrival, "count"), {"lines-0-line": "1", "lines-0-accepted": typed}
    )

    arrival.refresh_from_db()
    assert (answer.status_code, arrival.stage) == (422, "arrived")


def test_staff_announce_for_a_donor_by_choosing_the_gift(house, coordinator):
    pledge = create_pledge(lines=((MASK, 10),))
    address = reverse("admin:warehouse_arrival_open", args=["announce"])
    assert f"?gift={pledge.code}" in text_of(coordinator.get(address))
    data = {
        "warehouse": house.code,
        "carrier": "own",
        "lines-0-line": "1",
        "lines-0-quantity": "10",
    }

    answer = coordinator.post(f"{address}?gift={pledge.code}", data)

    assert (answer.status_code, Arrival.objects.get().pledge) == (302, pledge)
    assert pledge.code not in text_of(coordinator.get(address))


def test_the_stock_list_shows_what_each_lot_holds_now(house, keeper):
    lot = lot_of(create_arrival(warehouse=house))
    create_allocation(create_need().lines.get(), (lot, 300))

    page = text_of(keeper.get(reverse("admin:warehouse_lot_changelist")))

    assert (lot.code in page, ">700<" in page) == (True, True)


def test_allocating_offers_stock_and_open_needs_and_says_what_is_held(house, coordinator):
    lot = lot_of(create_arrival(warehouse=house))
    line = create_need().lines.get()
    other = create_need(lines=[(SURGICAL, "exact", 5)])
    address = reverse("admin:warehouse_allocation_open", args=["publish"])

    page = text_of(coordinator.get(address))

    assert "1,000 pieces" in page
    assert (f'value="{line.need.code}/1"' in page, other.code in page) == (True, False)
    data = {
        "need_line": f"{line.need.code}/1",
        "reason": "urgent",
        "lots-TOTAL_FORMS": "3",
        "lots-0-lot": lot.code,
        "lots-0-quantity": "400",
    }
    answer = coordinator.post(address, data)
    assert (answer.status_code, Allocation.objects.get().stage) == (302, "published")
    again = coordinator.post(address, {**data, "lots-0-quantity": "601"})
    assert again.status_code == 422
    assert "601 more are too many. Please allocate at most 600" in text_of(again)


def test_the_second_to_issue_the_last_hundred_is_told_why(house, coordinator):
    lot = lot_of(create_arrival(pledge=create_pledge(lines=((MASK, 100),)), warehouse=house))
    first, second = create_need().lines.get(), create_need().lines.get()
    create_allocation(first, (lot, 60))
    data = {
        "need_line": f"{second.need.code}/1",
        "reason": "urgent",
        "lots-TOTAL_FORMS": "1",
        "lots-0-lot": lot.code,
        "lots-0-quantity": "100",
    }

    answer = coordinator.post(reverse("admin:warehouse_allocation_open", args=["publish"]), data)

    assert answer.status_code == 422
    assert f"Not enough: 40 of gift {lot.pledge.code}" in text_of(answer)
    assert "100 were asked for" in text_of(answer)
    assert Holding.objects.get(place=f"stock:{house.code}").amount == 40


def test_the_warehouse_may_not_open_houses(keeper):
    address = reverse("admin:warehouse_warehouse_open", args=["open"])

    assert keeper.get(address).status_code == 404


def test_a_coordinator_accepts_a_gift_and_sees_its_lines(coordinator):
    pledge = create_pledge(stage="registered", contact="at the door", lines=((MASK, 10),))
    page = text_of(coordinator.get(reverse("admin:pledges_pledge_change", args=[pledge.pk])))
    assert ("GB 19083-2010" in page, "at the door" in page) == (True, True)

    coordinator.post(reverse("admin:pledges_pledge_move", args=[pledge.pk, "accept"]))

    assert Pledge.objects.get().stage == "accepted"


@pytest.mark.parametrize("name", ["arrival", "lot", "allocation", "warehouse"])
def test_lists_ask_as_often_for_three_rows_as_for_one(house, coordinator, name):
    address = reverse(f"admin:warehouse_{name}_changelist")
    counts = []
    for rows in (1, 2):
        for _ in range(rows):
            arrival = create_arrival(warehouse=house)
            create_allocation(create_need().lines.get(), (lot_of(arrival), 1))
            create_warehouse(org=house.org)
        coordinator.get(address)
        with CaptureQueriesContext(connection) as queries:
            coordinator.get(address)
        counts.append(len(queries))

    assert counts[0] == counts[1]
