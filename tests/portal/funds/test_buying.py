"""From a payment to goods in stock: under the spending's code, where the fund says."""

import pytest

from portal.accounts.roles import Role
from portal.balance.models import Holding
from portal.catalogue.models import Variant
from portal.funds.models import Fund, Spend
from portal.funds.refusing import SpendRefused
from portal.pledges.models import Pledge
from portal.stages import engine
from portal.stages.engine import MoveRefused
from portal.warehouse.models import Arrival, Lot
from portal.warehouse.proposing import plan_for
from portal.warehouse.stages import CountReason
from tests.factories.catalogue import MASK, load_catalogue
from tests.factories.funds import (
    YUAN,
    announce_bought,
    bought_in,
    buy,
    create_fund,
    give,
    request,
    spend,
)
from tests.factories.organisations import create_hospital
from tests.factories.people import actor_of, signed_in
from tests.factories.receipts import create_receipt
from tests.factories.shipping import create_shipment, line_of
from tests.factories.warehouse import count_note, create_allocation, create_warehouse, keeper_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]


@pytest.fixture
def world():
    """A fund with ¥1,000, ¥600 of it paid for a hospital's masks, and the charity's warehouse."""
    load_catalogue()
    fund = create_fund()
    fund.hospital = create_hospital()
    give(fund, 1000 * YUAN)
    fund.spend = spend(fund, 600 * YUAN, recipient=fund.hospital)
    fund.house = create_warehouse(org=fund.org)
    return fund


def held(code):
    rows = Holding.objects.filter(gift=code, amount__gt=0).order_by("pk")
    return [(row.place.partition(":")[0], row.item, row.amount) for row in rows]


def test_bought_goods_come_in_under_the_spending_s_code_and_account_for_it(world, sealed):
    arrival = bought_in(world.spend, world.house, (MASK, 300, 600 * YUAN))

    code = world.spend.code
    assert held(code) == [("stock", MASK, 300)]
    lot = Lot.objects.get(arrivalline__arrival=arrival)
    assert lot.pledge.code == code
    done = Spend.objects.get(pk=world.spend.pk)
    assert (done.stage, done.arrival, done.invoice) == ("accounted", arrival.code, "发票 1")
    told = [e for e in sealed() if code in dict(e.body["cases"])]
    kinds = [e.body["type"] for e in told]
    assert kinds[-5:] == [
        "arrival.announce", "arrival.count", "arrival.inspect", "arrival.take",
        "spend.account_goods",
    ]  # fmt: skip
    assert not [k for k in kinds if k.startswith("pledge.")], "a purchase is no gift"
    assert told[-5].body["data"]["postings"][0]["from"] == f"purchase:{code}"
    assert told[-1].body["data"]["arrival"] == arrival.code


def test_what_was_bought_adds_up_to_what_was_paid(world):
    with pytest.raises(SpendRefused, match="600.00 were paid.*599.99.*0.01 apart"):
        buy(world.spend, (MASK, 300, 600 * YUAN - 1))
    gloves = Variant.objects.filter(item__item_class="gloves").order_by("key")[0].key
    with pytest.raises(SpendRefused, match="line 2 is “Gloves”"):
        buy(world.spend, (MASK, 300, 500 * YUAN), (gloves, 1, 100 * YUAN))
    assert Spend.objects.get(pk=world.spend.pk).bought == []


def test_goods_are_announced_once_and_only_where_they_were_paid(world):
    with pytest.raises(MoveRefused, match="waits to be sent"):
        announce_bought(world.spend, world.house)
    asked = request(world, 10 * YUAN, recipient=world.hospital)
    with pytest.raises(MoveRefused):
        buy(asked, (MASK, 5, 10 * YUAN))

    made = buy(world.spend, (MASK, 300, 600 * YUAN))
    elsewhere = create_warehouse()
    stranger = actor_of(Role.COORDINATOR, org=elsewhere.org.code)
    with pytest.raises(MoveRefused, match="another organisation"):
        announce_bought(made, elsewhere, actor=stranger)
    assert not Pledge.objects.exists(), "refused as a whole"

    announce_bought(made, world.house)
    with pytest.raises(MoveRefused, match="waits to be sent"):
        announce_bought(made, world.house)
    with pytest.raises(MoveRefused, match="announced to the warehouse already"):
        buy(made, (MASK, 200, 600 * YUAN))


def test_allocation_obeys_the_fund_and_names_rule_and_figures(world):
    arrival = bought_in(world.spend, world.house, (MASK, 300, 600 * YUAN))
    lot = Lot.objects.select_related("variant", "warehouse__org", "pledge").get(
        arrivalline__arrival=arrival
    )
    other = line_of(create_hospital(), quantity=500)

    with pytest.raises(SpendRefused, match=r"Rule “recipient”: the ¥600.00 of P-.*U-.*U-"):
        create_allocation(other, (lot, 300))
    for change, said in (
        ({"regions": ["贵州"]}, "Rule “region”"),
        ({"recipients": ["U-2222222222"]}, "Rule “recipient”: U-"),
        ({"item_classes": ["gloves"]}, "Rule “what may be bought”"),
        ({"purposes": ["living"]}, "Rule “purpose”"),
    ):
        (name,) = change
        before = getattr(Fund.objects.get(pk=world.pk), name)
        Fund.objects.filter(pk=world.pk).update(**change)
        with pytest.raises(SpendRefused, match=said):
            create_allocation(line_of(world.hospital, quantity=500), (lot, 300))
        Fund.objects.filter(pk=world.pk).update(**{name: before})

    own = line_of(world.hospital, quantity=500)
    plan = plan_for(world.org.code, at=arrival.since)
    assert {plan.lines[p.way.demand].need.hospital.code for p in plan.proposed} == {
        world.hospital.code
    }
    assert create_allocation(own, (lot, 300)).stage == "published"


def test_bought_goods_reach_the_hospital_like_given_ones(world):
    arrival = bought_in(
        world.spend, world.house, (MASK, 300, 600 * YUAN),
        accepted=280, rejected=5, reason=CountReason.DAMAGED,
    )  # fmt: skip
    lot = Lot.objects.select_related("variant", "warehouse__org", "pledge").get(
        arrivalline__arrival=arrival
    )
    shipment = create_shipment((line_of(world.hospital, quantity=280), lot, 280))
    create_receipt(shipment=shipment)

    assert sorted(held(world.spend.code)) == [
        ("lost", MASK, 15), ("received", MASK, 280), ("rejected", MASK, 5),
    ]  # fmt: skip
    assert Pledge.objects.get(code=world.spend.code).stage == "fulfilled"


def test_goods_that_come_later_go_back_to_the_supplier_s_side_of_the_books(world):
    made = announce_bought(buy(world.spend, (MASK, 300, 600 * YUAN)), world.house)
    note = count_note(made, accepted=200, later=100)
    keeper = keeper_of(world.house)
    engine.advance(Arrival, made.code, "count", actor=keeper, facts=note, at=made.since)

    rest = Arrival.objects.exclude(pk=made.pk).get()
    assert rest.stage == "announced"
    assert sorted(held(world.spend.code)) == [("inbound", MASK, 100), ("quarantine", MASK, 200)]


def test_staff_announce_what_was_bought_on_the_page_where_they_announce_gifts(client, world):
    buy(world.spend, (MASK, 300, 600 * YUAN))
    signed_in(client, Role.COORDINATOR, org=world.org.code)
    address = "/admin/warehouse/arrival/open/announce/"
    assert f"?gift={world.spend.code}" in client.get(address).content.decode()

    page = client.get(f"{address}?gift={world.spend.code}").content.decode()
    assert "300" in page
    sent = {"warehouse": world.house.code, "carrier": "sf", "lines-0-line": "1"}
    sent |= {"lines-0-quantity": "300", "spend": world.spend.code}
    answer = client.post(f"{address}?gift={world.spend.code}", sent)

    assert answer.status_code == 302, answer.content.decode()
    assert Arrival.objects.get().pledge.code == world.spend.code
    assert client.get(f"/admin/warehouse/arrival/{Arrival.objects.get().pk}/change/").status_code
