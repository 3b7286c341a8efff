"""Nothing leaves without a release order, and goods pass the gate only by a second person's scan;
what left all the same stands in a public list."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from ledger import api as ledger
from portal.accounts.acting import grant
from portal.accounts.roles import Role
from portal.balance.models import Holding
from portal.needs.models import NeedLine
from portal.oversight.invariants import broken
from portal.shipping.issuing import IssuedLot, IssuedUrgently, UrgentReason
from portal.shipping.models import Release, Shipment, UrgentIssue
from portal.shipping.stages import Dispatched, Packed
from portal.stages import engine
from portal.stages.engine import MoveRefused
from portal.warehouse.stages import Carrier
from tests.factories.clock import AT
from tests.factories.people import actor_of, signed_in
from tests.factories.receipts import confirm
from tests.factories.shipping import (
    create_release,
    create_shipment,
    dispatcher_of,
    line_of,
    move_on,
    pack,
    packer_of,
    stocked,
)
from tests.factories.warehouse import create_allocation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log", "english_workbench")]
SHIPMENT = "/admin/shipping/shipment/"


@pytest.fixture
def allocation():
    return create_allocation(line_of(), (stocked(), 600))


def text_of(answer):
    return answer.content.decode()


# R6: collection by an order that names whom and when


@pytest.mark.parametrize("missing", ["receiving_unit", "taker"])
def test_r06_an_order_names_the_receiving_unit_and_who_takes_it(allocation, missing):
    with pytest.raises(MoveRefused, match="name the receiving unit, and the person and vehicle"):
        create_release(allocation, **{missing: " "})

    assert Release.objects.count() == 0


def test_r06_whom_it_is_for_is_named_who_takes_it_is_private_and_the_slot_is_open(allocation, seal):
    release = create_release(allocation, taker="张某 鄂A00000", slot=AT)
    seal()

    entry = next(e for e in ledger.entries() if e.body["type"] == "release.issue")
    assert "张某" not in entry.raw.decode()
    assert entry.body["data"]["slot"].startswith("2026-03-02T01:00")
    named = ledger.disclosures([entry.uid])[entry.uid]
    assert named["receiving_unit"] == "医学装备处"
    assert "taker" not in named
    assert (release.taker, release.slot) == ("张某 鄂A00000", AT)


def test_r06_the_order_has_its_code_as_a_picture_for_the_gate(client, allocation):
    release = create_release(allocation)
    picture = f"/admin/shipping/release/{release.pk}/qr.svg"
    assert client.get(picture).status_code == 302  # to sign in
    signed_in(client, Role.DISPATCHER, org=release.org)

    page = text_of(client.get(f"/admin/shipping/release/{release.pk}/change/"))
    answer = client.get(picture)

    assert picture in page
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
    other = signed_in(Client(), Role.DISPATCHER, org="U-9B3XVXWKFK")
    assert other.get(picture).status_code in (302, 403, 404)


# R7 and acceptance 6: no issue without an order, the second person's scan


def test_acceptance_06_nothing_is_packed_without_an_order(client, allocation):
    packer = packer_of(allocation.org)
    with pytest.raises(MoveRefused, match="nothing is packed without one"):
        engine.begin(Shipment, "pack", actor=packer, facts=Packed(boxes=1), at=AT, org=packer.org)
    signed_in(client, Role.WAREHOUSE, org=allocation.org)

    answer = client.post(f"{SHIPMENT}open/pack/", {"boxes": "1", "release": ""})
    forged = client.post(f"{SHIPMENT}open/pack/", {"boxes": "1", "release": allocation.code})

    assert (answer.status_code, forged.status_code) == (422, 422)
    assert "nothing is packed without one" in text_of(answer)
    assert Shipment.objects.count() == 0


@pytest.mark.parametrize("typed", ["", "R-AAAAAAAAAA", "S", "张"])
def test_r07_goods_pass_the_gate_only_against_the_code_of_their_own_order(allocation, typed):
    shipment = pack(create_release(allocation))
    other = create_release(create_allocation(line_of(), (stocked(), 1)))

    for order in (typed, other.code):
        facts = Dispatched(carrier=Carrier.OWN, order=order)
        with pytest.raises(MoveRefused, match="is not that of the release order"):
            engine.advance(
                Shipment,
                shipment.code,
                "dispatch",
                actor=dispatcher_of(shipment.org),
                facts=facts,
                at=AT,
            )

    shipment.refresh_from_db()
    assert shipment.stage == "packed"


def test_r07_the_code_may_be_typed_as_people_type(allocation):
    release = create_release(allocation)
    typed = f" {release.code.lower().replace('-', ' ')} "

    shipment = move_on(pack(release), "dispatch", Dispatched(carrier=Carrier.OWN, order=typed))

    assert shipment.stage == "in_transit"


def test_r07_who_packed_does_not_hand_over(allocation):
    packer = packer_of(allocation.org)
    shipment = pack(create_release(allocation), actor=packer)

    with pytest.raises(MoveRefused, match="Another person must give this signature"):
        move_on(shipment, "dispatch", Dispatched(carrier=Carrier.OWN), actor=packer)


def test_r07_over_http_the_second_person_scans(allocation):
    release = create_release(allocation)
    first = signed_in(Client(), Role.WAREHOUSE, org=release.org)
    grant(first.person, role=Role.DISPATCHER, org=release.org, at=AT)
    assert first.post(f"{SHIPMENT}open/pack/", {"release": release.code, "boxes": "1"})
    shipment = Shipment.objects.get()
    gate = f"{SHIPMENT}{shipment.pk}/move/dispatch/"
    scanned = {"carrier": "own", "order": release.code, "vehicle": "鄂A00000"}

    alone = first.post(gate, scanned)
    second = signed_in(Client(), Role.DISPATCHER, org=release.org)
    unscanned = second.post(gate, {**scanned, "order": ""})
    good = second.post(gate, scanned)

    assert (alone.status_code, unscanned.status_code, good.status_code) == (422, 422, 302)
    assert "You have already signed" in text_of(alone)
    assert "is not that of the release order" in text_of(unscanned)
    assert 'value="鄂A00000"' in text_of(unscanned)


def test_r07_the_database_itself_refuses_one_person_for_both():
    shipment = create_shipment()

    with pytest.raises(IntegrityError), transaction.atomic():
        Shipment.objects.filter(pk=shipment.pk).update(dispatched_by=shipment.packed_by)


# the emergency override


def urgently(line, lot, quantity=100, **said):
    facts = IssuedUrgently(
        need_line=f"{line.need.code}/{line.no}",
        lots=(IssuedLot(lot=lot.code, quantity=quantity),),
        reason=UrgentReason.PATIENTS,
        note="抢救用",
        receiving_unit="急诊科",
        taker="李某 鄂A00001",
        boxes=1,
        **said,
    )
    actor = actor_of(Role.WAREHOUSE, org=lot.warehouse.org.code)
    return engine.begin(UrgentIssue, "issue_urgent", actor=actor, facts=facts, at=AT, org=actor.org)


def test_acceptance_06_an_emergency_goes_only_into_the_public_list(client, seal_and_project):
    line, lot = line_of(), stocked()
    assert "Nothing has ever left without an order" in text_of(client.get("/en/issued/"))

    issue = urgently(line, lot)

    shipment = Shipment.objects.get(urgent=issue)
    assert (shipment.stage, shipment.release) == ("in_transit", None)
    assert Holding.objects.get(place=f"transit:{shipment.code}").amount == 100
    assert NeedLine.objects.get(pk=line.pk).allocated == 100
    seal_and_project()
    page = text_of(client.get("/en/issued/"))
    for public in ("Patients are in danger", "抢救用", "急诊科", lot.pledge.code, "100"):
        assert public in page
    assert "李某" not in page
    assert "Issued without a release order" in text_of(client.get(f"/en/g/{lot.pledge.code}/"))
    assert broken() == []


def test_what_left_in_an_emergency_is_confirmed_like_anything_else(seal):
    issue = urgently(line_of(), stocked())

    confirm(Shipment.objects.select_related("hospital").get(urgent=issue))

    seal()
    assert Shipment.objects.get().stage == "confirmed"
    assert broken() == []


def test_an_emergency_gives_out_no_more_than_there_is(client):
    line, lot = line_of(quantity=5000), stocked()

    with pytest.raises(MoveRefused, match="Not enough"):
        urgently(line, lot, 1001)
    with pytest.raises(MoveRefused, match="at most 5000"):
        urgently(line, lot, 5001)

    assert (UrgentIssue.objects.count(), Shipment.objects.count()) == (0, 0)


def test_acceptance_06_over_http_the_override_asks_for_its_reason(client):
    line, lot = line_of(), stocked()
    signed_in(client, Role.WAREHOUSE, org=lot.warehouse.org.code)
    address = "/admin/shipping/urgentissue/open/issue_urgent/"
    data = {"need_line": f"{line.need.code}/1", "lots-TOTAL_FORMS": "1", "boxes": "1"}
    data |= {"lots-0-lot": lot.code, "lots-0-quantity": "5", "carrier": "own", "taker": "一号车"}
    data |= {"receiving_unit": "急诊科"}

    refused = client.post(address, data)
    taken = client.post(address, {**data, "reason": "patients", "note": "抢救用"})

    assert (refused.status_code, taken.status_code) == (422, 302)
    assert UrgentIssue.objects.get().stage == "issued"
    for role in (Role.COORDINATOR, Role.AUDITOR, Role.HOSPITAL):
        other = signed_in(Client(), role, org=lot.warehouse.org.code)
        assert other.get(address).status_code in (302, 403, 404)
