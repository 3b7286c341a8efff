"""Hours in each stage of a gift, beside what is usual; nothing of it comes from the clock."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.tracking.gift import staying
from portal.tracking.models import Line
from portal.tracking.statistics.dwelling import Usual
from tests.portal.tracking.stories import Story, whole

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
G, S, R = "G-7K2M9Q4TX5", "S-B8KD3M7QW7", "S-22222222222"[:12]


def line(seq, kind, stage, hours, code=G):
    at = NOON + timedelta(hours=hours)
    return Line(seq=seq, type=kind, code=code, stage=stage, recorded_at=at, at=at)


LINES = [  # newest first, as on the page
    line(8, "shipment.confirm", "confirmed", 40, S),
    line(7, "shipment.dispatch", "in_transit", 12, R),
    line(6, "shipment.dispatch", "in_transit", 10, S),
    line(5, "shipment.pack", "packed", 9, R),
    line(4, "shipment.pack", "packed", 9, S),
    line(3, "pledge.receive", "received", 8),
    line(2, "pledge.accept", "accepted", 5),
    line(1, "pledge.register", "registered", 0),
]
USUAL = Usual(
    day=date(2026, 3, 2),
    index=90,
    version=91,
    stages={"pledge.registered": (9, 20, 40), "shipment.in_transit": (6, 24, 30)},
)


def test_stays_last_from_one_entry_to_the_next_that_changed_the_stage():
    found = staying.stays(LINES)

    assert list(found) == [
        ("pledge", "registered"),
        ("pledge", "accepted"),
        ("pledge", "received"),
        ("shipment", "packed"),
        ("shipment", "in_transit"),
    ]
    assert [end is None for _begin, end in found["pledge", "received"]] == [True]
    assert len(found["shipment", "in_transit"]) == 2


def test_each_stage_says_how_long_it_took_and_what_is_usual():
    told = staying.told(LINES, USUAL)
    rows = {row["label"].split(": ")[1]: row for row in told["rows"]}

    assert told["day"] == date(2026, 3, 2)
    registered = next(row for row in told["rows"] if row["took"] == "5 h")
    assert (registered["median"], registered["slow"]) == ("9 h", False)
    packed = next(row for row in told["rows"] if row["took"] == "1 to 3 h")
    assert packed["median"] == ""
    transit = next(row for row in told["rows"] if row["median"] == "6 h")
    assert (transit["took"], transit["slow"]) == ("30 h", True)
    assert transit["open_since"] == NOON + timedelta(hours=12)
    assert len(rows) == 5


@pytest.mark.django_db
def test_the_page_shows_them_and_answers_the_same_later(client, seal_and_project):
    world = whole(Story())
    seal_and_project()

    first = client.get(f"/en/g/{world['gift']}/")

    assert 'id="hours-h"' in first.content.decode()
    assert client.get(f"/en/g/{world['gift']}/").content == first.content
