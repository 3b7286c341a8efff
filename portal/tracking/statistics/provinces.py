"""The 34 provincial units as equal tiles: no boundary is drawn. Column and row of each tile, and
the two letters by which GB/T 2260 knows it."""

from collections.abc import Mapping
from typing import Any

from portal.input.templatetags.pages import narrow
from portal.tracking import words

SIDE, STEP = 44, 48
WIDTH, HEIGHT = 6 * STEP + SIDE, 7 * STEP + SIDE
TILES: dict[str, tuple[str, str, int, int]] = {
    "北京": ("Beijing", "BJ", 4, 2),
    "天津": ("Tianjin", "TJ", 5, 2),
    "河北": ("Hebei", "HE", 4, 3),
    "山西": ("Shanxi", "SX", 3, 3),
    "内蒙古": ("Inner Mongolia", "NM", 3, 2),
    "辽宁": ("Liaoning", "LN", 6, 2),
    "吉林": ("Jilin", "JL", 6, 1),
    "黑龙江": ("Heilongjiang", "HL", 6, 0),
    "上海": ("Shanghai", "SH", 6, 4),
    "江苏": ("Jiangsu", "JS", 5, 4),
    "浙江": ("Zhejiang", "ZJ", 5, 5),
    "安徽": ("Anhui", "AH", 4, 4),
    "福建": ("Fujian", "FJ", 5, 6),
    "江西": ("Jiangxi", "JX", 4, 5),
    "山东": ("Shandong", "SD", 5, 3),
    "河南": ("Henan", "HA", 3, 4),
    "湖北": ("Hubei", "HB", 3, 5),
    "湖南": ("Hunan", "HN", 3, 6),
    "广东": ("Guangdong", "GD", 4, 6),
    "广西": ("Guangxi", "GX", 2, 6),
    "海南": ("Hainan", "HI", 2, 7),
    "重庆": ("Chongqing", "CQ", 2, 4),
    "四川": ("Sichuan", "SC", 1, 4),
    "贵州": ("Guizhou", "GZ", 2, 5),
    "云南": ("Yunnan", "YN", 1, 5),
    "西藏": ("Tibet", "XZ", 0, 3),
    "陕西": ("Shaanxi", "SN", 2, 3),
    "甘肃": ("Gansu", "GS", 1, 2),
    "青海": ("Qinghai", "QH", 1, 3),
    "宁夏": ("Ningxia", "NX", 2, 2),
    "新疆": ("Xinjiang", "XJ", 0, 2),
    "台湾": ("Taiwan", "TW", 6, 6),
    "香港": ("Hong Kong", "HK", 4, 7),
    "澳门": ("Macao", "MO", 3, 7),
}
DARK = 3  # from this shade on the words are light


def name_of(region: str) -> str:
    """In the language of the page; what is none of the 34 by its own name."""
    known = TILES.get(region)
    return known[0] if known and words.english() else region


def tiles(amounts: Mapping[str, int]) -> list[dict[str, Any]]:
    """One tile for each province: shade 0 for nothing, 1 to 4 by quarters of the largest."""
    largest = max(amounts.values(), default=0)
    found = []
    for region, (english, letters, column, row) in TILES.items():
        amount = max(amounts.get(region, 0), 0)
        shade = -(-amount * 4 // largest) if largest > 0 else 0
        found.append(
            {
                "name": english if words.english() else region,
                "short": letters if words.english() else region,
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
