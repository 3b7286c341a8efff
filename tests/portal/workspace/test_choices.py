"""What the lists of forms offer: what is there, open and one's own, and nothing else."""

from itertools import count

import pytest

from ledger.core import codes
from portal.accounts.acting import Actor
from portal.accounts.roles import Role
from portal.organisations.models import Organisation
from portal.organisations.queries import body_choices, verified
from portal.receipts.models import Receipt
from portal.receipts.queries import replacement_choices
from portal.shipping.models import Release, Shipment
from portal.shipping.queries import hospital_choices, release_choices
from portal.warehouse.models import Lot, Warehouse
from portal.warehouse.queries import warehouse_choices
from portal.warehouse.stock_queries import other_warehouse_choices
from tests.factories.clock import AT, later

pytestmark = pytest.mark.django_db
NUMBERS = count()


def row(model, *, at=AT, **fields):
    """A row as it would stand there; nothing is sealed."""
    code = codes.mint(model.lifecycle.kind)
    return model.objects.create(code=code, since=at, opened_at=at, version=1, **fields)


def org(kind, stage="verified", **fields):
    return row(Organisation, kind=kind, stage=stage, legal_name=f"示例{next(NUMBERS)}", **fields)


def house(owner, stage="open"):
    return row(Warehouse, org=owner, stage=stage, name_zh="示例库", name_en="Example")


def offered(choices, *, subject=None, role=Role.DISPATCHER, owner=None):
    actor = Actor(role=role, org=owner.code if owner else "")
    return [value for value, _label in choices(subject=subject, actor=actor)]


def test_a_shipment_is_packed_for_an_order_of_one_s_own_that_still_waits():
    mine, other = org("charity"), org("charity")
    waits = row(Release, org=mine.code, stage="issued")
    row(Release, org=mine.code, stage="used")
    row(Release, org=other.code, stage="issued")

    assert offered(release_choices, owner=mine) == [waits.code]


def test_a_donor_sends_to_verified_hospitals_the_one_it_was_promised_to_first():
    hospitals = [org("hospital"), org("hospital")]
    org("hospital", stage="listed")
    org("charity")

    assert sorted(offered(hospital_choices)) == sorted(one.code for one in hospitals)


def test_gifts_for_a_hospital_are_accepted_by_verified_charities_and_authorities_alone():
    bodies = [org("charity"), org("authority")]
    org("charity", stage="suspended")
    hospital = org("hospital")

    assert {code for code, _name in body_choices()} == {one.code for one in bodies}
    assert verified([hospital.code, bodies[0].code]) == [
        (one.code, str(one.legal_name)) for one in (bodies[0], hospital)
    ]


def test_goods_go_to_open_warehouses_and_staff_s_to_their_own():
    mine, other = org("charity"), org("charity")
    here, there, foreign = house(mine), house(mine), house(other)
    house(mine, stage="closed")
    lot = Lot(warehouse=here)

    assert set(offered(warehouse_choices, owner=mine)) == {here.code, there.code}
    assert foreign.code in offered(warehouse_choices, role=Role.DONOR)
    assert offered(other_warehouse_choices, subject=lot, owner=mine) == [there.code]


def test_a_difference_is_replaced_by_a_later_delivery_of_the_same_sender_to_the_same_hospital():
    mine, other, ward = org("charity"), org("charity"), org("hospital")
    sent = {"hospital": ward, "org": mine.code, "stage": "in_transit"}
    first = row(Shipment, at=later(hours=1), **sent)
    receipt = Receipt(shipment=first)
    row(Shipment, at=AT, **sent)
    row(Shipment, at=later(hours=2), **sent | {"org": other.code})
    row(Shipment, at=later(hours=2), **sent | {"hospital": org("hospital")})
    next_one = row(Shipment, at=later(hours=2), **sent)

    assert offered(replacement_choices, subject=receipt, owner=mine) == [next_one.code]
