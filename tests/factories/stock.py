"""Lots in stock and what happens to them, brought about by the real moves."""

from portal.accounts.roles import Role
from portal.balance.models import Holding
from portal.stages import engine
from portal.warehouse.models import Lot
from portal.warehouse.stock_facts import (
    Buyer,
    FreeReason,
    Held,
    HoldReason,
    IssueAsked,
    IssuedToCommunity,
    IssueReason,
    IssueTo,
    Recalled,
    RecallLifted,
    RecallReason,
    ReturnAsked,
    ReturnedToDonor,
    ReturnReason,
    SaleAsked,
    SaleReason,
    Sold,
    WriteOff,
    WriteOffAsked,
    WrittenOff,
)
from tests.factories.clock import AT
from tests.factories.people import actor_of
from tests.factories.pledges import create_pledge
from tests.factories.warehouse import create_arrival, create_warehouse, lot_of
from tests.remembering import remembered

NOTE = "示例理由"
SALE = {"quantity": 100, "buyer": Buyer.SHOP, "price": 123450, "reason": SaleReason.KEEPING}
OUT = {
    "write_off": (
        ("ask_write_off", WriteOffAsked),
        ("write_off", WrittenOff),
        {"quantity": 100, "reason": WriteOff.DAMAGED, "note": NOTE},
        "damaged",
    ),
    "return": (
        ("ask_return", ReturnAsked),
        ("send_back", ReturnedToDonor),
        {"quantity": 100, "reason": ReturnReason.NOT_NEEDED, "note": NOTE},
        "returned",
    ),
    "issue": (
        ("ask_issue", IssueAsked),
        ("issue", IssuedToCommunity),
        {"quantity": 100, "to": IssueTo.SCHOOL, "reason": IssueReason.NOT_NEEDED},
        "community",
    ),
    "sale": (("ask_sale", SaleAsked), ("sell", Sold), {**SALE, "note": NOTE}, "sold"),
}


@remembered
def create_lot(*, house=None, quantity=1000, item="mask.gb19083-2010", at=AT, **differences):
    """A lot in stock; `differences`: what the count says (expiry, batch)."""
    pledge = create_pledge(lines=((item, quantity),))
    arrival = create_arrival(
        pledge=pledge, warehouse=house or create_warehouse(), at=at, **differences
    )
    return lot_of(arrival)


def move(lot, name, facts=None, *, role=Role.COORDINATOR, person=None, actor=None, at=AT):
    """A move of the lot by somebody of its organisation."""
    actor = actor or actor_of(role, org=lot.warehouse.org.code, person=person)
    return engine.advance(Lot, lot.code, name, actor=actor, facts=facts, at=at)


def ask(lot, what, *, at=AT, role=Role.WAREHOUSE, person=None, **said):
    (name, facts), _do, usual, _end = OUT[what]
    return move(lot, name, facts(**{**usual, **said}), role=role, person=person, at=at)


def agree(lot, what, *, at=AT, role=Role.COORDINATOR, person=None, **said):
    _ask, (name, facts), usual, _end = OUT[what]
    return move(lot, name, facts(**{**usual, **said}), role=role, person=person, at=at)


def hold(lot, *, at=AT, reason=HoldReason.DOUBT):
    return move(lot, "hold", Held(reason=reason), role=Role.QUALITY, at=at)


def recall(lot, *, at=AT, **said):
    facts = Recalled(**{"reason": RecallReason.MAKER, **said})
    return move(lot, "recall", facts, role=Role.QUALITY, at=at)


def lift(lot, *, at=AT):
    facts = RecallLifted(reason=FreeReason.TESTED)
    return move(lot, "lift", facts, role=Role.COORDINATOR, at=at)


def held(lot):
    """{place name: how many} of the lot, but what is outside."""
    rows = Holding.objects.filter(lot=lot.code, outside=False).exclude(amount=0)
    found = {}
    for row in rows:
        name = row.place.partition(":")[0]
        found[name] = found.get(name, 0) + row.amount
    return found
