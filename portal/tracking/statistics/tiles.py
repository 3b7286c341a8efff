"""The 34 provincial units as equal tiles: no boundary is drawn."""

from collections.abc import Mapping
from typing import Any

from portal.input.provinces import PROVINCES, named
from portal.input.speaking import english
from portal.input.templatetags.pages import narrow

SIDE, STEP = 44, 48
WIDTH, HEIGHT = 6 * STEP + SIDE, 7 * STEP + SIDE
# Column and row of each.
TILES = {
    "北京": (4, 2),
    "天津": (5, 2),
    "河北": (4, 3),
    "山西": (3, 3),
    "内蒙古": (3, 2),
    "辽宁": (6, 2),
    "吉林": (6, 1),
    "黑龙江": (6, 0),
    "上海": (6, 4),
    "江苏": (5, 4),
    "浙江": (5, 5),
    "安徽": (4, 4),
    "福建": (5, 6),
    "江西": (4, 5),
    "山东": (5, 3),
    "河南": (3, 4),
    "湖北": (3, 5),
    "湖南": (3, 6),
    "广东": (4, 6),
    "广西": (2, 6),
    "海南": (2, 7),
    "重庆": (2, 4),
    "四川": (1, 4),
    "贵州": (2, 5),
    "云南": (1, 5),
    "西藏": (0, 3),
    "陕西": (2, 3),
    "甘肃": (1, 2),
    "青海": (1, 3),
    "宁夏": (2, 2),
    "新疆": (0, 2),
    "台湾": (6, 6),
    "香港": (4, 7),
    "澳门": (3, 7),
}
DARK = 3  # from this shade on the words are light


def tiles(amounts: Mapping[str, int]) -> list[dict[str, Any]]:
    """One tile for each province: shade 0 for nothing, 1 to 4 by quarters of the largest."""
    largest = max(amounts.values(), default=0)
    found = []
    for region, (column, row) in TILES.items():
        amount = max(amounts.get(region, 0), 0)
        shade = -(-amount * 4 // largest) if largest > 0 else 0
        found.append(
            {
                "name": named(region),
                "short": PROVINCES[region][1] if english() else region,
                "amount": amount,
                "text": narrow(amount) if amount else "",
                "shade": shade,
                "light": shade >= DARK,
                "x": column * STEP,
                "y": row * STEP,
                "middle": column * STEP + SIDE // 2,
                "first": row * STEP + (20 if amount else 26),
                "second": row * STEP + 35,
            }
        )
    return found
