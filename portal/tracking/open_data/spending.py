"""Spending of money as the exports read it: public rows, and when each was granted and paid.

Both standards know money only. Goods have no field in them: not a count, not a unit, not a place;
so gifts of goods are in our own lists (CSV, JSON) and never here under an invented price.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings

from portal.tracking.models import Line, Organisation, Subject

GRANTED, PAID = "spend.approve_again", "spend.pay"
STAGES = ("approved", "paid", "accounted")
AT_ONCE = 500


@dataclass(frozen=True)
class Spending:
    """One spending that two people approved. `amount` in fen."""

    code: str
    fund: Subject
    amount: int
    purpose: str
    granted: datetime
    paid: date | None
    changed: datetime
    funder: Organisation
    recipient: Organisation


def spendings(fund: str = "") -> Iterator[Spending]:
    """Every one, the oldest first, some hundred at a time; of one fund if it is named."""
    rows = Subject.objects.filter(kind="spend", stage__in=STAGES).order_by("pk")
    rows = rows.filter(facts__fund=fund) if fund else rows
    last = 0
    while found := list(rows.filter(pk__gt=last)[:AT_ONCE]):
        last = found[-1].pk
        yield from _told(found)


def _told(found: list[Subject]) -> Iterator[Spending]:
    codes = [row.code for row in found]
    lines = Line.objects.filter(link__code__in=codes, type__in=(GRANTED, PAID)).order_by("seq")
    steps: dict[tuple[str, str], Line] = {(line.code, line.type): line for line in lines}
    funds = _by_code(Subject.objects.filter(kind="fund"), {row.facts["fund"] for row in found})
    wanted = {row.facts["recipient"] for row in found}
    wanted |= {fund.facts["org"] for fund in funds.values()}
    orgs = _by_code(Organisation.objects.all(), wanted)
    for row in found:
        fund, paid = funds[row.facts["fund"]], steps.get((row.code, PAID))
        yield Spending(
            code=row.code,
            fund=fund,
            amount=row.facts["amount"],
            purpose=row.facts["purpose"],
            granted=steps[row.code, GRANTED].recorded_at,
            paid=date.fromisoformat(paid.data["paid_on"]) if paid else None,
            changed=row.since,
            funder=orgs[fund.facts["org"]],
            recipient=orgs[row.facts["recipient"]],
        )


def _by_code(rows: Any, codes: set[str]) -> dict[str, Any]:
    return {row.code: row for row in rows.filter(code__in=codes)}


def identifier(org: Organisation) -> str:
    """An organisation under both standards: its unified social credit code, else this portal's own.

    `CN-USCC` stands in no list of registers yet; who registers there puts the right prefix here.
    """
    if org.credit_code:
        return f"CN-USCC-{org.credit_code}"
    return f"{settings.SITE_HOST}-{org.code}"


def yuan(fen: int) -> str:
    """`1200.50`."""
    sign, whole = "-" if fen < 0 else "", abs(fen)
    return f"{sign}{whole // 100}.{whole % 100:02d}"
