"""Hospital receipts, by the real moves."""

from portal.accounts.acting import Actor
from portal.accounts.roles import Role
from portal.receipts.models import Receipt
from portal.receipts.settling import SomeOf
from portal.receipts.stages import (
    DifferenceReason,
    Explained,
    Explanation,
    ReceiptConfirmed,
    ReceivedLine,
)
from portal.stages import engine
from tests.factories.clock import AT
from tests.factories.people import actor_of
from tests.factories.shipping import create_shipment, dispatcher_of
from tests.remembering import remembered

REASONS = {"rejected": "damaged", "missing": "short", "surplus": "surplus"}


def received(shipment, *differences, signer=""):
    """A row for each line, as sent but for these dicts (each with its `line`); accepted is what is
    left."""
    changed = {difference["line"]: difference for difference in differences}
    rows = []
    for line in shipment.lines.order_by("no"):
        facts = {"line": line.no, **changed.get(line.no, {})}
        rest = facts.get("surplus", 0) - facts.get("rejected", 0) - facts.get("missing", 0)
        facts.setdefault("accepted", line.quantity + rest)
        usual = next((REASONS[name] for name in REASONS if facts.get(name)), "")
        facts["reason"] = DifferenceReason(facts.get("reason", usual))
        rows.append(ReceivedLine(**facts))
    return ReceiptConfirmed(lines=tuple(rows), signer=signer)


def staff_of(shipment):
    """Somebody of the hospital that the shipment goes to."""
    return actor_of(Role.HOSPITAL, org=shipment.hospital.code)


def linked(shipment):
    """The hospital by its secret link."""
    return Actor(role=Role.HOSPITAL, org=shipment.hospital.code, by_link=shipment.code)


@remembered
def confirm(shipment, facts=None, *, actor=None, at=AT, once=None):
    """The hospital's confirmation of one shipment, with these facts or as if all had come."""
    return engine.begin(
        Receipt,
        "confirm",
        actor=actor or staff_of(shipment),
        facts=facts or received(shipment),
        at=at,
        once=once,
        shipment=shipment,
        code=shipment.code,
    )


@remembered
def create_receipt(*differences, shipment=None, at=AT, **fields):
    """A confirmed receipt, or one with these differences."""
    shipment = shipment or create_shipment(**fields)
    return confirm(shipment, received(shipment, *differences), at=at)


def explain(receipt, *, explanation=Explanation.PACKED_MORE, note="", actor=None, at=AT):
    actor = actor or dispatcher_of(receipt.shipment.org)
    facts = Explained(explanation=explanation, note=note)
    return engine.advance(Receipt, receipt.code, "explain", actor=actor, facts=facts, at=at)


def move_on(receipt, move, facts, *, actor=None, at=AT):
    """A later move of the receipt; by the sender's dispatcher where nobody is named."""
    actor = actor or dispatcher_of(receipt.shipment.org)
    return engine.advance(Receipt, receipt.code, move, actor=actor, facts=facts, at=at)


def some(quantities):
    """{line: quantity} as rows of a later move."""
    return tuple(SomeOf(line=line, quantity=n) for line, n in quantities.items())
