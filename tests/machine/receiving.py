"""What the hospital says of a shipment, line by line, and the sender's answer."""

from portal.accounts.roles import Role
from portal.receipts.models import Receipt
from portal.receipts.stages import (
    DifferenceReason,
    Explained,
    Explanation,
    ReceiptConfirmed,
    ReceivedLine,
)
from portal.shipping.models import Shipment
from tests.machine.bringing import plus
from tests.machine.giving import UNDER_WAY, arrived, dispatcher, line_moved
from tests.machine.world import Attempt, rule


def split(pick, quantity):
    """(accepted, rejected, missing, surplus) of one line, such that it adds up."""
    kind = pick.below(8)
    if kind < 4:
        return quantity, 0, 0, 0
    if kind == 4:
        surplus = pick.upto(5)
        rejected = pick.upto(quantity + surplus, least=0)
        return quantity + surplus - rejected, rejected, 0, surplus
    rejected = pick.upto(quantity, least=0)
    missing = pick.upto(quantity - rejected, least=0)
    return quantity - rejected - missing, rejected, missing, 0


@rule("receipt.confirm")
def confirm(w, pick):
    code = w.some(pick, Shipment, *UNDER_WAY)
    if code is None:
        return None
    told, rows, net = w.model.told[code], [], []
    hospital, kept, sheet = told["hospital"], {}, {}
    for no, (lot, key, quantity) in told["lines"].items():
        accepted, rejected, missing, surplus = split(pick, quantity)
        differs = rejected or missing or surplus
        reason = pick.one((DifferenceReason.DAMAGED, DifferenceReason.UNFIT)) if differs else None
        rows.append(
            ReceivedLine(
                line=no, accepted=accepted, rejected=rejected, missing=missing, surplus=surplus,
                reason=reason or DifferenceReason.NONE,
            )
        )  # fmt: skip
        held = min(surplus, accepted)
        bad = "damaged" if reason is DifferenceReason.DAMAGED else "rejected"
        transit, found = f"transit:{code}", f"found:{code}"
        ways = (
            (accepted - held, transit, f"received:{hospital}"),
            (rejected - surplus + held, transit, f"{bad}:{hospital}"),
            (missing, transit, f"lost:{code}"),
            (held, found, f"held:{hospital}"),
            (surplus - held, found, f"{bad}:{hospital}"),
        )
        net += [line_moved(w, lot, n, a, b) for n, a, b in ways]
        kept[no] = lot, key, held, accepted - held, quantity
        sheet[no] = {
            "code": code,
            "lot": lot,
            "key": key,
            "held": held,
            "accepted": accepted,
            "rejected": rejected,
            "missing": missing,
            "bad": f"{bad}:{hospital}",
            **dict.fromkeys(("later", "found", "settled", "back", "used"), 0),
        }
    refused = ""
    if pick.chance(6):
        first = rows[0]
        rows[0] = ReceivedLine(
            line=first.line, accepted=first.accepted + 1, rejected=first.rejected,
            missing=first.missing, surplus=first.surplus, reason=first.reason,
        )  # fmt: skip
        refused = "it does not add up"

    def then(_subject):
        told["kept"], told["rows"] = kept, sheet
        for _lot, key, _held, agreed, quantity in kept.values():
            if key:
                w.model.need_lines[key].allocated -= quantity - agreed
                w.model.need_lines[key].received += agreed
        arrived(w, told)

    actor = w.actor(Role.HOSPITAL, org=hospital)
    fields = {"shipment": Shipment.objects.get(code=code), "code": code}
    return Attempt(
        *(Receipt, "confirm", actor, ReceiptConfirmed(lines=tuple(rows))), fields=fields,
        then=then, net=lambda _s: plus(*net), refused=refused,
    )  # fmt: skip


@rule("receipt.explain")
def explain(w, pick):
    code = w.some(pick, Receipt, "discrepancy", "objected")
    if code is None:
        return None
    told = w.model.told[code]
    owner, again = told["hospital"], w.stages[Receipt][code] == "objected"
    kept = [] if again else told["kept"].values()

    def then(_subject):
        for _lot, key, held, _agreed, _quantity in kept:
            if key:
                w.model.need_lines[key].received += held

    def net(_subject):
        source, target = f"held:{owner}", f"received:{owner}"
        return plus(*(line_moved(w, lot, held, source, target) for lot, _k, held, _a, _q in kept))

    actor = w.donor(told["gift"]) if told["gift"] else dispatcher(w, code)
    facts = Explained(explanation=Explanation.PACKED_MORE)
    return Attempt(Receipt, "explain", actor, facts, code=code, then=then, net=net)
