"""Random moves of money through the engine, beside a purse that says what must come of each."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random

from django.db import transaction

from portal.balance.models import Holding
from portal.funds.funding import received
from portal.funds.models import MoneyGift, Spend
from portal.stages import engine
from portal.stages.engine import MoveRefused
from tests.factories.clock import AT
from tests.factories.funds import create_fund, member_of
from tests.factories.organisations import create_hospital
from tests.portal.funds.purse import Purse

MOST = 10**6  # fen


@dataclass
class Gift:
    code: str
    amount: int
    fund: str
    stage: str


@dataclass
class Asked:
    code: str
    fund: str
    amount: int
    stage: str = "requested"
    revision: int = 1
    signed: list = field(default_factory=list)


class Moves:
    """Two funds of one charity and four people; a life begins with nothing in them (`begin`).

    `often` and `seldom` name what a part adds; a move that is not possible now says False.
    """

    often, seldom = (), ()

    def __init__(self):
        first = create_fund(fee_bp=1000)
        self.funds = {f.code: f for f in (first, create_fund(campaign=first.campaign))}
        self.org, self.hospital = first.org, create_hospital()
        self.staff = [member_of(self.org) for _n in range(4)]
        self.lost = f"unidentified:{self.org.code}"
        self.begin(0)

    def begin(self, seed):
        self.rng, self.purse, self.count = Random(seed), Purse(), Counter()
        self.gifts, self.spends, self.said = {}, {}, []

    # one move

    def step(self):
        """One that is possible now; taken or refused as the purse says."""
        parts = type(self).__mro__
        often = [name for part in parts for name in part.__dict__.get("often", ())]
        seldom = [name for part in parts for name in part.__dict__.get("seldom", ())]
        while True:
            act = getattr(self, self.rng.choice([*often, *often, *often, *seldom]))
            if act(*self.rng.sample(self.staff, 2)) is not False:
                return

    def attempt(self, name, call, then, *, refused, facts=()):
        """Whatever comes of it must be what was foreseen."""
        self.said.append(f"{name} {facts} -> {'refused' if refused else 'taken'}")
        try:
            made = call()
        except MoveRefused as refusal:
            told = str(refusal)
        else:
            told = ""
        assert bool(told) == refused, f"{self.said[-1]}: {told or 'not refused'}"
        if not told:
            then(made)
        self.count["refused" if told else name] += 1

    def move(self, model, code, name, facts, actor):
        return engine.advance(model, code, name, actor=actor, facts=facts, at=AT)

    def follow(self, model, code, name, facts, actor):
        """What an upper part brings about."""
        with transaction.atomic():
            row = engine.locked(model, code)
            engine.follow(row, name, actor=actor, facts=facts, at=AT)

    def some(self, rows, *stages):
        return self.rng.choice([r for r in rows.values() if r.stage in stages] or [None])

    def fund(self):
        return self.rng.choice(list(self.funds))

    def below(self, most):
        return self.rng.randrange(1, most)

    def where(self, gift):
        return f"fund:{gift.fund}" if gift.stage == "received" else self.lost

    def too_much(self, fund, amount):
        return amount > self.purse.sum(f"fund:{fund}")

    # what must hold

    def compare(self):
        """Purse = tables: every gift's fen in every place; the sums of each fund."""
        rows = Holding.objects.filter(outside=False, item="CNY").exclude(amount=0)
        assert {(h.place, h.gift): h.amount for h in rows} == self.purse.all_there()
        for code, fund in self.funds.items():
            assert received(fund) == self.purse.came[code] == sum(self.sums(code).values())
        for model, kept in ((MoneyGift, self.gifts), (Spend, self.spends)):
            found = dict(model.objects.values_list("code", "stage"))
            assert found == {row.code: row.stage for row in kept.values()}

    def sums(self, fund):
        spends = [s.code for s in self.spends.values() if s.fund == fund]
        return {
            "fee": self.purse.sum(f"fee:{fund}"),
            "committed": sum(self.purse.sum(f"committed:{code}") for code in spends),
            "paid": sum(self.purse.sum(f"paid:{code}") for code in spends),
            "refunded": self.purse.sum(f"refunded:{fund}"),
            "left": self.purse.sum(f"fund:{fund}"),
        }
