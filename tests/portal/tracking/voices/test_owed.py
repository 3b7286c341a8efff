"""The board: what waits, with whom and since when, the oldest first, from sealed entries alone."""

import re

import pytest

from portal.accounts.acting import CLOCK
from portal.needs.models import Need
from portal.oversight import asking, disclosing
from portal.stages import engine
from portal.tracking.projection.checking import differences
from portal.tracking.voices import owed
from tests.factories.clock import AT, later
from tests.factories.funds import create_campaign
from tests.factories.needs import create_need
from tests.factories.oversight import answered, asked_in_public
from tests.factories.shipping import create_shipment
from tests.factories.warehouse import create_arrival, create_warehouse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
WORDS = re.compile(r"<[^>]+>|\s+")


def board(client):
    answer = client.get("/en/board/")
    assert answer.status_code == 200
    return " ".join(WORDS.sub(" ", answer.content.decode()).split())


def test_parcels_deliveries_needs_questions_and_statements_stand_with_whom_they_wait_for(
    client, seal_and_project
):
    house = create_warehouse()
    create_arrival(stage="arrived", warehouse=house, at=AT)
    shipment = create_shipment(stage="delivered")
    need = create_need()
    engine.advance(Need, need.code, "go_stale", actor=CLOCK, at=later(hours=48))
    asked = asked_in_public(house.code, house.org)
    asking.fall_overdue(at=later(hours=72))
    campaign = create_campaign(emergency=True)
    disclosing.tick(at=later(days=6))
    seal_and_project()

    page = board(client)

    for said in (
        "Arrived", "Not confirmed lately", "Unanswered", "Late", "Delivered", shipment.code,
        need.code, asked.code, house.org.legal_name, need.hospital.legal_name,
        campaign.org.legal_name, "since 2 Mar 2026",
    ):  # fmt: skip
        assert said in page, said
    assert not differences()


def test_what_was_done_leaves_the_board_and_the_longest_waiting_stands_first(
    client, seal_and_project
):
    first, second = create_warehouse(), create_warehouse()
    late = asked_in_public(first.code, first.org, at=later(hours=5))
    early = asked_in_public(second.code, second.org)
    done = answered(second.code, second.org)
    seal_and_project()

    page = board(client)

    assert page.index(early.code) < page.index(late.code)
    assert done.code not in page


def test_nothing_waits_says_so(client, seal_and_project):
    seal_and_project()
    assert "Nothing waits for anybody" in board(client)


def test_the_tables_alone_say_what_is_owed():
    found = owed.stages()
    assert found["shipment", "unconfirmed"] == "hospital"
    assert found["pledge", "overdue"] == "donor"
    assert {found[kind, stage] for kind, stage in found} == {"hospital", "donor", "org"}


@pytest.mark.parametrize("many", [0, 1, 3])
def test_the_board_asks_the_same_few_questions_however_much_waits(
    client, seal_and_project, django_assert_max_num_queries, many
):
    house = create_warehouse()
    for _n in range(many):
        asked_in_public(house.code, house.org)
    seal_and_project()
    client.get("/en/board/")
    with django_assert_max_num_queries(5):
        client.get("/en/board/")
