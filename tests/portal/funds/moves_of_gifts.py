"""Random moves of gifts: given, promised, found out, given back, given another purpose."""

from portal.funds import platform
from portal.funds.models import MoneyGift
from portal.funds.money_stages import (
    Arrived,
    Basis,
    Currency,
    Identified,
    RateSource,
    Redirected,
    Refunded,
    RefundProposed,
    RefundReason,
    Reversed,
)
from tests.factories.clock import AT
from tests.factories.funds import DAY, give
from tests.portal.funds.moves import MOST, Gift, Moves

RATE = {"currency": Currency.USD, "rate": "7", "rate_on": DAY, "rate_source": RateSource.BANK}


class OfGifts(Moves):
    often = ("give",)
    seldom = ("promise", "arrive", "identify", "name_one_by_one", "redirect", "refund", "reverse")

    def give(self, actor, _other):
        fund = self.rng.choice([*self.funds, *self.funds, ""])
        amount, told = self.below(MOST), {}
        if self.rng.random() < 0.1:
            told, amount = RATE | {"original": amount}, amount * 7
        self.attempt(
            "money.enter",
            lambda: give(self.funds.get(fund), amount, actor=actor, org=self.org, **told),
            lambda made: self.came(made.code, fund, amount), refused=False, facts=(fund, amount),
        )  # fmt: skip

    def came(self, code, fund, amount):
        self.gifts[code] = Gift(code, amount, fund, "received" if fund else "unidentified")
        if fund:
            self.purse.receive(fund, code, amount)
        else:
            self.purse.put(self.lost, code, amount)

    def promise(self, actor, _other):
        fund, amount = self.fund(), self.below(MOST)

        def then(made):
            self.gifts[made.code] = Gift(made.code, amount, fund, "pledged")

        self.attempt(
            "money.promise",
            lambda: give(self.funds[fund], amount, actor=actor, received_on=None),
            then, refused=False, facts=(fund, amount),
        )  # fmt: skip

    def arrive(self, actor, _other):
        if not (gift := self.some(self.gifts, "pledged")):
            return False
        amount = self.rng.choice([gift.amount, self.below(MOST)])
        facts = Arrived(received_on=DAY, amount=amount)
        return self.attempt(
            "money.arrive", lambda: self.move(MoneyGift, gift.code, "arrive", facts, actor),
            lambda _made: self.came(gift.code, gift.fund, amount), refused=False, facts=facts,
        )  # fmt: skip

    def identify(self, actor, _other):
        if not (gift := self.some(self.gifts, "unidentified")):
            return False
        facts = Identified(fund=self.fund())

        def then(_made):
            left = self.purse.of(self.lost, gift.code)
            self.purse.take(self.lost, gift.code, left)
            self.purse.receive(facts.fund, gift.code, left)
            gift.stage, gift.fund = "received", facts.fund

        return self.attempt(
            "money.identify", lambda: self.move(MoneyGift, gift.code, "identify", facts, actor),
            then, refused=False, facts=(gift.code, facts.fund),
        )  # fmt: skip

    def name_one_by_one(self, actor, _other):
        """A platform's sum and its list, which does not always add up."""
        if not (gift := self.some(self.gifts, "unidentified")):
            return False
        left, fund = self.purse.of(self.lost, gift.code), self.fund()
        parts = [n for n in (left // 3, left - left // 3 - self.rng.choice([0, 0, 1])) if n]
        rows = [platform.Row(n, f"{gift.code} {n}", part, "") for n, part in enumerate(parts)]

        def then(made):
            self.purse.take(self.lost, gift.code, left)
            gift.stage = "listed"
            for row in made:
                self.came(row.code, fund, row.amount)

        shared = {"lump": gift.code, "fund": self.funds[fund], "data": b"", "at": AT}
        return self.attempt(
            "money.list_gifts", lambda: platform.book(rows, actor=actor, **shared),
            then, refused=sum(parts) != left, facts=(gift.code, parts),
        )  # fmt: skip

    def redirect(self, actor, _other):
        if not (gift := self.some(self.gifts, "received")):
            return False
        left, reference = self.purse.of(self.where(gift), gift.code), self.rng.choice("12 ").strip()
        facts = Redirected(fund=self.fund(), basis=Basis.FILING, reference=reference)

        def then(_made):
            self.purse.leave(gift.fund, gift.code, left)
            self.purse.receive(facts.fund, gift.code, left)
            gift.fund = facts.fund

        refused = not reference or not left or facts.fund == gift.fund
        return self.attempt(
            "money.redirect", lambda: self.move(MoneyGift, gift.code, "redirect", facts, actor),
            then, refused=refused, facts=(gift.code, facts),
        )  # fmt: skip

    # back to the donor

    def some_of(self, gift):
        """(what is left of it, some or all of that, or a little more)."""
        left = self.purse.of(self.where(gift), gift.code)
        return left, self.rng.choice([self.below(left + 1), left, left + 1]) if left else 1

    def gone_back(self, gift, amount):
        source = self.where(gift)
        owner = source.partition(":")[2]
        self.purse.take(source, gift.code, amount)
        self.purse.put(f"refunded:{owner}", gift.code, amount)
        if self.purse.given_back(gift.code) == gift.amount:
            gift.stage = "refunded"

    def refund(self, actor, other):
        if not (gift := self.some(self.gifts, "received", "unidentified")):
            return False
        left, amount = self.some_of(gift)
        facts = RefundProposed(amount=amount, reason=RefundReason.DONOR)
        by = self.rng.choice([actor, other, other])

        def call():
            self.move(MoneyGift, gift.code, "propose_refund", facts, actor)
            self.move(MoneyGift, gift.code, "refund", Refunded(bank_reference="1"), by)

        return self.attempt(
            "money.refund", call, lambda _made: self.gone_back(gift, amount),
            refused=amount > left or by is actor, facts=(gift.code, amount),
        )  # fmt: skip

    def reverse(self, actor, _other):
        if not (gift := self.some(self.gifts, "received", "unidentified")):
            return False
        left, amount = self.some_of(gift)
        facts = Reversed(amount=amount, bank_serial="1")
        return self.attempt(
            "money.reverse", lambda: self.follow(MoneyGift, gift.code, "reverse", facts, actor),
            lambda _made: self.gone_back(gift, amount), refused=amount > left,
            facts=(gift.code, amount),
        )  # fmt: skip
