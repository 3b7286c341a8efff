"""How far a warehouse is from a hospital, by province: how many borders lie between them.

No coordinates are kept: provinces that touch are one border apart, and islands count as touching
the coast they are shipped from.
"""

from functools import cache

from portal.input.provinces import short

TOUCHING = {
    "北京": "天津 河北",
    "天津": "北京 河北",
    "河北": "北京 天津 山西 内蒙古 辽宁 山东 河南",
    "山西": "河北 内蒙古 河南 陕西",
    "内蒙古": "河北 山西 辽宁 吉林 黑龙江 陕西 甘肃 宁夏",
    "辽宁": "河北 内蒙古 吉林",
    "吉林": "内蒙古 辽宁 黑龙江",
    "黑龙江": "内蒙古 吉林",
    "上海": "江苏 浙江",
    "江苏": "上海 浙江 安徽 山东",
    "浙江": "上海 江苏 安徽 福建 江西",
    "安徽": "江苏 浙江 江西 山东 河南 湖北",
    "福建": "浙江 江西 广东 台湾",
    "江西": "浙江 安徽 福建 湖北 湖南 广东",
    "山东": "河北 江苏 安徽 河南",
    "河南": "河北 山西 安徽 山东 湖北 陕西",
    "湖北": "安徽 江西 河南 湖南 重庆 陕西",
    "湖南": "江西 湖北 广东 广西 重庆 贵州",
    "广东": "福建 江西 湖南 广西 海南 香港 澳门",
    "广西": "湖南 广东 贵州 云南",
    "海南": "广东",
    "重庆": "湖北 湖南 四川 贵州 陕西",
    "四川": "重庆 贵州 云南 西藏 陕西 甘肃 青海",
    "贵州": "湖南 广西 重庆 四川 云南",
    "云南": "广西 四川 贵州 西藏",
    "西藏": "四川 云南 青海 新疆",
    "陕西": "山西 内蒙古 河南 湖北 重庆 四川 甘肃 宁夏",
    "甘肃": "内蒙古 四川 陕西 青海 宁夏 新疆",
    "青海": "四川 西藏 甘肃 新疆",
    "宁夏": "内蒙古 陕西 甘肃",
    "新疆": "西藏 甘肃 青海",
    "台湾": "福建",
    "香港": "广东",
    "澳门": "广东",
}


def province(name: str) -> str:
    """The name without its ending: 湖北省 and 湖北 are the same; "" for what is no province."""
    return known if (known := short(name)) in TOUCHING else ""


def borders(one: str, other: str) -> int | None:
    """Borders on the shortest way from province to province; None where one is not known."""
    return _ways(province(one)).get(province(other)) if province(one) else None


@cache
def _ways(start: str) -> dict[str, int]:
    found, edge = {start: 0}, [start]
    while edge:
        edge = [near for at in edge for near in TOUCHING[at].split() if _new(found, at, near)]
    return found


def _new(found: dict[str, int], at: str, near: str) -> bool:
    known = near in found
    found.setdefault(near, found[at] + 1)
    return not known
