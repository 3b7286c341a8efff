"""Whatever is done in whatever order, what came is what was kept, set aside, paid, given back or
is left: per fund, to the fen, in the tables, in the postings and on the pages."""

import random

import pytest
from django.core.management import call_command
from django.db.models import Sum

from ledger.core.postings import Posting
from portal.balance.checking import replay
from portal.balance.models import Booked, Holding
from portal.funds.funding import received
from portal.funds.models import Fund, MoneyGift, Spend
from portal.funds.money_stages import (
    Basis,
    Identified,
    Redirected,
    Refunded,
    RefundProposed,
    RefundReason,
)
from portal.funds.spend_stages import Rejected, RejectReason
from portal.funds.stages import FeeTaken
from portal.stages import engine
from portal.stages.engine import MoveRefused
from portal.tracking.money import holdings
from portal.tracking.projection import projecting
from tests.factories.clock import AT
from tests.factories.funds import approve, create_fund, give, member_of, pay, request
from tests.factories.organisations import create_hospital

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]


class Machine:
    """Takes random moves of two funds; a refusal is an answer like any other."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        first = create_fund(fee_bp=1000)
        self.funds = [first, create_fund(campaign=first.campaign)]
        self.org = first.org
        self.staff = [member_of(self.org) for _n in range(4)]
        self.hospital = create_hospital()
        self.taken = 0

    def step(self):
        actors = self.rng.sample(self.staff, 2)
        often = (self.give, self.ask, self.approve)
        seldom = (self.pay, self.cancel, self.fee, self.refund, self.redirect, self.identify)
        act = self.rng.choice([*often, *often, *seldom])
        try:
            act(*actors)
            self.taken += 1
        except MoveRefused:
            return

    def any_of(self, model, *stages):
        rows = model.objects.filter(stage__in=stages).order_by("-pk")[:200]
        found = list(rows)  # of the latest: what is old is paid or given back long since
        if not found:
            raise MoveRefused("nothing there")
        return self.rng.choice(found)

    def give(self, actor, _other):
        fund = self.rng.choice([*self.funds, None])
        give(fund, self.rng.randrange(1, 10**6), actor=actor, org=self.org)

    def identify(self, actor, _other):
        gift = self.any_of(MoneyGift, "unidentified")
        facts = Identified(fund=self.rng.choice(self.funds).code)
        engine.advance(MoneyGift, gift.code, "identify", actor=actor, facts=facts, at=AT)

    def ask(self, actor, _other):
        fund, amount = self.rng.choice(self.funds), self.rng.randrange(1, 10**6)
        request(fund, amount, actor=actor, recipient=self.hospital)

    def approve(self, actor, _other):
        approve(self.any_of(Spend, "requested", "approved_once"), actor=actor)

    def pay(self, actor, _other):
        pay(self.any_of(Spend, "approved"), actor=actor)

    def cancel(self, actor, _other):
        facts = Rejected(reason=RejectReason.PRICE)
        spend = self.any_of(Spend, "approved")
        engine.advance(Spend, spend.code, "cancel", actor=actor, facts=facts, at=AT)

    def fee(self, actor, _other):
        facts = FeeTaken(amount=self.rng.randrange(1, 10**4))
        fund = self.rng.choice(self.funds)
        engine.advance(Fund, fund.code, "take_fee", actor=actor, facts=facts, at=AT)

    def refund(self, actor, other):
        gift = self.any_of(MoneyGift, "received", "unidentified")
        facts = RefundProposed(amount=self.rng.randrange(1, 10**4), reason=RefundReason.DONOR)
        engine.advance(MoneyGift, gift.code, "propose_refund", actor=actor, facts=facts, at=AT)
        done = Refunded(bank_reference="1")
        engine.advance(MoneyGift, gift.code, "refund", actor=other, facts=done, at=AT)

    def redirect(self, actor, _other):
        gift = self.any_of(MoneyGift, "received")
        facts = Redirected(
            fund=self.rng.choice(self.funds).code, basis=Basis.FILING, reference="备案 1"
        )
        engine.advance(MoneyGift, gift.code, "redirect", actor=actor, facts=facts, at=AT)

    def check(self):
        """The books, by the tables and by replaying every posting."""
        for fund in self.funds:
            spends = list(Spend.objects.filter(fund=fund).values_list("code", flat=True))
            sums = {
                "fee": _held([f"fee:{fund.code}"]),
                "committed": _held([f"committed:{code}" for code in spends]),
                "paid": _held([f"paid:{code}" for code in spends]),
                "refunded": _held([f"refunded:{fund.code}"]),
                "left": _held([f"fund:{fund.code}"]),
            }
            assert received(fund) == sum(sums.values()), (fund.code, sums)
            yield fund, sums


def _held(places):
    rows = Holding.objects.filter(place__in=places, item="CNY")
    return rows.aggregate(all=Sum("amount"))["all"] or 0


def play(machine, steps):
    for n in range(steps):
        machine.step()
        if n % max(50, steps // 40) == 0:
            list(machine.check())


def check_all(machine, seal):
    """Tables, postings, pages: the same figures; every posting of two legs and whole fen."""
    booked = [
        Posting(b.amount, b.item, b.gift, b.lot, b.from_place, b.to_place)
        for b in Booked.objects.order_by("pk")
    ]
    replayed = replay(booked)
    for row in Holding.objects.all():
        assert replayed.get((row.gift, row.lot, row.item, row.place), 0) == row.amount
    assert sum(replayed.values()) == 0, "what leaves one place comes to another"
    assert all(type(b.amount) is int and b.from_ != b.to for b in booked)
    seal()
    projecting.project_all()
    for fund, sums in machine.check():
        shown, _months = holdings.figures(fund.code)
        assert {name: shown[name] for name in sums} == sums
        assert shown["came"] == received(fund)
    call_command("check_public")


def test_double_entry_holds_after_random_operations(seal):
    machine = Machine(20260302)
    play(machine, 60)
    assert machine.taken > 15
    check_all(machine, seal)


@pytest.mark.long
def test_double_entry_holds_after_a_hundred_thousand_random_operations(seal):
    machine = Machine(7)
    play(machine, 100_000)
    check_all(machine, seal)
