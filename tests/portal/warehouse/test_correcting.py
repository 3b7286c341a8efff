"""R2, acceptance 2: what a published lot is changes only by a correction that shows both names."""

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from portal.accounts.roles import Role
from portal.balance.models import Holding
from portal.needs import models as needs
from portal.oversight.invariants import broken
from portal.receipts.settling import CameLater, FoundAgain, GoesTo, HandedOn
from portal.stages import engine
from portal.stages.engine import MoveRefused
from portal.tracking.models import NeedLine
from portal.warehouse.models import Arrival
from portal.warehouse.stages import Corrected, Misread
from tests.factories.catalogue import MASK, load_catalogue
from tests.factories.clock import AT
from tests.factories.evidence import show
from tests.factories.needs import create_need
from tests.factories.people import actor_of, signed_in
from tests.factories.receipts import create_receipt, move_on, some, staff_of
from tests.factories.shipping import create_shipment
from tests.factories.warehouse import create_allocation, create_arrival, lot_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log", "items")]
KN95 = "mask.gb2626-2006"
OTHER = 55  # another person of quality


@pytest.fixture
def items():
    load_catalogue(only=("medical-respirator", "particulate-respirator", "surgical-mask"))


def corrected(arrival, *, variant=KN95, person=OTHER, shown=True):
    quality = actor_of(Role.QUALITY, org=arrival.warehouse.org.code, person=person)
    if shown:
        show(arrival.code, by=quality)
    facts = Corrected(line=1, variant=variant, reason=Misread.LABEL, note="重新核对标签")
    return engine.advance(Arrival, arrival.code, "correct", actor=quality, facts=facts, at=AT)


def held(lot):
    rows = Holding.objects.filter(lot=lot.code, amount__gt=0)
    return sorted((h.place.partition(":")[0], h.item, h.amount) for h in rows)


def test_acceptance_02_a_published_class_changes_only_by_a_correction(sealed):
    arrival = create_arrival()
    client = signed_in(Client(), Role.QUALITY, org=arrival.warehouse.org.code)
    again = reverse("admin:warehouse_arrival_move", args=[arrival.pk, "inspect"])
    sent = {"lines-0-line": "1", "lines-0-verdict": "pass", "lines-0-variant": KN95}

    assert client.post(again, sent).status_code == 422

    corrected(arrival)
    lot = lot_of(arrival)
    assert (lot.variant.key, held(lot)) == (KN95, [("stock", KN95, 1000)])
    entries = sealed()
    told = next(e.body for e in entries if e.body["type"] == "arrival.correct")
    inspection = next(e for e in entries if e.body["type"] == "arrival.inspect")
    assert told["corrects"] == inspection.uid
    assert told["data"]["relabelled"] == [
        {"lot": lot.code, "was": MASK, "item": KN95, "quantity": 1000}
    ]
    assert broken() == []


def test_acceptance_02_over_http_both_names_stand_on_the_gifts_page(seal_and_project):
    arrival = create_arrival()
    show(arrival.code, by=actor_of(Role.QUALITY))
    client = signed_in(Client(), Role.QUALITY, org=arrival.warehouse.org.code)
    address = reverse("admin:warehouse_arrival_move", args=[arrival.pk, "correct"])
    sent = {"line": "1", "variant": KN95, "reason": "label", "note": "relabelled"}

    assert client.post(address, sent).status_code == 302
    seal_and_project()
    page = Client().get(f"/en/g/{arrival.pledge.code}/").content.decode()

    assert "published before as medical respirator GB 19083-2010" in strip_tags(page)
    assert "by entry" in page
    call_command("check_public")


def test_r02_pieces_that_are_with_hospitals_are_corrected_too_and_keep_their_need(
    seal_and_project,
):
    receipt = create_receipt(quantity=300)
    line = receipt.shipment.lines.get()
    arrival = line.lot.arrivalline.arrival
    lot = lot_of(arrival)
    before = [(place, amount) for place, _item, amount in held(lot)]

    corrected(arrival)
    seal_and_project()

    assert [(place, amount) for place, _item, amount in held(lot)] == before
    assert {item for _place, item, _amount in held(lot)} == {KN95}
    need = NeedLine.objects.get(received__gt=0)
    assert need.received == 300
    paper = Client().get(f"/en/g/{arrival.pledge.code}/certificate/").content.decode()
    assert "As corrected on" in paper
    assert "GB 2626-2006" in paper
    assert "GB 19083" not in paper
    assert broken() == []
    call_command("check_public")


def test_r02_pieces_on_the_way_are_corrected_and_are_still_sent_once():
    shipment = create_shipment()
    line = shipment.lines.get()
    assert broken() == []

    corrected(line.lot.arrivalline.arrival)

    assert ("transit", KN95, line.quantity) in held(line.lot)
    assert broken() == []


def test_r02_a_correction_needs_another_person_and_a_photo():
    arrival = create_arrival()

    with pytest.raises(MoveRefused, match="Another person must give this signature"):
        corrected(arrival, person=arrival.inspected_by)
    other = create_arrival()
    with pytest.raises(MoveRefused, match="add at least one photo or paper"):
        corrected(other, shown=False)


def test_r02_a_lot_set_aside_for_a_use_that_it_is_not_fit_for_is_not_corrected_under_it():
    need = create_need()
    arrival = create_arrival()
    allocation = create_allocation(need.lines.get(), (lot_of(arrival), 100))

    with pytest.raises(MoveRefused, match=f"set aside in {allocation.code}"):
        corrected(arrival)


@pytest.mark.parametrize(
    ("variant", "sentence"),
    [(MASK, "there is nothing to correct"), ("gloves.gb10213-2006.sterile", "cannot turn out")],
)
def test_r02_a_correction_says_something_new_and_possible(variant, sentence):
    with pytest.raises(MoveRefused, match=sentence):
        corrected(create_arrival(), variant=variant)


@pytest.mark.parametrize("missing", ["come_later", "find"])
def test_r02_what_a_hospital_missed_may_still_be_found_under_its_right_name(
    missing, seal_and_project
):
    receipt = create_receipt({"line": 1, "missing": 60})
    arrival = receipt.shipment.lines.get().lot.arrivalline.arrival
    corrected(arrival)

    if missing == "come_later":
        came = CameLater(later=some({1: 60}))
        move_on(receipt, missing, came, actor=staff_of(receipt.shipment))
    else:
        move_on(receipt, missing, FoundAgain(again=some({1: 60}), note="清点"))
    seal_and_project()

    came = [("received", KN95, 1000)]
    found = [("received", KN95, 940), ("stock", KN95, 60)]
    assert held(lot_of(arrival)) == (came if missing == "come_later" else found)
    assert broken() == []
    received = sum(row.received for row in NeedLine.objects.all())
    assert received == needs.NeedLine.objects.get().received
    call_command("check_public")
    page = Client().get(f"/en/shipments/{receipt.shipment.code}/").content.decode()
    assert "KN95" in page
    assert "-60" not in page


@pytest.mark.parametrize("reason", ["unfit", "damaged"])
def test_r02_what_a_hospital_rejected_goes_on_under_its_right_name(reason):
    receipt = create_receipt({"line": 1, "rejected": 60, "reason": reason})
    arrival = receipt.shipment.lines.get().lot.arrivalline.arrival
    corrected(arrival)

    back = HandedOn(goes_to=GoesTo.DONOR, handed=some({1: 60}), note="退回")
    move_on(receipt, "hand_on", back)

    assert held(lot_of(arrival)) == [("received", KN95, 940), ("returned", KN95, 60)]
    assert broken() == []


def test_r02_what_has_ended_for_good_keeps_the_name_it_ended_under():
    receipt = create_receipt({"line": 1, "rejected": 60, "reason": "unfit"})
    arrival = receipt.shipment.lines.get().lot.arrivalline.arrival
    given = HandedOn(goes_to=GoesTo.COMMUNITY, handed=some({1: 60}), note="转交社区")
    move_on(receipt, "hand_on", given)

    corrected(arrival)

    assert held(lot_of(arrival)) == [("community", MASK, 60), ("received", KN95, 940)]
    assert broken() == []
