"""Allocation: fit goods only, by a published rule; exceptions need a second person and a reason."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from ledger import api as ledger
from portal.accounts.acting import grant
from portal.accounts.roles import Role
from portal.balance.models import Holding
from portal.catalogue.fitness import Fitness
from portal.needs.models import NeedLine
from portal.organisations.models import Organisation
from portal.oversight.invariants import broken
from portal.stages import engine
from portal.stages.engine import MoveRefused, NotYours
from portal.warehouse.models import Allocation
from portal.warehouse.queries import lot_choices, need_line_choices
from portal.warehouse.stages import Approved, ExceptionReason, Rule, Verdict
from tests.factories.catalogue import MASK, load_catalogue
from tests.factories.clock import AT
from tests.factories.needs import create_need
from tests.factories.organisations import create_hospital
from tests.factories.people import actor_of, signed_in
from tests.factories.pledges import create_pledge
from tests.factories.shipping import create_release
from tests.factories.warehouse import (
    create_allocation,
    create_arrival,
    create_warehouse,
    keeper_of,
    lot_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log", "english_workbench")]
KN95 = "mask.gb2626-2006"
WHY = {"exception": ExceptionReason.REFERRED, "note": "病人已转至该院"}
OPEN = "admin:warehouse_allocation_open"


@pytest.fixture
def house():
    return create_warehouse()


@pytest.fixture
def coordinator(house):
    return signed_in(Client(), Role.COORDINATOR, org=house.org.code)


def asked(key=MASK, level=Fitness.GENERAL_WARD, *, hospital=None, quantity=1000):
    """One line of a need, for this use."""
    need = create_need(hospital=hospital, lines=[(key, "exact", quantity)])
    NeedLine.objects.filter(need=need).update(fitness=level)
    return NeedLine.objects.select_related("need__hospital", "variant__item").get(need=need)


def lot_in(house, key=MASK, *, verdict=Verdict.PASS, quantity=1000, **counted):
    pledge = create_pledge(lines=((key, quantity),))
    counted = {"accepted": quantity, **counted} if counted else {}
    inspected = {"verdict": verdict}
    return lot_of(create_arrival(warehouse=house, pledge=pledge, inspected=inspected, **counted))


def form(line, lot, quantity=100, **more):
    data = {"need_line": f"{line.need.code}/{line.no}", "reason": "urgent", "rule": "2026-1"}
    data |= {"lots-TOTAL_FORMS": "1", "lots-0-lot": lot.code, "lots-0-quantity": str(quantity)}
    return {**data, **more}


def approve(allocation, *, actor):
    facts = Approved(note="已核对")
    return engine.advance(Allocation, allocation.code, "approve", actor=actor, facts=facts, at=AT)


def text_of(answer):
    return answer.content.decode()


# R2 and acceptance 3: the fitness gate


def test_acceptance_03_an_industrial_mask_is_refused_for_an_icu_line(house, coordinator):
    load_catalogue(only=None)
    lot, line = lot_in(house, KN95), asked(KN95, Fitness.ISOLATION)

    with pytest.raises(MoveRefused, match="GB 2626.* not fit for “Isolation ward or ICU”"):
        create_allocation(line, (lot, 100))
    answer = coordinator.post(reverse(OPEN, args=["publish"]), form(line, lot))

    assert answer.status_code == 422
    assert "is not fit for “Isolation ward or ICU”" in text_of(answer)
    assert 'value="100"' in text_of(answer)
    assert Allocation.objects.count() == 0


def test_acceptance_03_the_same_mask_goes_to_a_community_line_as_a_downgrade(house, coordinator):
    load_catalogue(only=None)
    lot = lot_in(house, KN95)
    line = asked("mask.gbt32610-2016", Fitness.COMMUNITY)  # a line for another kind of mask

    answer = coordinator.post(reverse(OPEN, args=["publish"]), form(line, lot))

    assert answer.status_code == 302, text_of(answer)
    assert Allocation.objects.get().stage == "published"


def test_r02_what_inspection_kept_for_the_community_goes_there_alone(house):
    lot = lot_in(house, verdict=Verdict.COMMUNITY)

    with pytest.raises(MoveRefused, match="passed its inspection for community use only"):
        create_allocation(asked(), (lot, 100))
    allocation = create_allocation(asked(level=Fitness.COMMUNITY), (lot, 100))

    assert allocation.stage == "published"


def test_r02_goods_of_an_unstated_standard_are_fit_for_no_ward(house):
    load_catalogue(only=None)
    key = "mask.medical-respirator.unstated"

    with pytest.raises(MoveRefused, match="not fit for “General ward”"):
        create_allocation(asked(key), (lot_in(house, key), 1))


def test_r02_a_lot_past_its_date_is_given_to_nobody_and_offered_to_nobody(house):
    today = timezone.localdate()
    old = lot_in(house, expiry=AT.date() + timedelta(days=1))
    soon = lot_in(house, expiry=today + timedelta(days=30))
    late = lot_in(house, expiry=today + timedelta(days=900))
    actor = keeper_of(house)

    with pytest.raises(MoveRefused, match=f"Lot {old.code} expired on"):
        create_allocation(asked(), (old, 1), at=AT + timedelta(days=3))

    type(old).objects.filter(pk=old.pk).update(expiry=today - timedelta(days=1))
    ((_house, offered),) = lot_choices(subject=None, actor=actor)
    assert [code for code, _label in offered] == [soon.code, late.code]  # first to expire, first
    assert "use first" in offered[0][1]
    assert "use first" not in offered[1][1]


def test_r02_need_lines_for_the_community_are_offered_for_any_goods_of_the_kind(house):
    load_catalogue(only=None)
    lot_in(house, KN95)
    line = asked("mask.gbt32610-2016", Fitness.COMMUNITY)
    other = asked("mask.gbt32610-2016")

    offered = [code for code, _label in need_line_choices(subject=None, actor=keeper_of(house))]

    assert f"{line.need.code}/1" in offered
    assert f"{other.need.code}/1" not in offered


# R3 and acceptance 4: who decided, by which rule, against what; the register


def test_r03_a_decision_seals_its_rule_what_else_was_open_and_the_register_of_that_day(house, seal):
    line, other = asked(quantity=1000), asked(quantity=700)
    create_allocation(other, (lot_in(house), 200))
    create_allocation(line, (lot_in(house), 100))
    seal()

    said = [e.body["data"] for e in ledger.entries() if e.body["type"] == "allocation.publish"][-1]
    assert (said["actor_role"], said["actor_org"]) == ("warehouse", house.org.code)
    assert said["rule"] == Rule.FIRST == "2026-1"
    assert said["weighed"] == [
        {"need": line.need.code, "need_line": 1, "gap": 1000},
        {"need": other.need.code, "need_line": 1, "gap": 500},
    ]
    assert (said["recipient"], said["designated"]) == (line.need.hospital.code, True)
    assert (said["related"], said["exception"]) == (False, "")


@pytest.fixture
def outsider():
    return create_hospital(designated=False)


@pytest.mark.parametrize("missing", [{}, {"note": "x"}, {"exception": ExceptionReason.URGENT}])
def test_acceptance_04_off_the_register_nothing_goes_without_a_reason(house, outsider, missing):
    with pytest.raises(MoveRefused, match="is not in the designated register"):
        create_allocation(asked(hospital=outsider), (lot_in(house), 100), **missing)

    assert Allocation.objects.count() == 0


def test_acceptance_04_off_the_register_a_second_approver_and_the_reason_are_public(
    house, outsider, seal
):
    line = asked(hospital=outsider)
    first = actor_of(Role.COORDINATOR, org=house.org.code)
    allocation = create_allocation(line, (lot_in(house), 100), actor=first, **WHY)
    assert allocation.stage == "proposed"
    assert Holding.objects.get(place=f"reserved:{allocation.code}").amount == 100
    with pytest.raises(MoveRefused, match="cannot be released"):
        create_release(allocation)
    with pytest.raises(MoveRefused, match="Another person must give this signature"):
        approve(allocation, actor=first)
    keeper = keeper_of(house)
    with pytest.raises(NotYours):
        approve(allocation, actor=keeper)

    second = actor_of(Role.COORDINATOR, org=house.org.code, person=55)
    assert approve(allocation, actor=second).stage == "published"

    seal()
    told = {e.body["type"]: e for e in ledger.entries() if e.body["case"] == allocation.code}
    asked_for, agreed = told["allocation.publish"], told["allocation.approve"]
    assert (asked_for.body["data"]["exception"], asked_for.body["data"]["designated"]) == (
        "referred",
        False,
    )
    assert agreed.body["data"]["actor_role"] == "coordinator"
    named = ledger.disclosures([asked_for.uid, agreed.uid])
    assert [named[e.uid]["note"] for e in (asked_for, agreed)] == ["病人已转至该院", "已核对"]
    assert broken() == []


def test_acceptance_04_over_http_the_one_who_proposed_cannot_approve(
    house, outsider, coordinator, client, seal_and_project
):
    line = asked(hospital=outsider)
    lot = lot_in(house)
    publish = reverse(OPEN, args=["publish"])
    grant(coordinator.person, role=Role.WAREHOUSE, org=house.org.code, at=AT)

    refused = coordinator.post(publish, form(line, lot))
    assert refused.status_code == 422
    assert "is not in the designated register" in text_of(refused)
    assert coordinator.post(publish, form(line, lot, **WHY)).status_code == 302
    allocation = Allocation.objects.get()
    address = reverse("admin:warehouse_allocation_move", args=[allocation.pk, "approve"])
    again = coordinator.post(address, {"note": "我同意"})
    second = signed_in(Client(), Role.COORDINATOR, org=house.org.code)
    agreed = second.post(address, {"note": "已核对"})

    allocation.refresh_from_db()
    assert (again.status_code, agreed.status_code, allocation.stage) == (422, 302, "published")
    assert "我同意" in text_of(again)
    seal_and_project()
    page = text_of(client.get(f"/en/g/{lot.pledge.code}/"))
    for public in ("Approved by a second person", "病人已转至该院", "已核对", "referred patients"):
        assert public in page
    assert "In the designated register that day</dt><dd>no" in page
    assert f"{line.need.code}/1 (1,000 open)" in strip_tags(page)


def test_r03_a_related_party_needs_the_same(house):
    lot, line = lot_in(house), asked()

    with pytest.raises(MoveRefused, match="is a related party"):
        create_allocation(line, (lot, 100), related=True)

    assert create_allocation(line, (lot, 100), related=True, **WHY).stage == "proposed"


def test_r03_a_proposal_that_is_not_approved_goes_back_into_stock(house, outsider, coordinator):
    line = asked(hospital=outsider)
    allocation = create_allocation(line, (lot_in(house), 100), **WHY)
    address = reverse("admin:warehouse_allocation_move", args=[allocation.pk, "cancel"])

    answer = coordinator.post(address, {"reason": "mistake"})

    line.refresh_from_db()
    assert (answer.status_code, line.allocated) == (302, 0)
    assert Holding.objects.get(place=f"stock:{house.code}").amount == 1000


def test_r03_the_database_itself_refuses_one_person_for_both(house, outsider):
    allocation = create_allocation(asked(hospital=outsider), (lot_in(house), 100), **WHY)

    with pytest.raises(IntegrityError), transaction.atomic():
        Allocation.objects.filter(pk=allocation.pk).update(approved_by=allocation.proposed_by)


def test_r03_an_exception_without_its_second_person_is_named_by_the_invariants(
    house, outsider, seal
):
    allocation = create_allocation(asked(hospital=outsider), (lot_in(house), 100), **WHY)
    seal()
    assert broken() == []

    Allocation.objects.filter(pk=allocation.pk).update(stage="published")

    assert ("I15", "approved_by") in {(row["invariant"], row["field"]) for row in broken()}


# the register itself


def test_r03_only_the_authority_keeps_the_register(outsider, coordinator, client, seal_and_project):
    authority = signed_in(Client(), Role.AUTHORITY)
    address = reverse("admin:organisations_organisation_move", args=[outsider.pk, "designate"])

    assert coordinator.post(address, {}).status_code == 404
    assert authority.post(address, {"notice": "no address"}).status_code == 422
    assert authority.post(address, {"notice": "https://notices.example/2020"}).status_code == 302

    outsider.refresh_from_db()
    assert (outsider.designated, outsider.stage) == (True, "verified")
    assert authority.post(address, {}).status_code == 422  # the register says so already
    seal_and_project()
    page = text_of(client.get(f"/en/o/{outsider.code}/"))
    assert "In the designated register" in page
    assert "Entered in the designated register" in page


def test_r03_the_register_of_the_day_is_sealed_and_does_not_change_afterwards(house, seal):
    hospital = create_hospital()
    create_allocation(asked(hospital=hospital), (lot_in(house), 100))
    authority = actor_of(Role.AUTHORITY)
    engine.advance(Organisation, hospital.code, "undesignate", actor=authority, at=AT)
    seal()

    said = next(e.body["data"] for e in ledger.entries() if e.body["type"] == "allocation.publish")
    assert said["designated"] is True
    with pytest.raises(MoveRefused, match="is not in the designated register"):
        create_allocation(asked(hospital=hospital), (lot_in(house), 100))
