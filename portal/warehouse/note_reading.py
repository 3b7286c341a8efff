"""Messy goods-in notes read row by row: each row is one batch of one item, understood, changed
(said how) or refused (said why).

As with lists of needs nothing is lost: every filled row below the header becomes one NoteRow with
its line number. A count is exact or it is none: estimates, packs of an unknown size and missing
numbers are refused, not guessed.
"""

import calendar
import datetime as dt
import re
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from portal.catalogue.data import Item, catalogue
from portal.catalogue.matching import find
from portal.input.tables import Line, Unreadable, read_table
from portal.needs.cells import Draft, Outcome, drafted, matched, outcome_of, unmatched
from portal.needs.columns import Headings
from portal.needs.notes import Note
from portal.needs.quantities import plain, read_quantity
from portal.needs.stages import QuantityKind
from portal.warehouse.stages import CountReason

MOST_ROWS = 500
LONGEST = {
    "item": 100,
    "specification": 250,
    "quantity": 100,
    "unit": 20,
    "rejected": 100,
    "damaged": 100,
    "reason": 100,
    "batch": 60,
    "expiry": 40,
    "serials": 2000,
}
NOTE = Headings(
    {
        "item": "物资 物资名称 品名 物品 物品名称 物资品名 产品名称 货物名称 捐赠物资 "
        "item items itemname material supplies product goods description",
        "specification": "规格 规格型号 型号 标准 规格/标准 规格标准 执行标准 包装规格 "
        "specification specifications spec standard model packing",
        "quantity": "数量 实收数量 实收 合格数量 合格 到货数量 入库数量 验收数量 清点数量 实点数量 "
        "quantity qty count good accepted received counted",
        "unit": "单位 计量单位 数量单位 unit units uom",
        "rejected": "不合格 不合格数量 不合格数 拒收 拒收数量 退货数量 rejected bad refused",
        "damaged": "破损 破损数量 破损数 损坏 damaged broken",
        "reason": "原因 拒收原因 不合格原因 差异原因 备注 说明 reason remark remarks note notes",
        "batch": "批号 生产批号 产品批号 批次 批次号 生产批次 lot lotno lotnumber batch batchno "
        "batchnumber",
        "expiry": "有效期 有效期至 失效日期 失效期 有效日期 到期日 使用期限 效期 "
        "expiry expirydate exp expdate useby bestbefore",
        "serials": "序列号 出厂编号 设备编号 机身号 serial serials serialno serialnumber "
        "serialnumbers sn",
    },
    {"名称": ("item", "item"), "name": ("item", "item")},
)
REASONS = {
    CountReason.DAMAGED: "破 损 坏 受潮 污 变形 damaged broken wet torn",
    CountReason.EXPIRED: "过期 失效 expired",
    CountReason.WRONG_ITEM: "错 不符 非本 wrong another",
}
_TOTAL = re.compile(r"(合计|总计|小计|共计|总数|total|sum|subtotal)[:：]?", re.IGNORECASE)
_DAY = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 0{1,2}:00:00)?|(\d{4})(\d\d)(\d\d)"
)
_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?|(\d{1,2})/(\d{4})")
_PACKED = re.compile(r"[(（]?\d{1,6}[^\d\W]{1,2}/[箱盒包袋桶提][)）]?")  # what a pack holds
_BEFORE = re.compile(r"^(至|到|有效期至?|exp\.?:?|use by)\s*|前$", re.IGNORECASE)
_EXCEL = dt.date(1899, 12, 30)  # what Excel counts its days from


@dataclass(frozen=True)
class NoteRow:
    """One row as understood; `variant` is a key of the catalogue, quantities are base units."""

    line: int
    outcome: Outcome = Outcome.PLACED
    item: str = ""
    variant: str = ""
    accepted: int = 0
    rejected: int = 0
    reason: CountReason = CountReason.NONE
    batch: str = ""
    expiry: dt.date | None = None
    serials: str = ""
    written: str = ""
    notes: tuple[Note, ...] = field(default=())

    def noted(self, *notes: Note) -> "NoteRow":
        """The row with more said of it."""
        every = [*self.notes, *notes]
        return replace(self, notes=tuple(every), outcome=outcome_of(every))


@dataclass(frozen=True)
class NoteReading:
    """A whole note: its rows, the lines above the header, columns and sheets left out."""

    rows: tuple[NoteRow, ...]
    above: tuple[int, ...] = ()
    columns_left_out: int = 0
    sheets_left_out: tuple[str, ...] = ()


def read_note(data: bytes) -> NoteReading:
    """Read a CSV or XLSX goods-in note. Raises Unreadable if the file as a whole cannot be read."""
    lines, sheets = read_table(data, NOTE.score)
    header = next((n for n, line in enumerate(lines[:20]) if NOTE.is_header(line.cells)), None)
    if header is None:
        raise Unreadable(
            _(
                "No header row was found. The first rows must name the columns, "
                "at least “item” and “quantity”."
            )
        )
    cells, body = _headings(lines, header)
    columns, unit = NOTE.columns_of(cells, named=True)
    if "quantity" not in columns.values():
        raise Unreadable(_("No column is called “quantity”. Please name it in the header row."))
    if len(body) > MOST_ROWS:
        raise Unreadable(
            _("The note has more than %(most)d rows. Please split it.") % {"most": MOST_ROWS}
        )
    drafts = [drafted(line, columns, width=len(cells), longest=LONGEST) for line in body]
    _fill_merged(drafts)
    return NoteReading(
        rows=tuple(_row(draft, unit) for draft in drafts),
        above=tuple(line.number for line in lines[:header]),
        columns_left_out=sum(bool(cell.strip()) for cell in cells) - len(columns),
        sheets_left_out=tuple(sheets),
    )


def _headings(lines: list[Line], header: int) -> tuple[tuple[str, ...], list[Line]]:
    """The header's cells, with those of a second row under merged ones, and the rows below."""
    cells, rest = lines[header].cells, lines[header + 1 :]
    below = rest[0].cells if rest else ()
    if not NOTE.score(below) or any(re.search(r"\d", cell) for cell in below):
        return cells, rest
    width = max(len(cells), len(below))
    upper = (*cells, *("",) * (width - len(cells)))
    lower = (*below, *("",) * (width - len(below)))
    return tuple(low.strip() or up for up, low in zip(upper, lower, strict=True)), rest[1:]


def _fill_merged(drafts: list[Draft]) -> None:
    """Cells merged over several rows stand in the first of them alone: the others take the item
    and its specification over."""
    above: Draft | None = None
    for draft in drafts:
        cells = draft.cells
        if cells.get("item"):
            above = None if _TOTAL.fullmatch(cells["item"]) else draft
        elif above is not None and (cells.get("quantity") or cells.get("batch")):
            for name in ("item", "specification", "unit"):
                cells[name] = cells.get(name) or above.cells.get(name, "")
            told = {"column": "item", "line": str(above.line.number)}
            draft.notes.append(Note("from_above", told))


def _row(draft: Draft, header_unit: str) -> NoteRow:
    cells, written = draft.cells, draft.cells.get("item", "")
    row = NoteRow(line=draft.line.number, written=written, notes=tuple(draft.notes))
    if _TOTAL.fullmatch(written):
        return row.noted(Note("total"))
    if not written:
        return row.noted(Note("no_item"))
    name, beside = _PACKED.sub(" ", written).strip(), cells.get("specification", "")
    match = find(name, beside)
    if match.variant is None:
        return row.noted(unmatched(written, match.reason, match.candidates))
    item = catalogue().item_of(match.variant.key)
    said = [matched(change, item.key) for change in (*match.changes, *match.remarks)]
    row = replace(row, item=item.key, variant=match.variant.key)
    row = replace(row, batch=cells.get("batch", ""), serials=cells.get("serials", ""))
    return _dated(_counted(row.noted(*said), cells, item, header_unit), cells.get("expiry", ""))


def _counted(row: NoteRow, cells: dict[str, str], item: Item, header_unit: str) -> NoteRow:
    refused, damaged = (_few(cells.get(name, "")) for name in ("rejected", "damaged"))
    if refused is None or damaged is None:
        wrong = cells["rejected"] if refused is None else cells["damaged"]
        return row.noted(Note("rejected_unread", {"written": wrong}))
    row = _good(row, cells, item, header_unit)
    if row.outcome is Outcome.REFUSED:
        return row
    if not row.accepted and not refused + damaged:
        return row.noted(Note("nothing_counted"))
    usual = CountReason.DAMAGED if damaged else CountReason.NONE
    reason = (_reason(cells.get("reason", "")) or usual) if refused + damaged else CountReason.NONE
    if refused + damaged and not reason:
        return row.noted(Note("rejected_without_reason"))
    return replace(row, rejected=refused + damaged, reason=reason)


def _good(row: NoteRow, cells: dict[str, str], item: Item, header_unit: str) -> NoteRow:
    """What is good, in base units: an exact number or a refusal."""
    good, unit = cells.get("quantity", ""), cells.get("unit", "") or header_unit
    if not good:
        return row.noted(Note("no_quantity"))
    if plain(good) == "0":
        return row
    beside = f"{row.written};{cells.get('specification', '')}"
    read = read_quantity(good, item=item, unit=unit, specification=beside)
    row = row.noted(*read.notes)
    if row.outcome is Outcome.REFUSED:
        return row
    if read.amount is None or read.kind is not QuantityKind.EXACT:
        return row.noted(Note("count_not_exact", {"written": f"{good} {unit}".strip()}))
    return replace(row, accepted=read.amount)


def _few(written: str) -> int | None:
    """How many were rejected: plain digits, nothing for none; None: not understood."""
    text = plain(written)
    if text in ("", "-", "/", "无"):
        return 0
    known = text.isascii() and text.isdigit() and len(text) <= 9
    return int(text) if known else None


def _reason(text: str) -> CountReason:
    said = text.casefold()
    found = (reason for reason, words in REASONS.items() if any(w in said for w in words.split()))
    return next(found, CountReason.NONE)


def _dated(row: NoteRow, written: str) -> NoteRow:
    """The expiry date: as written, a month's last day, or a day as Excel counts."""
    text = _BEFORE.sub("", written.strip())
    if not text or text in ("-", "/", "无"):
        return row
    day, code = _day(text)
    if day is None:
        return row.noted(Note("expiry_unread", {"written": written}))
    row = replace(row, expiry=day)
    if text == day.isoformat() or text == f"{day.isoformat()} 00:00:00":
        return row
    return row.noted(Note(code, {"written": written, "day": day.isoformat()}))


def _day(text: str) -> tuple[dt.date | None, str]:
    try:
        if whole := _DAY.fullmatch(text):
            year, month, day = (int(part) for part in whole.groups() if part)
            return dt.date(year, month, day), "expiry_read"
        if part := _MONTH.fullmatch(text):
            year, month = int(part[1] or part[4]), int(part[2] or part[3])
            last = calendar.monthrange(year, month)[1]
            return dt.date(year, month, last), "expiry_month"
    except ValueError:
        return None, ""
    if text.isascii() and text.isdigit() and 36526 <= int(text) <= 73050:  # 2000 to 2099
        return _EXCEL + dt.timedelta(days=int(text)), "expiry_read"
    return None, ""
