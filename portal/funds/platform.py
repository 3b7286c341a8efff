"""A designated platform's sum and its list: the sum turns into the gifts of the list, each with its
own code, all in one transaction and to the fen."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.acting import Actor
from portal.funds.drawing import held
from portal.funds.models import Fund, MoneyGift
from portal.funds.money_stages import Entered, Listed, Shown, Way
from portal.funds.statements import WrongCell, fen_of
from portal.input.amounts import yuan
from portal.input.tables import Unreadable, read_table
from portal.stages import engine
from portal.stages.engine import MoveRefused

MOST = 2_000  # gifts of one list
HEADINGS = {
    "order": ("订单号", "捐赠单号", "交易号", "流水号"),
    "amount": ("捐赠金额", "金额", "捐款金额"),
    "name": ("捐赠人", "昵称", "捐赠人昵称", "姓名"),
}
FIELDS = {heading: name for name, headings in HEADINGS.items() for heading in headings}


@dataclass(frozen=True)
class Row:
    """One gift as the platform lists it; `amount` in fen, `name` as it is shown there."""

    line: int
    order: str
    amount: int
    name: str


def read(data: bytes) -> list[Row]:
    """The gifts of a list. Raises Unreadable: a list is taken as a whole or not at all."""
    lines, _sheets = read_table(data, _score)
    top = next((n for n, line in enumerate(lines[:20]) if _score(line.cells) >= 2), None)
    if top is None:
        raise Unreadable(_("No header row was found, such as 订单号, 捐赠金额, 昵称."))
    columns = {FIELDS[c.strip()]: n for n, c in enumerate(lines[top].cells) if c.strip() in FIELDS}
    if not {"order", "amount"} <= columns.keys():
        raise Unreadable(_("No header row was found, such as 订单号, 捐赠金额, 昵称."))
    rows: list[Row] = []
    for line in lines[top + 1 :]:
        cells = {
            f: line.cells[n].strip() if n < len(line.cells) else "" for f, n in columns.items()
        }
        if cells["order"].startswith(("合计", "总计")):
            continue
        try:
            amount = fen_of(cells["amount"])
        except WrongCell as wrong:
            raise Unreadable(_("Line %(line)s: ") % {"line": line.number} + str(wrong)) from wrong
        rows.append(Row(line.number, cells["order"], amount, cells.get("name", "")[:200]))
    _refuse_doubles(rows)
    return rows


def book(
    rows: Sequence[Row], *, lump: str, fund: Fund, data: bytes, actor: Actor, at: datetime
) -> list[MoneyGift]:
    """Turn a sum that is not identified yet into the gifts of its list. MoveRefused where they do
    not add up to it."""
    with transaction.atomic(durable=True):
        whole = engine.locked(MoneyGift, lump)
        if not whole.reachable_by(actor) or whole.received_on is None:
            raise MoveRefused(_("There is no such sum on the account."))
        there, listed = (
            held(f"unidentified:{whole.org.code}", gift=lump),
            sum(r.amount for r in rows),
        )
        if listed != there or not rows:
            raise MoveRefused(
                _(
                    "The list adds up to ¥%(listed)s, the sum on the account is ¥%(there)s: "
                    "¥%(differs)s apart. Please ask the platform for the whole list."
                )
                % {"listed": yuan(listed), "there": yuan(there), "differs": yuan(listed - there)}
            )
        facts = Listed(count=len(rows), digest=hashlib.sha256(data).hexdigest())
        engine.follow(whole, "list_gifts", actor=actor, facts=facts, at=at)
        return [_enter(row, whole, fund, actor=actor, at=at) for row in rows]


def _enter(row: Row, whole: MoneyGift, fund: Fund, *, actor: Actor, at: datetime) -> MoneyGift:
    facts = Entered(
        amount=row.amount,
        fund=fund.code,
        way=Way.PLATFORM,
        received_on=whole.received_on,
        bank_serial=row.order,
        shown=Shown.ALIAS if row.name else Shown.ANONYMOUS,
        shown_name=row.name,
    )
    return engine.follow_begin(MoneyGift, "enter", actor=actor, facts=facts, at=at, org=whole.org)


def _refuse_doubles(rows: Sequence[Row]) -> None:
    seen: set[str] = set()
    for row in rows:
        if not row.order or row.order in seen or row.amount <= 0:
            raise Unreadable(
                _("Line %(line)s: every gift needs an order number of its own and an amount.")
                % {"line": row.line}
            )
        seen.add(row.order)
    if len(rows) > MOST:
        raise Unreadable(_("A list of more than 2,000 gifts comes in parts from the platform."))


def _score(cells: Iterable[str]) -> int:
    return sum(cell.strip() in FIELDS for cell in cells)
