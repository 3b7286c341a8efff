"""Many gifts of money over many purchases: every fen is followed once, and a page asks little."""

import random
import time
from collections import Counter, deque

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.core import codes
from portal.tracking import queries
from portal.tracking.models import Purchase, Share
from portal.tracking.money import tracing
from portal.tracking.projection import projecting
from tests.portal.tracking.stories import MASK, Story, posting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
AN_ENTRY = 200  # postings


class Books(Story):
    """A fund, its gifts in the order in which they came, and what it buys with them."""

    def __init__(self, seed):
        super().__init__()
        self.rng = random.Random(seed)
        self.catalogue()
        self.charity = self.organisation("江城慈善会", "Jiangcheng Charity", kind="charity")
        self.hospital = self.organisation("江城第一医院", "Jiangcheng First Hospital")
        self.house = self.warehouse(self.charity)
        self.fund = codes.mint("F")
        self.say(
            "fund.publish", self.fund, self.charity, role="publisher", by=self.charity,
            stage="open", title_zh="口罩专项", title_en="Masks",
        )  # fmt: skip
        self.left, self.gifts = deque(), []

    def give_money(self, fen):
        code = codes.mint("G")
        booked = [posting(code, "", "CNY", fen, f"donor:{code}", f"fund:{self.fund}")]
        self.say(
            "money.enter", code, role="finance", by=self.charity, stage="received",
            amount=fen, shown="anonymous", postings=booked,
        )  # fmt: skip
        self.left.append([code, fen])
        self.gifts.append(code)

    def spend(self, fen):
        """Set aside from the oldest gifts, paid, bought, counted in; a part of it handed over."""
        spend, lot, arrival, shipment = (codes.mint(kind) for kind in "PBCS")
        about = {"role": "finance", "by": self.charity}
        self.say(
            "spend.request", spend, self.fund, self.hospital, **about, stage="requested",
            fund=self.fund, recipient=self.hospital, amount=fen,
        )  # fmt: skip
        taken, rest = [], fen
        while rest:
            part = min(rest, self.left[0][1])
            taken.append((self.left[0][0], part))
            self.left[0][1] -= part
            rest -= part
            if not self.left[0][1]:
                self.left.popleft()
        self._pay(spend, taken, "approve_again", f"fund:{self.fund}", f"committed:{spend}")
        self._pay(spend, taken, "pay", f"committed:{spend}", f"paid:{spend}")
        pieces = self.rng.randrange(1, 900)
        lines = [{"variant": MASK, "quantity": pieces, "paid": fen}]
        self.say("spend.buy", spend, **about, stage="paid", lines=lines)
        sent = self.rng.randrange(1, pieces + 1)
        way = [f"purchase:{spend}", f"inbound:{self.house}", f"stock:{self.house}"]
        book = lambda n, a, b: [posting(spend, lot, MASK, n, a, b)]  # noqa: E731 -- short-hand
        around = (spend, self.house)
        self.say(
            "arrival.announce", arrival, *around, stage="announced", postings=book(sent, *way[:2])
        )
        self.say("arrival.take", arrival, *around, stage="stocked", postings=book(sent, *way[1:]))
        out = self.rng.randrange(0, sent + 1)
        if out:
            given = book(out, way[2], f"transit:{shipment}")
            self.say(
                "shipment.dispatch", shipment, spend, self.hospital, stage="in_transit",
                postings=given,
            )  # fmt: skip

    def _pay(self, spend, taken, move, source, target):
        stage = "approved" if move == "approve_again" else "paid"
        for n in range(0, len(taken), AN_ENTRY):
            booked = [
                posting(gift, "", "CNY", fen, source, target)
                for gift, fen in taken[n : n + AN_ENTRY]
            ]
            self.say(
                f"spend.{move}", spend, self.fund, self.hospital, role="finance",
                by=self.charity, stage=stage, postings=booked,
            )  # fmt: skip


def check(client, seal, *, gifts, spends, pages):
    """Every fen of every gift once; the same whole seen from gifts and from purchases."""
    books = Books(f"{gifts} {spends}")
    each = max(gifts // spends, 1)
    for n in range(gifts):
        books.give_money(books.rng.randrange(1, 100_000))
        if n % each == each - 1:
            held = sum(fen for _gift, fen in books.left)
            books.spend(books.rng.randrange(held // 2, held) or 1)
    seal()
    projecting.project_all()
    assert Purchase.objects.count() >= spends
    seen = Counter()
    for share in Share.objects.select_related("purchase").iterator():
        spans = tracing.spans_of(share.spans)
        followed = tracing.follow(share.purchase, spans)
        assert sum(fen for _way, fen in followed) == sum(b - a for a, b in spans)
        seen.update(dict(followed))
    whole = Counter()
    for purchase in Purchase.objects.all():
        whole.update(dict(tracing.follow(purchase, tracing.whole(purchase))))
    assert seen == whole
    assert sum(seen.values()) == sum(Purchase.objects.values_list("paid", flat=True))
    took = []
    for code in books.rng.sample(books.gifts, pages):
        client.get(f"/en/g/{code}/")
        with CaptureQueriesContext(connection) as asked:
            begin = time.perf_counter()
            assert client.get(f"/en/g/{code}/").status_code == 200
            took.append(time.perf_counter() - begin)
        assert len(asked) <= 4, [q["sql"][:400] for q in asked.captured_queries]
        found = queries.followed(code)
        places = found.gift.places["CNY"]
        mine = sum(fen for place, fen in places.items() if place.startswith("paid:"))
        assert mine == sum(b - a for _purchase, spans in found.paid for a, b in spans)
    return sorted(took)


def test_many_gifts_over_many_purchases_are_followed_to_the_fen(client, seal):
    check(client, seal, gifts=60, spends=5, pages=3)


@pytest.mark.long
def test_ten_thousand_gifts_over_five_hundred_purchases_are_followed_to_the_fen(client, seal):
    took = check(client, seal, gifts=10_000, spends=500, pages=100)
    print(f"page p50 {took[50] * 1000:.1f} ms, p99 {took[98] * 1000:.1f} ms")  # noqa: T201 -- a figure for docs/long-runs.md
