"""The disclosure centre (R14; 慈善法 72, 79): statements fall due by the clocks of the law, are
published by two people, and what was late stays marked late."""

import re
from datetime import date

import pytest

import ledger.api as ledger
from ledger.core.postings import MONEY
from portal.accounts.roles import Role
from portal.campaigns.models import Campaign
from portal.campaigns.stages import Paused, PauseReason
from portal.oversight import disclosing
from portal.oversight.disclosure_table import Drafted
from portal.oversight.models import Disclosure
from portal.stages import engine
from portal.stages.engine import MoveRefused
from portal.tracking.projection.checking import differences
from tests.factories.clock import AT, later
from tests.factories.funds import YUAN, create_campaign, create_fund, give, member_of, spend
from tests.factories.needs import create_need
from tests.factories.oversight import draft, publish_statement
from tests.factories.people import signed_in
from tests.factories.shipping import create_shipment, line_of
from tests.factories.stock import create_lot
from tests.factories.warehouse import create_warehouse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
BANNER = "The statement of “Epidemic relief” is late"
WORDS = re.compile(r"<[^>]+>|\s+")


def text(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return " ".join(WORDS.sub(" ", answer.content.decode()).split())


@pytest.fixture
def campaign():
    return create_campaign(emergency=True)


def statements(campaign):
    found = Disclosure.objects.filter(campaign=campaign).select_related("campaign", "org")
    return list(found.order_by("no"))


def test_acceptance_14_no_statement_by_day_five_puts_up_a_banner_and_late_stays_late(
    client, campaign, seal_and_project
):
    """R14, through the clock, the commands and HTTP."""
    pages = ("/en/", f"/en/m/{campaign.code}/", f"/en/o/{campaign.org.code}/", "/en/disclosures/")
    disclosing.tick(at=later(minutes=1))
    (first,) = statements(campaign)
    assert (first.stage, first.due_at) == ("due", later(days=5))
    assert disclosing.tick(at=later(days=4, hours=23)) == 0
    seal_and_project()
    assert all(BANNER not in text(client, page) for page in pages)

    disclosing.tick(at=later(days=5))
    seal_and_project()
    assert all(BANNER in text(client, page) for page in pages)

    draft(first, at=later(days=6))
    publish_statement(first, at=later(days=6))
    seal_and_project()
    assert all(BANNER not in text(client, page) for page in pages)
    assert "Published · late" in text(client, f"/en/disclosures/{first.code}/")
    record = text(client, "/en/disclosures/")
    assert re.search(r"On time .* 示例慈善会\d* +0 +1 +0 +1 ", record), record
    assert not differences()


def test_r14_a_statement_on_time_is_counted_as_such(client, campaign, seal_and_project):
    disclosing.tick(at=AT)
    (first,) = statements(campaign)
    draft(first, at=later(days=2))
    publish_statement(first, at=later(days=3))
    disclosing.tick(at=later(days=5))
    seal_and_project()

    first.refresh_from_db()
    assert not first.late
    assert re.search(r"示例慈善会\d* +1 +0 +0 +1 ", text(client, "/en/disclosures/"))


def test_r14_every_missed_period_has_its_statement_and_they_follow_without_a_gap(campaign, seal):
    seal()
    disclosing.tick(at=later(days=12))
    rows = statements(campaign)
    assert [(r.no, r.begins_at, r.due_at) for r in rows] == [
        (1, AT, later(days=5)), (2, later(days=5), later(days=10)),
        (3, later(days=10), later(days=15)),
    ]  # fmt: skip
    assert [r.stage for r in rows] == ["late", "late", "due"]
    with pytest.raises(MoveRefused, match=rows[0].code):
        draft(rows[1])
    for row in rows[:2]:
        draft(row)
        publish_statement(row)
        seal()
    one, two, _three = statements(campaign)
    assert one.until == two.first
    started = next(e for e in ledger.entries() if e.body["type"] == "campaign.start")
    assert one.first == started.index


def test_the_figures_are_the_sums_of_the_sealed_postings_of_the_window(
    client, campaign, seal_and_project
):
    fund = create_fund(campaign=campaign)
    give(fund, 1000 * YUAN)
    spend(fund, 300 * YUAN)
    house = create_warehouse(org=campaign.org)
    lot = create_lot(house=house, quantity=1000)
    need_line = line_of(quantity=300)
    create_shipment((need_line, lot, 300), stage="in_transit")
    create_need()
    seal_and_project()
    disclosing.tick(at=AT)
    (first,) = statements(campaign)
    draft(first)
    give(fund, 50 * YUAN)  # after the draft: of the next statement
    publish_statement(first)
    seal_and_project()

    (first,) = statements(campaign)
    told = first.figures
    assert told["money"] == [[fund.code, 1000 * YUAN, 0, 300 * YUAN, 0, 0]]
    assert told["goods_in"] == [[lot.variant.key, 1000]]
    hospital = need_line.need.hospital.code
    assert told["goods_out"] == [[hospital, lot.variant.key, 300, 300, 0]]
    assert replayed(first, fund.code) == 1000 * YUAN
    entry = next(e for e in ledger.entries() if e.body["type"] == "disclosure.publish")
    assert entry.body["data"]["figures"] == told
    page = text(client, f"/en/disclosures/{first.code}/")
    assert "¥1,000" in page
    assert "1,000 pieces" in page
    assert f"entries {first.first} to {first.until - 1}" in page


def replayed(statement, fund):
    """What came into the fund by the published entries of the window."""
    window = ledger.entries(statement.first, statement.until)
    postings = [p for e in window for p in e.body["data"].get("postings", [])]
    money = [p for p in postings if p["item"] == MONEY]
    return sum(p["amount"] for p in money if p["to"] == f"fund:{fund}")


def test_r13_two_people_publish_and_neither_forgets_to_look(campaign):
    disclosing.tick(at=AT)
    (first,) = statements(campaign)
    publisher = member_of(campaign.org, Role.PUBLISHER)
    with pytest.raises(MoveRefused, match="no draft"):
        publish_statement(first)
    draft(first, actor=publisher)
    with pytest.raises(MoveRefused, match="Another person"):
        publish_statement(first, actor=publisher)
    with pytest.raises(MoveRefused, match="tick"):
        engine.advance(
            Disclosure, first.code, "publish", actor=member_of(campaign.org, Role.PUBLISHER),
            at=AT,
        )  # fmt: skip


def test_an_ordinary_campaign_of_more_than_six_months_reports_every_three_months():
    long = create_campaign(starts_on=date(2026, 3, 1), ends_on=date(2026, 12, 31))
    short = create_campaign(starts_on=date(2026, 3, 1), ends_on=date(2026, 8, 31))
    disclosing.tick(at=AT)

    (first,) = statements(long)
    assert first.kind == "quarter"
    assert first.due_at == AT.replace(month=6)
    assert not statements(short)


def test_after_the_end_a_full_report_is_due_within_three_months(campaign):
    disclosing.tick(at=AT)
    coordinator = member_of(campaign.org, Role.COORDINATOR)
    engine.advance(Campaign, campaign.code, "end", actor=coordinator, at=later(days=2))
    disclosing.tick(at=later(days=9))
    disclosing.tick(at=later(days=19))

    rows = statements(campaign)
    assert [row.kind for row in rows] == ["emergency", "full"]
    assert rows[1].due_at == later(days=2).replace(month=6)


def test_the_end_of_a_short_month_stays_its_end():
    assert disclosing.later_day(date(2026, 11, 30), 3) == date(2027, 2, 28)


def test_r14_intake_is_paused_with_a_reason_in_public(client, campaign, seal_and_project):
    coordinator = member_of(campaign.org, Role.COORDINATOR)
    facts = Paused(reason=PauseReason.CAPACITY)
    engine.advance(Campaign, campaign.code, "pause", actor=coordinator, facts=facts, at=AT)
    seal_and_project()

    page = text(client, f"/en/m/{campaign.code}/")
    assert "Takes no gifts for now: More has come than can be handled now" in page


def test_the_draft_is_made_in_the_workbench_with_one_click(client, campaign, seal):
    disclosing.tick(at=AT)
    seal()
    (first,) = statements(campaign)
    signed_in(client, Role.COORDINATOR, org=campaign.org.code)
    address = f"/admin/oversight/disclosure/{first.pk}/move/draft/"

    assert client.get(address).status_code == 200
    assert client.post(address, {"note": "First days."}).status_code == 302

    first.refresh_from_db()
    assert (first.note, first.stage) == ("First days.", "due")
    assert Drafted(note="x").note == "x"


@pytest.mark.parametrize("many", [0, 1, 3])
def test_the_pages_ask_the_same_few_questions_however_many_there_are(
    client, seal_and_project, django_assert_max_num_queries, many
):
    for _n in range(many):
        create_campaign(emergency=True)
    disclosing.tick(at=AT)
    seal_and_project()
    client.get("/en/disclosures/")
    with django_assert_max_num_queries(7):
        client.get("/en/disclosures/")
