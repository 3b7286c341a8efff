"""A difference is ended by booking what became of the pieces."""

import pytest

from portal.accounts.roles import Role
from portal.balance.models import Holding
from portal.needs.models import NeedLine
from portal.oversight.invariants import broken
from portal.pledges.models import Pledge
from portal.receipts.models import Receipt, ReceiptLine
from portal.receipts.settling import (
    CameLater,
    Destroyed,
    FoundAgain,
    GoesTo,
    HandedOn,
    InspectedAgain,
    Looked,
    Objected,
    Replaced,
)
from portal.receipts.stages import Explanation
from portal.stages.engine import MoveRefused, NotYours
from tests.factories.clock import later
from tests.factories.organisations import create_hospital
from tests.factories.people import actor_of, signed_in
from tests.factories.receipts import (
    confirm,
    create_receipt,
    explain,
    move_on,
    received,
    some,
    staff_of,
)
from tests.factories.shipping import create_direct, create_shipment, line_of, stocked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log", "english_workbench")]
NOTE = "照片为证"


def held(*names):
    rows = Holding.objects.all()
    return tuple(
        sum(rows.filter(place__startswith=f"{n}:").values_list("amount", flat=True)) for n in names
    )


def quality(receipt, person=None):
    return actor_of(Role.QUALITY, org=receipt.shipment.org, person=person)


def short(n=100):
    return create_receipt({"line": 1, "missing": n})


def spoiled(n=100, reason="unfit"):
    return create_receipt({"line": 1, "rejected": n, "reason": reason})


def test_lost_is_not_in_transit_and_what_is_explained_as_lost_stays_lost():
    receipt = short()

    resolved = explain(receipt, explanation=Explanation.LOST)

    assert resolved.stage == "resolved"
    assert held("received", "lost", "transit") == (900, 100, 0)
    assert broken() == []


def test_what_came_later_is_received_and_counts_for_the_need(sealed):
    receipt = short()

    move_on(receipt, "come_later", CameLater(later=some({1: 60})), actor=staff_of(receipt.shipment))

    assert held("received", "lost") == (960, 40)
    line = NeedLine.objects.get()
    assert (line.allocated, line.received) == (960, 960)
    assert ReceiptLine.objects.get().later == 60
    entries = {e.body["type"]: e for e in sealed()}
    later_ = entries["receipt.come_later"].body
    assert later_["corrects"] == entries["receipt.confirm"].uid
    assert broken() == []


def test_boxes_that_come_one_after_the_other_are_confirmed_in_parts():
    receipt = short(n=700)
    staff = staff_of(receipt.shipment)

    for n in (300, 400):
        move_on(receipt, "come_later", CameLater(later=some({1: n})), actor=staff)
    with pytest.raises(MoveRefused, match="1 are more than the 0"):
        move_on(receipt, "come_later", CameLater(later=some({1: 1})), actor=staff)

    assert held("received", "lost") == (1000, 0)
    assert NeedLine.objects.get().need.stage == "met"
    assert broken() == []


def test_only_the_hospital_says_what_came_later():
    receipt = short()

    for role in sorted(set(Role) - {Role.HOSPITAL}):
        with pytest.raises(NotYours):
            move_on(
                receipt,
                "come_later",
                CameLater(later=some({1: 1})),
                actor=actor_of(role, org=receipt.shipment.org),
            )
    stranger = actor_of(Role.HOSPITAL, org=create_hospital().code)
    with pytest.raises(NotYours):
        move_on(receipt, "come_later", CameLater(later=some({1: 1})), actor=stranger)


def test_what_never_left_goes_back_to_stock_and_can_be_given_again():
    receipt = short()
    explain(receipt)

    move_on(receipt, "find", FoundAgain(again=some({1: 100}), note=NOTE))

    assert held("received", "lost", "stock") == (900, 0, 100)
    assert Receipt.objects.get().stage == "resolved"
    assert broken() == []


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (FoundAgain(again=some({1: 101}), note=NOTE), "101 are more than the 100"),
        (FoundAgain(again=some({1: 0}), note=NOTE), "at least one line"),
        (FoundAgain(again=some({2: 1}), note=NOTE), "no other"),
        (FoundAgain(again=(*some({1: 1}), *some({1: 2})), note=NOTE), "once"),
        (FoundAgain(again=some({1: 1}), note="  "), "reason in words"),
    ],
)
def test_what_cannot_have_been_found_is_refused(facts, sentence):
    receipt = short()

    with pytest.raises(MoveRefused, match=sentence):
        move_on(receipt, "find", facts)

    assert held("lost", "stock") == (100, 0)


@pytest.mark.parametrize(
    ("goes_to", "place"), [(GoesTo.COMMUNITY, "community"), (GoesTo.DONOR, "returned")]
)
def test_rejected_goods_are_handed_on(goes_to, place):
    receipt = spoiled()

    move_on(receipt, "hand_on", HandedOn(goes_to=goes_to, handed=some({1: 100}), note=NOTE))

    assert held("rejected", place) == (0, 100)
    with pytest.raises(MoveRefused, match="more than the 0"):
        move_on(receipt, "hand_on", HandedOn(goes_to=goes_to, handed=some({1: 1}), note=NOTE))
    assert broken() == []


@pytest.mark.parametrize("reason", ["unfit", "damaged"])
def test_goods_that_come_back_are_inspected_before_they_are_stock(reason):
    receipt = spoiled(reason=reason)
    back = HandedOn(goes_to=GoesTo.QUARANTINE, handed=some({1: 100}), note=NOTE)

    move_on(receipt, "hand_on", back)
    assert held("quarantine", "stock") == (100, 0)
    wrong = InspectedAgain(inspected=(Looked(line=1, good=51, bad=50),))
    with pytest.raises(MoveRefused, match="101 are more"):
        move_on(receipt, "inspect_again", wrong, actor=quality(receipt))
    inspected = InspectedAgain(inspected=(Looked(line=1, good=70, bad=30),))
    move_on(receipt, "inspect_again", inspected, actor=quality(receipt))

    assert held("quarantine", "stock", "damaged", "rejected") == (0, 70, 30, 0)
    assert broken() == []


def test_a_gift_whose_last_pieces_are_found_spoiled_on_their_return_is_fulfilled():
    lot, line = stocked(), line_of()
    first, second = (create_shipment((line, lot, quantity)) for quantity in (600, 400))
    receipt = confirm(first, received(first, {"line": 1, "rejected": 100, "reason": "unfit"}))
    back = HandedOn(goes_to=GoesTo.QUARANTINE, handed=some({1: 100}), note=NOTE)
    move_on(receipt, "hand_on", back)
    confirm(second)
    assert Pledge.objects.get().stage == "received"

    inspected = InspectedAgain(inspected=(Looked(line=1, good=0, bad=100),))
    move_on(receipt, "inspect_again", inspected, actor=quality(receipt))

    assert Pledge.objects.get().stage == "fulfilled"
    assert broken() == []


def test_rejected_goods_are_destroyed_by_a_second_person():
    receipt = spoiled()
    facts = Destroyed(destroyed=some({1: 100}), note=NOTE)
    packer = receipt.shipment.packed_by

    with pytest.raises(MoveRefused, match="Another person"):
        move_on(receipt, "destroy", facts, actor=quality(receipt, person=packer))
    move_on(receipt, "destroy", facts, actor=quality(receipt))

    assert held("rejected", "damaged") == (0, 100)
    assert broken() == []


def test_what_was_rejected_as_damaged_is_written_off_already():
    receipt = spoiled(reason="damaged")

    facts = Destroyed(destroyed=some({1: 100}), note=NOTE)
    with pytest.raises(MoveRefused, match="written off already"):
        move_on(receipt, "destroy", facts, actor=quality(receipt))


def test_a_gift_that_came_straight_has_no_warehouse_to_go_back_to():
    receipt = create_receipt({"line": 1, "rejected": 5}, shipment=create_direct())

    facts = HandedOn(goes_to=GoesTo.QUARANTINE, handed=some({1: 5}), note=NOTE)
    with pytest.raises(MoveRefused):
        move_on(receipt, "hand_on", facts, actor=actor_of(Role.COORDINATOR))


def test_another_shipment_replaces_what_was_lost_and_both_pages_say_so(sealed):
    receipt = short()
    other = create_shipment(hospital=receipt.shipment.hospital, at=later(days=1))
    foreign = create_shipment(at=later(days=1))
    org = actor_of(Role.DISPATCHER, org=receipt.shipment.org)

    with pytest.raises(MoveRefused, match="same hospital"):
        move_on(receipt, "replace", Replaced(shipment=foreign.code), actor=org)
    move_on(receipt, "replace", Replaced(shipment=other.code), actor=org)

    codes = {code for code, _n in sealed()[-1].body["cases"]}
    assert {receipt.code, other.code} <= codes


def test_the_hospital_objects_and_the_sender_answers_again():
    receipt = create_receipt({"line": 1, "surplus": 5})
    staff = staff_of(receipt.shipment)
    explain(receipt)

    with pytest.raises(MoveRefused, match="reason in words"):
        move_on(receipt, "object", Objected(note=" "), actor=staff)
    objected = move_on(receipt, "object", Objected(note="数量不对"), actor=staff)
    assert objected.stage == "objected"
    assert broken() == []
    again = explain(receipt, explanation=Explanation.COUNTED_WRONG)

    assert again.stage == "resolved"
    assert held("received", "held", "found") == (1005, 0, -5)
    assert broken() == []


def test_the_workbench_shows_the_moves_and_books_them(client):
    receipt = short()
    staff = signed_in(client, Role.DISPATCHER, org=receipt.shipment.org)
    address = f"/admin/receipts/receipt/{receipt.pk}/move/find/"

    page = staff.get(address)
    assert "100 still missing" in page.content.decode()
    sent = {"again-0-line": 1, "again-0-quantity": 101, "note": NOTE, "once": "a" * 22}
    refused = staff.post(address, sent)
    assert refused.status_code == 422
    assert "101 are more than the 100" in refused.content.decode()
    taken = staff.post(address, {**sent, "again-0-quantity": 100, "once": "b" * 22})

    assert taken.status_code == 302
    assert held("stock") == (100,)
