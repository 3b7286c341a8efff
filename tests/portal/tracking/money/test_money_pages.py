"""Pages of money: a gift's every fen, a fund's figures, a campaign's plan; from entries alone."""

import pytest
from django.core.management import call_command
from django.db.models import Sum

from portal.funds.funding import received
from portal.funds.models import MoneyGift
from portal.funds.money_stages import Identified, Refunded, RefundProposed, RefundReason, Shown
from portal.funds.stages import FeeTaken
from portal.stages import engine
from portal.tracking.models import Gift, Holding
from portal.tracking.money import holdings
from tests.factories.clock import AT
from tests.factories.funds import YUAN, create_fund, give, member_of, request, spend

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]


@pytest.fixture
def story(seal_and_project):
    """Two gifts, a fee, a spend over both, a part given back; one gift nobody knows."""
    fund = create_fund(fee_bp=500)
    gifts = [
        give(fund, 1000 * YUAN, shown=Shown.MASKED, donor_name="王小明"),
        give(fund, 500 * YUAN),
    ]
    actor = member_of(fund.org)
    engine.advance(
        type(fund), fund.code, "take_fee", actor=actor, facts=FeeTaken(amount=50 * YUAN), at=AT
    )
    bought = spend(fund, 1100 * YUAN)
    waiting = request(fund, 10 * YUAN)
    facts = RefundProposed(amount=100 * YUAN, reason=RefundReason.DONOR)
    engine.advance(MoneyGift, gifts[1].code, "propose_refund", actor=actor, facts=facts, at=AT)
    facts = Refunded(bank_reference="1")
    engine.advance(
        MoneyGift, gifts[1].code, "refund", actor=member_of(fund.org), facts=facts, at=AT
    )
    unknown = give(None, 7, org=fund.org)
    seal_and_project()
    return {"fund": fund, "gifts": gifts, "bought": bought, "waiting": waiting, "unknown": unknown}


def read(client, address):
    response = client.get(address, follow=True)
    assert response.status_code == 200, address
    return response.content.decode()


def test_a_gift_of_money_has_the_same_look_up_and_a_page_where_every_fen_stands(client, story):
    first, second = story["gifts"]
    page = read(client, f"/en/g/?q={first.code}")
    assert "Gift of ¥1,000.00" in page
    assert "王某" in page
    assert "王小明" not in page
    assert "¥950.00 paid by the spending" in page
    assert "¥50.00 kept as fee" in page

    page = read(client, f"/en/g/{second.code}/")
    assert "¥150.00 paid by the spending" in page
    assert "¥250.00 in the fund Masks, not spent yet" in page
    assert "¥100.00 given back" in page
    assert "stays anonymous" in page
    assert "whose it is or what for is not known" in read(client, f"/en/g/{story['unknown'].code}/")


def test_a_page_of_a_gift_of_money_asks_little(client, story, django_assert_max_num_queries):
    address = f"/en/g/{story['gifts'][0].code}/"
    read(client, address)
    with django_assert_max_num_queries(5):  # four of its own, one how the ledger stands
        read(client, address)


def test_the_pages_of_money_stand_in_every_language_and_without_javascript(client, story):
    fund = story["fund"]
    for language in ("en", "zh"):
        for address in ("/funds/", f"/f/{fund.code}/", "/campaigns/", f"/m/{fund.campaign.code}/"):
            read(client, f"/{language}{address}")
        assert story["gifts"][0].code in read(client, f"/{language}/gifts/")


def test_a_fund_s_page_adds_up_and_names_every_spending(client, story):
    page = read(client, f"/en/f/{story['fund'].code}/")

    assert (
        "Received ¥1,500.00 = fee ¥50.00 + set aside ¥0.00 + paid ¥1,100.00 "
        "+ given back ¥100.00 + unspent ¥250.00"
    ) in page
    assert "5 %" in page
    assert f'id="{story["bought"].code}"' in page
    assert f'id="{story["waiting"].code}"' in page
    assert "Protective goods" in page
    assert story["gifts"][1].code in page, "the oldest money not spent yet"


def test_the_code_of_a_spending_leads_to_its_place_on_the_fund_s_page(client, story):
    response = client.get(f"/en/g/?q={story['bought'].code}")

    assert response.headers["Location"] == f"/en/f/{story['fund'].code}/#{story['bought'].code}"


def test_the_fee_is_printed_even_when_it_is_nothing(client, seal_and_project):
    fund = create_fund(fee_bp=0)
    seal_and_project()

    page = read(client, f"/en/f/{fund.code}/")
    assert "Fee (at most 0 %)" in page
    assert "fee ¥0.00" in page


def test_a_campaign_shows_its_plan_with_the_account_of_the_organisation(client, story):
    campaign = story["fund"].campaign
    page = read(client, f"/en/m/{campaign.code}/")

    for said in (campaign.account_number, campaign.account_holder, campaign.filing_number):
        assert said in page
    assert "示例甲" in page
    assert "takes no payments" in page


def test_a_draft_has_no_page(client, seal_and_project):
    fund = create_fund(stage="draft")
    seal_and_project()

    assert client.get(f"/en/f/{fund.code}/").status_code == 404


def test_tables_pages_and_postings_say_the_same(story):
    fund = story["fund"]
    sums, months = holdings.figures(fund.code)
    held = Holding.objects.filter(place=f"fund:{fund.code}").aggregate(all=Sum("amount"))["all"]

    assert sums["came"] == received(fund) == 1500 * YUAN
    assert sums["left"] == held == 250 * YUAN
    assert months[-1][1]["left"] == held
    for code in story["gifts"]:
        row = Gift.objects.get(code=code.code)
        assert sum(amount for _p, _o, amount in holdings.shares(row)) == code.amount
    call_command("check_public")


def test_money_identified_later_is_named_as_its_donor_wishes(client, story, seal_and_project):
    gift, fund = story["unknown"], story["fund"]
    facts = Identified(fund=fund.code, shown=Shown.ALIAS, shown_name="一位邻居")
    engine.advance(MoneyGift, gift.code, "identify", actor=member_of(fund.org), facts=facts, at=AT)
    seal_and_project()

    assert "一位邻居" in read(client, f"/en/g/{gift.code}/")
    assert holdings.figures(fund.code)[0]["came"] == received(fund) == 1500 * YUAN + 7
    call_command("check_public")
