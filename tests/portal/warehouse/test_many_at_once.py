"""Dozens of requests at the same moment, through the pages: the last unit goes out once, and one
form that is sent again and again books once."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.roles import Role
from portal.balance.models import Holding
from portal.needs.models import NeedLine
from portal.warehouse.models import Allocation
from tests.factories.catalogue import MASK
from tests.factories.people import signed_in
from tests.factories.pledges import create_pledge
from tests.factories.warehouse import create_arrival, create_warehouse, lot_of
from tests.portal.warehouse.test_races import asked, compete, needs_postgresql

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("log"),
    pytest.mark.services,
]
OPEN = "admin:warehouse_allocation_open"


@pytest.fixture
def lot():
    needs_postgresql()
    pledge = create_pledge(lines=((MASK, 1),))
    return lot_of(create_arrival(pledge=pledge, warehouse=create_warehouse()))


@pytest.fixture
def post(lot):
    """post(line, key): one request of a keeper's browser; each with a connection of its own."""
    cookies = signed_in(Client(), Role.WAREHOUSE, org=lot.warehouse.org.code).cookies
    address = reverse(OPEN, args=["publish"])

    def send(line, key):
        client = Client(headers={"accept-language": "en"})
        client.cookies = cookies
        fields = {"need_line": f"{line.need.code}/{line.no}", "reason": "urgent", "once": key}
        fields |= {"lots-TOTAL_FORMS": "1", "lots-0-lot": lot.code, "lots-0-quantity": "1"}
        return client.post(address, {**fields, "rule": "2026-1"})

    return send


def held(lot, name):
    rows = Holding.objects.filter(lot=lot.code, place__startswith=f"{name}:")
    return sum(rows.values_list("amount", flat=True))


def test_acceptance_27_the_last_unit_asked_for_by_sixty_four_requests_goes_to_one(lot, post):
    lines = [asked(1000) for _hospital in range(8)]
    stock = Holding.objects.select_for_update().filter(lot=lot.code, place__startswith="stock")
    actions = [
        lambda line=line: post(line, str(uuid.uuid4())) for line in lines for _time in range(8)
    ]

    answers = [answer for _done, answer in compete(actions, lambda: list(stock))]

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [302] + [422] * 63
    refusals = [answer.content.decode() for answer in answers if answer.status_code == 422]
    assert all("Not enough: 0 of gift" in page for page in refusals)
    assert (held(lot, "stock"), held(lot, "reserved")) == (0, 1)
    assert sum(NeedLine.objects.values_list("allocated", flat=True)) == 1
    assert Allocation.objects.count() == 1


def test_t_b07_one_form_sent_fifty_times_at_once_books_once_and_says_the_same(lot, post):
    line, key = asked(1000), str(uuid.uuid4())
    stock = Holding.objects.select_for_update().filter(lot=lot.code, place__startswith="stock")
    actions = [lambda: post(line, key)] * 50

    answers = [answer for _done, answer in compete(actions, lambda: list(stock))]

    allocation = Allocation.objects.get()
    page = reverse("admin:warehouse_allocation_change", args=[allocation.pk])
    assert {(answer.status_code, answer.get("location")) for answer in answers} == {(302, page)}
    assert (held(lot, "stock"), held(lot, "reserved")) == (0, 1)
