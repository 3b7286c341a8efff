"""The 34 provincial units of China, by the name without its ending (湖北 for 湖北省), and how a
place is said in the reader's language. Of cities there is no such list: they are said as written.
"""

import re

from portal.input.speaking import english

# In the order of GB/T 2260: the name in English, and the two letters by which it knows them.
PROVINCES = {
    "北京": ("Beijing", "BJ"),
    "天津": ("Tianjin", "TJ"),
    "河北": ("Hebei", "HE"),
    "山西": ("Shanxi", "SX"),
    "内蒙古": ("Inner Mongolia", "NM"),
    "辽宁": ("Liaoning", "LN"),
    "吉林": ("Jilin", "JL"),
    "黑龙江": ("Heilongjiang", "HL"),
    "上海": ("Shanghai", "SH"),
    "江苏": ("Jiangsu", "JS"),
    "浙江": ("Zhejiang", "ZJ"),
    "安徽": ("Anhui", "AH"),
    "福建": ("Fujian", "FJ"),
    "江西": ("Jiangxi", "JX"),
    "山东": ("Shandong", "SD"),
    "河南": ("Henan", "HA"),
    "湖北": ("Hubei", "HB"),
    "湖南": ("Hunan", "HN"),
    "广东": ("Guangdong", "GD"),
    "广西": ("Guangxi", "GX"),
    "海南": ("Hainan", "HI"),
    "重庆": ("Chongqing", "CQ"),
    "四川": ("Sichuan", "SC"),
    "贵州": ("Guizhou", "GZ"),
    "云南": ("Yunnan", "YN"),
    "西藏": ("Tibet", "XZ"),
    "陕西": ("Shaanxi", "SN"),
    "甘肃": ("Gansu", "GS"),
    "青海": ("Qinghai", "QH"),
    "宁夏": ("Ningxia", "NX"),
    "新疆": ("Xinjiang", "XJ"),
    "台湾": ("Taiwan", "TW"),
    "香港": ("Hong Kong", "HK"),
    "澳门": ("Macao", "MO"),
}
ENDINGS = ("特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市")
BETWEEN = re.compile(r"( · |[ 、，,]+)")


def short(text: str) -> str:
    """Without the word for what kind of unit it is: 湖北省 is 湖北."""
    for ending in ENDINGS:
        if text.endswith(ending) and len(text) > len(ending) + 1:
            return text.removesuffix(ending)
    return text


def named(text: str) -> str:
    """A province, or a city that is one, in the reader's language; anything else as written."""
    known = PROVINCES.get(short(text))
    return known[0] if known and english() else text


def place(text: str) -> str:
    """`湖北 · 武汉市` or `湖北 武汉市` with each province named so: `Hubei · 武汉市`."""
    return "".join(map(named, BETWEEN.split(text)))


def places(*parts: str) -> str:
    """`Hubei · 武汉市` of province, city, district; what is empty or repeated is left out."""
    return " · ".join(dict.fromkeys(named(part) for part in parts if part))
