"""Where gifts would be taken: not while every campaign is paused; on a campaign's days alone."""

from datetime import UTC, date, datetime

import pytest

from portal.accounts.roles import Role
from portal.campaigns.models import Campaign
from portal.campaigns.stages import Paused, PauseReason
from portal.pledges.models import Pledge
from portal.stages import engine
from portal.stages.engine import MoveRefused
from tests.factories.clock import AT
from tests.factories.funds import create_campaign, create_fund, give, member_of
from tests.factories.pledges import create_pledge

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
LATER = datetime(2027, 3, 1, tzinfo=UTC)


def pause(campaign, reason=PauseReason.CAPACITY):
    actor = member_of(campaign.org, Role.COORDINATOR)
    facts = Paused(reason=reason)
    return engine.advance(Campaign, campaign.code, "pause", actor=actor, facts=facts, at=AT)


def test_r14_no_goods_are_taken_while_every_campaign_is_paused_and_the_page_says_why(client):
    campaign = create_campaign()
    create_pledge()
    pause(campaign)

    with pytest.raises(MoveRefused, match="More has come than can be handled now"):
        create_pledge()
    page = client.get("/en/pledge/", follow=True, headers={"accept-language": "en"})
    assert "More has come than can be handled now" in page.content.decode()
    answer = client.post(page.request["PATH_INFO"], {"lines-TOTAL_FORMS": "1"})
    assert answer.status_code == 422
    assert Pledge.objects.count() == 1

    other = create_campaign()
    create_pledge()
    assert other.stage == "active"


def test_r14_a_paused_campaign_takes_no_promise_of_money_and_says_why():
    fund = create_fund()
    pause(fund.campaign, PauseReason.ENOUGH)

    with pytest.raises(MoveRefused, match="Enough has been given for the purpose"):
        give(fund, 100, received_on=None)


def test_r15_goods_that_name_a_campaign_are_given_on_its_days(sealed):
    campaign = create_campaign(starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))

    gift = create_pledge(campaign=campaign.code)
    assert gift.campaign == campaign.code
    assert any(
        e.body["type"] == "pledge.register" and campaign.code in dict(e.body["cases"])
        for e in sealed()
    )
    with pytest.raises(MoveRefused, match="from 2026-01-01 to 2026-12-31, and this is 2027-03-01"):
        create_pledge(campaign=campaign.code, at=LATER)
    pause(campaign)
    create_campaign()
    with pytest.raises(MoveRefused, match="No gifts are taken for now"):
        create_pledge(campaign=campaign.code)
    with pytest.raises(MoveRefused, match="takes no gifts"):
        create_pledge(campaign="M-2222222222")
