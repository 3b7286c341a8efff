"""Bank statements read: whatever columns a bank prints, each line becomes one credit, debit or
reversal in whole fen, or is refused with a reason.

Columns are known by their headings (many banks, one list); amounts stand in two columns, in one
with a sign, or in one beside a word (借/贷). What is not understood is said, never guessed.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _

from portal.input.tables import MOST_ROWS, Line, Unreadable, read_table

__all__ = ["Kind", "Read", "Unreadable", "read"]

HEADINGS: dict[str, tuple[str, ...]] = {
    "day": ("交易日期", "交易时间", "交易日", "记账日期", "入账日期", "日期", "date"),
    "serial": (
        *("交易流水号", "流水号", "账户明细编号-交易流水号", "日志号", "核心流水号", "凭证号"),
        *("transactionreferencenumber", "serial"),
    ),
    "credit": ("贷方发生额", "贷方发生额(收入)", "贷方金额", "收入金额", "收入", "credit"),
    "debit": ("借方发生额", "借方发生额(支取)", "借方金额", "支出金额", "支出", "debit"),
    "amount": ("交易金额", "发生额", "金额", "tradeamount", "amount"),
    "side": ("借贷标志", "借贷", "借贷方向", "收付标志"),
    "payer": ("对方户名", "对方单位名称", "对方账户名称", "付款人名称", "收付方名称", "户名"),
    "remark": ("附言", "交易附言", "备注", "用途", "交易用途", "remark"),
    "summary": ("摘要", "交易摘要", "交易类型", "业务摘要"),
}
FIELDS = {heading: field for field, names in HEADINGS.items() for heading in names}
RANK = {heading: n for names in HEADINGS.values() for n, heading in enumerate(names)}
AMOUNT = re.compile(r"([+-]?)(\d{1,12})(?:\.(\d{1,2}))?\Z")
SUM_LINES = ("合计", "总计", "小计", "total")
REVERSAL = re.compile("冲正|抹账|冲账|退汇|撤销|reversal", re.I)
CREDIT_WORDS, DEBIT_WORDS = {"贷", "收", "c", "cr"}, {"借", "付", "支", "d", "dr"}
DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?")


class Kind(StrEnum):
    CREDIT = "credit"
    DEBIT = "debit"
    REVERSAL = "reversal"
    REFUSED = "refused"


@dataclass(frozen=True)
class Read:
    """One line: `amount` in fen, never below zero; `why` only where it is refused."""

    line: int
    kind: Kind
    serial: str = ""
    day: date | None = None
    amount: int = 0
    payer: str = ""
    remark: str = ""
    why: str = ""


class WrongCell(ValueError):
    """A cell that cannot be read; the text says which."""


def read(data: bytes) -> list[Read]:
    """The lines of a statement (CSV in UTF-8, UTF-16 or GB18030, or XLSX), each once.

    Raises Unreadable where the file as a whole is no statement.
    """
    lines, _sheets = read_table(data, score)
    top = next((n for n, line in enumerate(lines[:30]) if _is_header(line.cells)), None)
    if top is None:
        raise Unreadable(
            _(
                "No header row was found. It must name at least a day, a serial number and an "
                "amount, such as 交易日期, 交易流水号, 贷方发生额."
            )
        )
    columns = _columns(lines[top].cells)
    body = [line for line in lines[top + 1 :] if not _is_sum(line)]
    if len(body) > MOST_ROWS:
        raise Unreadable(_("The file has more than 5,000 rows. Please split it."))
    return [_line(line, columns) for line in body]


def score(cells: Iterable[str]) -> int:
    """How many cells look like column headings of a statement."""
    return sum(_heading(cell) in FIELDS for cell in cells)


def _heading(cell: str) -> str:
    """`交易金额[ Trade Amount ]` and `收(付)方名称` as the list above writes them."""
    text = unicodedata.normalize("NFKC", cell).lower()
    text = re.sub(r"\[.*\]", "", text)
    text = re.sub(r"[\s*/_：:]", "", text)
    if text in FIELDS:
        return text
    return re.sub(r"[()]", "", text)


def _is_header(cells: Iterable[str]) -> bool:
    found = {FIELDS[h] for cell in cells if (h := _heading(cell)) in FIELDS}
    return {"day", "serial"} <= found and bool(found & {"credit", "amount"})


def _columns(cells: Iterable[str]) -> dict[str, int]:
    """Field -> column; of several headings of one field the one that stands first in the list."""
    best: dict[str, tuple[int, int]] = {}
    for n, cell in enumerate(cells):
        heading = _heading(cell)
        if heading in FIELDS:
            field, rank = FIELDS[heading], RANK[heading]
            if field not in best or rank < best[field][0]:
                best[field] = (rank, n)
    return {field: n for field, (_rank, n) in best.items()}


def _is_sum(line: Line) -> bool:
    first = next((cell.strip().lower() for cell in line.cells if cell.strip()), "")
    return first.startswith(SUM_LINES)


def _line(line: Line, columns: dict[str, int]) -> Read:
    cells = {
        field: line.cells[n].strip() if n < len(line.cells) else "" for field, n in columns.items()
    }
    remark = " ".join(filter(None, (cells.get("remark", ""), cells.get("summary", ""))))[:500]
    serial = re.sub(r"\s", "", cells.get("serial", "")).strip("'\"=")[:80]
    try:
        if not serial:
            raise WrongCell(_("There is no serial number, so it could be booked twice."))
        day, signed = _day(cells.get("day", "")), _signed(cells)
    except WrongCell as wrong:
        return Read(line.number, Kind.REFUSED, serial=serial, remark=remark, why=str(wrong))
    kind = Kind.CREDIT if signed > 0 else Kind.DEBIT
    if REVERSAL.search(remark) or (signed < 0 and _red(cells)):
        kind = Kind.REVERSAL
    payer = cells.get("payer", "")[:200]
    return Read(line.number, kind, serial, day, abs(signed), payer, remark)


def _red(cells: dict[str, str]) -> bool:
    """A negative figure in the column of what came in: the bank takes a credit back."""
    return bool(cells.get("credit")) and fen_of(cells["credit"]) < 0


def _signed(cells: dict[str, str]) -> int:
    """What came in, in fen; below zero for what went out."""
    if "amount" in cells and not (cells.get("credit") or cells.get("debit")):
        amount = fen_of(cells["amount"])
        side = cells.get("side", "").lower()[:2]
        if "side" in cells and not (side in CREDIT_WORDS | DEBIT_WORDS or side[:1] in "贷收借付支"):
            raise WrongCell(_("It does not say whether it came in or went out."))
        out = side in DEBIT_WORDS or side[:1] in {"借", "付", "支"}
        signed = -amount if out else amount
    else:
        signed = fen_of(cells.get("credit", "")) - fen_of(cells.get("debit", ""))
    if not signed:
        raise WrongCell(_("It has no amount."))
    return signed


def fen_of(cell: str) -> int:
    """`1,234.50`, `￥1234.5`, `(12.00)`, `-` in whole fen. No float is ever made."""
    text = unicodedata.normalize("NFKC", cell).replace(",", "").replace(" ", "")
    text = text.lstrip("¥").removesuffix("元").removeprefix("cny").removeprefix("CNY")
    if text in ("", "-", "--"):
        return 0
    if text.startswith("(") and text.endswith(")"):
        text = f"-{text[1:-1]}"
    text = re.sub(r"(\.\d{2})0+\Z", r"\1", text).replace("-¥", "-")
    match = AMOUNT.match(text)
    if match is None:
        raise WrongCell(_("“%(cell)s” is not an amount.") % {"cell": cell[:40]})
    fen = int(match[2]) * 100 + int((match[3] or "").ljust(2, "0"))
    return -fen if match[1] == "-" else fen


def _day(cell: str) -> date:
    match = DAY.match(unicodedata.normalize("NFKC", cell).strip("'\"= "))
    try:
        if match is None:
            raise ValueError(cell)
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError as wrong:
        raise WrongCell(_("“%(cell)s” is not a day.") % {"cell": cell[:40]}) from wrong
