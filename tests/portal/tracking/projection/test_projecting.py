"""The public rows follow from the entries: folded once, in order, and the same when rebuilt."""

import pytest

import ledger.api as ledger
from portal.tracking.models import (
    TABLES,
    Cursor,
    Gift,
    Holding,
    Line,
    Link,
    Need,
    NeedLine,
    Organisation,
    Part,
    Subject,
    Tally,
)
from portal.tracking.projection import checking, projecting
from portal.tracking.projection.shelf import columns
from tests.portal.tracking.stories import MASK, Story, whole

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(seal_and_project):
    told = whole(Story())
    seal_and_project()
    return told


def every_row():
    return {
        model: sorted(
            (tuple(getattr(row, name) for name in columns(model)) for row in model.objects.all()),
            key=str,
        )
        for model in TABLES
    }


def test_rows_rebuilt_are_the_rows_that_grew_entry_by_entry(log, seal):
    whole(Story())
    seal()
    while projecting.project(limit=1):
        pass
    grown = every_row()

    projecting.drop()
    projecting.project_all()

    assert every_row() == grown
    assert Line.objects.count() == ledger.size()


def test_projecting_twice_is_projecting_once(world):
    before = every_row()

    projecting.project_all()

    assert every_row() == before


def test_the_check_finds_nothing_in_whole_rows(world):
    assert checking.differences() == []


@pytest.mark.parametrize(
    ("model", "field", "value"),
    [
        (Gift, "places", {}),
        (NeedLine, "received", 7),
        (Line, "leaf", "0" * 64),
        (Organisation, "legal_name", "别的医院"),
        (Holding, "amount", 1),
        (Part, "amount", 10**6),
        (Tally, "amounts", {}),
    ],
)
def test_the_check_names_a_changed_row(world, model, field, value):
    row = model.objects.order_by("pk").first()
    model.objects.filter(pk=row.pk).update(**{field: value})

    (found,) = checking.differences()

    assert (found["table"], found["field"]) == (model._meta.db_table, field)
    assert found["index"] == "/".join(str(getattr(row, name)) for name in model.KEY)


def test_the_check_names_a_missing_and_an_invented_row(world):
    Link.objects.order_by("pk").last().delete()
    Tally.objects.create(of="invented")

    reasons = [found["reason"] for found in checking.differences()]

    assert reasons == ["is missing", "no entry says this"]


def test_a_type_that_this_release_does_not_know_is_kept(world, seal_and_project):
    story = Story()
    story.say("balloon.launch", world["gift"], stage="aloft", height=30)
    seal_and_project()

    line = Line.objects.get(type="balloon.launch")

    assert (line.stage, line.public, line.data["height"]) == ("aloft", "", 30)
    assert Subject.objects.get(kind="balloon").facts == {"height": 30}


def test_the_split_gift_is_summed_by_place(world):
    gift = Gift.objects.get(code=world["gift"])
    on_the_way = world["shipments"][2]

    assert gift.places == {
        MASK: {
            f"donor:{gift.code}": -1000,
            f"rejected:{world['house']}": 20,
            f"stock:{world['house']}": 80,
            f"received:{world['first']}": 600,
            f"received:{world['second']}": 90,
            f"damaged:{world['second']}": 10,
            f"transit:{on_the_way}": 200,
        }
    }
    assert gift.confirmed is True


def test_need_lines_count_what_is_promised_moving_and_received(world):
    line = NeedLine.objects.get(need=world["need"], no=1)
    endless = NeedLine.objects.get(need=world["other"], no=1)

    assert (line.pledged, line.moving, line.received, line.gap) == (1000, 200, 600, 1000)
    assert (endless.pledged, endless.received, endless.gap, endless.open) == (90, 90, None, True)


def test_a_withdrawn_gift_frees_the_need_line(log, seal_and_project):
    story = Story()
    story.catalogue()
    hospital = story.organisation("江城第一医院", "Jiangcheng First Hospital")
    need = story.need(hospital, (MASK, "exact", 100))
    gift = story.gift((MASK, 100, need, 1))
    seal_and_project()
    line = NeedLine.objects.get(need=need)
    assert (line.pledged, line.gap, line.open) == (100, 0, False)

    story.move_gift(gift, "withdraw", "withdrawn", need, reason="mistake")
    seal_and_project()

    line = NeedLine.objects.get(need=need)
    assert (line.pledged, line.gap, line.open) == (0, 100, True)


def test_counters_are_the_sums_of_their_rows(world):
    sums = Tally.objects.get(of="", kind="all", day="").amounts

    assert sums["gifts"] == {"": Gift.objects.count()}
    assert sums["needs"] == {"": Need.objects.count()}
    assert sums["needs_open"] == {"": Need.objects.filter(open=True).count()}
    assert sums["organisations"] == {"": Organisation.objects.count()}
    assert sums["confirmed"] == {"mask|只": 690}


def test_an_entry_raises_the_versions_of_what_it_concerns(world, seal_and_project):
    story, gift = Story(), Gift.objects.get(code=world["gift"])
    other = Organisation.objects.get(code=world["listed"])
    story.say("balloon.launch", world["gift"])
    seal_and_project()

    assert Gift.objects.get(code=gift.code).version == ledger.size() > gift.version
    assert Organisation.objects.get(code=other.code).version == other.version
    assert Cursor.objects.get().next == ledger.size()


def test_a_line_keeps_the_name_that_was_valid_then(world, seal_and_project):
    hospital = world["first"]
    Story().say(
        "organisation.rename", hospital, legal_name="江城人民医院", name_en="", stage="verified"
    )
    seal_and_project()

    names = [
        line.names[hospital]["zh"]
        for line in Line.objects.filter(link__code=hospital).order_by("seq")
    ]

    assert names[0] == "江城第一医院"
    assert names[-1] == "江城人民医院"
    assert Organisation.objects.get(code=hospital).legal_name == "江城人民医院"
