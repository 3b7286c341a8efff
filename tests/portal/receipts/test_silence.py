"""R20: who delivered is not who received; a hospital is asked, reminded, and then named."""

import re

import pytest
from django.utils import timezone

from portal.accounts.links import DeadLink, open_link
from portal.accounts.models import Person
from portal.accounts.roles import Role
from portal.notices import sending
from portal.notices.models import Notice
from portal.receipts.silence import tick
from portal.shipping.models import Shipment
from portal.stages import clock
from tests.factories.clock import AT, later
from tests.factories.organisations import create_hospital
from tests.factories.people import create_member, signed_in
from tests.factories.receipts import confirm
from tests.factories.shipping import create_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log", "english_workbench")]
OFFICE = "office@hospital.example"


def stage_of(shipment):
    return Shipment.objects.get(pk=shipment.pk).stage


def hospital_with_mail():
    hospital = create_hospital()
    person = create_member(Role.HOSPITAL, org=hospital.code)
    Person.objects.filter(pk=person.pk).update(email=OFFICE)
    return hospital


def links(mails):
    return [re.search(r"/confirm/([\w-]+)/", m.body)[1] for m in mails]


def test_r20_the_hospital_is_asked_by_mail_and_its_link_confirms(client, mailoutbox):
    shipment = create_shipment(hospital=hospital_with_mail())

    sending.deliver(at=AT)

    (asked,) = mailoutbox
    (token,) = links(mailoutbox)
    assert asked.to == [OFFICE]
    assert shipment.code in asked.subject
    assert "List-Unsubscribe" not in asked.extra_headers
    assert open_link(token, purpose="confirm", at=AT).code == shipment.code


def test_r20_a_day_after_the_delivery_it_is_reminded_once(mailoutbox):
    shipment = create_shipment(stage="delivered", hospital=hospital_with_mail())

    for hours in (23, 24, 25, 30):
        tick(at=later(hours=hours))
    sending.deliver(at=later(hours=31))

    assert [n.key.rpartition(":")[2] for n in Notice.objects.order_by("pk")] == ["sent", "reminded"]
    assert stage_of(shipment) == "delivered"
    first, second = links(mailoutbox)
    assert open_link(first, purpose="confirm", at=AT).code == shipment.code
    assert open_link(second, purpose="confirm", at=AT).code == shipment.code


def test_r20_three_days_after_the_delivery_it_is_publicly_unconfirmed(sealed, mailoutbox):
    shipment = create_shipment(stage="delivered", hospital=hospital_with_mail())

    assert tick(at=later(hours=71)) == 0
    assert stage_of(shipment) == "delivered"
    assert clock.tick(at=later(hours=72))["receipts"] == 1
    assert clock.tick(at=later(hours=80))["receipts"] == 0

    assert stage_of(shipment) == "unconfirmed"
    (entry,) = [e.body for e in sealed() if e.body["type"] == "shipment.escalate"]
    assert entry["data"]["actor_role"] == "clock"
    assert shipment.hospital.code in {code for code, _n in entry["cases"]}
    sending.deliver(at=later(hours=80))
    assert "unconfirmed" in mailoutbox[-1].subject


def test_r20_a_late_confirmation_ends_it_and_stays_marked_late(sealed):
    shipment = create_shipment(stage="delivered")
    tick(at=later(hours=72))

    receipt = confirm(shipment, at=later(hours=90))

    assert receipt.stage == "confirmed"
    assert stage_of(shipment) == "confirmed"
    (entry,) = [e.body for e in sealed() if e.body["type"] == "receipt.confirm"]
    assert entry["data"]["late"] is True


def test_r20_who_confirms_in_time_is_not_called_late(sealed):
    shipment = create_shipment(stage="delivered")

    confirm(shipment, at=later(hours=71))
    assert tick(at=later(hours=72)) == 0

    (entry,) = [e.body for e in sealed() if e.body["type"] == "receipt.confirm"]
    assert "late" not in entry["data"]


def test_r20_all_links_end_with_the_confirmation(mailoutbox):
    shipment = create_shipment(stage="delivered", hospital=hospital_with_mail())
    tick(at=later(hours=24))
    sending.deliver(at=later(hours=24))

    confirm(shipment)

    for token in links(mailoutbox):
        with pytest.raises(DeadLink):
            open_link(token, purpose="confirm", at=AT)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.AUTHORITY])
def test_r20_coordinator_and_authority_find_it_in_their_worklist(client, role):
    shipment = create_shipment(stage="delivered")
    staff = signed_in(client, role, org=shipment.org)
    assert b"Unconfirmed by the recipient" not in staff.get("/admin/").content

    tick(at=later(hours=72))

    assert b"Unconfirmed by the recipient" in staff.get("/admin/").content
    page = staff.get(f"/admin/shipping/shipment/{shipment.pk}/change/")
    assert page.status_code == 200


def test_r20_a_hospital_without_address_is_named_all_the_same():
    shipment = create_shipment(stage="delivered")

    tick(at=later(hours=72))

    assert stage_of(shipment) == "unconfirmed"
    assert Notice.objects.count() == 0


def test_r20_the_address_that_the_authority_registered_comes_first(client, mailoutbox):
    hospital = hospital_with_mail()
    staff = signed_in(client, Role.AUTHORITY)
    address = f"/admin/organisations/organisation/{hospital.pk}/move/set_contact/"
    assert staff.post(address, {"email": "the porter"}).status_code == 422
    assert staff.post(address, {"email": "office@ward.example"}).status_code == 302
    create_shipment(hospital=hospital)

    sending.deliver(at=timezone.now())

    assert mailoutbox[-1].to == ["office@ward.example"]
