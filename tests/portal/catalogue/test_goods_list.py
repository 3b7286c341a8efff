"""Lists of the workbench say what a thing is about, and ask no more for many rows."""

import pytest

from portal.accounts.roles import Role
from tests.factories.needs import create_need
from tests.factories.organisations import create_charity
from tests.factories.people import signed_in
from tests.factories.pledges import create_pledge
from tests.factories.shipping import create_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]


@pytest.fixture
def read(client):
    def page(address, org=""):
        signed_in(client, Role.COORDINATOR, org=org or create_charity().code)
        return client.get(address, HTTP_ACCEPT_LANGUAGE="en").content.decode()

    return page


def test_a_gift_names_its_goods_and_who_gave_them(read):
    create_pledge(name="示例甲")

    html = read("/admin/pledges/pledge/")

    assert "1,000 pieces" in html
    assert "示例甲" in html


def test_a_need_and_a_shipment_name_theirs(read):
    create_need()
    shipment = create_shipment(quantity=1000)

    assert " pieces" in read("/admin/needs/need/")
    assert "1,000 pieces" in read("/admin/shipping/shipment/", shipment.org)
    assert "1,000 pieces" in read("/admin/warehouse/arrival/", shipment.org)
    assert "1,000 pieces" in read("/admin/warehouse/allocation/", shipment.org)


def test_three_gifts_cost_as_many_questions_as_one(client, django_assert_max_num_queries):
    signed_in(client, Role.COORDINATOR, org=create_charity().code)
    counts = []
    for more in (1, 2):
        for _n in range(more):
            create_pledge()
        with django_assert_max_num_queries(16) as seen:
            client.get("/admin/pledges/pledge/")
        counts.append(len(seen.captured_queries))

    assert counts[0] == counts[1]
