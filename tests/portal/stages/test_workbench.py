"""The pages of the workbench: order of the work, values as people say them, moves by weight."""

import re

import pytest
from django.contrib import admin

from portal.accounts.roles import Role
from portal.needs.models import Need
from portal.stages.admin import SubjectAdmin
from portal.stages.leading import leads_on
from portal.stages.workbench import LATER, place
from tests.factories.funds import create_fund, give
from tests.factories.organisations import create_charity
from tests.factories.people import signed_in
from tests.factories.pledges import create_pledge

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]


@pytest.fixture
def charity():
    return create_charity()


@pytest.fixture
def read(client, charity):
    def page(address, role, org=charity):
        signed_in(client, role, org=org.code)
        return client.get(address, HTTP_ACCEPT_LANGUAGE="en").content.decode()

    return page


def test_every_kind_of_subject_has_its_place_in_the_order_of_the_work():
    pages = [p for p in admin.site._registry.values() if isinstance(p, SubjectAdmin)]

    assert [p.opts.label_lower for p in pages if place(p.opts.label_lower) == LATER] == []
    assert place("unknown.thing") == LATER


def test_needs_stand_before_gifts_and_gifts_before_shipments(read):
    html = read("/admin/", Role.COORDINATOR)

    found = [html.index(f'"/admin/{kind}/"') for kind in ("needs/need", "pledges/pledge")]
    assert found == sorted(found)
    assert found[-1] < html.index('"/admin/shipping/shipment/"')


def test_each_page_says_in_which_role_one_works(read):
    assert "Charity coordinator" in read("/admin/", Role.COORDINATOR)


@pytest.mark.parametrize(("role", "offered"), [(Role.WAREHOUSE, True), (Role.FINANCE, False)])
def test_the_dock_is_offered_to_those_who_may_enter_it(read, role, offered):
    assert ('href="/en/dock/"' in read("/admin/", role)) is offered


def test_the_page_of_a_gift_names_it_and_puts_what_leads_on_first(read):
    gift = create_pledge(stage="registered")

    html = read(f"/admin/pledges/pledge/{gift.pk}/change/", Role.COORDINATOR)

    assert f"<h1>Gift {gift.code} " in html
    moves = re.findall(r'move/(\w+)/"( class="quiet")?', html)
    assert moves[0] == ("accept", "")
    assert ("decline", ' class="quiet"') in moves


def test_numbers_come_in_groups_and_what_is_empty_is_left_out(read):
    gift = create_pledge(stage="registered")

    html = read(f"/admin/pledges/pledge/{gift.pk}/change/", Role.COORDINATOR)

    assert re.search(r">\s*1,000\s*<", html)
    assert "to be sent by" not in html.lower()


def test_money_is_shown_in_yuan_and_by_the_words_of_its_form(read):
    fund = create_fund(stage="open")
    money = give(fund, 120_050)

    html = read(f"/admin/funds/moneygift/{money.pk}/change/", Role.FINANCE, fund.org)

    assert "1,200.50" in html
    assert "120050" not in html
    assert "Bank transfer" in html


def test_the_conditions_of_a_fund_are_said_in_words(read):
    fund = create_fund(stage="open")

    html = read(f"/admin/funds/fund/{fund.pk}/change/", Role.FINANCE, fund.org)

    assert "[&quot;" not in html
    assert "Masks" in html


def test_after_a_move_the_next_page_says_what_came_of_it(client, charity):
    gift = create_pledge(stage="registered")
    signed_in(client, Role.COORDINATOR, org=charity.code)

    answer = client.post(
        f"/admin/pledges/pledge/{gift.pk}/move/accept/", HTTP_ACCEPT_LANGUAGE="en", follow=True
    )

    assert f"{gift.code} is now: " in answer.content.decode()


def test_who_takes_a_move_sees_what_it_is_about(read):
    gift = create_pledge(stage="registered", name="示例甲")

    html = read(f"/admin/pledges/pledge/{gift.pk}/move/decline/", Role.COORDINATOR)

    told = html[html.index('<dl class="about">') : html.index("</dl>")]
    assert "<dd>示例甲</dd>" in told
    assert "1,000 pieces" in told
    assert gift.code not in told


def test_what_leaves_the_stage_as_it_is_comes_after_what_leads_on(read):
    organisation = create_charity(stage="listed")

    html = read(
        f"/admin/organisations/organisation/{organisation.pk}/change/", Role.AUTHORITY, organisation
    )

    moves = re.findall(r'move/(\w+)/"( class="quiet")?', html)
    assert moves[0] == ("verify", "")
    assert ("set_channel", ' class="quiet"') in moves


def test_what_corrects_waits_for_nobody():
    change = Need.lifecycle.move("change")
    publish = Need.lifecycle.move("publish")

    assert not leads_on(Need(stage="published"), change)
    assert leads_on(Need(stage="submitted"), publish)


def test_a_row_is_a_link_only_for_those_who_may_open_it(read):
    fund = create_fund(stage="open")
    money = give(fund, 100)

    html = read(f"/admin/funds/moneygift/{money.pk}/change/", Role.FINANCE, fund.org)

    assert f"/admin/funds/fund/{fund.pk}/change/" in html
    assert "/admin/organisations/organisation/" not in html


def test_the_language_is_changed_where_one_stands(client, read):
    html = read("/admin/needs/need/", Role.COORDINATOR)
    assert 'value="/admin/needs/need/"' in html

    answer = client.post("/language/", {"language": "zh-hans", "next": "/admin/needs/need/"})

    assert answer["Location"] == "/admin/needs/need/"
    assert "需求公告" in client.get("/admin/needs/need/").content.decode()
