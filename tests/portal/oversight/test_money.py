"""Funds and spending hold what their postings say, and what breaks it is named."""

import pytest

from portal.balance.models import Holding
from portal.funds.models import Spend
from portal.oversight import money
from tests.factories.funds import YUAN, create_fund, give, request, spend

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]


@pytest.fixture
def fund():
    made = create_fund()
    give(made, 100 * YUAN)
    spend(made, 60 * YUAN)
    request(made, 10 * YUAN)
    return made


def test_money_adds_up(fund):
    assert [*money.funds_add_up(), *money.spends_hold_their_amounts()] == []


def test_a_fen_too_many_in_a_fund_is_named(fund):
    Holding.objects.filter(place=f"fund:{fund.code}").update(amount=40 * YUAN + 1)

    (found,) = money.funds_add_up()
    assert found["reason"] == "10000 fen came, its places hold 10001"


def test_a_spending_that_holds_another_sum_than_approved_is_named(fund):
    Spend.objects.filter(stage="paid").update(amount=1)

    (found,) = money.spends_hold_their_amounts()
    assert found["reason"] == "paid: 6000 fen, not 1"
