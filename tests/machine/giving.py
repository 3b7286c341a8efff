"""Goods out: allocated, approved, released, packed, handed over, delivered, lost."""

from portal.accounts.roles import Role
from portal.needs.models import Need
from portal.pledges.models import Pledge
from portal.shipping.issuing import IssuedLot, IssuedUrgently, UrgentReason
from portal.shipping.models import Release, Shipment, ShipmentLine, UrgentIssue
from portal.shipping.stages import (
    Delivered,
    Dispatched,
    LossReason,
    Lost,
    Packed,
    ReleaseCancelled,
    Released,
    ReleasedAllocation,
    SentDirect,
    SentLine,
)
from portal.warehouse.models import Allocation
from portal.warehouse.stages import (
    Allocated,
    AllocatedLot,
    AllocationCancelled,
    AllocationReason,
    Approved,
    CancelReason,
    Carrier,
    ExceptionReason,
    OutOfTurn,
)
from tests.machine.bringing import SENDABLE, plus
from tests.machine.model import Lot, moved
from tests.machine.world import Attempt, rule

OPEN = ("published", "partly_met", "stale")
UNDER_WAY = ("in_transit", "out_for_delivery", "exception", "delivered", "unconfirmed")


def line_moved(w, lot, amount, source, target):
    row = w.model.lots[lot]
    return moved(row.gift, lot, row.item, amount, source, target)


def chosen(w, pick):
    """(house, need line, {lot: pieces}, refused): stock for a line, usually such as may go."""
    house = pick.one([house for house in w.houses if w.model.stock(house)])
    key = pick.one(key for key in w.model.need_lines if w.stages[Need].get(key[0]) in OPEN)
    if house is None or key is None:
        return None
    line, lots, refused = w.model.need_lines[key], {}, ""
    stock = w.model.stock(house)
    wrong = pick.chance(6)
    good = [lot for lot in stock if w.fit(w.model.lots[lot], line) and not w.stopped(lot)]
    fitting = list(stock) if wrong else good
    left = line.left
    for lot in fitting[: 1 + pick.below(2)]:
        most = stock[lot] if left is None else min(stock[lot], left)
        amount = pick.upto(stock[lot] + 1) if wrong else pick.upto(most)
        if amount <= 0:
            continue
        refused = refused or ("unfit" if not w.fit(w.model.lots[lot], line) else "")
        refused = refused or ("stopped" if w.stopped(lot) else "")
        refused = refused or ("more than there is" if amount > stock[lot] else "")
        left = None if left is None else left - amount
        lots[lot] = amount
    if not lots:
        return None
    return house, key, lots, refused or ("beyond the need" if left is not None and left < 0 else "")


@rule("allocation.publish")
def allocate(w, pick):
    found = chosen(w, pick)
    if found is None:
        return None
    house, key, lots, refused = found
    line = w.model.need_lines[key]
    off, org = line.hospital not in w.register, w.houses[house]
    if off and not refused and pick.chance(4):
        refused = "no reason given"
    why = {"exception": ExceptionReason.URGENT, "note": "急"} if off and not refused else {}
    turn = OutOfTurn.NONE if pick.chance(2) else pick.one([*OutOfTurn][1:])
    if turn is OutOfTurn.NONE and any(w.sooner(lot, line, lots) for lot in lots):
        refused = refused or "another lot runs out sooner"
    other = not refused and pick.chance(12)
    by = next(o for o in w.houses.values() if o != org) if other else org
    facts = Allocated(
        need_line=f"{key[0]}/{key[1]}",
        lots=tuple(AllocatedLot(lot=lot, quantity=n) for lot, n in lots.items()),
        reason=AllocationReason.URGENT,
        out_of_turn=turn,
        **why,
    )

    def then(subject):
        line.allocated += sum(lots.values())
        told = {"org": org, "house": house, "key": key, "lots": lots, "hospital": line.hospital}
        w.model.told[subject.code] = told

    return Attempt(
        *(Allocation, "publish", w.coordinator(by), facts), fields={"org": by}, then=then,
        net=lambda a: out(w, lots, f"stock:{house}", f"reserved:{a.code}"),
        refused=refused or ("another organisation's" if other else ""),
    )  # fmt: skip


def out(w, lots, source, target):
    return plus(*(line_moved(w, lot, n, source, target) for lot, n in lots.items()))


@rule("allocation.approve")
def approve(w, pick):
    code = w.some(pick, Allocation, "proposed")
    if code is None:
        return None
    same = pick.chance(4)
    actor = w.coordinator(w.model.told[code]["org"], n=0 if same else 1)
    refused = "he proposed it" if same else ""
    return Attempt(Allocation, "approve", actor, Approved(note="好"), code=code, refused=refused)


@rule("allocation.cancel")
def cancel(w, pick):
    code = w.some(pick, Allocation, "proposed", "published") if pick.chance(3) else None
    if code is None:
        return None
    told = w.model.told[code]

    def then(_subject):
        w.model.need_lines[told["key"]].allocated -= sum(told["lots"].values())

    facts = AllocationCancelled(reason=CancelReason.MISTAKE)
    return Attempt(
        *(Allocation, "cancel", w.coordinator(told["org"]), facts), code=code, then=then,
        net=lambda _s: out(w, told["lots"], f"reserved:{code}", f"stock:{told['house']}"),
    )  # fmt: skip


@rule("release.issue")
def release(w, pick):
    code = w.some(pick, Allocation, "published")
    if code is None:
        return None
    told = w.model.told[code]
    same = ("org", "house", "hospital")
    codes = [
        other
        for other, stage in w.stages[Allocation].items()
        if stage == "published" and all(w.model.told[other][k] == told[k] for k in same)
    ][: 1 + pick.below(3)]
    rows = tuple(ReleasedAllocation(allocation=code) for code in codes)
    facts = Released(allocations=rows, receiving_unit="医学装备处", taker="示例一号车")

    def then(subject):
        w.model.told[subject.code] = {**told, "allocations": codes}

    def net(subject):
        target = f"reserved:{subject.code}"
        return plus(*(out(w, w.model.told[c]["lots"], f"reserved:{c}", target) for c in codes))

    actor = w.actor(Role.DISPATCHER, org=told["org"])
    return Attempt(
        *(Release, "issue", actor, facts), fields={"org": told["org"]}, then=then, net=net,
        refused=stopped(w, codes),
    )  # fmt: skip


def stopped(w, allocations):
    """Why nothing goes on: a lot of theirs that is held back, recalled or past its date."""
    lots = {lot for code in allocations for lot in w.model.told[code]["lots"]}
    return "a lot is stopped" if any(w.stopped(lot) for lot in lots) else ""


@rule("release.cancel")
def cancel_release(w, pick):
    code = w.some(pick, Release, "issued") if pick.chance(3) else None
    if code is None:
        return None
    told = w.model.told[code]
    each = [w.model.told[c] for c in told["allocations"]]

    def then(_subject):
        for row in each:
            w.model.need_lines[row["key"]].allocated -= sum(row["lots"].values())

    def net(_subject):
        source, target = f"reserved:{code}", f"stock:{told['house']}"
        return plus(*(out(w, row["lots"], source, target) for row in each))

    actor = w.actor(Role.DISPATCHER, org=told["org"])
    facts = ReleaseCancelled(reason=CancelReason.MISTAKE)
    return Attempt(Release, "cancel", actor, facts, code=code, then=then, net=net)


def keep_shipment(w, shipment, told):
    """Its lines as the tables number them."""
    rows = ShipmentLine.objects.filter(shipment=shipment).select_related("lot", "need_line__need")
    lines = {}
    for row in rows.order_by("no"):
        key = (row.need_line.need.code, row.need_line.no) if row.need_line else None
        lines[row.no] = row.lot.code, key, row.quantity
    w.model.told[shipment.code] = {**told, "lines": lines}


def shipped(w, code, source, target):
    lines = w.model.told[code]["lines"].values()
    return plus(*(line_moved(w, lot, n, source, target) for lot, _key, n in lines))


@rule("shipment.pack")
def pack(w, pick):
    return pack_direct(w, pick) if pick.chance(3) else pack_released(w, pick)


def pack_released(w, pick):
    code = w.some(pick, Release, "issued")
    if code is None:
        return None
    told = w.model.told[code]

    def then(subject):
        keep_shipment(w, subject, {**told, "release": code, "gift": ""})

    actor = w.actor(Role.WAREHOUSE, org=told["org"])
    facts = Packed(release=code, boxes=1)
    return Attempt(
        *(Shipment, "pack", actor, facts), fields={"org": told["org"]}, then=then,
        refused=stopped(w, told["allocations"]),
        net=lambda s: shipped(w, s.code, f"reserved:{code}", f"reserved:{s.code}"),
    )  # fmt: skip


def pack_direct(w, pick):
    gift = w.some(pick, Pledge, *SENDABLE)
    left = w.model.unsent(gift) if gift else {}
    if not left:
        return None
    amounts = {no: pick.upto(most, least=0) for no, most in left.items()}
    if not any(amounts.values()):
        return None
    hospital = pick.one(w.hospitals).code
    lines = tuple(SentLine(line=no, quantity=n) for no, n in amounts.items())
    meant = w.model.told[gift]["use"]
    elsewhere = meant.startswith("hospital:") and meant != f"hospital:{hospital}"
    facts = SentDirect(hospital=hospital, carrier=Carrier.OWN, boxes=1, lines=lines)

    def then(shipment):
        for row in ShipmentLine.objects.filter(shipment=shipment).select_related("lot__variant"):
            w.model.lots[row.lot.code] = Lot(gift, row.lot.variant.key)
        keep_shipment(w, shipment, {"hospital": hospital, "gift": gift, "release": ""})
        for no, amount in amounts.items():
            w.model.gift_lines[gift, no].sent += amount
        for _lot, key, amount in w.model.told[shipment.code]["lines"].values():
            if key:
                w.model.need_lines[key].allocated += amount

    return Attempt(
        *(Shipment, "pack", w.donor(gift), facts), then=then,
        fields={"gift": Pledge.objects.get(code=gift)},
        net=lambda s: shipped(w, s.code, f"donor:{gift}", f"transit:{s.code}"),
        refused="meant for another" if elsewhere else "",
    )  # fmt: skip


def dispatcher(w, code, n=0, role=Role.DISPATCHER):
    return w.actor(role, org=w.model.told[code].get("org", ""), n=n)


@rule("shipment.dispatch")
def dispatch(w, pick):
    code = w.some(pick, Shipment, "packed")
    if code is None:
        return None
    refused = pick.one(("", "", "", "he packed it", "another order"))
    order = w.model.told[code]["release"] if refused != "another order" else "R-2222222222"
    role = Role.WAREHOUSE if refused == "he packed it" else Role.DISPATCHER
    refused = refused or stopped(w, w.model.told[code]["allocations"])
    facts = Dispatched(carrier=Carrier.OWN, order=order)
    return Attempt(
        *(Shipment, "dispatch", dispatcher(w, code, role=role), facts), code=code, refused=refused,
        net=lambda _s: shipped(w, code, f"reserved:{code}", f"transit:{code}"),
    )  # fmt: skip


def on_the_way(w, pick, *stages):
    """A shipment of a charity on its way: its dispatcher speaks for it."""
    codes = [
        code
        for code, stage in w.stages[Shipment].items()
        if stage in (stages or UNDER_WAY) and w.model.told[code].get("org")
    ]
    return pick.one(codes)


@rule("shipment.confirm_delivery")
def deliver(w, pick):
    code = on_the_way(w, pick, *UNDER_WAY[:3])
    return code and Attempt(
        Shipment, "confirm_delivery", dispatcher(w, code), Delivered(), code=code
    )


def arrived(w, told):
    """The gift's lines count what reached its end straight from the donor."""
    if not told["gift"]:
        return
    for lot, _key, quantity in told["lines"].values():
        item, left = w.model.lots[lot].item, quantity
        rows = sorted((no, r) for (g, no), r in w.model.gift_lines.items() if g == told["gift"])
        for _no, row in rows:
            part = min(left, row.sent - row.arrived) if row.item == item else 0
            row.arrived += part
            left -= part


@rule("shipment.lose")
def lose(w, pick):
    code = on_the_way(w, pick, *UNDER_WAY, "refused") if pick.chance(4) else None
    if code is None:
        return None
    told = w.model.told[code]

    def then(_subject):
        for _lot, key, quantity in told["lines"].values():
            if key:
                w.model.need_lines[key].allocated -= quantity
        arrived(w, told)

    return Attempt(
        *(Shipment, "lose", dispatcher(w, code), Lost(reason=LossReason.THEFT)),
        code=code, then=then, net=lambda _s: shipped(w, code, f"transit:{code}", f"lost:{code}"),
    )  # fmt: skip


@rule("urgent.issue_urgent")
def issue_urgent(w, pick):
    found = chosen(w, pick) if pick.chance(3) else None
    if found is None:
        return None
    house, key, lots, refused = found
    line, org = w.model.need_lines[key], w.houses[house]
    facts = IssuedUrgently(
        need_line=f"{key[0]}/{key[1]}",
        lots=tuple(IssuedLot(lot=lot, quantity=n) for lot, n in lots.items()),
        reason=UrgentReason.PATIENTS,
        note="急",
        receiving_unit="急诊",
        taker="示例一号车",
        boxes=1,
    )
    sent = {}

    def then(subject):
        line.allocated += sum(lots.values())
        shipment = Shipment.objects.get(urgent=subject)
        told = {"org": org, "house": house, "hospital": line.hospital, "gift": "", "release": ""}
        keep_shipment(w, shipment, told)
        sent["code"] = shipment.code

    return Attempt(
        *(UrgentIssue, "issue_urgent", w.actor(Role.WAREHOUSE, org=org), facts),
        fields={"org": org}, then=then, refused=refused,
        net=lambda _s: out(w, lots, f"stock:{house}", f"transit:{sent['code']}"),
    )  # fmt: skip
