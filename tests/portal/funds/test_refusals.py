"""What the forms of money do not offer is refused too: whoever sends it gets a sentence."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from portal.campaigns.models import Campaign
from portal.funds.models import Fund, MoneyGift, Spend
from portal.funds.money_stages import Arrived, Basis, Redirected, Refunded, Shown
from portal.funds.spend_stages import Accounted
from portal.funds.stages import FeeTaken, Proceeds
from portal.stages import engine
from portal.stages.engine import MoveRefused
from tests.factories.clock import AT
from tests.factories.funds import (
    DAY,
    FIRST,
    LAST,
    approve,
    asked,
    create_campaign,
    create_fund,
    give,
    member_of,
    pay,
    request,
    spend,
)
from tests.factories.organisations import create_charity, create_hospital

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]


def move(subject, name, facts):
    actor = member_of(subject.org)
    return engine.advance(type(subject), subject.code, name, actor=actor, facts=facts, at=AT)


def test_r13_a_fund_is_of_a_filed_campaign_and_its_days_follow_each_other():
    with pytest.raises(MoveRefused, match="has been filed"):
        create_fund(campaign=create_campaign(stage="draft"))
    with pytest.raises(MoveRefused, match="mend one of them"):
        create_fund(not_before=LAST, use_by=FIRST)


def test_money_is_promised_to_a_fund_whose_campaign_takes_gifts():
    fund = create_fund()
    with pytest.raises(MoveRefused, match="choose the fund that it is promised to"):
        give(None, 100, org=fund.org, received_on=None)
    Campaign.objects.update(stage="ended")
    with pytest.raises(MoveRefused, match=f"{fund.campaign.code} takes no gifts now"):
        give(fund, 100, received_on=None)
    assert not MoneyGift.objects.exists()


def test_what_is_asked_for_names_a_fund_of_its_own_organisation_and_what_is_there():
    fund, hospital, other = create_fund(), create_hospital(), create_charity()
    give(fund, 1000)
    asker = member_of(other)
    for facts, org, actor, said in (
        (asked(fund, hospital, 1), other, asker, "another organisation's fund"),
        (replace(asked(fund, hospital, 1), fund="F-2222222222"), other, asker, "no F-2222222222"),
        (replace(asked(fund, hospital, 1), recipient="U-2222222222"), fund.org, None, "no U-22222"),
        (asked(fund, hospital, 1, supplier_code="91420100MA"), fund.org, None, "credit code"),
    ):
        who = actor or member_of(fund.org)
        with pytest.raises(MoveRefused, match=said):
            engine.begin(Spend, "request", actor=who, facts=facts, at=AT, org=org)
    assert not Spend.objects.exists()


def test_a_payment_is_of_a_day_that_has_come_and_goods_in_has_its_own_kind_of_code():
    fund = create_fund()
    give(fund, 1000)
    made = request(fund, 1000)
    approve(made)
    approve(made)
    with pytest.raises(MoveRefused, match="2026-03-03 has not come yet"):
        pay(made, paid_on=DAY + timedelta(days=2))
    pay(made)

    for wrong in (fund.code, "C-2222222222"):
        with pytest.raises(MoveRefused, match="begins with C"):
            move(made, "account", Accounted(invoice="1", arrival=wrong))
    assert Spend.objects.get().stage == "paid"


def test_money_goes_to_a_fund_that_takes_it_from_a_donor_shown_as_he_chose():
    with pytest.raises(MoveRefused, match="takes no money now"):
        give(create_fund(stage="draft"), 100)
    with pytest.raises(MoveRefused, match="chosen way of showing"):
        give(create_fund(), 100, shown=Shown.ALIAS)


def test_what_was_promised_comes_on_a_day_and_goes_back_only_when_proposed():
    promised = give(create_fund(), 100, received_on=None)
    with pytest.raises(MoveRefused, match="the day on which it came"):
        move(promised, "arrive", Arrived(amount=100, received_on=None, bank_serial="1"))
    move(promised, "arrive", Arrived(amount=100, received_on=DAY, bank_serial="1"))

    with pytest.raises(MoveRefused, match="propose it first"):
        move(MoneyGift.objects.get(), "refund", Refunded(bank_reference="1"))


def test_what_is_spent_is_neither_kept_as_fee_nor_given_another_purpose():
    fund = create_fund(fee_bp=1000)
    gift = give(fund, 1000)
    spend(fund, 1000)
    other = create_fund(campaign=fund.campaign)

    with pytest.raises(MoveRefused, match=r"The fund holds ¥0\.00"):
        move(fund, "take_fee", FeeTaken(amount=50))
    facts = Redirected(fund=other.code, basis=Basis.CONSENT, reference="1")
    with pytest.raises(MoveRefused, match="left that could go"):
        move(gift, "redirect", facts)


def test_r12_proceeds_name_the_gift_whose_goods_were_sold():
    fund = create_fund()

    with pytest.raises(MoveRefused, match="whose goods were sold"), transaction.atomic():
        engine.follow(
            engine.locked(Fund, fund.code), "receive_proceeds", actor=member_of(fund.org),
            facts=Proceeds(gift="nothing", amount=1), at=AT,
        )  # fmt: skip
