"""A statement booked: every line once, by its serial number. The same file again books nothing.

A credit is matched by the code in its remark (a promised gift, else a fund), else proposed to the
one promise of the same amount, else held as not identified, in public.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

import ledger.api as ledger
from ledger.core import codes
from portal.accounts.acting import Actor
from portal.campaigns.models import Campaign
from portal.campaigns.queries import within
from portal.funds.drawing import held
from portal.funds.models import BankLine, Fund, MoneyGift
from portal.funds.money_stages import Arrived, Entered, Reversed, Shown
from portal.funds.statements import Kind, Read
from portal.stages import engine
from portal.stages.engine import MoveRefused

AT_ONCE = 1000  # serial numbers in one question
CODE = re.compile(r"(?<![0-9A-Z])([GF])[\s-]?([2-9A-HJKMNP-Z]{10})(?![0-9A-Z])")


class Outcome(StrEnum):
    """What becomes of a line."""

    MATCHED = "matched"
    PROPOSED = "proposed"
    UNIDENTIFIED = "unidentified"
    OUTSIDE = "outside"
    OUTGOING = "outgoing"
    REVERSED = "reversed"
    OPEN = "open"
    AGAIN = "again"
    REFUSED = "refused"


@dataclass
class Done:
    """What became, or would become, of each line: (line, outcome, code or reason)."""

    rows: list[tuple[int, Outcome, str]] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(outcome for _line, outcome, _said in self.rows)
        return {outcome.value: found[outcome] for outcome in Outcome}


@dataclass
class Books:
    """What a run asks the books for, read once: gifts by serial number, promises (fen and donor by
    code) and open funds of the campaign. The run keeps it up to date."""

    booked: dict[str, str]
    promises: dict[str, tuple[int, str]]
    funds: set[str]

    def note(self, line: Read, outcome: Outcome, gift: str) -> None:
        """A line was booked: its serial number is known, its promise kept."""
        if outcome not in (Outcome.AGAIN, Outcome.REFUSED):
            self.booked[line.serial] = gift
        if outcome is Outcome.MATCHED:
            self.promises.pop(gift, None)


def books_of(lines: Sequence[Read], campaign: Campaign) -> Books:
    """Three questions for a whole file, and one more for each thousand of its lines."""
    booked: dict[str, str] = {}
    for n in range(0, len(lines), AT_ONCE):
        serials = [line.serial for line in lines[n : n + AT_ONCE]]
        known = BankLine.objects.filter(account=campaign.account_number, serial__in=serials)
        for serial, code in known.values_list("serial", "gift__code"):
            booked[serial] = code or serial
    promised = MoneyGift.objects.filter(stage="pledged", fund__campaign=campaign)
    promises = {
        code: (amount, donor)
        for code, amount, donor in promised.values_list("code", "amount", "donor_name")
    }
    funds = Fund.objects.filter(campaign=campaign, stage="open").values_list("code", flat=True)
    return Books(booked, promises, set(funds))


def foresee(lines: Iterable[Read], *, campaign: Campaign) -> Done:
    """What would become of every line; nothing is written."""
    rows = list(lines)
    done, books = Done(), books_of(rows, campaign)
    for line in rows:
        outcome, said = _plan(line, campaign, books)
        books.note(line, outcome, said or line.serial)
        done.rows.append((line.line, outcome, said))
    return done


def book(lines: Iterable[Read], *, campaign: Campaign, actor: Actor, at: datetime) -> Done:
    """Book each line in a transaction of its own; a killed run is simply run again."""
    if ledger.closed():
        raise engine.Closed(_("Nothing can be recorded at the moment. Please try again later."))
    rows = list(lines)
    done, books = Done(), books_of(rows, campaign)
    for line in rows:
        outcome, said = _plan(line, campaign, books)
        if outcome not in (Outcome.AGAIN, Outcome.REFUSED):
            try:
                said = _book(line, outcome, said, campaign=campaign, actor=actor, at=at) or said
            except MoveRefused as refused:
                outcome, said = Outcome.REFUSED, str(refused)
        books.note(line, outcome, said or line.serial)
        done.rows.append((line.line, outcome, said))
    return done


def _plan(line: Read, campaign: Campaign, books: Books) -> tuple[Outcome, str]:
    """(what is to become of it, the code it goes to or the reason)."""
    if line.kind is Kind.REFUSED:
        return Outcome.REFUSED, line.why
    if line.serial in books.booked:
        return Outcome.AGAIN, books.booked[line.serial]
    if line.kind is Kind.DEBIT:
        return Outcome.OUTGOING, ""
    if line.kind is Kind.REVERSAL:
        gift = _reversed(line, campaign)
        return (Outcome.REVERSED, gift.code) if gift else (Outcome.OPEN, _no_credit())
    if line.day is None or not within(campaign, line.day):
        return Outcome.OUTSIDE, ""
    return _match(line, books)


def _match(line: Read, books: Books) -> tuple[Outcome, str]:
    for kind, rest in CODE.findall(line.remark.upper()):
        code = f"{kind}-{rest}"
        if codes.check(code) and code in (books.promises if kind == "G" else books.funds):
            return Outcome.MATCHED, code
    alike = {c: donor for c, (amount, donor) in books.promises.items() if amount == line.amount}
    same = [code for code, donor in alike.items() if line.payer and donor == line.payer]
    for found in (same, list(alike)):
        if len(found) == 1:
            return Outcome.PROPOSED, found[0]
    return Outcome.UNIDENTIFIED, ""


def _reversed(line: Read, campaign: Campaign) -> MoneyGift | None:
    """The gift whose credit the bank takes back: named by its serial number, else the last one of
    the same amount and payer that still is all there."""
    earlier = BankLine.objects.filter(
        account=campaign.account_number, amount=line.amount, gift__isnull=False
    ).exclude(gift__stage="refunded")
    for credit in earlier.select_related("gift__org", "gift__fund").order_by("-pk"):
        named = credit.serial in line.remark
        if (named or credit.payer == line.payer) and credit.gift and _all_there(credit.gift):
            return credit.gift
    return None


def _all_there(gift: MoneyGift) -> bool:
    fund = gift.fund if gift.stage == "received" else None
    where = f"fund:{fund.code}" if fund else f"unidentified:{gift.org.code}"
    return held(where, gift=gift.code) >= gift.amount


def _no_credit() -> str:
    return _("No credit of this amount and payer is left; please look at it by hand.")


def _book(
    line: Read, outcome: Outcome, said: str, *, campaign: Campaign, actor: Actor, at: datetime
) -> str:
    """One line, in one transaction with what it brings about; the gift's code."""
    assert line.day is not None, "only what is refused has no day"
    with transaction.atomic(durable=True):
        row = BankLine(
            account=campaign.account_number,
            serial=line.serial,
            day=line.day,
            amount=line.amount if line.kind is Kind.CREDIT else -line.amount,
            payer=line.payer,
            remark=line.remark,
            outcome=outcome,
            proposed=said if outcome is Outcome.PROPOSED else "",
        )
        row.gift = _gift(line, outcome, said, campaign=campaign, actor=actor, at=at)
        row.save()
        return row.gift.code if row.gift else ""


def _gift(
    line: Read, outcome: Outcome, said: str, *, campaign: Campaign, actor: Actor, at: datetime
) -> MoneyGift | None:
    if outcome in (Outcome.OUTGOING, Outcome.OPEN):
        return None
    if outcome is Outcome.REVERSED:
        gift = engine.locked(MoneyGift, said)
        taken = Reversed(amount=line.amount, bank_serial=line.serial)
        engine.follow(gift, "reverse", actor=actor, facts=taken, at=at)
        return gift
    if outcome is Outcome.MATCHED and said.startswith("G"):
        gift = engine.locked(MoneyGift, said)
        arrived = Arrived(received_on=line.day, amount=line.amount, bank_serial=line.serial)
        engine.follow(gift, "arrive", actor=actor, facts=arrived, at=at)
        return gift
    entered = Entered(
        amount=line.amount,
        fund=said if outcome is Outcome.MATCHED else "",
        received_on=line.day,
        bank_serial=line.serial,
        shown=Shown.ANONYMOUS,
        donor_name=line.payer,
    )
    return engine.follow_begin(
        MoneyGift, "enter", actor=actor, facts=entered, at=at, org=campaign.org
    )
