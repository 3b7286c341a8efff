"""The way of a gift over the country: its two ends, and nothing in between."""

import re
from datetime import UTC, datetime

import pytest

from portal.tracking.gift import route
from portal.tracking.models import Gift, Line
from tests.portal.tracking.stories import Story, whole

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
S, W, U = "S-B8KD3M7QW7", "W-22222222222"[:12], "U-5RD6V9KME4"


def gift(**of_house):
    return Gift(
        code="G-7K2M9Q4TX5",
        stage="received",
        since=NOON,
        opened_at=NOON,
        subjects={
            f"shipment:{S}": {
                "since": NOON.isoformat(),
                "stage": "in_transit",
                "hospital": U,
                "warehouse": W,
                "needs": [],
            }
        },
        names={
            W: {"zh": "总仓", "en": "Main store", **of_house},
            U: {"zh": "甲医院", "en": "Hospital A", "province": "湖北省", "city": "武汉"},
        },
    )


def sent():
    return [Line(seq=1, type="shipment.dispatch", code=S, recorded_at=NOON, at=NOON)]


def test_both_ends_are_named_and_joined_on_the_tiles():
    told = route.route(gift(province="上海市", city="上海"), sent())

    assert [(leg["from_"], leg["to"]) for leg in told["legs"]] == [
        ("Main store · Shanghai", "Hospital A · 武汉")
    ]
    assert (told["legs"][0]["left"], told["legs"][0]["came"]) == (NOON, None)
    assert [tile["name"] for tile in told["tiles"] if tile["hit"]] == ["Shanghai", "Hubei"]
    assert len(told["tiles"]) == 34
    (path,) = told["paths"]
    assert [int(n) for n in re.findall(r"\d+", path)][:2] == list(told["stops"][0])


@pytest.mark.parametrize("known", [{}, {"province": "未知", "city": "某地"}])
def test_where_a_province_is_unknown_no_line_is_drawn_to_it(known):
    told = route.route(gift(**known), sent())

    assert told["paths"] == []
    assert [tile["name"] for tile in told["tiles"] if tile["hit"]] == ["Hubei"]


@pytest.mark.django_db
def test_the_page_draws_it_without_style_or_script(client, seal_and_project):
    world = whole(Story())
    seal_and_project()
    html = client.get(f"/en/g/{world['gift']}/").content.decode()
    card = html.split('id="route-h"')[1].split("</section>")[0]

    assert card.count("<rect") == 34
    assert "Provinces on the way: Hubei" in card
    assert card.count('class="route"') == 3
    assert "not confirmed" in card
    assert "style=" not in card
