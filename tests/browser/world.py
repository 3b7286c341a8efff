"""A small world with something in every stage, made by the real moves, for tests that look at
every page."""

from types import SimpleNamespace

from django.utils import timezone

from portal.accounts.roles import Role
from portal.needs.models import NeedLine
from portal.pledges.models import Pledge
from portal.stages import engine
from tests.browser import cast
from tests.factories.catalogue import MASK, SURGICAL
from tests.factories.needs import create_need
from tests.factories.organisations import create_organisation
from tests.factories.people import actor_of
from tests.factories.pledges import create_pledge
from tests.factories.receipts import create_receipt
from tests.factories.shipping import create_direct, create_release, create_shipment
from tests.factories.warehouse import create_allocation, create_arrival, lot_of


def build():
    players = cast.gather()
    at = timezone.now()
    hospital, house = players.hospital, players.house
    asked = ((MASK, "exact", 50_000), (SURGICAL, "unknown", None))
    need = create_need(
        hospital=hospital, lines=asked, at=at, notes="请写明批号", department="物资科"
    )
    create_need(hospital=hospital, stage="submitted", at=at)
    create_need(hospital=hospital, stage="returned", at=at)
    create_need(hospital=create_organisation(stage="listed", at=at), at=at)
    create_organisation(kind="donor", stage="suspended", at=at)
    line = NeedLine.objects.select_related("need__hospital", "variant").get(need=need, no=1)

    def lot(quantity, **differences):
        gift = create_pledge(lines=((MASK, quantity, line),), name="示例校友会", at=at)
        return lot_of(create_arrival(pledge=gift, warehouse=house, at=at, **differences))

    create_pledge(stage="registered", lines=((MASK, 10),), at=at)
    create_pledge(lines=((MASK, 10),), at=at)
    for stage in ("declined", "withdrawn"):
        create_pledge(stage=stage, lines=((MASK, 10),), at=at)
    for stage in ("announced", "arrived"):
        create_arrival(stage=stage, warehouse=house, pledge=create_pledge(at=at), at=at)
    stock = lot(1000, accepted=990, rejected=10, reason="damaged")
    create_allocation(line, (stock, 100), at=at)
    create_release(create_allocation(line, (stock, 100), at=at), at=at)
    for stage in ("packed", "in_transit", "delivered", "lost"):
        create_shipment((line, stock, 50), stage=stage, at=at)
    create_receipt(shipment=create_shipment((line, stock, 50), at=at), at=at)
    create_receipt(
        {"line": 1, "accepted": 40, "rejected": 5, "missing": 5},
        shipment=create_shipment((line, stock, 50), at=at),
        at=at,
    )
    create_direct(hospital=hospital, pledge=create_pledge(at=at), at=at)
    return SimpleNamespace(cast=players, need=need, line=line, gift=stock.pledge, stock=stock)


def accept(code):
    """The charity takes a registered gift."""
    actor = actor_of(Role.COORDINATOR)
    return engine.advance(Pledge, code, "accept", actor=actor, at=timezone.now())
