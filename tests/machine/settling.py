"""How a difference ends: what was missing or rejected is found, comes later, is handed on,
destroyed, inspected again, replaced; and what a hospital reports of its use."""

from portal.accounts.roles import Role
from portal.receipts import settling as facts
from portal.receipts.models import Receipt
from portal.shipping.models import Shipment
from tests.machine.bringing import plus
from tests.machine.giving import dispatcher, line_moved
from tests.machine.world import Attempt, rule

STANDING = ("discrepancy", "objected", "resolved")


def some_of(w, pick, room, *stages):
    """(receipt, {line: pieces}, refused) of a receipt in which a line has room for some."""
    codes = [
        code
        for code, stage in w.stages[Receipt].items()
        if stage in (stages or STANDING) and any(room(row) for row in rows_of(w, code).values())
    ]
    code = pick.one(codes)
    if code is None:
        return None
    told, beyond = {}, ""
    for no, row in rows_of(w, code).items():
        told[no] = pick.upto(room(row) + 1, least=0) if pick.chance(6) else pick.upto(room(row))
        beyond = "more than there are" if told[no] > room(row) else beyond
    return code, told, beyond or ("" if any(told.values()) else "nothing")


def rows_of(w, code):
    return w.model.told[code]["rows"]


def said(told):
    return tuple(facts.SomeOf(line=no, quantity=n) for no, n in told.items())


def attempt(w, found, move, said_, actor, way, counts):
    """A move that books so many of each row by `way(row)` and counts them under these names."""
    code, told, refused = found

    def then(_subject):
        for no, amount in told.items():
            for name, sign in counts.items():
                rows_of(w, code)[no][name] += sign * amount

    def net(_subject):
        rows = rows_of(w, code)
        return plus(*(line_moved(w, rows[no]["lot"], n, *way(rows[no])) for no, n in told.items()))

    return Attempt(Receipt, move, actor, said_, code=code, then=then, net=net, refused=refused)


def missing(row):
    return row["missing"] - row["later"] - row["found"]


def rejected(row):
    return row["rejected"] - row["settled"]


def owner_of(w, code):
    return w.model.told[code]["hospital"]


def straight(w, code):
    """Why it cannot go back: it came straight from the donor."""
    return "" if w.model.told[code].get("house") else "no warehouse"


@rule("receipt.come_later")
def come_later(w, pick):
    found = some_of(w, pick, missing)
    if found is None:
        return None
    code, told, _refused = found
    owner = owner_of(w, code)
    actor, way = w.actor(Role.HOSPITAL, org=owner), (f"lost:{code}", f"received:{owner}")
    came = facts.CameLater(later=said(told))
    done = attempt(w, found, "come_later", came, actor, lambda _row: way, {"later": 1})
    counted = done.then

    def then(subject):
        counted(subject)
        for no, amount in told.items():
            key = rows_of(w, code)[no]["key"]
            if key:
                w.model.need_lines[key].allocated += amount
                w.model.need_lines[key].received += amount

    done.then = then
    return done


def of_charity(w, pick, room):
    """The same, of a shipment that a warehouse sent."""
    found = some_of(w, pick, room)
    return found if found and w.model.told[found[0]].get("org") else None


@rule("receipt.find")
def find(w, pick):
    found = of_charity(w, pick, missing)
    if found is None:
        return None
    code, told, _refused = found
    way = f"lost:{code}", f"stock:{w.model.told[code]['house']}"
    again = facts.FoundAgain(again=said(told), note="找到")
    return attempt(w, found, "find", again, dispatcher(w, code), lambda _row: way, {"found": 1})


@rule("receipt.hand_on")
def hand_on(w, pick):
    found = of_charity(w, pick, rejected)
    if found is None:
        return None
    code, told, _refused = found
    goes = pick.one(facts.GoesTo)
    back = goes is facts.GoesTo.QUARANTINE
    end = f"{goes.value}:{w.model.told[code]['house'] if back else owner_of(w, code)}"
    handed = facts.HandedOn(goes_to=goes, handed=said(told), note="已核对")
    counts = {"settled": 1, "back": 1} if back else {"settled": 1}
    actor = dispatcher(w, code)
    return attempt(w, found, "hand_on", handed, actor, lambda row: (row["bad"], end), counts)


@rule("receipt.destroy")
def destroy(w, pick):
    found = of_charity(w, pick, rejected)
    if found is None:
        return None
    code, told, refused = found
    end = f"damaged:{owner_of(w, code)}"
    if any(told[no] and row["bad"] == end for no, row in rows_of(w, code).items()):
        refused = "written off already"
    facts_ = facts.Destroyed(destroyed=said(told), note="已核对")
    actor = dispatcher(w, code, role=Role.QUALITY)
    found = code, told, refused
    way = lambda row: (row["bad"], end)  # noqa: E731
    return attempt(w, found, "destroy", facts_, actor, way, {"settled": 1})


@rule("receipt.inspect_again")
def inspect_again(w, pick):
    found = of_charity(w, pick, lambda row: row["back"])
    if found is None:
        return None
    code, told, _refused = found
    house, good = w.model.told[code]["house"], {no: pick.below(n + 1) for no, n in told.items()}
    looked = facts.InspectedAgain(
        inspected=tuple(
            facts.Looked(line=no, good=good[no], bad=told[no] - good[no]) for no in told
        )
    )
    actor = dispatcher(w, code, role=Role.QUALITY)
    done = attempt(w, found, "inspect_again", looked, actor, lambda _row: ("", ""), {"back": -1})

    def net(_subject):
        waiting, parts = f"quarantine:{house}", []
        for no, row in rows_of(w, code).items():
            bad = told[no] - good[no]
            parts.append(line_moved(w, row["lot"], good[no], waiting, f"stock:{house}"))
            parts.append(line_moved(w, row["lot"], bad, waiting, f"damaged:{house}"))
        return plus(*parts)

    done.net = net
    return done


@rule("receipt.replace")
def replace(w, pick):
    code = w.some(pick, Receipt, *STANDING) if pick.chance(3) else None
    later = list(w.stages[Shipment])
    if code is None or not w.model.told[code].get("org"):
        return None
    others = [s for s in later[later.index(code) + 1 :] if owner_of(w, s) == owner_of(w, code)]
    facts_ = facts.Replaced(shipment=others[0]) if others else None
    return facts_ and Attempt(Receipt, "replace", dispatcher(w, code), facts_, code=code)


@rule("receipt.object")
def objecting(w, pick):
    code = w.some(pick, Receipt, "resolved")
    if code is None:
        return None
    actor = w.actor(Role.HOSPITAL, org=owner_of(w, code))
    return Attempt(Receipt, "object", actor, facts.Objected(note="数量不符"), code=code)


@rule("receipt.report_use")
def report_use(w, pick):
    waiting = w.stages[Receipt]

    def room(row):
        aside = row["held"] if waiting[row["code"]] == "discrepancy" else 0
        return row["accepted"] + row["later"] - aside - row["used"]

    found = some_of(w, pick, room, "confirmed", *STANDING) if pick.chance(3) else None
    if found is None:
        return None
    code, told, _refused = found
    used = facts.UseReported(issued=said(told), department=facts.Department.WARDS)
    actor = w.actor(Role.HOSPITAL, org=owner_of(w, code))
    done = attempt(w, found, "report_use", used, actor, lambda _row: ("", ""), {"used": 1})
    done.net = lambda _subject: plus()
    return done
