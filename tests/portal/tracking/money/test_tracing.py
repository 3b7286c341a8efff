"""A gift of money followed to the ward: gift, spending, lot, shipment, hospital, to the fen."""

import random
import re
from collections import Counter
from itertools import pairwise

import pytest
from django.core.management import call_command

from portal.funds.stages import FeeTaken
from portal.stages import engine
from portal.tracking import queries
from portal.tracking.models import Purchase, Share
from portal.tracking.money import purchases, tracing
from portal.tracking.projection import projecting
from portal.warehouse.models import Lot
from portal.warehouse.stages import CountReason
from tests.factories.catalogue import MASK, SURGICAL, load_catalogue
from tests.factories.clock import AT
from tests.factories.funds import YUAN, bought_in, create_fund, give, member_of, spend
from tests.factories.organisations import create_hospital
from tests.factories.receipts import create_receipt
from tests.factories.shipping import create_shipment, line_of
from tests.factories.warehouse import create_warehouse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]


@pytest.fixture
def story(seal_and_project):
    """Three gifts, a fee, ¥1,200 for masks: 590 of 600 came good, 400 are at the hospital, 100 on
    their way, 90 in stock; the rest is in the fund."""
    load_catalogue()
    fund = create_fund(fee_bp=500)
    fund.gifts = [give(fund, amount) for amount in (500 * YUAN, 333_33, 700 * YUAN)]
    fee = FeeTaken(amount=50 * YUAN)
    engine.advance(type(fund), fund.code, "take_fee", actor=member_of(fund.org), facts=fee, at=AT)
    hospital = create_hospital()
    made = spend(fund, 1200 * YUAN, recipient=hospital)
    arrival = bought_in(
        made, create_warehouse(org=fund.org), (MASK, 500, 700 * YUAN), (SURGICAL, 100, 500 * YUAN),
        accepted=490, reason=CountReason.SHORT,
    )  # fmt: skip
    lot = Lot.objects.select_related("variant", "warehouse__org", "pledge").get(
        arrivalline__arrival=arrival, arrivalline__no=1
    )
    create_receipt(shipment=create_shipment((line_of(hospital, quantity=400), lot, 400)))
    create_shipment((line_of(hospital, quantity=90), lot, 50))
    seal_and_project()
    fund.bought, fund.hospital = made, hospital
    return fund


def shares(code):
    paid = queries.followed(code).paid
    return Counter({way: fen for p, spans in paid for way, fen in tracing.follow(p, spans)})


def read(client, address):
    response = client.get(address, follow=True)
    assert response.status_code == 200, address
    return response.content.decode()


def test_the_shares_of_all_gifts_are_the_whole_payment_way_by_way(story):
    purchase = Purchase.objects.get()
    assert purchase.paid == 1200 * YUAN
    together = sum((shares(gift.code) for gift in story.gifts), Counter())

    whole = Counter(dict(tracing.follow(purchase, tracing.whole(purchase))))
    assert together == whole
    assert sum(whole.values()) == 1200 * YUAN
    by_kind = Counter()
    for way, fen in whole.items():
        by_kind[way.kind] += fen
    assert by_kind == {
        "lost": 10 * 140, "received": 400 * 140, "transit": 50 * 140,
        "stock": 40 * 140 + 500 * YUAN,
    }  # fmt: skip
    for gift in story.gifts:
        paid = sum(n for row in Share.objects.filter(gift=gift.code) for _first, n in row.spans)
        assert sum(shares(gift.code).values()) == paid


def test_the_first_money_in_paid_for_the_first_goods_out(story):
    first, _second, last = (shares(gift.code) for gift in story.gifts)

    assert {way.kind for way in first} <= {"received", "lost"}
    assert {way.item for way in last} == {SURGICAL}


def test_the_page_of_a_gift_of_money_leads_to_the_hospital(client, story):
    page = read(client, f"/en/g/{story.gifts[0].code}/")

    assert "First in, first out" in page
    assert re.search(r"Yes(, a part)?: ¥[\d,.]+ of goods confirmed by", page)
    assert "What went missing?" in page
    assert "Approved by a second person" in page[page.index("Who decided?") :]
    assert "of goods confirmed by" in page
    assert f'href="/en/shipments/{Shipped.code(story)}/"' in page
    assert story.bought.code in page
    assert "The same as a table" in page
    chinese = read(client, f"/zh/g/{story.gifts[0].code}/")
    assert "先进先出" in chinese or "first out" not in chinese


def test_a_bought_lot_has_a_page_like_a_given_one(client, story, django_assert_max_num_queries):
    lot = next(span[1] for span in Purchase.objects.get().held if span[6])
    page = read(client, f"/en/lots/{lot}/")

    assert "Bought by the spending" in page
    assert f'href="/en/g/?q={story.bought.code}"' in page
    assert read(client, f"/en/g/?q={story.bought.code}")
    assert "400 pieces confirmed by" in page
    assert "Sent 500 = " in page
    with django_assert_max_num_queries(8):
        read(client, f"/en/lots/{lot}/")


def test_a_need_met_by_bought_goods_leads_to_the_spending(client, story):
    need = client.get(f"/en/o/{story.hospital.code}/").content.decode()
    code = re.search(r"/en/needs/(N-[0-9A-Z]{10})/", need)[1]

    assert f'href="/en/g/?q={story.bought.code}"' in read(client, f"/en/needs/{code}/")


def test_a_shipment_of_bought_goods_leads_to_the_spending(client, story):
    page = read(client, f"/en/shipments/{Shipped.code(story)}/")

    assert f'href="/en/g/?q={story.bought.code}"' in page
    assert f"/g/{story.bought.code}/" not in page


class Shipped:
    @staticmethod
    def code(story):
        held = Purchase.objects.get().held
        return next(span[6] for span in held if span[6] and span[0].startswith("received"))


def test_a_page_of_a_gift_of_money_asks_four_questions(
    client, story, django_assert_max_num_queries
):
    for gift in story.gifts:
        address = f"/en/g/{gift.code}/"
        read(client, address)
        with django_assert_max_num_queries(4):
            read(client, address)


def test_the_page_is_another_when_the_goods_have_moved_on(client, story, seal_and_project):
    address = f"/en/g/{story.gifts[0].code}/"
    before = client.get(address)
    assert client.get(address, headers={"if-none-match": before["ETag"]}).status_code == 304

    lot = Lot.objects.select_related("variant", "warehouse__org", "pledge").order_by("pk")[0]
    create_shipment((line_of(story.hospital, quantity=90), lot, 5))
    seal_and_project()
    after = client.get(address, headers={"if-none-match": before["ETag"]})
    assert after.status_code == 200


def test_the_rows_can_be_made_again_from_the_entries_alone(story):
    call_command("check_public")
    before = list(Purchase.objects.values()), list(Share.objects.order_by("pk").values("spans"))
    projecting.rebuild()

    again = list(Purchase.objects.values()), list(Share.objects.order_by("pk").values("spans"))
    for row in (*before[0], *again[0]):
        del row["id"]
    assert again == before


def test_the_spending_s_own_proofs_are_named_on_the_gift_s_page(client, story, publish_witnessed):
    code = story.bought.code
    page = read(client, f"/en/g/{story.gifts[0].code}/")

    assert f'href="/en/p/{code}/proof"' in page


def test_the_fund_s_page_draws_money_goods_and_hospitals_and_the_same_as_a_table(client, story):
    page = read(client, f"/en/f/{story.code}/")

    assert "<svg" in page
    assert "¥560.00" in page
    assert "in stock at Example warehouse;" in page  # not at W-…
    assert "The same as a table" in page


def test_any_payment_is_shared_to_the_fen_whatever_moves():
    """Pieces move at random; every fen has one place at every moment."""
    rng = random.Random(11)
    for _turn in range(30):
        lines = [[MASK, rng.randrange(1, 50), rng.randrange(0, 5000), 0] for _n in range(3)]
        total = sum(line[2] for line in lines)
        purchase = Purchase(code="P-2222222222", paid=total, lines=lines)
        places = ["purchase:P", "inbound:W", "stock:W", "reserved:A", "transit:S", "received:U"]
        holdings = Counter()

        for _move in range(40):
            at = rng.randrange(len(places) - 1)
            there = sum(row[1] - row[3] for row in purchase.lines) + holdings[places[0]]
            there = there if at == 0 else holdings[places[at]]
            if there <= 0:
                continue
            n = rng.randrange(1, there + 1)
            purchases._move(purchase, {
                "from": places[at], "to": places[at + 1], "lot": "B", "item": MASK, "amount": n,
            })  # fmt: skip
            holdings[places[at + 1]] += n
            holdings[places[at]] -= n if at else 0
            whole = tracing.follow(purchase, tracing.whole(purchase))
            assert sum(fen for _way, fen in whole) == total
        cuts = sorted({0, total, *(rng.randrange(0, total + 1) for _n in range(9))})
        parts = Counter()
        for one, other in pairwise(cuts):
            got = tracing.follow(purchase, [(one, other)])
            assert sum(fen for _way, fen in got) == other - one
            parts.update(dict(got))
        assert parts == Counter(dict(tracing.follow(purchase, tracing.whole(purchase))))
