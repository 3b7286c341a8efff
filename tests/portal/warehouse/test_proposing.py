"""What the planner proposes from real stock and needs, its page, and the forms it fills in."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.accounts.roles import Role
from portal.catalogue.fitness import Fitness
from portal.needs.models import NeedLine
from portal.needs.stages import Priority
from portal.warehouse.models import Allocation
from portal.warehouse.proposing import TERMS, plan_for
from portal.warehouse.stages import Verdict
from tests.factories.catalogue import MASK, load_catalogue
from tests.factories.clock import AT
from tests.factories.needs import create_need
from tests.factories.organisations import create_hospital
from tests.factories.people import signed_in
from tests.factories.pledges import create_pledge
from tests.factories.receipts import create_receipt
from tests.factories.shipping import create_shipment
from tests.factories.stock import hold
from tests.factories.warehouse import (
    create_allocation,
    create_arrival,
    create_warehouse,
    lot_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
KN95 = "mask.gb2626-2006"
PLAN = "admin:warehouse_allocation_plan"


@pytest.fixture
def house():
    return create_warehouse()


def asked(quantity=1000, *, key=MASK, hospital=None, **fields):
    """One line of a need, with these fields."""
    kind = "unlimited" if quantity is None else "exact"
    need = create_need(hospital=hospital, lines=[(key, kind, quantity)])
    NeedLine.objects.filter(need=need).update(**fields)
    return NeedLine.objects.select_related("need__hospital").get(need=need)


def lot_in(house, quantity=1000, *, key=MASK, verdict=Verdict.PASS, **counted):
    pledge = create_pledge(lines=((key, quantity),))
    counted = {"accepted": quantity, **counted} if counted else {}
    inspected = {"verdict": verdict}
    return lot_of(create_arrival(warehouse=house, pledge=pledge, inspected=inspected, **counted))


def proposals(house):
    """[(lot, need, pieces)] as planned."""
    plan = plan_for(house.org.code, at=AT)
    return [
        (plan.lots[p.way.supply].code, plan.lines[p.way.demand].need.code, p.amount)
        for p in plan.proposed
    ]


def test_acceptance_04_an_industrial_mask_is_never_proposed_for_a_medical_need(house):
    """KN95 (GB 2626) in stock, GB 19083 asked for: no line, however many points it would earn."""
    load_catalogue(only=None)
    lot_in(house, key=KN95)
    asked(priority=Priority.URGENT, stock_days=0, only_exact=True)
    asked(key=KN95, fitness=Fitness.ISOLATION, priority=Priority.URGENT)

    assert proposals(house) == []


def test_what_the_move_would_refuse_is_not_proposed(house):
    load_catalogue(only=None)
    expired = lot_in(house, expiry=AT.date() + timedelta(days=1))
    type(expired).objects.filter(pk=expired.pk).update(expiry=AT.date() - timedelta(days=1))
    lot_in(house, verdict=Verdict.COMMUNITY)
    asked()
    asked(hospital=create_hospital(designated=False))

    assert proposals(house) == []


def test_parcels_kept_for_a_hospital_are_not_proposed(house):
    owner = create_hospital()
    create_arrival(warehouse=house, stage="held", consignee=owner.code)
    asked()

    assert proposals(house) == []


def test_the_rest_of_a_lot_of_which_a_hospital_received_too_many_may_still_be_given(house):
    lot, line, next_line = lot_in(house, 500), asked(100), asked(400)
    shipment = create_shipment((line, lot, 100))
    create_receipt({"line": 1, "surplus": 3}, shipment=shipment)  # kept there until explained

    assert proposals(house) == [(lot.code, next_line.need.code, 400)]
    assert create_allocation(next_line, (lot, 400)).stage == "published"


def test_goods_fit_for_a_ward_are_not_proposed_for_the_community(house):
    load_catalogue(only=None)
    lot_in(house)
    kept = lot_in(house, 40, verdict=Verdict.COMMUNITY)
    need = asked(fitness=Fitness.COMMUNITY).need

    assert proposals(house) == [(kept.code, need.code, 40)]


def test_the_urgent_the_short_of_stock_and_those_who_never_received_come_first(house):
    lot = lot_in(house, 250)
    served = create_hospital()
    create_receipt(hospital=served)
    usual = asked(1000, hospital=served)
    never = asked(1000)
    urgent = asked(1000, priority=Priority.URGENT, stock_days=1, daily_use=100)

    assert proposals(house) == [(lot.code, urgent.need.code, 250)]
    NeedLine.objects.filter(pk=urgent.pk).update(allocated=1000)
    assert proposals(house) == [(lot.code, never.need.code, 250)]
    NeedLine.objects.filter(pk=never.pk).update(allocated=1000)
    assert proposals(house) == [(lot.code, usual.need.code, 250)]


def test_the_lot_that_expires_first_goes_first(house):
    late = lot_in(house, 100, expiry=AT.date() + timedelta(days=700))
    soon = lot_in(house, 100, expiry=AT.date() + timedelta(days=690))
    need = asked(150).need

    assert proposals(house) == [(soon.code, need.code, 100), (late.code, need.code, 50)]


def test_the_proposals_can_be_booked_in_their_order_with_no_lot_out_of_turn(house):
    for days in (700, 300, 500):
        lot_in(house, 100, expiry=AT.date() + timedelta(days=days))
    lines = [asked(quantity) for quantity in (70, 90, 120)]
    plan = plan_for(house.org.code, at=AT)
    groups = {}
    for part in plan.proposed:
        groups.setdefault(part.way.demand, []).append((plan.lots[part.way.supply], part.amount))

    for demand, lots in groups.items():
        assert create_allocation(plan.lines[demand], *lots).stage == "published"

    assert sum(NeedLine.objects.get(pk=line.pk).allocated for line in lines) == 280
    assert proposals(house) == []


def test_acceptance_10_what_is_meant_for_one_hospital_is_proposed_for_no_other(house):
    lot, other = lot_in(house, 100), create_hospital()
    type(lot.pledge).objects.filter(pk=lot.pledge.pk).update(designation=f"hospital:{other.code}")
    asked(1000)
    assert proposals(house) == []

    need = asked(60, hospital=other).need

    assert proposals(house) == [(lot.code, need.code, 60)]
    type(lot.pledge).objects.filter(pk=lot.pledge.pk).update(related_to=other.code)
    assert proposals(house) == []


def test_what_is_held_back_is_not_proposed(house):
    lot = lot_in(house)
    asked()
    hold(lot)

    assert proposals(house) == []


def test_the_nearer_hospital_comes_first_among_equals(house):
    type(house).objects.filter(pk=house.pk).update(province="湖北省", city="武汉")
    lot = lot_in(house, 100)
    far = asked(hospital=create_hospital(province="新疆", city="喀什"))
    near = asked(hospital=create_hospital(province="湖北", city="武汉"))

    assert [need for _lot, need, _n in proposals(house)] == [near.need.code]
    assert (far.allocated, lot.code) == (0, proposals(house)[0][0])


def test_a_line_without_a_number_asks_for_two_weeks_of_what_is_used(house):
    lot_in(house, 1000)
    need = asked(None, daily_use=10).need

    assert [(code, n) for _lot, code, n in proposals(house)] == [(need.code, 140)]


def test_every_proposed_line_adds_up_from_its_terms(house):
    lot_in(house, 1000, expiry=AT.date() + timedelta(days=200))
    asked(400, priority=Priority.SOON, stock_days=3, daily_use=50)
    asked(5000)

    plan = plan_for(house.org.code, at=AT)

    assert len(plan.proposed) == 2
    for part in plan.proposed:
        assert list(part.way.terms) == ["urgency", "lasts", "days", "never", "near", "expiry"]
        assert set(part.way.terms) == set(TERMS)
        gap = sum(points * pieces for points, pieces in part.quarters)
        assert part.total == sum(part.way.terms.values()) * part.amount + gap
    assert plan.total == sum(part.total for part in plan.proposed)


def test_the_page_says_why_and_its_form_is_the_allocation_itself(house):
    lot, line = lot_in(house, 300), asked(priority=Priority.URGENT)
    client = signed_in(Client(), Role.COORDINATOR, org=house.org.code)
    listed = client.get(reverse("admin:warehouse_allocation_changelist"))
    assert reverse(PLAN) in listed.content.decode()

    page = client.get(reverse(PLAN), headers={"accept-language": "en"}).content.decode()
    assert lot.code in page
    assert all(f'<th scope="col">{name}</th>' in page for name in ("Urgency", "Nearness"))
    assert "40 × 250<br>30 × 50" in page
    address = unescape(re.search(r'class="button" href="([^"]+)"', page)[1])
    form = client.get(address).content.decode()
    assert Allocation.objects.count() == 0  # looking books nothing
    sent = dict(
        re.findall(r'<input type="hidden" name="(once|lots-[A-Z_]+)" value="([^"]*)"', form)
    )
    chosen = re.findall(r'<option value="([^"]+)" selected', form)
    assert {f"{line.need.code}/1", lot.code, "urgent", "2026-1"} <= set(chosen)
    assert 'name="lots-0-quantity" value="300"' in form
    fields = {"need_line": f"{line.need.code}/1", "reason": "urgent", "rule": "2026-1"}
    fields |= {"lots-0-lot": lot.code, "lots-0-quantity": "300", **sent}

    assert client.post(address, fields).status_code == 302
    assert Allocation.objects.get().lines.get().quantity == 300


def test_the_plan_is_for_those_who_allocate_and_of_their_own_stock(house):
    lot = lot_in(house, 300)
    asked()
    other = create_warehouse()
    stranger = signed_in(Client(), Role.WAREHOUSE, org=other.org.code)
    quality = signed_in(Client(), Role.QUALITY, org=house.org.code)

    assert lot.code not in stranger.get(reverse(PLAN)).content.decode()
    assert quality.get(reverse(PLAN)).status_code == 404


def test_the_page_asks_few_questions_however_much_there_is(house):
    client = signed_in(Client(), Role.WAREHOUSE, org=house.org.code)
    counts = []
    for _round in range(2):
        lot_in(house, 300)
        asked()
        client.get(reverse(PLAN))
        with CaptureQueriesContext(
            connection,
        ) as asked_of:
            client.get(reverse(PLAN))
        counts.append(len(asked_of))

    assert counts[0] == counts[1] <= 20
