"""Random moves of spending, and of the funds themselves."""

from portal.funds.models import Fund, Spend
from portal.funds.spend_stages import (
    Approved,
    Changed,
    Paid,
    Rejected,
    RejectReason,
    SecondApproval,
)
from portal.funds.stages import FeeTaken, Proceeds
from tests.factories.funds import DAY, asked, request
from tests.portal.funds.moves import MOST, Asked, Moves


class OfSpending(Moves):
    often = ("ask", "approve", "approve")
    seldom = ("change", "reject", "cancel", "pay", "fee", "proceeds")

    def ask(self, actor, _other):
        fund, amount = self.fund(), self.below(MOST)

        def then(made):
            self.spends[made.code] = Asked(made.code, fund, amount, signed=[actor])

        self.attempt(
            "spend.request",
            lambda: request(self.funds[fund], amount, actor=actor, recipient=self.hospital),
            then, refused=self.too_much(fund, amount), facts=(fund, amount),
        )  # fmt: skip

    def change(self, actor, _other):
        if not (spend := self.some(self.spends, "requested")):
            return False
        amount = self.below(MOST)
        known = asked(self.funds[spend.fund], self.hospital, amount)
        facts = Changed(**{s.name: getattr(known, s.name) for s in Changed.specs()})

        def then(_made):
            spend.amount = amount
            spend.revision += 1

        return self.attempt(
            "spend.change", lambda: self.move(Spend, spend.code, "change", facts, actor),
            then, refused=self.too_much(spend.fund, amount), facts=(spend.code, amount),
        )  # fmt: skip

    def approve(self, actor, _other):
        if not (spend := self.some(self.spends, "requested", "approved_once")):
            return False
        again = spend.stage == "approved_once"
        name, kind = ("approve_again", SecondApproval) if again else ("approve", Approved)
        facts = kind(amount=spend.amount, revision=spend.revision)

        def then(_made):
            spend.stage = "approved" if again else "approved_once"
            spend.signed.append(actor)
            if again:
                source, target = f"fund:{spend.fund}", f"committed:{spend.code}"
                self.purse.draw(source, target, spend.amount)

        return self.attempt(
            f"spend.{name}", lambda: self.move(Spend, spend.code, name, facts, actor), then,
            refused=actor in spend.signed or self.too_much(spend.fund, spend.amount),
            facts=(spend.code, spend.amount),
        )  # fmt: skip

    def reject(self, actor, _other):
        return self.end("reject", actor, "requested", "approved_once")

    def cancel(self, actor, _other):
        return self.end("cancel", actor, "approved")

    def end(self, name, actor, *stages):
        if not (spend := self.some(self.spends, *stages)):
            return False
        facts = Rejected(reason=RejectReason.PRICE)

        def then(_made):
            aside = f"committed:{spend.code}"
            self.purse.draw(aside, f"fund:{spend.fund}", self.purse.sum(aside))
            spend.stage = "rejected"

        return self.attempt(
            f"spend.{name}", lambda: self.move(Spend, spend.code, name, facts, actor),
            then, refused=False, facts=spend.code,
        )  # fmt: skip

    def pay(self, actor, _other):
        if not (spend := self.some(self.spends, "approved")):
            return False
        facts = Paid(paid_on=DAY, bank_reference="1")

        def then(_made):
            self.purse.draw(f"committed:{spend.code}", f"paid:{spend.code}", spend.amount)
            spend.stage = "paid"

        return self.attempt(
            "spend.pay", lambda: self.move(Spend, spend.code, "pay", facts, actor),
            then, refused=False, facts=spend.code,
        )  # fmt: skip

    # the funds themselves

    def fee(self, actor, _other):
        fund, amount = self.fund(), self.below(10**4)
        most = self.purse.came[fund] * self.funds[fund].fee_bp // 10_000
        kept, facts = self.purse.sum(f"fee:{fund}"), FeeTaken(amount=amount)
        self.attempt(
            "fund.take_fee", lambda: self.move(Fund, fund, "take_fee", facts, actor),
            lambda _made: self.purse.draw(f"fund:{fund}", f"fee:{fund}", amount),
            refused=kept + amount > most or self.too_much(fund, amount), facts=(fund, amount),
        )  # fmt: skip

    def proceeds(self, actor, _other):
        if not (spend := self.some(self.spends, "paid")):
            return False
        facts = Proceeds(gift=spend.code, amount=self.below(10**4))
        return self.attempt(
            "fund.receive_proceeds",
            lambda: self.follow(Fund, spend.fund, "receive_proceeds", facts, actor),
            lambda _made: self.purse.receive(spend.fund, spend.code, facts.amount),
            refused=False, facts=(spend.fund, facts.amount),
        )  # fmt: skip
