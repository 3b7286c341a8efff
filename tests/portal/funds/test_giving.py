"""Gifts of money: recorded, shown as the donor wishes, given back, given another purpose only by
consent."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from portal.balance.models import Holding
from portal.funds.giving import shown_as
from portal.funds.models import Fund, MoneyGift
from portal.funds.money_stages import (
    Arrived,
    Basis,
    Currency,
    Identified,
    RateSource,
    ReceiptNoted,
    Redirected,
    Refunded,
    RefundProposed,
    RefundReason,
    Shown,
)
from portal.funds.stages import FeeTaken, Proceeds, Purpose
from portal.stages import engine
from portal.stages.engine import MoveRefused
from tests.factories.clock import AT
from tests.factories.funds import DAY, YUAN, create_fund, give, member_of, spend
from tests.factories.organisations import create_charity

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]


def held(place):
    return sum(Holding.objects.filter(place=place).values_list("amount", flat=True))


def move(gift, name, facts=None, *, actor=None):
    actor = actor or member_of(gift.org)
    return engine.advance(type(gift), gift.code, name, actor=actor, facts=facts, at=AT)


@pytest.mark.parametrize(
    ("shown", "name", "seen"),
    [
        (Shown.FULL, "示例甲", "示例甲"),
        (Shown.MASKED, "王小明", "王某"),
        (Shown.MASKED, "欧阳小明", "欧阳某"),
        (Shown.ALIAS, "示例甲", "一位邻居"),
        (Shown.ANONYMOUS, "示例甲", ""),
    ],
)
def test_the_donor_chooses_how_to_be_shown_and_the_amount_is_public(shown, name, seen, sealed):
    gift = give(create_fund(), 123, shown=shown, donor_name=name, shown_name="一位邻居")

    gift.refresh_from_db()
    assert gift.shown_name == seen
    (entry,) = [e for e in sealed() if e.body["case"] == gift.code]
    assert entry.body["data"]["amount"] == 123
    assert entry.body["data"]["shown"] == shown.value
    assert name not in entry.raw.decode()


def test_a_surname_stands_before_mou():
    assert shown_as(Shown.MASKED, name="", other="") == ""


def test_a_promise_books_nothing_until_it_is_on_the_account():
    fund = create_fund()
    gift = give(fund, 5000, received_on=None)
    assert (gift.stage, held(f"fund:{fund.code}")) == ("pledged", 0)

    gift = move(gift, "arrive", Arrived(received_on=DAY, amount=4900))

    assert (gift.stage, gift.amount, held(f"fund:{fund.code}")) == ("received", 4900, 4900)


def test_money_nobody_knows_is_held_in_public_until_somebody_does(sealed):
    fund = create_fund()
    gift = give(None, 700, org=fund.org)
    assert held(f"unidentified:{fund.org.code}") == 700

    facts = Identified(fund=fund.code, shown=Shown.FULL, donor_name="示例乙")
    gift = move(gift, "identify", facts)

    assert (gift.stage, gift.fund, gift.shown_name) == ("received", fund, "示例乙")
    assert (held(f"unidentified:{fund.org.code}"), held(f"fund:{fund.code}")) == (0, 700)
    assert [e.body["type"] for e in sealed() if e.body["case"] == gift.code] == [
        "money.enter",
        "money.identify",
    ]


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2027, 1, 1)])
def test_r15_no_gift_is_dated_outside_its_campaign(day):
    fund = create_fund()

    with pytest.raises(MoveRefused, match=rf"2026-01-01.*2026-12-31.*{day}|not come yet"):
        give(fund, 10, received_on=day)
    unknown = give(None, 10, org=fund.org, received_on=date(2025, 12, 31))
    with pytest.raises(MoveRefused, match=r"2026-01-01 to 2026-12-31.*2025-12-31"):
        move(unknown, "identify", Identified(fund=fund.code))


def test_foreign_money_keeps_its_amount_rate_day_and_source(sealed):
    fund = create_fund()
    known = {
        "currency": Currency.USD, "original": 10_000, "rate": "6.9918", "rate_on": DAY,
        "rate_source": RateSource.BANK,
    }  # fmt: skip

    gift = give(fund, 69918, **known)

    (entry,) = [e for e in sealed() if e.body["case"] == gift.code]
    told = entry.body["data"]
    assert [told[n] for n in known] == ["USD", 10_000, "6.9918", "2026-03-01", "bank"]
    with pytest.raises(MoveRefused, match="699.18, not ¥699.20"):
        give(fund, 69920, **known)
    with pytest.raises(MoveRefused, match="day and source"):
        give(fund, 69918, **{**known, "rate_on": None})
    with pytest.raises(MoveRefused, match="6.9918"):
        give(fund, 69918, **{**known, "rate": "about seven"})
    with pytest.raises(MoveRefused, match="in yuan"):
        give(fund, 69918, **{**known, "currency": Currency.CNY})
    give(fund, 480, currency=Currency.JPY, original=100, rate="0.048", rate_on=DAY,
         rate_source=RateSource.CENTRAL)  # fmt: skip


def test_giving_back_takes_two_people_and_no_more_than_is_left():
    fund = create_fund()
    gift = give(fund, 100 * YUAN)
    spend(fund, 60 * YUAN)
    asker = member_of(fund.org)
    with pytest.raises(MoveRefused, match="40.00.*60.00|40.00.*left.*50.00"):
        move(gift, "propose_refund", RefundProposed(amount=50 * YUAN, reason=RefundReason.DONOR))
    facts = RefundProposed(amount=40 * YUAN, reason=RefundReason.DONOR)
    gift = move(gift, "propose_refund", facts, actor=asker)
    with pytest.raises(MoveRefused, match="Another person"):
        move(gift, "refund", Refunded(bank_reference="1"), actor=asker)

    gift = move(gift, "refund", Refunded(bank_reference="1"))

    assert (gift.stage, held(f"refunded:{fund.code}")) == ("received", 40 * YUAN)
    whole = give(fund, 10)
    move(whole, "propose_refund", RefundProposed(amount=10, reason=RefundReason.MISDIRECTED))
    assert move(whole, "refund", Refunded(bank_reference="2")).stage == "refunded"


def test_a_gift_that_goes_back_in_parts_is_given_back_with_the_last_of_them():
    gift, stages = give(None, 10, org=create_fund().org), []
    for part in (4, 6):
        move(gift, "propose_refund", RefundProposed(amount=part, reason=RefundReason.DONOR))
        stages.append(move(gift, "refund", Refunded(bank_reference=str(part))).stage)

    assert stages == ["unidentified", "refunded"]


def test_a_purpose_is_changed_by_consent_or_filing_and_share_by_share():
    fund = create_fund()
    other = create_fund(campaign=fund.campaign, purposes=(Purpose.LIVING,))
    gift = give(fund, 100 * YUAN)
    second = give(fund, 100 * YUAN)
    spend(fund, 60 * YUAN)
    with pytest.raises(MoveRefused, match=r"40.00 of .*Art. 56"):
        move(gift, "redirect", Redirected(fund=other.code, basis=Basis.CONSENT))

    facts = Redirected(fund=other.code, basis=Basis.CONSENT, reference="同意书 3 号")
    gift = move(gift, "redirect", facts)

    assert gift.fund == other
    assert (held(f"fund:{fund.code}"), held(f"fund:{other.code}")) == (100 * YUAN, 40 * YUAN)
    assert MoneyGift.objects.get(pk=second.pk).fund == fund


def test_the_official_receipt_is_stored_and_nothing_of_it_is_sealed_in_clear(sealed):
    gift = give(create_fund(), 100)

    gift = move(
        gift, "note_receipt", ReceiptNoted(number="0012345", receipt_code="4201", check_code="9f")
    )

    assert gift.receipt_number == "0012345"
    assert not any("0012345" in e.raw.decode() for e in sealed())


def test_the_fee_follows_its_published_rule_to_the_fen():
    fund = create_fund(fee_bp=500)
    give(fund, 999)

    with pytest.raises(MoveRefused, match=r"¥0.49.*¥9.99.*¥0.50.*¥0.01"):
        move(fund, "take_fee", FeeTaken(amount=50))
    move(fund, "take_fee", FeeTaken(amount=49))

    assert (held(f"fee:{fund.code}"), held(f"fund:{fund.code}")) == (49, 950)
    with pytest.raises(MoveRefused, match="1000"):
        create_fund(fee_bp=1001)


def test_r12_proceeds_of_goods_sold_come_back_to_the_fund():
    fund = create_fund()
    give(fund, 100)
    bought = spend(fund, 100)

    with transaction.atomic():
        row = engine.locked(Fund, fund.code)
        facts = Proceeds(gift=bought.code, amount=30)
        engine.follow(row, "receive_proceeds", actor=member_of(fund.org), facts=facts, at=AT)

    assert held(f"fund:{fund.code}") == 30
    assert spend(fund, 30).stage == "paid", "they are spent again under the same conditions"


def test_a_fund_is_closed_only_when_nothing_is_left():
    fund = create_fund()
    give(fund, 100)
    publisher = member_of(fund.org, "publisher")
    with pytest.raises(MoveRefused, match="1.00"):
        move(fund, "close", actor=publisher)
    spend(fund, 100)

    assert move(fund, "close", actor=publisher).stage == "closed"


def test_a_fund_s_conditions_stand_once_it_is_published(sealed):
    fund = create_fund(fee_bp=0)

    assert not [m.name for m in fund.lifecycle.moves if m.name == "amend" and "open" in m.source]
    (entry,) = [e for e in sealed() if e.body["type"] == "fund.publish"]
    assert entry.body["data"]["purposes"] == ["protection"]
    assert entry.body["data"]["fee_bp"] == 0


def test_another_charity_s_people_see_nothing_of_it():
    fund = create_fund()
    stranger = member_of(create_charity())

    assert not fund.reachable_by(stranger)


def test_no_gift_is_on_the_account_before_its_day_has_come():
    with pytest.raises(MoveRefused, match="has not come yet"):
        give(create_fund(), 100, received_on=AT.date() + timedelta(days=5))
