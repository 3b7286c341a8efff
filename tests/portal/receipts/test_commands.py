"""What a hospital receipt does to the books, the need, the gift and the ledger."""

import pytest

from portal.accounts.links import DeadLink, make_link, open_link
from portal.accounts.roles import Role
from portal.balance.models import Holding
from portal.needs.models import Need, NeedLine
from portal.pledges.models import Pledge
from portal.receipts.models import Receipt, ReceiptLine
from portal.receipts.stages import ReceiptConfirmed, ReceivedLine
from portal.shipping.models import Shipment
from portal.stages.engine import MoveRefused, NotYours
from tests.factories.clock import AT
from tests.factories.organisations import create_hospital
from tests.factories.people import actor_of
from tests.factories.pledges import create_pledge
from tests.factories.receipts import confirm, explain, linked, received, staff_of
from tests.factories.shipping import create_direct, create_shipment, line_of, stocked
from tests.factories.warehouse import create_warehouse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]

MASK = "mask.gb19083-2010"


def held(name):
    """How much stands in all places of this name."""
    rows = Holding.objects.filter(place__startswith=f"{name}:")
    return sum(rows.values_list("amount", flat=True))


def need_line(shipment):
    return NeedLine.objects.get(shipmentline__shipment=shipment)


def gift_of(shipment):
    return Pledge.objects.get(lot__shipmentline__shipment=shipment)


def test_everything_came_and_every_piece_is_received_by_the_hospital():
    shipment = create_shipment(quantity=1000)

    receipt = confirm(shipment)

    assert receipt.stage == "confirmed"
    assert receipt.code == shipment.code
    assert (held("received"), held("transit")) == (1000, 0)
    assert Shipment.objects.get(pk=shipment.pk).stage == "confirmed"
    assert need_line(shipment).received == 1000
    assert Need.objects.get(lines__shipmentline__shipment=shipment).stage == "met"
    assert gift_of(shipment).stage == "fulfilled"


def test_acceptance_07_a_line_that_does_not_add_up_is_refused_with_both_sums_and_the_difference():
    shipment = create_shipment(quantity=1000)
    facts = received(shipment, {"line": 1, "accepted": 900})

    with pytest.raises(MoveRefused, match="Line 1 .* is 900, sent .* is 1000, .* of 100"):
        confirm(shipment, facts)

    assert Receipt.objects.count() == ReceiptLine.objects.count() == 0
    assert held("transit") == 1000


@pytest.mark.parametrize("name", ["rejected", "missing", "surplus"])
def test_acceptance_07_a_difference_without_a_reason_is_refused(name):
    shipment = create_shipment()
    facts = received(shipment, {"line": 1, name: 10, "reason": ""})

    with pytest.raises(MoveRefused, match="Line 1: please choose a reason"):
        confirm(shipment, facts)


def test_a_reason_without_a_difference_is_refused():
    shipment = create_shipment()

    with pytest.raises(MoveRefused, match="Line 1 names a reason"):
        confirm(shipment, received(shipment, {"line": 1, "reason": "damaged"}))


def test_a_line_cannot_be_short_and_too_many_at_once():
    shipment = create_shipment()
    facts = received(shipment, {"line": 1, "missing": 5, "surplus": 5})

    with pytest.raises(MoveRefused, match="missing and too many at once"):
        confirm(shipment, facts)


@pytest.mark.parametrize("lines", [(), (1, 1), (2,), (1, 2)])
def test_every_line_of_the_shipment_stands_exactly_once(lines):
    shipment = create_shipment()
    rows = tuple(ReceivedLine(line=no, accepted=1000) for no in lines)

    with pytest.raises(MoveRefused, match="exactly once"):
        confirm(shipment, ReceiptConfirmed(lines=rows))


def test_shortage_damage_and_refusal_each_end_in_their_own_place():
    house = create_warehouse()
    hospital = create_hospital()
    lots = [stocked(house=house, pledge=create_pledge(lines=((MASK, 100),))) for _ in range(3)]
    parts = [(line_of(hospital, quantity=100), lot, 100) for lot in lots]
    shipment = create_shipment(*parts)

    receipt = confirm(
        shipment,
        received(
            shipment,
            {"line": 1, "missing": 10},
            {"line": 2, "rejected": 20, "reason": "damaged"},
            {"line": 3, "rejected": 30, "reason": "unfit"},
        ),
    )

    assert receipt.stage == "discrepancy"
    assert [held(n) for n in ("received", "lost", "damaged", "rejected", "transit")] == [
        240,
        10,
        20,
        30,
        0,
    ]
    counters = NeedLine.objects.order_by("pk").values_list("allocated", "received")
    assert list(counters) == [(90, 90), (80, 80), (70, 70)]
    assert set(Pledge.objects.values_list("stage", flat=True)) == {"fulfilled"}


def test_acceptance_08_surplus_is_booked_from_found_and_counts_only_when_explained():
    shipment = create_shipment(quantity=5)

    receipt = confirm(shipment, received(shipment, {"line": 1, "accepted": 10, "surplus": 5}))

    assert receipt.stage == "discrepancy"
    assert (held("received"), held("held"), held("found")) == (5, 5, -5)
    assert need_line(shipment).received == 5
    assert gift_of(shipment).stage == "received"

    resolved = explain(receipt)

    assert resolved.stage == "resolved"
    assert (held("received"), held("held")) == (10, 0)
    assert need_line(shipment).received == 10
    assert gift_of(shipment).stage == "fulfilled"


def test_surplus_that_is_rejected_at_once_is_not_held():
    shipment = create_shipment(quantity=5)
    facts = received(
        shipment, {"line": 1, "accepted": 2, "rejected": 8, "surplus": 5, "reason": "wrong_item"}
    )

    confirm(shipment, facts)

    assert (held("received"), held("held"), held("rejected"), held("found")) == (0, 2, 8, -5)


def test_b04_a_shipment_is_confirmed_once():
    shipment = create_shipment()
    confirm(shipment)

    with pytest.raises(MoveRefused):
        confirm(shipment)

    assert held("received") == 1000


def test_b04_what_was_not_sent_cannot_be_confirmed():
    shipment = create_shipment(stage="packed")

    with pytest.raises(MoveRefused, match="not been sent yet"):
        confirm(shipment)


def test_b04_what_is_lost_cannot_be_confirmed():
    shipment = create_shipment(stage="lost")

    with pytest.raises(MoveRefused):
        confirm(shipment)


def test_b08_delivered_is_not_confirmed():
    shipment = create_shipment(stage="delivered")

    assert (held("received"), held("transit")) == (0, 1000)
    assert need_line(shipment).received == 0
    assert gift_of(shipment).stage == "received"


def test_b08_nobody_but_the_hospital_confirms():
    shipment = create_shipment()

    for role in sorted(set(Role) - {Role.HOSPITAL}):
        with pytest.raises(NotYours):
            confirm(shipment, actor=actor_of(role, org=shipment.org))

    assert held("received") == 0


def test_another_hospital_may_not_confirm():
    shipment = create_shipment()
    stranger = actor_of(Role.HOSPITAL, org=create_hospital().code)

    with pytest.raises(NotYours):
        confirm(shipment, actor=stranger)


def test_a_link_of_another_shipment_to_the_same_hospital_may_not_confirm():
    hospital = create_hospital()
    first, second = create_shipment(hospital=hospital), create_shipment(hospital=hospital)

    with pytest.raises(NotYours):
        confirm(second, actor=linked(first))


def test_the_link_ends_when_the_delivery_is_confirmed_any_other_way():
    shipment = create_shipment()
    token = make_link(purpose="confirm", code=shipment.code, at=AT, days=30)

    confirm(shipment, actor=staff_of(shipment))

    with pytest.raises(DeadLink):
        open_link(token, purpose="confirm", at=AT)


def test_one_gift_goes_to_two_hospitals_in_two_shipments_and_is_fulfilled_by_the_last():
    pledge = create_pledge(lines=((MASK, 1000),))
    lot = stocked(pledge=pledge)
    first = create_shipment((line_of(create_hospital(), quantity=600), lot, 600))
    second = create_shipment((line_of(create_hospital(), quantity=400), lot, 400))

    confirm(first)
    assert Pledge.objects.get(pk=pledge.pk).stage == "received"
    confirm(second, received(second, {"line": 1, "rejected": 50}))

    assert Pledge.objects.get(pk=pledge.pk).stage == "fulfilled"
    inside = Holding.objects.filter(gift=pledge.code, outside=False, amount__gt=0)
    assert {h.place.partition(":")[0]: 0 for h in inside}.keys() == {"received", "damaged"}
    assert (held("received"), held("damaged"), held("donor")) == (950, 50, -1000)


def test_one_shipment_carries_two_gifts_and_its_entry_stands_on_both_pages():
    house, line = create_warehouse(), line_of(quantity=300)
    gifts = [create_pledge(lines=((MASK, n),)) for n in (100, 200)]
    parts = [
        (line, stocked(house=house, pledge=gift), n)
        for gift, n in zip(gifts, (100, 200), strict=True)
    ]

    shipment = create_shipment(*parts)
    confirm(shipment)

    assert set(Pledge.objects.values_list("stage", flat=True)) == {"fulfilled"}
    assert line.need.lines.get().received == 300


def test_a_donors_own_delivery_is_confirmed_like_any_other():
    pledge = create_pledge(lines=((MASK, 1000),))
    line = line_of(create_hospital(), quantity=1000)
    shipment = create_direct(pledge=pledge, hospital=line.need.hospital, quantities={1: 1000})

    confirm(shipment, received(shipment, {"line": 1, "missing": 100}))

    assert (held("received"), held("lost"), held("donor")) == (900, 100, -1000)
    assert (pledge.lines.get().sent, pledge.lines.get().arrived) == (1000, 1000)
    assert Pledge.objects.get(pk=pledge.pk).stage == "fulfilled"
    assert line.need.lines.get().received == 900


def test_a_withdrawn_need_still_counts_what_came_for_it():
    shipment = create_shipment()
    need = need_line(shipment).need
    Need.objects.filter(pk=need.pk).update(stage="withdrawn")

    confirm(shipment)

    assert need_line(shipment).received == 1000
    assert Need.objects.get(pk=need.pk).stage == "withdrawn"


def test_the_entries_stand_in_order_and_concern_gift_need_and_hospital(sealed):
    shipment = create_shipment()
    confirm(shipment, received(shipment, {"line": 1, "missing": 1}))

    entries = sealed()[-4:]

    kinds = ["receipt.confirm", "shipment.confirm", "need.meet", "pledge.fulfil"]
    assert [entry.body["type"] for entry in entries] == kinds
    cases = {code for code, _number in entries[0].body["cases"]}
    gift, need = gift_of(shipment).code, need_line(shipment).need.code
    assert cases >= {shipment.code, gift, need, shipment.hospital.code}
    (result,) = entries[0].body["data"]["result"]
    asked = ("quantity", "accepted", "rejected", "missing", "surplus", "reason")
    assert [result[name] for name in asked] == [1000, 999, 0, 1, 0, "short"]
