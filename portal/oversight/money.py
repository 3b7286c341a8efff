"""Money adds up: for every fund and every spending, to the fen."""

from collections.abc import Iterator

from ledger.core.postings import MONEY
from portal.balance.models import Holding
from portal.funds.funding import received
from portal.funds.models import Fund, Spend
from portal.oversight.differences import Difference, of, sums

SET_ASIDE, PAID = ("approved",), ("paid", "accounted")


def funds_add_up() -> Iterator[Difference]:
    """I1: of every fund, received = fee + set aside + paid + given back + what it holds."""
    held = sums(Holding.objects.filter(item=MONEY), "place", of="amount")
    spends = Spend.objects.values_list("fund_id", "code").order_by("pk")
    for fund in Fund.objects.order_by("pk"):
        codes = [code for owner, code in spends if owner == fund.pk]
        places = [f"{name}:{fund.code}" for name in ("fund", "fee", "refunded")]
        places += [f"{name}:{code}" for name in ("committed", "paid") for code in codes]
        there, came = sum(held.get((place,), 0) for place in places), received(fund)
        if there != came:
            yield of(fund, "code", f"{came} fen came, its places hold {there}")


def spends_hold_their_amounts() -> Iterator[Difference]:
    """I1: set aside is what two approved and is not paid yet, paid is what was paid, else none."""
    held = sums(Holding.objects.filter(item=MONEY), "place", of="amount")
    for spend in Spend.objects.order_by("pk").iterator():
        for name, stages in (("committed", SET_ASIDE), ("paid", PAID)):
            should = spend.amount if spend.stage in stages else 0
            there = held.get((f"{name}:{spend.code}",), 0)
            if there != should:
                yield of(spend, "amount", f"{name}: {there} fen, not {should}")
