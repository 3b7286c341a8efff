"""A lot in stock: counted, held back, recalled, moved to another warehouse, gone for good."""

from collections import Counter

from portal.accounts.roles import Role
from portal.warehouse import stock_facts as facts
from portal.warehouse.models import Lot
from tests.machine import model as m
from tests.machine.bringing import plus
from tests.machine.model import moved
from tests.machine.world import ASKED, Attempt, rule

RESTING = ("kept", "blocked", "recalled", "expired")
WAYS = {  # stage: (the second person's move, its facts, the end of the books)
    "write_off_asked": ("write_off", facts.WrittenOff, None),
    "return_asked": ("send_back", facts.ReturnedToDonor, "returned"),
    "issue_asked": ("issue", facts.IssuedToCommunity, "community"),
    "sale_asked": ("sell", facts.Sold, "sold"),
}
ENDS = {facts.WriteOff.EXPIRED: "expired", facts.WriteOff.LOST: "lost"}


def staff(w, lot, role=Role.WAREHOUSE, n=0):
    return w.actor(role, org=w.houses[w.model.lots[lot].house], n=n)


def lot_move(w, pick, move, said, *stages, role=Role.WAREHOUSE, **more):
    """A move of a lot that books nothing."""
    lot = w.some(pick, Lot, *stages)
    return lot and Attempt(Lot, move, staff(w, lot, role), said, code=lot, **more)


def shelf(w, lot):
    """(free, set aside and not packed yet)"""
    aside = sum(
        n for (_g, b, _i, p), n in w.model.held.items()
        if b == lot and p.startswith(("reserved:A-", "reserved:R-"))
    )  # fmt: skip
    return w.model.at(f"stock:{w.model.lots[lot].house}", lot), aside


def lot_moved(w, lot, amount, source, target):
    row = w.model.lots[lot]
    return moved(row.gift, lot, row.item, amount, source, target)


@rule("lot.put_away")
def put_away(w, pick):
    said = facts.Shelved(bin="A-1")
    return pick.chance(8) and lot_move(w, pick, "put_away", said, *RESTING)


@rule("lot.count")
def count(w, pick):
    lot = w.some(pick, Lot, "kept") if pick.chance(3) else None
    if lot is None:
        return None
    expected = sum(shelf(w, lot))
    counted = pick.one((expected, max(expected - 1, 0), pick.below(expected + 5)))
    said = facts.StockCounted(counted=counted, reason=facts.StockReason.MISCOUNTED)
    return Attempt(Lot, "count", staff(w, lot), said, code=lot)


@rule("lot.recount")
def recount(w, pick):
    lot = w.some(pick, Lot, "differs")
    if lot is None:
        return None
    free, aside = shelf(w, lot)
    counted = max(free + aside + pick.one((-1, 0, 2, -free - 1, 1)), 0)
    difference, house = counted - free - aside, w.model.lots[lot].house
    same = pick.chance(5)
    refused = "he counted it before" if same else ""
    refused = refused or ("set aside" if -difference > free else "")
    said = facts.StockRecounted(counted=counted, reason=facts.StockReason.UNEXPLAINED)
    more, less = (f"found:{house}", f"stock:{house}"), (f"stock:{house}", f"lost:{house}")
    way = more if difference > 0 else less
    return Attempt(
        *(Lot, "recount", staff(w, lot, n=0 if same else 1), said), code=lot, refused=refused,
        net=lambda _s: lot_moved(w, lot, abs(difference), *way),
    )  # fmt: skip


@rule("lot.hold")
def hold(w, pick):
    said = facts.Held(reason=facts.HoldReason.DOUBT)
    return pick.chance(3) and lot_move(w, pick, "hold", said, "kept", "differs")


@rule("lot.free")
def free(w, pick):
    said = facts.Freed(reason=facts.FreeReason.TESTED)
    return lot_move(w, pick, "free", said, "blocked", role=Role.QUALITY)


@rule("lot.recall")
def recall(w, pick):
    stages = ("kept", "differs", "blocked", "expired", "moving", *ASKED)
    said = facts.Recalled(reason=facts.RecallReason.FAULT, whole_batch=pick.chance(2))
    return pick.chance(4) and lot_move(w, pick, "recall", said, *stages, role=Role.QUALITY)


@rule("lot.lift")
def lift(w, pick):
    said = facts.RecallLifted(reason=facts.FreeReason.TESTED)
    return pick.chance(2) and lot_move(w, pick, "lift", said, "recalled", role=Role.QUALITY)


@rule("lot.answer")
def answer(w, pick):
    lot = w.some(pick, Lot, "recalled")
    owner = pick.one(w.hospitals).code
    had = sum(w.model.at(f"{name}:{owner}", lot) for name in ("received", "held")) if lot else 0
    if not had:
        return None
    aside = pick.upto(had + 1, least=0)
    said = facts.RecallAnswered(aside=aside, used=0)
    refused = "more than it had" if aside > had else ""
    actor = w.actor(Role.HOSPITAL, org=owner)
    return Attempt(Lot, "answer", actor, said, code=lot, refused=refused)


def ask(w, pick, move, kind, *stages, **said):
    """Somebody asks for stock to leave for good; the figures are kept for the second person."""
    lot = w.some(pick, Lot, *stages)
    stock = shelf(w, lot)[0] if lot else 0
    if not stock:
        return None
    amount = stock + 1 if pick.chance(6) else pick.upto(stock)
    refused = "more than is free" if amount > stock else ""
    if kind is facts.WriteOffAsked:
        expired = w.stages[Lot][lot] == "expired"
        usual = pick.one((facts.WriteOff.DAMAGED, facts.WriteOff.LOST))
        said["reason"] = facts.WriteOff.EXPIRED if expired else usual
    elif kind is not facts.ReturnAsked and w.past(lot):
        refused = refused or "past its date"
    said |= {"quantity": amount, "note": "已核对"}
    before = w.stages[Lot][lot]

    def then(_subject):
        w.model.told[lot] = {"said": said, "before": before}

    actor = staff(w, lot, Role.COORDINATOR)
    return Attempt(Lot, move, actor, kind(**said), code=lot, refused=refused, then=then)


@rule("lot.ask_write_off")
def ask_write_off(w, pick):
    return ask(w, pick, "ask_write_off", facts.WriteOffAsked, *RESTING)


@rule("lot.ask_return")
def ask_return(w, pick):
    stages, reason = ("kept", "blocked", "recalled"), facts.ReturnReason.NOT_NEEDED
    return ask(w, pick, "ask_return", facts.ReturnAsked, *stages, reason=reason)


@rule("lot.ask_issue")
def ask_issue(w, pick):
    said = {"to": facts.IssueTo.SCHOOL, "reason": facts.IssueReason.NOT_NEEDED}
    return ask(w, pick, "ask_issue", facts.IssueAsked, "kept", **said)


@rule("lot.ask_sale")
def ask_sale(w, pick):
    said = {"buyer": facts.Buyer.SHOP, "price": 100, "reason": facts.SaleReason.SURPLUS}
    return ask(w, pick, "ask_sale", facts.SaleAsked, "kept", **said)


def agree(w, pick, stage):
    """The second person's word: only to the same figures, and never the first person's."""
    lot = w.some(pick, Lot, stage)
    if lot is None:
        return None
    move, kind, end = WAYS[stage]
    said, house = dict(w.model.told[lot]["said"]), w.model.lots[lot].house
    end = end or ENDS.get(said["reason"], "damaged")
    amount = said["quantity"]
    refused = pick.one(("", "", "", "he asked for it", "not what was asked"))
    if refused == "not what was asked":
        said["quantity"] += 1
    actor = staff(w, lot, Role.COORDINATOR, n=0 if refused == "he asked for it" else 1)
    if stage in ("issue_asked", "sale_asked") and w.past(lot):
        refused = refused or "past its date"
    refused = refused or ("given out meanwhile" if amount > shelf(w, lot)[0] else "")
    return Attempt(
        *(Lot, move, actor, kind(**said)), code=lot, refused=refused,
        net=lambda _s: lot_moved(w, lot, amount, f"stock:{house}", f"{end}:{house}"),
    )  # fmt: skip


@rule("lot.write_off")
def write_off(w, pick):
    return agree(w, pick, "write_off_asked")


@rule("lot.send_back")
def send_back(w, pick):
    return agree(w, pick, "return_asked")


@rule("lot.issue")
def issue(w, pick):
    return agree(w, pick, "issue_asked")


@rule("lot.sell")
def sell(w, pick):
    return agree(w, pick, "sale_asked")


@rule("lot.decline")
def decline(w, pick):
    return pick.chance(4) and lot_move(w, pick, "decline", facts.Declined(), *ASKED)


@rule("lot.send")
def send(w, pick):
    lot = w.some(pick, Lot, "kept")
    if lot is None:
        return None
    (stock, aside), house = shelf(w, lot), w.model.lots[lot].house
    others = [h for h, org in w.houses.items() if org == w.houses[house] and h != house]
    if not stock or not others:
        return None
    other, amount = others[0], pick.upto(stock)
    said = facts.SentOver(warehouse=other, quantity=amount, reason=facts.MoveReason.SPACE)
    row, part = w.model.lots[lot], {}

    def then(_subject):
        """What stays behind, or may come back to where it was, parts the lot."""
        new = Lot.objects.filter(origin__isnull=False, opened_at=w.at).first()
        assert new or amount == stock + aside, "some stays: that is another lot"
        part["code"] = new.code if new else lot
        if new:
            same = (row.gift, row.item, house, row.community, row.gift_line, row.expiry)
            w.model.lots[new.code] = m.Lot(*same)
        w.model.told[part["code"]] = {"to": other}

    def net(_subject):
        stocked, donor, way = f"stock:{house}", f"donor:{row.gift}", f"transit:{other}"
        if part["code"] == lot:
            return lot_moved(w, lot, amount, stocked, way)
        made = lot_moved(w, part["code"], amount, donor, way)
        return plus(lot_moved(w, lot, amount, stocked, donor), made)

    return Attempt(
        *(Lot, "send", staff(w, lot), said), code=lot, then=then, net=net,
        refused="past its date" if w.past(lot) else "",
    )  # fmt: skip


@rule("lot.receive")
def receive(w, pick):
    moving = [
        lot for lot in w.stages[Lot]
        if lot in w.model.lots and w.model.at(_way(w, lot), lot) and _way(w, lot)
    ]  # fmt: skip
    lot = pick.one(moving)
    if lot is None:
        return None
    way = _way(w, lot)
    house, sent = way.partition(":")[2], w.model.at(way, lot)
    damaged = pick.upto(sent + 1, least=0) if pick.chance(3) else 0
    accepted = pick.one((max(sent - damaged, 0), pick.below(sent + 3)))
    same = pick.chance(5)
    said = facts.CameOver(accepted=accepted, damaged=damaged, reason=facts.ArrivedReason.SHORT)
    bad = min(damaged, sent)
    good = min(accepted, sent - bad)
    found, stock, broken = f"found:{house}", f"stock:{house}", f"damaged:{house}"
    ways = (
        *((good, way, stock), (bad, way, broken), (sent - good - bad, way, f"lost:{house}")),
        *((accepted - good, found, stock), (damaged - bad, found, broken)),
    )

    def then(_subject):
        w.model.lots[lot].house = house

    def net(_subject):
        total = Counter()
        for amount, source, target in ways:
            total.update(lot_moved(w, lot, amount, source, target))
        return total

    return Attempt(
        *(Lot, "receive", staff(w, lot, n=0 if same else 1), said), code=lot, then=then, net=net,
        refused="he sent it" if same else "",
    )  # fmt: skip


def _way(w, lot):
    """The place of a lot between two warehouses, or nothing."""
    told = w.model.told.get(lot, {})
    return f"transit:{told['to']}" if "to" in told else ""
