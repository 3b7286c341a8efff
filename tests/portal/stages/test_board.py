"""The staff's board is made from the tables: what waits for whom, and what each may begin."""

import pytest

from tests.factories.needs import create_need
from tests.factories.organisations import create_charity
from tests.factories.people import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]


@pytest.fixture
def charity():
    return create_charity()


def page(client, charity, role):
    signed_in(client, role, org=charity.code)
    return client.get("/admin/", HTTP_ACCEPT_LANGUAGE="en").content.decode()


def test_a_coordinator_sees_the_needs_that_wait_for_review(client, charity):
    create_need(stage="submitted")
    create_need(stage="submitted")

    html = page(client, charity, "coordinator")

    assert "<b>2</b> <span>Need notice · In review</span>" in html
    assert "/admin/needs/need/?stage=submitted" in html
    assert "<small>Publish</small>" in html


def test_what_a_role_may_not_move_does_not_wait_for_it(client, charity):
    create_need(stage="submitted")

    html = page(client, charity, "warehouse")

    assert "Need notice" not in html
    assert "Nothing waits for you at the moment." in html
    assert "Allocate stock to a need" in html


def test_what_can_only_be_taken_back_waits_for_nobody(client, charity):
    create_need(stage="published")

    assert "Nothing waits for you at the moment." in page(client, charity, "coordinator")


@pytest.mark.parametrize("needs", [1, 3])
def test_the_board_asks_as_often_for_many_rows_as_for_one(
    client, charity, needs, django_assert_max_num_queries
):
    for _n in range(needs):
        create_need(stage="submitted")
    signed_in(client, "coordinator", org=charity.code)

    with django_assert_max_num_queries(22):
        client.get("/admin/")
