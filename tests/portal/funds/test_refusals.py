"""What the forms of money do not offer is refused too: whoever sends it gets a sentence."""

import pytest

from portal.funds.models import Fund, MoneyGift
from portal.funds.money_stages import Arrived, Basis, Redirected, Refunded, Shown
from portal.funds.stages import FeeTaken, Proceeds
from portal.stages import engine
from portal.stages.engine import MoveRefused
from tests.factories.clock import AT
from tests.factories.funds import (
    DAY,
    FIRST,
    LAST,
    create_campaign,
    create_fund,
    give,
    member_of,
    spend,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]


def move(subject, name, facts):
    actor = member_of(subject.org)
    return engine.advance(type(subject), subject.code, name, actor=actor, facts=facts, at=AT)


def test_r13_a_fund_is_of_a_filed_campaign_and_its_days_follow_each_other():
    with pytest.raises(MoveRefused, match="has been filed"):
        create_fund(campaign=create_campaign(stage="draft"))
    with pytest.raises(MoveRefused, match="mend one of them"):
        create_fund(not_before=LAST, use_by=FIRST)


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

    with pytest.raises(MoveRefused, match="whose goods were sold"), engine.transaction.atomic():
        engine.follow(
            engine.locked(Fund, fund.code), "receive_proceeds", actor=member_of(fund.org),
            facts=Proceeds(gift="nothing", amount=1), at=AT,
        )  # fmt: skip
