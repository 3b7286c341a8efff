"""A list is declared once; page, file and API read the same rows in the same order."""

import pytest

from portal.tracking import words
from portal.tracking.finding import hits
from portal.tracking.finding.findable import Findable
from portal.tracking.listing.listings import LISTS
from portal.tracking.models import Gift
from portal.tracking.projection import checking
from tests.portal.tracking.stories import GOGGLES, MASK, Story, whole

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(seal_and_project):
    told = whole(Story())
    seal_and_project()
    return told


def codes(key, **params):
    asked = LISTS[key].read(params)
    assert asked.notices == []
    return [row.code for row in asked.page().rows]


def test_every_list_answers_with_nothing_in_it(db):
    for listing in LISTS.values():
        found = listing.read({}).page()
        assert (found.rows, found.next, found.previous, found.count) == ([], "", "", 0)
        assert list(listing.read({}).every()) == []


def test_every_thing_is_in_its_list(world):
    assert codes("gifts") == [world["gift"]]
    assert codes("needs") == [world["other"], world["need"]]
    assert codes("shipments") == world["shipments"][::-1]
    assert set(codes("organisations")) == {
        world[name] for name in ("charity", "first", "second", "listed")
    }
    assert codes("warehouses") == [world["house"]]
    assert checking.differences() == []


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"class": "mask"}, True),
        ({"class": "gloves"}, False),
        ({"province": "湖北"}, True),
        ({"province": "广东"}, False),
        ({"stage": "received"}, True),
        ({"stage": "declined"}, False),
        ({"for": "free"}, True),
        ({"for": "hospital"}, False),
        ({"from": "2026-03-02", "to": "2026-03-02"}, True),
        ({"from": "2026-03-03"}, False),
        ({"to": "2026-03-01"}, False),
        ({"confirmed": "1"}, True),
        ({"overdue": "1"}, False),
        ({"q": "防护"}, True),
        ({"q": "护"}, True),
        ({"q": "RESPIRATOR"}, True),
        ({"q": "ＧＢ 19083"}, True),
        ({"q": "白沙 口罩"}, True),
        ({"q": "手套"}, False),
        ({"q": "护防"}, False),
        ({"q": "防护", "class": "mask", "province": "湖北", "confirmed": "1"}, True),
        ({"sort": "due"}, False),
    ],
)
def test_a_gift_is_found_by_what_is_true_of_it_and_not_otherwise(world, params, found):
    assert codes("gifts", **params) == ([world["gift"]] if found else [])


def test_gifts_by_designation_by_the_day_announced_and_overdue(world, seal_and_project):
    story, aims = Story(), {}
    days = ["2026-03-09", "2026-03-05", "2026-03-07"]
    uses = [f"hospital:{world['first']}", "region:4201", "purpose:medical"]
    for use, day in zip(uses, days, strict=True):
        gift = aims[use] = story.gift((MASK, 10, None, 0), accepted=False)
        story.move_gift(gift, "accept", "accepted", designation=use, announced_by=day)
    first, second, third = aims.values()
    story.say("pledge.mark_overdue", second, stage="overdue")
    seal_and_project()

    assert codes("gifts", sort="due") == [second, third, first]
    assert codes("gifts", overdue="1") == [second]
    assert codes("gifts", **{"for": "hospital"}) == [first]
    assert codes("gifts", **{"for": "region", "overdue": "1"}) == [second]
    assert codes("gifts", **{"for": uses[2]}) == [third]


def test_shipments_that_nobody_confirmed_in_time_can_be_asked_for(world, seal_and_project):
    assert codes("shipments", overdue="1") == []
    late = world["shipments"][2]
    Story().say("shipment.escalate", late, stage="unconfirmed")
    seal_and_project()

    assert codes("shipments", overdue="1", **{"class": "mask"}) == [late]
    assert codes("shipments", overdue="1", province="广东") == []


def test_what_an_address_cannot_ask_is_left_out_and_said(world):
    asked = LISTS["gifts"].read(
        {"class": "houses", "from": "yesterday", "sort": "colour", "after": "x", "stage": "\0"}
    )
    edges = LISTS["gifts"].read({"from": "0001-01-01", "to": "9999-12-31"})

    assert (asked.values, edges.values) == ({}, {})
    assert (len(asked.notices), len(edges.notices)) == (3, 2)
    assert "“houses” is none of the choices of “Kind of goods”" in asked.notices[0]
    assert [row.code for row in asked.page().rows] == [world["gift"]]


def test_pages_hold_every_row_once_in_both_directions(world, seal_and_project, monkeypatch):
    story = Story()
    for _n in range(6):
        story.gift((MASK, 10, None, 0))
        story.gift((GOGGLES, 10, None, 0))
    seal_and_project()
    everyone = list(Gift.objects.order_by("-opened_at", "-opened_seq").values_list("code"))

    # all are looked through; found by the index and sorted; too many for that, read in order
    for looked, most in ((8000, 5000), (2, 5000), (2, 3)):
        monkeypatch.setattr(hits, "LOOKED", looked)
        monkeypatch.setattr(hits, "SORTED", most)
        for params in ({}, {"q": "医用"}, {"sort": "oldest"}, {"q": "医用", "from": "2026-03-02"}):
            listing = LISTS["gifts"]
            page, seen = listing.read(params).page(5), []
            while True:
                seen += [(row.code,) for row in page.rows]
                if not page.next:
                    break
                last, page = page, listing.read(asked_of(page.next)).page(5)
                back = listing.read(asked_of(page.previous)).page(5)
                assert back.rows == last.rows
            wanted = everyone[::-1] if "sort" in params else everyone
            assert seen == wanted
            every = dict.fromkeys((item.gift.code,) for item in listing.read(params).every())
            assert list(every) == wanted


def test_more_than_is_said_of_a_round_number_that_is_less():
    counts = (2, 22, 100, 101, 1000, 1001, 8000)
    assert [words.exceeded(n) for n in counts] == ["1", "20", "90", "100", "900", "1,000", "7,000"]


def asked_of(address):
    from urllib.parse import parse_qsl

    return dict(parse_qsl(address.removeprefix("?")))


def test_a_record_is_a_row_of_every_column(world):
    listing = LISTS["gifts"]
    (record,) = listing.read({}).every()
    cells = listing.cells(record)

    assert cells["item"] == MASK
    assert (cells["promised"], cells["received"], cells["damaged"]) == (1000, 690, 10)
    assert (cells["unit_zh"], cells["unit_en"]) == ("只", "pieces")
    for one in LISTS.values():
        for row in one.read({}).every():
            assert list(one.cells(row)) == [column.key for column in one.columns]


def test_a_row_is_written_only_when_something_in_it_changes(world, seal_and_project):
    before = Findable.objects.get(code=world["gift"]).version
    Story().move_gift(world["gift"], "receive", "received", role="warehouse")
    seal_and_project()

    assert Findable.objects.get(code=world["gift"]).version == before
