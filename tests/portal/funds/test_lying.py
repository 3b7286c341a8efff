"""What lies too long and what is near its last day: the clock looks, and its look is sealed."""

from datetime import date, timedelta

import pytest

from portal.funds.lying import IDLE_DAYS
from portal.stages.clock import tick
from portal.tracking.projection import projecting
from tests.factories.clock import AT
from tests.factories.funds import LAST, YUAN, create_fund, give, spend

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]


def looks(sealed):
    return [e.body["data"] for e in sealed() if e.body["type"] == "fund.note_state"]


def test_money_that_lies_too_long_is_said_once_by_the_clock_and_no_more_once_it_is_spent(
    client, sealed
):
    fund = create_fund()
    give(fund, 100 * YUAN, received_on=AT.date() - timedelta(days=IDLE_DAYS + 1))
    give(fund, 50 * YUAN, received_on=AT.date())

    assert tick(at=AT)["funds"] == 1
    assert tick(at=AT)["funds"] == 0
    (look,) = looks(sealed)
    assert (look["idle"], look["days"], look["near"]) == (100 * YUAN, IDLE_DAYS, False)
    projecting.project_all()
    page = client.get(f"/en/f/{fund.code}/").content.decode()
    assert "¥100.00 had lain here for more than 30 days" in page

    spend(fund, 100 * YUAN)
    assert tick(at=AT)["funds"] == 1
    assert looks(sealed)[-1]["idle"] == 0
    projecting.project_all()
    assert "had lain here" not in client.get(f"/en/f/{fund.code}/").content.decode()


def test_a_fund_whose_last_day_is_near_says_so(client, sealed):
    fund = create_fund(use_by=AT.date() + timedelta(days=29))
    far = create_fund(campaign=fund.campaign, use_by=LAST)
    assert date(2026, 12, 31) == LAST

    assert tick(at=AT)["funds"] == 1
    assert [look["near"] for look in looks(sealed)] == [True]
    projecting.project_all()
    said = "Its last day is near"
    assert said in client.get(f"/en/f/{fund.code}/").content.decode()
    assert said not in client.get(f"/en/f/{far.code}/").content.decode()
