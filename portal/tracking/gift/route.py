"""The way of a gift over the country: from the warehouse to the hospital, shipment by shipment, as
a list and on the tiles of the provinces. Nobody knows where a parcel is in between, so no line is
drawn but from the one end to the other.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.input.provinces import named, short
from portal.tracking import words
from portal.tracking.models import Gift, Line
from portal.tracking.statistics.tiles import HEIGHT, SIDE, STEP, TILES, WIDTH, tiles

MOST = 8  # shipments; the page's list of them has all
HALF = SIDE // 2


def route(gift: Gift, lines: Sequence[Line]) -> dict[str, Any]:
    """{legs: [{code, href, from_, to, left, came}], tiles, paths, stops, width, height}; `tiles` is
    empty where no province is known."""
    legs, ways = [], []
    for key, told in sorted(gift.subjects.items(), key=lambda pair: (pair[1]["since"], pair[0])):
        kind, _colon, code = key.partition(":")
        if kind != "shipment" or not told["hospital"]:
            continue
        legs.append(_leg(gift, code, told, lines))
        ends = [_province(gift, told[end]) for end in ("warehouse", "hospital")]
        ways.append([region for region in ends if region in TILES])
    return {"legs": legs[:MOST], "more": max(len(legs) - MOST, 0), **_drawn(ways)}


def _leg(gift: Gift, code: str, told: Mapping[str, Any], lines: Sequence[Line]) -> dict[str, Any]:
    at = {line.type: line.recorded_at for line in lines if line.code == code}
    return {
        "code": code,
        "href": reverse("tracking:shipment", args=[code]),
        "from_": _place(gift, told["warehouse"]) if told["warehouse"] else _("The sender"),
        "to": _place(gift, told["hospital"]),
        "left": at.get("shipment.dispatch"),
        "came": at.get("shipment.confirm"),
    }


def _place(gift: Gift, code: str) -> str:
    """`江城总仓 · 武汉`; the city only where it is known."""
    city = gift.names.get(code, {}).get("city", "")
    return " · ".join(part for part in (words.name(gift.names, code), named(city)) if part)


def _province(gift: Gift, code: str) -> str:
    return short(gift.names.get(code, {}).get("province", "")) if code else ""


def _drawn(ways: list[list[str]]) -> dict[str, Any]:
    """The tiles that were touched, and a line for each pair of provinces once."""
    touched = {region for way in ways for region in way}
    if not touched:
        return {"tiles": [], "paths": [], "stops": [], "said": ""}
    pairs = dict.fromkeys((way[0], way[1]) for way in ways if len(way) == 2 and way[0] != way[1])
    shown = tiles({})
    for tile, region in zip(shown, TILES, strict=True):
        tile["hit"] = region in touched
    return {
        "tiles": shown,
        "paths": [_path(start, end) for start, end in pairs],
        "stops": [_middle(region) for region in TILES if region in touched],
        "width": WIDTH,
        "height": HEIGHT,
        "said": words.joined([tile["name"] for tile in shown if tile["hit"]]),
    }


def _middle(region: str) -> tuple[int, int]:
    """Below the letters of its tile."""
    column, row = TILES[region]
    return column * STEP + HALF, row * STEP + HALF + 11


def _path(start: str, end: str) -> str:
    (x, y), (to_x, to_y) = _middle(start), _middle(end)
    return f"M{x} {y}C{(x + to_x) // 2} {y} {(x + to_x) // 2} {to_y} {to_x} {to_y}"
