"""Statements as five banks print them, made from one list of lines by a seeded generator."""

import csv
import io
import random
from dataclasses import dataclass
from datetime import date, timedelta

import openpyxl

PAYERS = ("示例甲", "示例乙有限公司", "示例丙", "")


@dataclass(frozen=True)
class Made:
    """A line as the bank knows it. `amount` in fen; `kind`: credit, debit, reversal, again."""

    kind: str
    serial: str
    day: date
    amount: int
    payer: str
    remark: str


def lines(count, *, seed, codes=()):
    """Credits, some with a code; debits; reversals of earlier credits; and lines printed twice."""
    rng = random.Random(seed)
    made: list[Made] = []
    open_credits: list[Made] = []
    left = list(codes)
    for n in range(count):
        day = date(2026, 1, 2) + timedelta(days=rng.randrange(50))
        roll = rng.random()
        if roll < 0.05 and made:
            made.append(rng.choice(made))
        elif roll < 0.12 and open_credits:
            credit = open_credits.pop(rng.randrange(len(open_credits)))
            remark = f"冲正 {credit.serial}"
            made.append(Made("reversal", f"R{n:09d}", day, credit.amount, credit.payer, remark))
        elif roll < 0.25:
            made.append(
                Made("debit", f"D{n:09d}", day, rng.randrange(1, 10**7), "示例供应商", "货款")
            )
        else:
            remark = rng.choice(("捐款", "抗疫捐款", "武汉加油", "", "G-AAAAAAAAAA"))
            if left and rng.random() < 0.3:
                remark = f"捐款 {left.pop()} 请查收"
            credit = Made(
                "credit", f"C{n:09d}", day, rng.randrange(1, 10**8), rng.choice(PAYERS), remark
            )
            made.append(credit)
            if credit.payer:
                open_credits.append(credit)
    return made


def money(fen):
    return f"{fen // 100:,}.{fen % 100:02d}"


def two_columns(made):
    head = ["账号", "交易时间", "借方发生额(支取)", "贷方发生额(收入)", "余额", "对方户名"]
    yield [*head, "摘要", "备注", "账户明细编号-交易流水号"]
    for m in made:
        came = money(m.amount) if m.kind == "credit" else "0.00"
        went = money(m.amount) if m.kind == "debit" else "0.00"
        came = f"-{money(m.amount)}" if m.kind == "reversal" else came
        stamp = f"{m.day:%Y%m%d} 10:11:12"
        yield ["42", stamp, went, came, "1,000.00", m.payer, "转账", m.remark, m.serial]


def income_and_expense(made):
    yield ["交易时间", "收入金额", "支出金额", "账户余额", "对方户名", "交易用途", "日志号"]
    for m in made:
        came = money(m.amount) if m.kind == "credit" else ""
        went = money(m.amount) if m.kind != "credit" else ""
        yield [f"{m.day}", came, went, "0", m.payer, m.remark, m.serial]


def signed(made):
    head = [
        "交易日期[ Transaction Date ]",
        "交易金额[ Trade Amount ]",
        "付款人名称[ Payer's Name ]",
    ]
    yield [*head, "交易流水号[ Transaction reference number ]", "交易附言[ Remark ]"]
    for m in made:
        sign = "" if m.kind == "credit" else "-"
        yield [f"{m.day:%Y/%m/%d}", f"{sign}{money(m.amount)}", m.payer, m.serial, m.remark]


def beside_a_word(made):
    yield ["交易日", "流水号", "借贷标志", "发生额", "收(付)方名称", "摘要"]
    for m in made:
        side = "贷" if m.kind == "credit" else "借"
        yield [f"{m.day:%Y-%m-%d}", m.serial, side, f"￥{money(m.amount)}", m.payer, m.remark]


def by_voucher(made):
    yield ["凭证号", "本方账号", "交易时间", "借方金额", "贷方金额", "用途", "对方单位名称", "附言"]
    for m in made:
        came = m.amount / 100 if m.kind == "credit" else None
        went = m.amount / 100 if m.kind != "credit" else None
        yield [m.serial, "42", f"{m.day}", went, came, "", m.payer, m.remark]


def as_csv(rows, encoding, *, above=""):
    out = io.StringIO()
    out.write(above)
    csv.writer(out).writerows(rows)
    return out.getvalue().encode(encoding)


def as_xlsx(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


LAYOUTS = {
    "two_columns": lambda made: as_csv(
        two_columns(made), "gb18030", above="账户明细查询\r\n账号:,4200001234\r\n"
    ),
    "income_and_expense": lambda made: as_csv(income_and_expense(made), "utf-8-sig"),
    "signed": lambda made: as_csv(signed(made), "gb18030"),
    "beside_a_word": lambda made: as_csv(beside_a_word(made), "utf-16"),
    "by_voucher": lambda made: as_xlsx(by_voucher(made)),
}
