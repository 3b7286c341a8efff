"""Spending: every rule of the fund is asked, two others approve, and what is refused books
nothing."""

from datetime import date
from itertools import combinations

import pytest
from django.utils import translation

from ledger.models import Intent
from portal.accounts.acting import Actor, grant
from portal.accounts.models import Person
from portal.accounts.roles import Role
from portal.balance.models import Booked, Holding
from portal.funds import drawing
from portal.funds.models import Fund, Refusal, Spend
from portal.funds.refusing import SpendRefused
from portal.funds.spend_stages import Accounted, Changed, Rejected, RejectReason
from portal.funds.stages import Purpose
from portal.stages import engine
from portal.stages.engine import MoveRefused
from tests.factories.clock import AT
from tests.factories.funds import (
    YUAN,
    approve,
    asked,
    create_fund,
    file_about,
    give,
    member_of,
    pay,
    request,
    spend,
)
from tests.factories.organisations import create_hospital, create_organisation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]


@pytest.fixture
def fund():
    """¥1,000 for masks for one hospital, ¥600 at most, with a quotation, until the end of 2026."""
    hospital = create_hospital()
    made = create_fund(recipients=(hospital,), papers=("quotation",), cap=600 * YUAN)
    made.hospital, made.paper = hospital, file_about(made.code)
    give(made, 1000 * YUAN)
    return made


def fine(fund, **facts):
    known = {"recipient": fund.hospital, "papers": (("quotation", fund.paper.sha256),)}
    return request(fund, 500 * YUAN, **(known | facts))


VIOLATIONS = {  # rule -> (facts that break it, what later makes a good request break it)
    "purpose": ({"purpose": Purpose.LIVING}, {"purposes": ["living"]}),
    "window": ({}, {"use_by": date(2026, 2, 1)}),
    "cap": ({}, {"cap": 499 * YUAN}),
    "papers": ({"papers": ()}, {"papers": ["quotation", "contract"]}),
    "recipient": ({"recipient": None}, {"recipients": ["U-2222222222"]}),
}
FIGURES = {
    "purpose": ("F-",),
    "window": ("2026-01-01", "2026-02-01", "2026-03-02"),
    "cap": ("499.00", "500.00", "1.00"),
    "papers": ("1",),
    "recipient": ("U-", "F-"),
    "approvals": ("2", "0"),
}


def booked():
    return Booked.objects.count(), Intent.objects.count(), Spend.objects.count()


def kept(rules):
    """The auditor's one row about it: every rule, in both languages, with its figures."""
    (row,) = Refusal.objects.all()
    assert set(row.rules) == set(rules)
    assert row.who.startswith("person:")
    assert row.at == AT
    for text in (row.text_zh, row.text_en):
        for rule in rules:
            for figure in FIGURES[rule]:
                assert figure in text, (rule, figure, text)
    return row


def break_rule(fund, rule):
    for_one, later = VIOLATIONS[rule]
    if rule in ("window", "cap"):  # the rule's own figures, not the request's
        Fund.objects.filter(pk=fund.pk).update(**later)
    return dict(for_one)


def kept_as_before(fund):
    Fund.objects.filter(pk=fund.pk).update(use_by=date(2026, 12, 31), cap=600 * YUAN)
    Refusal.objects.all().delete()


def test_acceptance_11_a_request_that_breaks_rules_is_refused_with_each_of_them(fund):
    actor, stranger = member_of(fund.org), create_hospital()
    alone = [(rule,) for rule in VIOLATIONS]
    for n, rules in enumerate([*alone, *combinations(VIOLATIONS, 2)]):
        facts = {}
        for rule in rules:
            facts |= break_rule(fund, rule)
        if "recipient" in rules:
            facts["recipient"] = stranger
        before = booked()

        language = ("en", "zh-hans")[n % 2]
        with translation.override(language), pytest.raises(SpendRefused) as refused:
            fine(fund, actor=actor, **facts)

        assert {one.rule for one in refused.value.broken} == set(rules)
        for rule in rules:
            assert all(figure in str(refused.value) for figure in FIGURES[rule])
        assert booked() == before
        row = kept(rules)
        assert (row.fund, row.code) == (fund.code, "")
        assert row.asked["amount"] == 500 * YUAN
        kept_as_before(fund)


def test_acceptance_11_one_approver_only_is_refused(fund):
    made = fine(fund)
    approve(made)
    before = booked()

    with pytest.raises(SpendRefused, match="1 of 2"):
        pay(made)

    assert booked() == before
    (row,) = Refusal.objects.all()
    assert (row.rules, row.code, row.move) == (["approvals"], made.code, "pay")
    assert "2" in row.text_zh


def test_acceptance_11_one_approver_only_and_another_rule_are_both_named(fund):
    made = fine(fund)
    for rule, (_asked, later) in VIOLATIONS.items():
        before_rule = {name: getattr(fund, name) for name in later}
        Fund.objects.filter(pk=fund.pk).update(**later)
        before = booked()

        with pytest.raises(SpendRefused) as refused:
            pay(made)

        assert {one.rule for one in refused.value.broken} == {"approvals", rule}
        assert booked() == before
        kept(("approvals", rule))
        Fund.objects.filter(pk=fund.pk).update(**before_rule)
        Refusal.objects.all().delete()


def test_a_refusal_is_told_to_nobody_outside(fund, sealed):
    with pytest.raises(SpendRefused):
        fine(fund, purpose=Purpose.LIVING)

    assert not [e for e in sealed() if e.body["type"].startswith("spend.")]


def test_more_than_the_fund_holds_is_refused_with_the_figures(fund):
    Fund.objects.filter(pk=fund.pk).update(cap=None)

    with pytest.raises(SpendRefused, match="1,000.00.*1,000.01.*0.01"):
        request(
            fund,
            1000 * YUAN + 1,
            recipient=fund.hospital,
            papers=(("quotation", fund.paper.sha256),),
        )


def test_a_region_and_what_may_be_bought_are_conditions_too():
    fund = create_fund(regions=("贵州",))
    give(fund, 1000 * YUAN)

    with pytest.raises(SpendRefused) as refused:
        request(fund, 100, item_class="gloves")

    assert [one.rule for one in refused.value.broken] == ["item_class", "region"]


def test_the_cap_counts_what_was_asked_for_before(fund):
    fine(fund)

    with pytest.raises(SpendRefused, match="600.00.*500.00.*500.00.*400.00"):
        fine(fund)


def test_a_spend_goes_its_way_and_is_paid_from_the_oldest_gifts_to_the_fen(fund, sealed):
    late = give(fund, 33)
    Fund.objects.filter(pk=fund.pk).update(cap=None)
    made = request(
        fund,
        1000 * YUAN + 11,
        recipient=fund.hospital,
        papers=(("quotation", fund.paper.sha256),),
    )
    approve(made)
    approve(made)
    assert held(f"committed:{made.code}") == 1000 * YUAN + 11
    pay(made)
    done = engine.advance(
        Spend,
        made.code,
        "account",
        actor=member_of(fund.org),
        facts=Accounted(invoice="发票 1"),
        at=AT,
    )

    assert done.stage == "accounted"
    assert held(f"paid:{made.code}") == 1000 * YUAN + 11
    assert held(f"fund:{fund.code}") == 22
    assert Holding.objects.get(place=f"fund:{fund.code}", amount__gt=0).gift == late.code
    types = [e.body["type"] for e in sealed() if e.body["case"] == made.code]
    assert types == [
        f"spend.{m}" for m in ("request", "approve", "approve_again", "pay", "account")
    ]


def held(place):
    return sum(Holding.objects.filter(place=place).values_list("amount", flat=True))


def test_a_sum_of_more_gifts_than_an_entry_holds_is_booked_in_several(monkeypatch, sealed):
    monkeypatch.setattr(drawing, "MOST", 3)
    fund = create_fund()
    actor = member_of(fund.org)
    for _n in range(8):
        give(fund, 7, actor=actor)

    made = spend(fund, 8 * 7 - 1)

    assert held(f"paid:{made.code}") == 8 * 7 - 1
    assert held(f"fund:{fund.code}") == 1
    types = [e.body["type"] for e in sealed() if e.body["case"] == made.code]
    assert types.count("spend.set_more_aside") == types.count("spend.pay_more") == 2


def test_what_was_set_aside_goes_back_when_it_is_cancelled(fund):
    made = fine(fund)
    approve(made)
    approve(made)

    facts = Rejected(reason=RejectReason.NOT_NEEDED)
    engine.advance(Spend, made.code, "cancel", actor=member_of(fund.org), facts=facts, at=AT)

    assert held(f"fund:{fund.code}") == 1000 * YUAN
    assert held(f"committed:{made.code}") == 0


# --- two people


def test_two_person_rule_the_same_person_approves_nothing_twice(fund):
    asker, first = member_of(fund.org), member_of(fund.org)
    made = fine(fund, actor=asker)
    with pytest.raises(SpendRefused, match="3 different people"):
        approve(made, actor=asker)
    approve(made, actor=first)

    for again in (asker, first):
        with pytest.raises(SpendRefused, match="3 different people"):
            approve(made, actor=again)
    assert Refusal.objects.count() == 3


def test_two_person_rule_another_role_or_account_is_the_same_person(fund):
    asker = member_of(fund.org)
    made = fine(fund, actor=asker)
    person = Person.objects.get(pk=asker.person_id)
    grant(person, role=Role.COORDINATOR, org=fund.org.code, at=AT)
    with pytest.raises(SpendRefused, match="another role"):
        approve(made, actor=Actor(role=Role.COORDINATOR, org=fund.org.code, person_id=person.pk))

    second_account = member_of(fund.org)
    Person.objects.filter(pk__in=[person.pk, second_account.person_id]).update(
        email="a@example.org"
    )
    with pytest.raises(SpendRefused, match="another role"):
        approve(made, actor=second_account)


def test_two_person_rule_nothing_is_changed_after_the_first_approval(fund):
    made = fine(fund)
    approve(made)
    known = asked(fund, fund.hospital, 1, papers=(("quotation", fund.paper.sha256),))
    changed = Changed(**{s.name: getattr(known, s.name) for s in Changed.specs()})

    with pytest.raises(SpendRefused, match="cannot be changed"):
        engine.advance(Spend, made.code, "change", actor=member_of(fund.org), facts=changed, at=AT)

    made.refresh_from_db()
    assert made.amount == 500 * YUAN


def test_two_person_rule_what_was_edited_meanwhile_is_not_approved(fund):
    made = fine(fund)
    known = asked(fund, fund.hospital, 501 * YUAN, papers=(("quotation", fund.paper.sha256),))
    changed = Changed(**{s.name: getattr(known, s.name) for s in Changed.specs()})
    engine.advance(Spend, made.code, "change", actor=member_of(fund.org), facts=changed, at=AT)

    with pytest.raises(SpendRefused, match=r"500.00 \(version 1\).*501.00 \(version 2\)"):
        approve(made, amount=500 * YUAN, revision=1)


def test_two_person_rule_the_own_organisations_supplier_is_refused(fund):
    company = create_organisation(kind="donor")
    actor = member_of(fund.org)
    grant(Person.objects.get(pk=actor.person_id), role=Role.HOSPITAL, org=company.code, at=AT)

    with pytest.raises(SpendRefused, match="interested party"):
        fine(fund, actor=actor, supplier_code=company.credit_code)
    made = fine(fund, supplier_code=company.credit_code)
    with pytest.raises(SpendRefused, match="interested party"):
        approve(made, actor=actor)
    with pytest.raises(SpendRefused, match="interested party"):
        fine(fund, supplier_code=fund.org.credit_code)


def test_two_person_rule_a_second_approval_at_the_same_moment_finds_it_moved_on(fund):
    made = fine(fund)
    approve(made)
    stale = Spend.objects.get(pk=made.pk)
    approve(made)

    with pytest.raises(MoveRefused):
        engine.advance(Spend, stale.code, "approve_again", actor=member_of(fund.org), at=AT)
