"""Whose things are whose: each kind of thing is reached by those named here and by nobody else."""

import pytest

from portal.accounts.acting import CLOCK, Actor
from portal.accounts.roles import Role
from portal.balance.models import Holding
from portal.needs.models import Need
from portal.organisations.models import Organisation
from portal.oversight.models import Correction, Disclosure, Question
from portal.pledges.models import Diversion, Pledge
from portal.receipts.models import Receipt
from portal.shipping.models import Capacity, Release, Shipment, UrgentIssue
from portal.warehouse.models import Allocation, Arrival, Lot, Warehouse

MINE, OTHER, WARD = "U-2222222222", "U-3333333333", "U-4444444444"
CODE, GIFT = "S-5555555555", "G-6666666666"
ACTORS = {
    "staff": Actor(role=Role.COORDINATOR, org=MINE),
    "other staff": Actor(role=Role.COORDINATOR, org=OTHER),
    "publisher": Actor(role=Role.PUBLISHER, org=OTHER),
    "moderator": Actor(role=Role.MODERATOR, org=OTHER),
    "auditor": Actor(role=Role.AUDITOR),
    "authority": Actor(role=Role.AUTHORITY),
    "clock": CLOCK,
    "hospital": Actor(role=Role.HOSPITAL, org=WARD),
    "other hospital": Actor(role=Role.HOSPITAL, org=OTHER),
    "hospital's role here": Actor(role=Role.HOSPITAL, org=MINE),
    "link": Actor(role=Role.HOSPITAL, org=WARD, by_link=CODE),
    "other link": Actor(role=Role.HOSPITAL, org=WARD, by_link="S-7777777777"),
    "donor": Actor(role=Role.DONOR, by_link=GIFT),
    "other donor": Actor(role=Role.DONOR, by_link="G-7777777777"),
    "carrier": Actor(role=Role.CARRIER, org=MINE, by_link=f"{MINE}/1"),
    "other carrier": Actor(role=Role.CARRIER, org=MINE, by_link=f"{MINE}/2"),
    "foreign carrier": Actor(role=Role.CARRIER, org=OTHER, by_link=f"{MINE}/1"),
}
ORG, HOSPITAL = Organisation(code=MINE), Organisation(code=WARD)
HOUSE, GIVEN = Warehouse(org=ORG), Pledge(pk=1, code=GIFT)
SENT = {"code": CODE, "hospital": HOSPITAL, "org": MINE, "stage": "in_transit"}
OWN = {"staff", "auditor"}
COORDINATED = {"staff", "other staff", "auditor", "clock"}
RECIPIENT = {"hospital", "link"}
EACH = [
    (Release(org=MINE), OWN),
    (UrgentIssue(org=MINE), OWN),
    (Allocation(org=MINE), OWN),
    (HOUSE, OWN),
    (Capacity(org=MINE, entered_by=f"link:{MINE}/1"), OWN | {"clock", "carrier"}),
    (Shipment(**SENT), OWN | RECIPIENT | {"clock"}),
    (Shipment(**SENT | {"stage": "unconfirmed"}), OWN | RECIPIENT | {"clock", "authority"}),
    (
        Shipment(**SENT | {"org": "", "gift": GIVEN}),
        COORDINATED | RECIPIENT | {"publisher", "moderator", "donor"},
    ),
    (Shipment(org=MINE), OWN | {"clock"}),
    (Receipt(shipment=Shipment(**SENT)), OWN | RECIPIENT | {"clock"}),
    (
        Arrival(pledge=GIVEN, warehouse=HOUSE, consignee=HOSPITAL),
        OWN | RECIPIENT | {"donor", "other link"},
    ),
    (Arrival(warehouse=HOUSE), OWN),
    (Arrival(pledge=GIVEN), {"staff", "other staff", "publisher", "moderator", "donor"}),
    (Need(code=CODE, hospital=HOSPITAL), COORDINATED | RECIPIENT | {"publisher"}),
    (GIVEN, COORDINATED | {"donor"}),
    (Pledge(), COORDINATED | {"donor", "other donor"}),
    (Diversion(code=GIFT), COORDINATED | {"donor"}),
    (Question(pk=1, org=MINE), OWN | {"clock", "moderator", "hospital's role here"}),
    (Question(pk=1, org=""), {"auditor", "clock", "moderator"}),
    (Question(), {"auditor", "clock", "moderator", "donor", "other donor"}),
    (Correction(org=MINE), OWN | {"hospital's role here"}),
    (Disclosure(org=ORG), OWN | {"clock", "hospital's role here"}),
]


def who_reaches(subject, *, among=frozenset(ACTORS)):
    """Their names. What oversight keeps goes by the organisation: the table says which role may
    act."""
    by_org = isinstance(subject, Correction | Question | Disclosure)
    return {
        name
        for name in among
        if not (by_org and "carrier" in name) and subject.reachable_by(ACTORS[name])
    }


@pytest.mark.parametrize(("subject", "names"), EACH)
def test_a_thing_is_reached_by_whom_it_concerns_and_by_nobody_else(subject, names):
    assert who_reaches(subject) == names


@pytest.mark.django_db
def test_a_lot_is_its_house_s_and_of_hospitals_that_have_some_of_it():
    lot = Lot(pk=1, code="B-5555555555", warehouse=HOUSE)
    here = {"gift": GIFT, "item": "mask", "outside": False}
    for place, code, amount in (
        (f"received:{OTHER}", lot.code, 0),
        (f"received:{MINE}", "B-7777777777", 5),
        (f"transit:{MINE}", lot.code, 5),
        (f"received:{WARD}", lot.code, 5),
    ):
        Holding.objects.create(place=place, lot=code, amount=amount, **here)

    assert who_reaches(lot) == OWN | RECIPIENT | {"clock", "other link"}
    assert who_reaches(Lot(pk=1), among={"staff", "clock", "auditor"}) == {"clock", "auditor"}
    assert who_reaches(Lot(), among={"staff", "donor"}) == {"staff", "donor"}
