"""Goods-in notes as warehouses write them: a seeded, messy list of many rows, and what each row is
meant to become."""

import datetime as dt
import io
import random
from dataclasses import dataclass

import openpyxl

# names and units as people write them: (variant, ways to write it, unit, ways to write so many)
GOODS = (
    ("mask.gb19083-2010", ("医用防护口罩 GB19083-2010", "医用防护口罩（GB 19083-2010）"), "只"),
    ("mask.yy0469-2011", ("医用外科口罩 YY0469-2011", "外科口罩YY 0469-2011"), "只"),
    ("coverall.gb19082-2009", ("医用一次性防护服GB19082-2009", "医用防护服 GB 19082-2009"), "件"),
    ("gloves.gb10213-2006.sterile", ("灭菌医用手套GB10213-2006",), "只"),
)
HEADER = ("序号", "物资名称", "规格", "单位", "数量", "破损", "生产批号", "有效期至", "备注")
TOTAL, UNKNOWN, ROUGH, EMPTY, NO_DATE = "total", "unknown", "rough", "empty", "no date"


@dataclass
class Row:
    """The cells of a row; `variant` empty: it must be refused, `why` says which trap it is."""

    cells: list
    variant: str = ""
    good: int = 0
    bad: int = 0
    batch: str = ""
    why: str = ""
    merged: bool = False


def messy(rows=200, *, seed=7):
    """So many rows: batches of four items, every tenth or so a trap."""
    chance = random.Random(seed)
    made = []
    while len(made) < rows:
        n = len(made) + 1
        if n == rows:
            made.append(Row(cells=["", "合计", "", "", "99999", "", "", "", ""], why=TOTAL))
        elif n % 11 == 0:
            made.append(_trap(n, chance))
        elif made and n % 5 == 0 and made[-1].variant:
            made.append(_row(n, chance, like=made[-1]))
        else:
            made.append(_row(n, chance))
    return made


def _row(n, chance, *, like=None):
    """A good row; `like` another: its item's cell is merged with that one's."""
    variant, names, unit = chance.choice(GOODS)
    if like is not None:
        variant, names, unit = next(each for each in GOODS if each[0] == like.variant)
    good, bad = chance.randint(1, 90) * 10, chance.choice((0, 0, 0, 3))
    day = dt.date(2027, 1, 1) + dt.timedelta(days=chance.randint(0, 900))
    batch = f"B{n:04d}"
    cells = [
        n,
        "" if like else chance.choice(names) + chance.choice(("", " ")),
        "",
        "" if like else unit,
        chance.choice((good, str(good), f"{good}{unit}", f"{good:,}", _wide(good))),
        bad or "",
        batch,
        chance.choice((day, f"{day:%Y/%m/%d}", f"{day:%Y年%m月%d日}", f"{day:%Y%m%d}")),
        chance.choice(("", "破损" if bad else "外观完好")),
    ]
    return Row(cells, variant, good, bad, batch, merged=like is not None)


def _trap(n, chance):
    why = (UNKNOWN, ROUGH, EMPTY, NO_DATE)[n // 11 % 4]
    row = _row(n, chance)
    if why == UNKNOWN:
        row.cells[1] = "神秘物资"
    if why == ROUGH:
        row.cells[4] = "约500"
    if why == EMPTY:
        row.cells[4] = ""
    if why == NO_DATE:
        row.cells[7] = "三年后"
    return Row(row.cells, why=why)


def _wide(number):
    """Full-width digits, as an input method leaves them."""
    return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))


def as_xlsx(rows):
    """A workbook with a merged title, a remark above the header and item cells merged down."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "到货入库单"
    sheet.merge_cells("A1:I1")
    sheet["A2"] = "仓库：示例仓库"
    sheet.append(HEADER)
    for row in rows:
        sheet.append([*row.cells])
    for n, row in enumerate(rows):
        if row.merged:
            sheet.merge_cells(start_row=n + 3, end_row=n + 4, start_column=2, end_column=2)
    book.create_sheet("说明")["A1"] = "填表说明"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_csv(rows):
    """The same in GB18030, with semicolons where the numbers have commas."""
    lines = ["到货入库单", ";".join(HEADER)]
    lines += [";".join(str(cell) for cell in row.cells) for row in rows]
    return "\r\n".join(lines).encode("gb18030")
