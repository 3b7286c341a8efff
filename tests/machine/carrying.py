"""A shipment between gate and hospital: handed on, spoken of, lost in part, brought back."""

from portal.accounts.roles import Role
from portal.shipping.carrying import (
    STAGE_OF,
    BackLine,
    CameBack,
    CarrierSays,
    CarrierState,
    CountedBack,
    HandedOver,
    Holder,
    LossReason,
    LostLine,
    LostPart,
)
from portal.shipping.models import Shipment
from tests.machine.bringing import plus
from tests.machine.giving import dispatcher, line_moved, on_the_way, shipped
from tests.machine.world import Attempt, rule

ROLLING = ("in_transit", "out_for_delivery", "exception")


@rule("shipment.hand_over")
def hand_over(w, pick):
    code = on_the_way(w, pick, *ROLLING) if pick.chance(3) else None
    facts = HandedOver(to=Holder.VOLUNTEERS)
    return code and Attempt(Shipment, "hand_over", dispatcher(w, code), facts, code=code)


@rule("shipment.note_state")
def note_state(w, pick):
    code = on_the_way(w, pick, *ROLLING, "refused") if pick.chance(2) else None
    if code is None:
        return None
    state = pick.one(CarrierState)
    again = w.model.told[code].get("state") == state

    def then(_subject):
        w.model.told[code]["state"] = state

    assert state in STAGE_OF
    return Attempt(
        *(Shipment, "note_state", dispatcher(w, code), CarrierSays(state=state)),
        code=code, then=then, refused="nothing new" if again else "",
    )  # fmt: skip


@rule("shipment.lose_part")
def lose_part(w, pick):
    code = on_the_way(w, pick, *ROLLING, "refused")
    if code is None:
        return None
    lines = w.model.told[code]["lines"]
    gone = {no: pick.upto(quantity, least=0) for no, (_l, _k, quantity) in lines.items()}
    total = sum(gone.values())
    refused = "" if total else "nothing"
    refused = "all of it" if total == sum(q for _l, _k, q in lines.values()) else refused
    rows = tuple(LostLine(line=no, lost=n) for no, n in gone.items())

    def then(_subject):
        for no, lost in gone.items():
            lot, key, quantity = lines[no]
            lines[no] = lot, key, quantity - lost
            if key:
                w.model.need_lines[key].allocated -= lost

    def net(_subject):
        way = f"transit:{code}", f"lost:{code}"
        return plus(*(line_moved(w, lines[no][0], lost, *way) for no, lost in gone.items()))

    facts = LostPart(reason=LossReason.THEFT, lines=rows)
    return Attempt(
        *(Shipment, "lose_part", dispatcher(w, code), facts),
        code=code, then=then, net=net, refused=refused,
    )  # fmt: skip


@rule("shipment.return")
def bring_back(w, pick):
    stages = (*ROLLING, "delivered", "unconfirmed", "refused")
    code = on_the_way(w, pick, *stages) if pick.chance(3) else None
    if code is None:
        return None
    told = w.model.told[code]

    def then(_subject):
        for _lot, key, quantity in told["lines"].values():
            if key:
                w.model.need_lines[key].allocated -= quantity

    def net(_subject):
        return shipped(w, code, f"transit:{code}", f"quarantine:{told['house']}")

    actor = dispatcher(w, code, role=Role.WAREHOUSE)
    return Attempt(Shipment, "return", actor, CameBack(), code=code, then=then, net=net)


@rule("shipment.count_back")
def count_back(w, pick):
    code = w.some(pick, Shipment, "back")
    if code is None:
        return None
    told, rows, ways = w.model.told[code], [], []
    house = told["house"]
    for no, (lot, _key, quantity) in told["lines"].items():
        if not quantity:
            continue
        damaged = pick.upto(quantity, least=0)
        missing = pick.upto(quantity - damaged, least=0)
        good = quantity - damaged - missing
        rows.append(BackLine(line=no, good=good, damaged=damaged, missing=missing))
        ends = (good, f"stock:{house}"), (damaged, f"damaged:{house}"), (missing, f"lost:{code}")
        ways += [(lot, n, f"quarantine:{house}", end) for n, end in ends]
    same = pick.chance(5)
    actor = dispatcher(w, code, n=0 if same else 1, role=Role.WAREHOUSE)
    return Attempt(
        *(Shipment, "count_back", actor, CountedBack(lines=tuple(rows))), code=code,
        net=lambda _s: plus(*(line_moved(w, *way) for way in ways)),
        refused="he brought it back" if same else "",
    )  # fmt: skip
