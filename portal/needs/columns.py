"""Which column of a need list is which, by the headings people use in Chinese and English."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

_HEADINGS = {
    "province": "省 省份 省市 所在省 所在省份 province state",
    "city": "市 城市 地市 市州 地级市 所在市 所在城市 city",
    "district": "区 县 区县 县区 区/县 市县 所在区县 区域 district county",
    "hospital": "医院 医院名称 机构 机构名称 单位名称 受赠单位 受捐单位 需求单位 接收单位 求助单位 "
    "hospital hospitalname organisation organization recipient institution",
    "credit_code": "统一社会信用代码 社会信用代码 信用代码 机构代码 creditcode uscc",
    "item": "物资 物资名称 品名 物品 物品名称 需求物资 物资品名 物资种类 物资类别 品类 所需物资 "
    "产品名称 item items itemname material supplies product goods",
    "specification": "规格 规格型号 型号 标准 规格/标准 规格标准 技术标准 执行标准 要求 参数 "
    "规格要求 specification specifications spec standard model",
    "quantity": "数量 需求数量 需求量 数目 需要数量 所需数量 需求 缺口 "
    "quantity qty amount number count",
    "unit": "计量单位 数量单位 unit units",
    "source": "来源 信息来源 链接 公告 公告链接 来源链接 出处 原文 网址 source url link notice",
}


class Headings:
    """The headings of one kind of list: which names a column goes by, and names that mean one
    column or, where that is taken, another."""

    def __init__(self, names: Mapping[str, str], either: Mapping[str, tuple[str, str]]) -> None:
        self.column_of = {name: column for column, all_ in names.items() for name in all_.split()}
        self.either = either

    def score(self, cells: Iterable[str]) -> int:
        """How many cells look like column headings."""
        return sum(
            _heading(cell) in self.column_of or _heading(cell) in self.either for cell in cells
        )

    def is_header(self, cells: tuple[str, ...], wanted: str = "item") -> bool:
        """Whether a row names the wanted column and one more."""
        columns, _unit = self.columns_of(cells, named=False)
        return wanted in columns.values() and len(columns) > 1

    def columns_of(self, cells: tuple[str, ...], *, named: bool) -> tuple[dict[int, str], str]:
        """Which cell is which column (the first of each), and a unit in the quantity's heading.

        `named`: the hospital is known already, so that 单位 means the unit.
        """
        found: dict[int, str] = {}
        for n, cell in enumerate(cells):
            column = self.column_of.get(_heading(cell), "")
            if column and column not in found.values():
                found[n] = column
        for n, cell in enumerate(cells):
            first, second = self.either.get(_heading(cell), ("", ""))
            taken = first in found.values() or (named and first == "hospital")
            column = second if taken else first
            if column and column not in found.values():
                found[n] = column
        unit = ""
        for n, column in found.items():
            if column == "quantity" and (inside := re.search(r"[(（](.{1,4})[)）]", cells[n])):
                unit = inside[1]
        return dict(sorted(found.items())), unit


def _heading(cell: str) -> str:
    """A heading as it is looked up: without brackets, marks and case."""
    text = unicodedata.normalize("NFKC", cell).casefold()
    return re.sub(r"[(\[【].*|[*:\s_]|[\u200b\ufeff]", "", text)


NEEDS = Headings(
    _HEADINGS,
    {"单位": ("hospital", "unit"), "名称": ("item", "item"), "name": ("item", "item")},
)
