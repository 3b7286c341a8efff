"""Money that lies: what has been in a fund too long, and funds whose last day is near; the clock
looks, and what it finds is sealed when it changes."""

from datetime import date, datetime, timedelta
from functools import partial

from django.db.models import Sum
from django.utils import timezone

from ledger.core.postings import MONEY, place
from portal.accounts.acting import CLOCK
from portal.balance.models import Holding
from portal.funds.models import Fund, MoneyGift
from portal.funds.stages import StateNoted
from portal.stages import engine
from portal.stages.clock import taken
from portal.stages.engine import Step

IDLE_DAYS = 30  # so long money may lie in a fund before its page says so
NEAR_DAYS = 30  # so long before its last day a fund is near it


def tick(*, at: datetime) -> int:
    """Open funds whose state has changed since it was sealed; how many."""
    today, noted = timezone.localdate(at), 0
    for fund in Fund.objects.filter(stage="open").order_by("pk"):
        idle, near = idle_of(fund, today), is_near(fund, today)
        if (bool(idle), near) == (bool(fund.idle), fund.near):
            continue
        facts = StateNoted(idle=idle, days=IDLE_DAYS, near=near)
        note = partial(engine.advance, Fund, fund.code, "note_state", actor=CLOCK)
        noted += taken(partial(note, facts=facts, at=at))
    return noted


def note_state(subject: Fund, facts: StateNoted, step: Step) -> None:
    subject.idle, subject.near = facts.idle, facts.near
    subject.save(update_fields=["idle", "near"])


def idle_of(fund: Fund, today: date) -> int:
    """Fen of gifts that came to the account more than IDLE_DAYS ago and lie in the fund still."""
    own = place("fund", fund.code)
    old = MoneyGift.objects.filter(fund=fund, received_on__lt=today - timedelta(days=IDLE_DAYS))
    held = Holding.objects.filter(place=own, item=MONEY, amount__gt=0, gift__in=old.values("code"))
    return int(held.aggregate(all=Sum("amount"))["all"] or 0)


def is_near(fund: Fund, today: date) -> bool:
    return fund.use_by is not None and fund.use_by - today <= timedelta(days=NEAR_DAYS)
