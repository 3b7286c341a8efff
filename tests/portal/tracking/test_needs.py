"""Needs on the public pages: ranked by what is missing over what is used, stale ones last; the
guide made from the catalogue."""

import pytest

from portal.accounts.roles import Role
from portal.needs.freshness import tick
from portal.needs.models import Need as StaffNeed
from portal.needs.stages import (
    AskedLine,
    Changed,
    ChangedLine,
    ChangeReason,
    Priority,
    Published,
    QuantityKind,
    Written,
)
from portal.stages import engine
from portal.tracking.models import Need, NeedLine, Organisation
from portal.tracking.projection import checking
from portal.tracking.projection.projecting import project_all
from portal.tracking.statistics import reading
from tests.factories.catalogue import load_catalogue, variant
from tests.factories.clock import AT, later
from tests.factories.needs import create_need
from tests.factories.organisations import create_hospital
from tests.factories.people import actor_of
from tests.factories.pledges import create_pledge
from tests.factories.receipts import confirm
from tests.factories.shipping import create_shipment, line_of, stocked
from tests.factories.warehouse import create_warehouse

pytestmark = pytest.mark.django_db(transaction=True)
MASK, SURGICAL = "mask.gb19083-2010", "mask.yy0469-2011"


@pytest.fixture
def shown(log, seal):
    def go():
        seal()
        project_all()

    return go


def posted(*lines, hospital=None, at=AT, **facts):
    """A published need with these lines in full."""
    variant()
    hospital = hospital or create_hospital()
    writer = actor_of(Role.HOSPITAL, org=hospital.code)
    need = engine.begin(
        StaffNeed,
        "write",
        actor=writer,
        facts=Written(lines=lines, **facts),
        at=at,
        hospital=hospital,
    )
    coordinator = actor_of(Role.COORDINATOR)
    return engine.advance(
        StaffNeed, need.code, "publish", actor=coordinator, facts=Published(), at=at
    )


def line(quantity, daily, *, key=MASK, kind=QuantityKind.EXACT, **more):
    return AskedLine(variant=key, quantity_kind=kind, quantity=quantity, daily_use=daily, **more)


def codes_on(client, address="/en/needs/"):
    page = client.get(address).content.decode()
    known = Need.objects.values_list("code", flat=True)
    return sorted((c for c in known if f'id="n-{c}"' in page), key=lambda c: page.index(f"n-{c}"))


def test_r11_needs_are_ranked_by_what_is_missing_over_what_is_used_a_day(client, shown):
    long = posted(line(1000, 10))  # a hundred days
    short = posted(line(5000, 1000))  # five days, though more pieces
    silent = create_need()  # nobody said how much is used
    shown()

    assert codes_on(client) == [long.code, short.code, silent.code]
    create_pledge(lines=((MASK, 990, long.lines.get()),))  # one day is missing now
    shown()

    assert codes_on(client) == [short.code, long.code, silent.code]
    assert checking.differences() == []


def test_acceptance_12_a_stale_need_has_a_badge_and_drops_to_the_end_until_it_is_revived(
    client, shown
):
    urgent = posted(line(1000, 1))
    other = create_need(at=later(hours=47))
    tick(at=later(hours=48))
    shown()

    assert codes_on(client) == [other.code, urgent.code]
    badge = '<span class="tag amber">Not confirmed lately'
    assert badge in client.get("/en/needs/").content.decode()
    hospital = actor_of(Role.HOSPITAL, org=urgent.hospital.code)
    engine.advance(StaffNeed, urgent.code, "still_needed", actor=hospital, at=later(hours=49))
    shown()

    assert codes_on(client) == [urgent.code, other.code]
    assert badge not in client.get("/en/needs/").content.decode()
    assert checking.differences() == []


def test_r11_hospitals_that_never_received_anything_are_seen(client, shown):
    served, waiting = create_hospital(), create_hospital()
    confirm(create_shipment(hospital=served))
    first, second = create_need(hospital=served), create_need(hospital=waiting)
    shown()

    assert Organisation.objects.get(code=served.code).received == 1000
    assert codes_on(client, "/en/needs/?never=1") == [second.code]
    assert set(codes_on(client)) == {first.code, second.code}
    assert client.get("/en/needs/").content.decode().count("never received anything yet") == 1


def test_r11_a_line_of_which_nothing_is_missing_is_greyed(client, shown):
    need = create_need(lines=((MASK, "exact", 100), (SURGICAL, "exact", 5)))
    create_pledge(lines=((MASK, 100, need.lines.get(no=1)),))
    shown()

    page = client.get(f"/en/needs/{need.code}/").content.decode()

    assert '<li id="line-1" class="met">' in page
    assert '<li id="line-2">' in page


def test_r10_a_need_says_how_fast_it_runs_out_where_it_is_used_and_what_not_to_send(client, shown):
    need = posted(
        line(1000, 100, stock_days=1, priority=Priority.URGENT),
        line(50, None, key=SURGICAL, kind=QuantityKind.PER_WEEK),
        campus="西院区",
        hours="8:00-18:00",
        department="设备处",
        unwanted="棉被\n食品",
    )
    shown()

    page = client.get(f"/en/needs/{need.code}/").content.decode()

    for said in ("uses 100 pieces a day", "own stock lasts 1 day", "10 days&#x27; use is missing"):
        assert said in page
    for said in ("urgent", "every week", "西院区", "8:00-18:00", "设备处", "棉被<br>食品"):
        assert said in page
    weekly = NeedLine.objects.get(need_id=need.code, no=2)
    assert (weekly.asked, weekly.gap, weekly.open) == (50, None, True)


def test_r10_a_changed_need_says_its_version_and_keeps_the_old_one(client, shown):
    need = posted(line(1000, 100))
    wanted = (ChangedLine(line=1, quantity_kind=QuantityKind.EXACT, quantity=400, daily_use=40),)
    engine.advance(
        StaffNeed,
        need.code,
        "change",
        actor=actor_of(Role.HOSPITAL, org=need.hospital.code),
        facts=Changed(wanted=wanted, reason=ChangeReason.LESS),
        at=later(hours=1),
    )
    shown()

    page = client.get(f"/en/needs/{need.code}/").content.decode()

    assert "This is version 2" in page
    assert "Less is needed" in page
    assert "400" in page
    assert "1,000 pieces of" in page, "the first version stands among the entries"
    assert checking.differences() == []


def test_a_need_past_its_day_is_closed(client, shown):
    need = create_need(valid_until=AT.date())
    tick(at=later(days=2))
    shown()

    assert codes_on(client) == []
    assert Need.objects.get(code=need.code).open is False
    assert NeedLine.objects.get(need_id=need.code).open is False


def test_acceptance_21_pieces_and_pairs_of_one_class_are_never_added(shown):
    hospital = create_hospital()
    load_catalogue(only=("medical-cap", "rubber-boots"))
    for key, n in (("cap.unstated", 1000), ("rubber-boots.unstated", 500)):
        lot = stocked(pledge=create_pledge(lines=((key, n),)), house=create_warehouse())
        line = line_of(hospital, quantity=n, item=key)
        confirm(create_shipment((line, lot, n), hospital=hospital))
    shown()

    totals = reading.everything().parts("confirmed")
    assert {t.part: t.amount for t in totals} == {"covers|只": 1000, "covers|双": 500}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_r02_the_mask_guide_says_which_mask_is_fit_for_which_use(client, shown, language):
    load_catalogue(only=("medical-respirator", "particulate-respirator", "surgical-mask"))
    shown()

    page = client.get(f"/{language}/guide/masks/").content.decode()
    rows = {
        part.partition("<")[0].strip(): part.partition("</tr>")[0]
        for part in page.split('<th scope="row">')[1:]
    }
    kn95 = rows["KN95 GB 2626-2019"]

    assert (kn95.count('class="yes"'), kn95.count('class="no"')) == (2, 2)
    assert kn95.index('class="no"') < kn95.index('class="yes"'), "not for the isolation ward"
    medical = next(text for name, text in rows.items() if "GB 19083-2023" in name)
    assert medical.count('class="yes"') == 4
    assert "/guide/masks/" in client.get(f"/{language}/needs/").content.decode()
    assert "/guide/masks/" in client.get(f"/{language}/about/").content.decode()


def test_the_page_of_a_hospital_says_first_what_it_needs(
    client, shown, django_assert_max_num_queries
):
    many = posted(line(900, 30), line(600, 30, key=SURGICAL, kind=QuantityKind.ESTIMATED))
    one = posted(line(70, 7))
    shown()

    counts = []
    for need, said in ((one, ["70 pieces still missing"]), (many, ["900 pieces", "/ about 600"])):
        with django_assert_max_num_queries(14) as asked:
            page = client.get(f"/en/o/{need.hospital.code}/").content.decode()
        counts.append(len(asked))
        assert page.index("What it needs now") < page.index("What concerned it lately")
        assert all(text in page for text in said)
        assert f"/en/needs/{need.code}/pledge/1/" in page
    assert counts[0] == counts[1]
