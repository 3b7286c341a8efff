"""R12: what goods are sold for is the fund's at once, in public, under the fund's conditions."""

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from ledger.core.postings import MONEY
from portal.accounts.roles import Role
from portal.balance.models import Holding
from portal.funds.funding import received
from portal.funds.models import Fund
from portal.oversight.invariants import broken
from portal.stages.engine import MoveRefused
from portal.warehouse.stock_facts import Proceeds
from tests.factories.catalogue import MASK, variant
from tests.factories.funds import bought_in, create_campaign, create_fund, give, spend
from tests.factories.organisations import create_charity
from tests.factories.people import signed_in
from tests.factories.stock import NOTE, agree, ask, create_lot
from tests.factories.warehouse import create_warehouse, lot_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log", "english_workbench")]
PRICE = 123450


@pytest.fixture
def fund():
    return create_fund()


@pytest.fixture
def lot(fund):
    return create_lot(house=create_warehouse(org=fund.org))


def in_fund(fund, lot):
    rows = Holding.objects.filter(item=MONEY, gift=lot.pledge.code, amount__gt=0)
    return {row.place: row.amount for row in rows} == {f"fund:{fund.code}": PRICE}


def test_r12_what_a_sale_brings_is_the_fund_s_under_the_gift_that_was_sold(fund, lot, sealed):
    ask(lot, "sale", fund=fund.code)
    assert not in_fund(fund, lot)

    agree(lot, "sale", fund=fund.code)

    assert in_fund(fund, lot)
    assert received(fund) == PRICE
    entries = {entry.body["type"]: entry.body for entry in sealed()}
    assert entries["lot.sell"]["data"]["proceeds"] == "in_fund"
    money = entries["fund.receive_proceeds"]
    assert {fund.code, lot.code, lot.pledge.code} <= {code for code, _n in money["cases"]}
    assert broken() == []


def test_r12_without_a_fund_the_money_is_said_to_be_still_to_be_booked(fund, lot, sealed):
    ask(lot, "sale")
    with pytest.raises(MoveRefused, match="name the fund"):
        agree(lot, "sale", proceeds=Proceeds.IN_FUND)

    agree(lot, "sale")

    assert sealed()[-1].body["data"]["proceeds"] == "to_be_booked"
    assert not in_fund(fund, lot)


def test_r12_the_second_person_names_the_same_fund(fund, lot):
    other = create_fund(campaign=fund.campaign)
    ask(lot, "sale", fund=fund.code)

    with pytest.raises(MoveRefused, match="not what was asked for"):
        agree(lot, "sale", fund=other.code)


@pytest.mark.parametrize("which", ["another's", "draft", "unknown"])
def test_r12_the_money_goes_to_an_open_fund_of_the_charity_that_sells(which, fund, lot):
    draft = create_fund(campaign=fund.campaign, stage="draft")
    others = create_fund(campaign=create_campaign(org=create_charity()))
    code = {"another's": others.code, "draft": draft.code, "unknown": "F-2222222222"}[which]

    with pytest.raises(MoveRefused, match="open fund of your own organisation"):
        ask(lot, "sale", fund=code)


def test_r12_what_a_fund_paid_for_is_sold_for_that_fund_and_for_no_other(fund, sealed):
    variant(MASK)
    give(fund, 10_000)
    paid = spend(fund, 10_000)
    lot = lot_of(bought_in(paid, create_warehouse(org=fund.org), (MASK, 100, 10_000)))
    other = create_fund(campaign=fund.campaign)
    with pytest.raises(MoveRefused, match=f"bought by fund {fund.code}"):
        ask(lot, "sale", fund=other.code)

    ask(lot, "sale")
    agree(lot, "sale")

    assert in_fund(fund, lot)
    told = next(e.body["data"] for e in sealed() if e.body["type"] == "lot.sell")
    assert (told["fund"], told["proceeds"]) == (fund.code, "in_fund")
    assert broken() == []


def test_acceptance_12_over_http_the_sale_stands_on_the_pages_of_lot_gift_and_fund(
    fund, lot, seal_and_project
):
    asking = signed_in(Client(), Role.WAREHOUSE, org=fund.org.code)
    agreeing = signed_in(Client(), Role.COORDINATOR, org=fund.org.code)
    sent = {"quantity": "100", "buyer": "shop", "price": "1234.50", "reason": "keeping"}
    sent |= {"note": NOTE, "fund": fund.code}
    page = {
        name: reverse("admin:warehouse_lot_move", args=[lot.pk, name])
        for name in ("ask_sale", "sell")
    }

    assert fund.code in asking.get(page["ask_sale"]).content.decode()
    wrong = asking.post(page["ask_sale"], sent | {"fund": "F-2222222222"})
    assert wrong.status_code == 422
    assert NOTE in wrong.content.decode()
    assert asking.post(page["ask_sale"], sent).status_code == 302
    assert agreeing.post(page["sell"], sent | {"proceeds": "to_be_booked"}).status_code == 302

    seal_and_project()
    assert in_fund(Fund.objects.get(pk=fund.pk), lot)
    gift, of_lot, of_fund = (
        Client().get(f"/en/{address}/").content.decode()
        for address in (f"g/{lot.pledge.code}", f"lots/{lot.code}", f"f/{fund.code}")
    )
    assert f"Of what was sold: ¥1,234.50 in the fund {fund.title_en}, not spent yet" in gift
    assert "Proceeds of goods sold: ¥1,234.50" in gift
    assert "Proceeds of goods sold: ¥1,234.50" in of_lot
    assert "1,234.50" in of_fund
    assert "Sent 1,000 = " in gift, "money is no item of the gift"
    assert "1,234.50" in Client().get("/en/funds/").content.decode()
    call_command("check_public")
    assert broken() == []
