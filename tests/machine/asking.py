"""Needs and gifts: what is asked for, promised, answered, taken back."""

from datetime import timedelta

from portal.accounts.roles import Role
from portal.catalogue.fitness import Fitness
from portal.needs.models import Need
from portal.needs.stages import (
    AskedLine,
    Changed,
    ChangedLine,
    ChangeReason,
    CloseReason,
    Published,
    QuantityKind,
    Returned,
    ReturnReason,
    StillNeeded,
    Withdrawn,
    Written,
)
from portal.pledges import stages as gifts
from portal.pledges.models import Pledge
from portal.pledges.stages import Accepted, Declined, DeclineReason, GivenLine, Registered
from tests.machine.model import GiftLine, NeedLine
from tests.machine.world import KN95, MASK, SURGICAL, Attempt, rule

OPEN = ("published", "partly_met", "stale")
ITEMS = (MASK, MASK, SURGICAL, KN95)
MOST = 60


def asker(w, need):
    return w.actor(Role.HOSPITAL, org=w.model.told[need]["hospital"])


def need_move(w, pick, move, facts, *stages, role=Role.HOSPITAL):
    """A move of a need that books nothing."""
    need = w.some(pick, Need, *stages)
    if need is None:
        return None
    actor = asker(w, need) if role == Role.HOSPITAL else w.actor(role)
    return Attempt(Need, move, actor, facts, code=need)


def drawn_lines(pick):
    lines = []
    for item in dict.fromkeys(pick.one(ITEMS) for _line in range(1 + pick.below(2))):
        kind = pick.one((QuantityKind.EXACT, QuantityKind.EXACT, QuantityKind.UNLIMITED))
        lines.append(
            AskedLine(
                variant=item,
                quantity_kind=kind,
                quantity=pick.upto(MOST) if kind is QuantityKind.EXACT else None,
                fitness=pick.one((Fitness.GENERAL_WARD, Fitness.GENERAL_WARD, Fitness.COMMUNITY)),
            )
        )
    return tuple(lines)


def keep_lines(w, need, hospital, lines):
    w.model.told[need] = {"hospital": hospital}
    for key in [key for key in w.model.need_lines if key[0] == need]:
        del w.model.need_lines[key]
    for no, line in enumerate(lines, start=1):
        w.model.need_lines[need, no] = NeedLine(
            hospital, line.variant, str(line.quantity_kind), line.quantity, str(line.fitness)
        )


@rule("need.write")
def write(w, pick):
    if len(w.stages[Need]) > 8:
        return None
    hospital, lines = pick.one(w.hospitals), drawn_lines(pick)
    return Attempt(
        Need,
        "write",
        w.actor(Role.HOSPITAL, org=hospital.code),
        Written(lines=lines, send=not pick.chance(6)),
        fields={"hospital": hospital},
        then=lambda need: keep_lines(w, need.code, hospital.code, lines),
    )


@rule("need.rewrite")
def rewrite(w, pick):
    lines = drawn_lines(pick)
    found = need_move(w, pick, "rewrite", Written(lines=lines), "draft", "returned")
    if found is not None:
        found.then = lambda need: keep_lines(w, need.code, need.hospital.code, lines)
    return found


@rule("need.return")
def send_back(w, pick):
    facts = Returned(reason=ReturnReason.UNCLEAR)
    return pick.chance(6) and need_move(
        w, pick, "return", facts, "submitted", role=Role.COORDINATOR
    )


@rule("need.publish")
def publish(w, pick):
    return need_move(w, pick, "publish", Published(), "submitted", role=Role.COORDINATOR)


@rule("need.still_needed")
def still_needed(w, pick):
    return pick.chance(12) and need_move(w, pick, "still_needed", StillNeeded(), *OPEN)


@rule("need.withdraw")
def withdraw_need(w, pick):
    if not pick.chance(10):
        return None
    facts = Withdrawn(reason=CloseReason.CHANGED)
    return need_move(w, pick, "withdraw", facts, "draft", "submitted", "returned", *OPEN)


@rule("need.change")
def change(w, pick):
    need = w.some(pick, Need, *OPEN, "expired") if pick.chance(8) else None
    if need is None:
        return None
    lines = {no: line for (code, no), line in w.model.need_lines.items() if code == need}
    no = pick.one(lines)
    quantity = pick.upto(2 * MOST)
    told = ChangedLine(line=no, quantity_kind=QuantityKind.EXACT, quantity=quantity)
    facts = Changed(wanted=(told,), reason=ChangeReason.MORE)

    def then(_need):
        lines[no].kind, lines[no].quantity = "exact", quantity

    return Attempt(Need, "change", asker(w, need), facts, code=need, then=then)


@rule("pledge.register")
def register(w, pick):
    if len(w.stages[Pledge]) > 15:
        return None
    need = w.some(pick, Need, *OPEN)
    lines, keys, refused, promised = [], [], "", {}
    for key in [key for key in w.model.need_lines if key[0] == need] or [None]:
        line = w.model.need_lines.get(key)
        quantity, gap = pick.upto(MOST), None if line is None else line.gap
        beyond = gap is not None and quantity > gap
        if beyond and not pick.chance(5):
            quantity, beyond = gap, False
        if quantity <= 0:
            continue
        refused = "beyond the gap" if beyond else refused
        meant = {"need": key[0], "need_line": key[1]} if key else {}
        item = line.item if line else pick.one(ITEMS)
        lines.append(GivenLine(variant=item, quantity=quantity, **meant))
        keys.append(key)
        promised[key] = promised.get(key, 0) + quantity
    if not lines:
        return None

    use = pick.one(w.uses) if pick.chance(3) else "free"
    promised_by = w.today() + timedelta(days=pick.below(6)) if pick.chance(4) else None

    def then(gift):
        w.model.told[gift.code] = {"use": use, "promised": promised_by is not None}
        for no, (given, key) in enumerate(zip(lines, keys, strict=True), start=1):
            w.model.gift_lines[gift.code, no] = GiftLine(given.variant, given.quantity, key)
        for key, quantity in promised.items():
            if key is not None:
                w.model.need_lines[key].pledged += quantity

    facts = Registered(lines=tuple(lines), designation=use, announced_by=promised_by)
    return Attempt(Pledge, "register", w.donor(), facts, then=then, refused=refused)


@rule("pledge.accept")
def accept(w, pick):
    gift = w.some(pick, Pledge, "registered")
    return gift and Attempt(Pledge, "accept", w.coordinator(), Accepted(), code=gift)


def promised_again(w, gift):
    """What was promised is asked for again."""
    for (code, _no), line in w.model.gift_lines.items():
        if code == gift and line.need_line:
            w.model.need_lines[line.need_line].pledged -= line.quantity


@rule("pledge.decline")
def decline(w, pick):
    gift = w.some(pick, Pledge, "registered") if pick.chance(3) else None
    facts = Declined(reason=DeclineReason.STANDARD)
    then = lambda pledge: promised_again(w, pledge.code)  # noqa: E731 -- as everywhere here
    return gift and Attempt(Pledge, "decline", w.coordinator(), facts, code=gift, then=then)


@rule("pledge.withdraw")
def withdraw(w, pick):
    gift = w.some(pick, Pledge, "registered", "accepted") if pick.chance(3) else None
    facts = gifts.Withdrawn(reason=gifts.WithdrawReason.ELSEWHERE)
    if gift is None:
        return None
    promised = w.model.told[gift]["promised"] and w.stages[Pledge][gift] != "registered"
    return Attempt(
        *(Pledge, "withdraw", w.donor(gift), facts), code=gift,
        then=lambda _pledge: promised_again(w, gift),
        refused="promised in public" if promised else "",
    )  # fmt: skip
