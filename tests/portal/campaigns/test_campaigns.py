"""Campaigns: planned as 慈善法 Art. 24 asks, filed by a second person, paused and ended."""

from datetime import date

import pytest

from portal.accounts.roles import Role
from portal.campaigns import queries
from portal.campaigns.models import Campaign
from portal.campaigns.stages import Filed, Paused, PauseReason
from portal.stages import engine
from portal.stages.engine import MoveRefused
from tests.factories.clock import AT
from tests.factories.funds import create_campaign, member_of, plan_of
from tests.factories.organisations import create_charity, create_hospital

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]


def test_a_draft_is_in_no_entry_and_a_filed_plan_is_sealed_with_its_fields(sealed):
    draft = create_campaign(stage="draft")
    filed = create_campaign(stage="filed")

    entries = [e for e in sealed() if e.body["type"].startswith("campaign.")]

    assert [e.body["case"] for e in entries] == [filed.code]
    (entry,) = entries
    assert entry.body["data"]["account_holder"] == filed.org.legal_name
    assert entry.body["data"]["starts_on"] == "2026-01-01"
    assert entry.body["data"]["filing_number"]
    assert "示例甲" not in entry.raw.decode(), "the person in charge is a commitment"
    assert draft.code not in entry.raw.decode()


def test_r19_the_account_belongs_to_the_organisation_itself():
    org = create_charity()

    with pytest.raises(MoveRefused, match="示例甲"):
        create_campaign(org=org, account_holder="示例甲")


def test_only_a_verified_charity_raises_money():
    org = create_hospital()

    with pytest.raises(MoveRefused, match="charity"):
        create_campaign(org=org)


def test_a_plan_may_not_end_before_it_begins():
    with pytest.raises(MoveRefused, match="2025-12-31"):
        create_campaign(ends_on=date(2025, 12, 31))


def test_the_one_who_planned_it_does_not_publish_it():
    org = create_charity()
    actor = member_of(org, Role.COORDINATOR)
    campaign = engine.begin(Campaign, "plan", actor=actor, facts=plan_of(org), at=AT, org=org)
    same = type(actor)(role=Role.PUBLISHER, org=org.code, person_id=actor.person_id)

    with pytest.raises(MoveRefused, match="Another person"):
        engine.advance(
            Campaign, campaign.code, "file", actor=same, facts=Filed(filing_number="1"), at=AT
        )


def test_a_campaign_begins_only_with_its_document_on_file():
    campaign = create_campaign(stage="filed")
    actor = member_of(campaign.org, Role.COORDINATOR)

    with pytest.raises(MoveRefused, match="document"):
        engine.advance(Campaign, campaign.code, "start", actor=actor, at=AT)


def test_gifts_are_taken_until_every_campaign_is_paused():
    assert queries.accepting()
    campaign = create_campaign()
    actor = member_of(campaign.org, Role.COORDINATOR)
    assert queries.accepting(campaign.org.code)

    facts = Paused(reason=PauseReason.CAPACITY)
    engine.advance(Campaign, campaign.code, "pause", actor=actor, facts=facts, at=AT)
    assert not queries.accepting()

    engine.advance(Campaign, campaign.code, "resume", actor=actor, at=AT)
    assert queries.accepting()


def test_the_days_of_a_campaign_are_part_of_it():
    campaign = create_campaign()

    assert queries.within(campaign, date(2026, 1, 1))
    assert queries.within(campaign, date(2026, 12, 31))
    assert not queries.within(campaign, date(2025, 12, 31))
