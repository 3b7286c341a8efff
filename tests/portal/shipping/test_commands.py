"""What release orders and shipments do to the books, the need and the gift."""

import pytest

from portal.accounts.links import DeadLink, make_link, open_link
from portal.accounts.roles import Role
from portal.balance.models import Holding
from portal.needs.models import NeedLine
from portal.pledges.models import Pledge
from portal.shipping.commands import NO_WAYBILL, dispatch, renew_confirm_link
from portal.shipping.direct import send_direct
from portal.shipping.models import Release, Shipment
from portal.shipping.stages import (
    Delivered,
    Dispatched,
    LossReason,
    Lost,
    Packed,
    ReleaseCancelled,
)
from portal.stages import engine
from portal.stages.engine import MoveRefused, NotYours
from portal.warehouse.models import Allocation
from portal.warehouse.stages import CancelReason, Carrier
from tests.factories.clock import AT, later
from tests.factories.organisations import create_hospital
from tests.factories.people import actor_of
from tests.factories.pledges import create_pledge, donor_of
from tests.factories.shipping import (
    create_direct,
    create_release,
    create_shipment,
    direct,
    dispatcher_of,
    line_of,
    move_on,
    stocked,
)
from tests.factories.warehouse import create_allocation, create_warehouse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
MASK = "mask.gb19083-2010"


def held(name):
    """How much stands in all places of this name."""
    rows = Holding.objects.filter(place__startswith=f"{name}:")
    return sum(rows.values_list("amount", flat=True))


@pytest.fixture
def allocation():
    return create_allocation(line_of(quantity=1000), (stocked(), 600))


def test_a_release_order_sets_whole_allocations_aside_for_one_hospital(allocation):
    release = create_release(allocation)

    assert (release.hospital, release.warehouse) == (
        allocation.need_line.need.hospital,
        allocation.warehouse,
    )
    assert Allocation.objects.get(pk=allocation.pk).stage == "released"
    assert Holding.objects.get(place=f"reserved:{release.code}").amount == 600
    assert Holding.objects.get(place=f"reserved:{allocation.code}").amount == 0


def test_one_order_goes_to_one_hospital():
    lot = stocked()
    allocations = [create_allocation(line_of(create_hospital()), (lot, 100)) for _ in range(2)]

    with pytest.raises(MoveRefused, match="one hospital"):
        create_release(*allocations)


def test_one_order_takes_from_one_warehouse():
    first = stocked()
    second = stocked(house=create_warehouse(org=first.warehouse.org))
    line = line_of()
    allocations = [create_allocation(line, (lot, 100)) for lot in (first, second)]

    with pytest.raises(MoveRefused, match="different warehouses"):
        create_release(*allocations)


def test_an_allocation_is_released_once(allocation):
    create_release(allocation)

    with pytest.raises(MoveRefused, match="cannot be released"):
        create_release(allocation)


def test_an_allocation_stands_once_on_an_order(allocation):
    with pytest.raises(MoveRefused, match="twice"):
        create_release(allocation, allocation)


def test_another_charity_cannot_release_it(allocation):
    allocation.org = "U-2222222222"

    with pytest.raises(MoveRefused, match="nothing with this code"):
        create_release(allocation)


def test_a_cancelled_order_puts_the_goods_back_into_stock_and_opens_the_need_again(allocation):
    release = create_release(allocation)
    facts = ReleaseCancelled(reason=CancelReason.MISTAKE)

    engine.advance(
        Release, release.code, "cancel", actor=dispatcher_of(release.org), facts=facts, at=AT
    )

    assert (held("reserved"), held("stock")) == (0, 1000)
    assert Allocation.objects.get(pk=allocation.pk).stage == "cancelled"
    assert NeedLine.objects.get(pk=allocation.need_line_id).allocated == 0


def test_packing_uses_the_order_up(allocation):
    release = create_release(allocation)
    actor = dispatcher_of(release.org)
    facts = Packed(release=release.code, boxes=3)

    shipment = engine.begin(Shipment, "pack", actor=actor, facts=facts, at=AT, org=actor.org)

    assert Release.objects.get(pk=release.pk).stage == "used"
    assert held("reserved") == Holding.objects.get(place=f"reserved:{shipment.code}").amount == 600
    with pytest.raises(MoveRefused):
        engine.begin(Shipment, "pack", actor=actor, facts=facts, at=AT, org=actor.org)


def test_r07_nothing_is_packed_without_an_order():
    actor = dispatcher_of(create_warehouse().org.code)

    with pytest.raises(MoveRefused, match="release order"):
        engine.begin(Shipment, "pack", actor=actor, facts=Packed(boxes=1), at=AT, org=actor.org)


@pytest.mark.parametrize("carrier", sorted(set(Carrier) - set(NO_WAYBILL)))
def test_a_carrier_needs_its_waybill_number(carrier):
    facts = Dispatched(carrier=Carrier(carrier))
    step = engine.Step(actor=None, at=AT, move=None, facts=facts, target="in_transit")

    with pytest.raises(MoveRefused, match="waybill number"):
        dispatch(Shipment(code="S-2222222222", stage="packed"), facts, step)


@pytest.mark.parametrize("carrier", NO_WAYBILL)
def test_own_vehicle_and_railway_need_none(carrier):
    shipment = create_shipment(stage="packed")

    move_on(shipment, "dispatch", Dispatched(carrier=carrier))

    assert (held("transit"), held("reserved")) == (1000, 0)


def test_a_waybill_number_that_does_not_fit_is_refused():
    shipment = create_shipment(stage="packed")

    with pytest.raises(MoveRefused, match="too long"):
        move_on(shipment, "dispatch", Dispatched(carrier=Carrier.SF, waybill="1" * 61))


def test_the_carriers_day_does_not_lie_in_the_future():
    shipment = create_shipment()

    with pytest.raises(MoveRefused, match="future"):
        move_on(shipment, "confirm_delivery", Delivered(delivered_on=later(days=1).date()))


def test_r24_handed_over_is_not_delivered_and_delivered_books_nothing():
    shipment = create_shipment(stage="in_transit")
    before = list(Holding.objects.order_by("pk").values_list("amount", flat=True))

    move_on(shipment, "confirm_delivery", Delivered())

    assert list(Holding.objects.order_by("pk").values_list("amount", flat=True)) == before


def test_a_lost_shipment_ends_its_goods_and_opens_the_need_again():
    shipment = create_shipment()
    token = make_link(purpose="confirm", code=shipment.code, at=AT, days=30)

    move_on(shipment, "lose", Lost(reason=LossReason.ACCIDENT))

    assert (held("transit"), held("lost")) == (0, 1000)
    assert NeedLine.objects.get().allocated == 0
    assert Pledge.objects.get().stage == "fulfilled"
    with pytest.raises(DeadLink):
        open_link(token, purpose="confirm", at=AT)


def test_a_new_link_ends_the_one_before():
    shipment = create_shipment()
    first = renew_confirm_link(shipment, at=AT)
    second = renew_confirm_link(shipment, at=AT)

    assert open_link(second, purpose="confirm", at=AT).code == shipment.code
    with pytest.raises(DeadLink):
        open_link(first, purpose="confirm", at=AT)


def test_there_is_no_link_to_what_was_not_sent():
    with pytest.raises(MoveRefused, match="nothing to confirm"):
        renew_confirm_link(create_shipment(stage="packed"), at=AT)


def test_r18_the_donor_sends_part_of_a_gift_straight_to_a_hospital(sealed):
    pledge = create_pledge(lines=((MASK, 1000),))
    line = line_of(quantity=1000)

    shipment = create_direct(pledge=pledge, hospital=line.need.hospital, quantities={1: 400})

    assert shipment.stage == "in_transit"
    assert (held("donor"), held("transit")) == (-400, 400)
    assert pledge.lines.get().sent == 400
    assert Pledge.objects.get(pk=pledge.pk).stage == "dispatched"
    assert line.need.lines.get().allocated == 400
    types = [entry.body["type"] for entry in sealed()[-3:]]
    assert types == ["shipment.pack", "shipment.dispatch", "pledge.dispatch"]


def test_a_private_senders_waybill_is_in_no_entry(sealed):
    create_direct(carrier=Carrier.SF, waybill="SF1234567890123")

    assert not [e for e in sealed() if b"SF1234567890123" in e.raw]
    assert Shipment.objects.get().waybill == "SF1234567890123"


def test_more_than_was_promised_cannot_be_sent_directly():
    pledge = create_pledge(lines=((MASK, 1000),))
    hospital = create_hospital()
    create_direct(pledge=pledge, hospital=hospital, quantities={1: 700})

    with pytest.raises(MoveRefused, match="at most 300"):
        create_direct(pledge=pledge, hospital=hospital, quantities={1: 301})

    assert pledge.lines.get().sent == 700


@pytest.mark.parametrize(
    ("quantities", "sentence"),
    [({1: 0}, "at least one line"), ({7: 1}, "not in this gift")],
)
def test_a_direct_delivery_of_nothing_or_of_no_line_is_refused(quantities, sentence):
    with pytest.raises(MoveRefused, match=sentence):
        create_direct(quantities=quantities)


@pytest.mark.parametrize("stage", ["registered", "declined", "withdrawn"])
def test_a_gift_that_is_not_accepted_is_not_sent(stage):
    pledge = create_pledge(stage=stage)

    with pytest.raises(MoveRefused):
        create_direct(pledge=pledge)


@pytest.mark.parametrize("stage", ["listed", "suspended"])
def test_the_direct_lane_goes_to_verified_hospitals_only(stage):
    with pytest.raises(MoveRefused, match="verified hospital"):
        create_direct(hospital=create_hospital(stage=stage))


def test_the_link_of_one_gift_sends_no_other():
    pledge, other = create_pledge(), create_pledge()
    facts = direct(create_hospital(), {1: 1})

    with pytest.raises(NotYours):
        send_direct(pledge.code, facts=facts, actor=donor_of(other), at=AT)


def test_a_named_need_must_ask_for_it_at_that_hospital():
    line = line_of()

    with pytest.raises(MoveRefused, match="does not ask for it"):
        create_direct(hospital=create_hospital(), need=line)


def test_a_donor_packs_nothing_from_a_warehouse():
    actor = actor_of(Role.DONOR)

    with pytest.raises(NotYours):
        engine.begin(Shipment, "pack", actor=actor, facts=Packed(boxes=1), at=AT)
