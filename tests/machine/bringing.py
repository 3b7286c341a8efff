"""Goods in: sent, arrived, counted, inspected, taken into custody, fetched or given on."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from portal.accounts.roles import Role
from portal.pledges.models import Pledge
from portal.warehouse.models import Allocation, Arrival, ArrivalLine
from portal.warehouse.models import Lot as LotRow
from portal.warehouse.stages import (
    Announced,
    AnnouncedLine,
    Arrived,
    Carrier,
    Corrected,
    Counted,
    CountedBatch,
    CountedLine,
    CountReason,
    Fetched,
    GivenOn,
    Inspected,
    InspectedLine,
    Misread,
    Papers,
    TakenIn,
    Verdict,
)
from tests.factories.evidence import show
from tests.machine.model import Lot, moved
from tests.machine.world import ASKED, KN95, Attempt, rule

SENDABLE = ("accepted", "dispatched", "part_received", "received", "overdue")


def keep_arrival(w, arrival):
    """A consignment and its new lots, as the tables name them."""
    house = arrival.warehouse.code
    rows = ArrivalLine.objects.filter(arrival=arrival).select_related("lot", "pledge_line")
    told = {"gift": arrival.pledge.code, "house": house, "lines": {}}
    told["owner"] = arrival.consignee.code if arrival.consignee else ""
    w.model.told[arrival.code] = told
    net = Counter()
    for row in rows.order_by("no"):
        key = arrival.pledge.code, row.pledge_line.no
        item = w.model.gift_lines[key].item
        w.model.lots[row.lot.code] = Lot(key[0], item, house, gift_line=key)
        told["lines"][row.no] = row.lot.code
        source, target = f"donor:{key[0]}", f"inbound:{house}"
        net.update(moved(key[0], row.lot.code, item, row.announced, source, target))
    return net


def plus(*nets):
    """Sums of changes, negative ones too."""
    total = Counter()
    for net in nets:
        total.update(net)
    return total


@rule("arrival.announce")
def announce(w, pick):
    gift = w.some(pick, Pledge, *SENDABLE)
    left = w.model.unsent(gift) if gift else {}
    if not left:
        return None
    amounts = {no: pick.upto(most, least=0) for no, most in left.items()}
    refused = "" if any(amounts.values()) else "nothing"
    if pick.chance(8):
        no = pick.one(left)
        amounts[no], refused = left[no] + 1, "more than promised"
    lines = tuple(AnnouncedLine(line=no, quantity=n) for no, n in amounts.items())
    house = pick.one(w.houses)
    owner = pick.one(w.hospitals).code if pick.chance(4) else ""
    facts = Announced(warehouse=house, carrier=Carrier.SF, lines=lines, consignee=owner)
    made = {}

    def then(arrival):
        made.update(keep_arrival(w, arrival))
        for no, amount in amounts.items():
            w.model.gift_lines[gift, no].sent += amount

    pledge = Pledge.objects.get(code=gift)
    fields = {"pledge": pledge}
    return Attempt(
        *(Arrival, "announce", w.donor(gift), facts),
        fields=fields, then=then, net=lambda _arrival: made, refused=refused,
    )  # fmt: skip


def keeper(w, arrival, n=0):
    return w.actor(Role.WAREHOUSE, org=w.houses[w.model.told[arrival]["house"]], n=n)


@rule("arrival.arrive")
def arrive(w, pick):
    arrival = w.some(pick, Arrival, "announced")
    if arrival is None:
        return None
    facts = Arrived(consignee=w.model.told[arrival]["owner"])
    return Attempt(Arrival, "arrive", keeper(w, arrival), facts, code=arrival)


def drawn_day(w, pick):
    """A day on which a batch runs out, or none."""
    return w.today() + timedelta(days=1 + pick.below(9)) if pick.chance(4) else None


def note(w, pick, arrival):
    """A goods-in note with its reasons, and what it must book."""
    told, model = w.model.told[arrival], w.model
    inbound = f"inbound:{told['house']}"
    rows, batches, later = [], [], {}
    for no, lot in told["lines"].items():
        here = model.at(inbound, lot)
        accepted = pick.upto(here + 3, least=0) if pick.chance(3) else here
        rejected = pick.upto(max(here - accepted, 0), least=0)
        batch = pick.upto(5) if pick.chance(4) else 0
        rest = max(here - accepted - rejected - batch, 0)
        later[no] = pick.upto(rest, least=0) if pick.chance(3) else 0
        rows.append(
            CountedLine(
                line=no, accepted=accepted, rejected=rejected, reason=CountReason.DAMAGED,
                later=later[no], expiry=drawn_day(w, pick),
            )
        )  # fmt: skip
        if batch:
            batches.append(CountedBatch(line=no, accepted=batch, reason=CountReason.DAMAGED))
    return Counted(lines=tuple(rows), batches=tuple(batches)), later


def counted(w, arrival, facts, later):
    """(then, net) of a note that is booked."""
    told, net = w.model.told[arrival], Counter()

    def then(subject):
        gift, house = told["gift"], told["house"]
        inbound, donor = f"inbound:{house}", f"donor:{gift}"
        said = {row.line: [row] for row in facts.lines}
        for batch in facts.batches:
            said[batch.line].append(batch)
        fresh = iter(_new_lots(subject, told))
        for no, rows in said.items():
            first = told["lines"][no]
            key = w.model.lots[first].gift_line
            item, line = w.model.lots[first].item, w.model.gift_lines[key]
            left = w.model.at(inbound, first) - later[no]
            net.update(moved(gift, first, item, later[no], inbound, donor))
            line.sent -= later[no]
            line.arrived += left
            lots = [first, *(next(fresh) for _row in rows[1:])]
            for lot, row in zip(lots, rows, strict=True):
                w.model.lots[lot] = Lot(gift, item, house, False, key, row.expiry)
                share = min(left, row.accepted + row.rejected)
                left -= share
                if lot != first:
                    net.update(moved(gift, first, item, share, inbound, donor))
                    net.update(moved(gift, lot, item, share, donor, inbound))
                net.update(_counted_line(gift, lot, item, share, row, house))
            net.update(moved(gift, first, item, left, inbound, f"lost:{house}"))
        told["good"] = _good(subject)
        _follow_on(w, told, subject, net)

    return then, net


def _counted_line(gift, lot, item, share, row, house):
    """Good and rejected pieces of one batch: first of what was announced, then of what was found
    beyond it."""
    bad = min(row.rejected, share)
    good = min(row.accepted, share - bad)
    inbound, found = f"inbound:{house}", f"found:{house}"
    ways = (
        (good, inbound, "quarantine"),
        (bad, inbound, "rejected"),
        (row.accepted - good, found, "quarantine"),
        (row.rejected - bad, found, "rejected"),
    )
    return plus(*(moved(gift, lot, item, n, a, f"{b}:{house}") for n, a, b in ways))


def _new_lots(subject, told):
    known = set(told["lines"].values())
    rows = ArrivalLine.objects.filter(arrival=subject).order_by("no")
    fresh = [row for row in rows.select_related("lot") if row.lot.code not in known]
    told["lines"] |= {row.no: row.lot.code for row in fresh}
    return [row.lot.code for row in fresh]


def _good(subject):
    rows = ArrivalLine.objects.filter(arrival=subject, accepted__gt=0).select_related("lot")
    return {row.no: row.lot.code for row in rows.order_by("no")}


def _follow_on(w, told, subject, net):
    """What is still to come was announced as a consignment of its own."""
    rest = Arrival.objects.filter(pledge__code=told["gift"], opened_at=w.at, stage="announced")
    for arrival in rest.exclude(pk=subject.pk):
        made = keep_arrival(w, arrival)
        net.update(made)
        for lot in w.model.told[arrival.code]["lines"].values():
            key = w.model.lots[lot].gift_line
            place = f"inbound:{told['house']}"
            sent = sum(n for (_g, b, _i, p), n in made.items() if b == lot and p == place)
            w.model.gift_lines[key].sent += sent


@rule("arrival.count")
def count(w, pick):
    arrival = w.some(pick, Arrival, "announced", "arrived")
    if arrival is None:
        return None
    facts, later = note(w, pick, arrival)
    nothing = all(later[row.line] and not row.accepted + row.rejected for row in facts.lines)
    whole = all(
        later[row.line] == w.model.at(f"inbound:{w.model.told[arrival]['house']}", lot)
        for row, lot in zip(facts.lines, w.model.told[arrival]["lines"].values(), strict=True)
    )
    if nothing and whole and not facts.batches:
        return None
    then, net = counted(w, arrival, facts, later)
    return Attempt(
        *(Arrival, "count", keeper(w, arrival), facts), code=arrival, then=then, net=lambda _s: net
    )


@rule("arrival.inspect")
def inspect(w, pick):
    arrival = w.some(pick, Arrival, "counted")
    if arrival is None:
        return None
    told, rows, net = w.model.told[arrival], [], Counter()
    house, verdicts = told["house"], {}
    for no, lot in told["good"].items():
        verdict = pick.one((*[Verdict.PASS] * 3, Verdict.COMMUNITY, Verdict.FAIL))
        verdict = Verdict.FAIL if w.past(lot) else verdict
        other = KN95 if pick.chance(8) and w.model.lots[lot].item != KN95 else ""
        verdicts[lot] = verdict, other
        rows.append(
            InspectedLine(
                line=no, verdict=verdict, variant=other, label=True, papers=Papers.REPORT,
                packaging=True, in_date=True,
            )
        )  # fmt: skip

    def then(_subject):
        for lot, (verdict, other) in verdicts.items():
            row, place, gift = w.model.lots[lot], f"quarantine:{house}", told["gift"]
            amount = w.model.at(place, lot)
            if other:
                net.update(moved(gift, lot, row.item, amount, place, f"donor:{gift}"))
                net.update(moved(gift, lot, other, amount, f"donor:{gift}", place))
                row.item = other
            if verdict is Verdict.FAIL:
                net.update(moved(gift, lot, row.item, amount, place, f"rejected:{house}"))
            row.community = verdict is Verdict.COMMUNITY
        told["passed"] = [lot for lot, (v, _o) in verdicts.items() if v is not Verdict.FAIL]

    actor = w.actor(Role.QUALITY, org=w.houses[house])
    facts = Inspected(lines=tuple(rows))
    wanted = any(verdict is not Verdict.PASS for verdict, _other in verdicts.values())
    blind = wanted and not told.get("shown") and pick.chance(5)

    def before():
        if wanted and not blind:
            told["shown"] = show(arrival, by=actor, at=w.at)

    return Attempt(
        *(Arrival, "inspect", actor, facts), code=arrival, before=before, then=then,
        net=lambda _s: net, refused="nothing shows why" if blind else "",
    )  # fmt: skip


def all_moved(w, arrival, source, target):
    """All that passed, from place to place."""
    told = w.model.told[arrival]
    lots = {lot: w.model.lots[lot] for lot in told["passed"]}
    return plus(
        *(
            moved(told["gift"], lot, row.item, w.model.at(source, lot), source, target)
            for lot, row in lots.items()
        )
    )


@rule("arrival.take")
def take(w, pick):
    arrival = w.some(pick, Arrival, "inspected")
    if arrival is None:
        return None
    told = w.model.told[arrival]
    same = pick.chance(6)
    target = f"held:{told['owner']}" if told["owner"] else f"stock:{told['house']}"
    net = all_moved(w, arrival, f"quarantine:{told['house']}", target)
    return Attempt(
        *(Arrival, "take", keeper(w, arrival, n=0 if same else 1), TakenIn()),
        code=arrival, net=lambda _s: net, refused="he counted it" if same else "",
    )  # fmt: skip


def of_owner(w, pick, move, facts, target):
    arrival = w.some(pick, Arrival, "held")
    if arrival is None:
        return None
    told = w.model.told[arrival]
    net = all_moved(w, arrival, f"held:{told['owner']}", target(told))
    actor = w.actor(Role.HOSPITAL, org=told["owner"])
    return Attempt(Arrival, move, actor, facts, code=arrival, net=lambda _s: net)


@rule("arrival.fetch")
def fetch(w, pick):
    return of_owner(w, pick, "fetch", Fetched(), lambda told: f"received:{told['owner']}")


@rule("arrival.give")
def give(w, pick):
    return of_owner(w, pick, "give", GivenOn(), lambda told: f"stock:{told['house']}")


@rule("arrival.correct")
def correct(w, pick):
    stages = ("inspected", "stocked", "held", "fetched")
    arrival = w.some(pick, Arrival, *stages) if pick.chance(3) else None
    if arrival is None or not w.model.told[arrival]["good"]:
        return None
    told, net = w.model.told[arrival], Counter()
    no = pick.one(told["good"])
    lots = _family(told["good"][no])
    was, found = w.model.lots[lots[0]].item, pick.one(w.items)
    same, blind = pick.chance(6), not told.get("shown") and pick.chance(6)
    refused = "he inspected it" if same else "nothing shows it" if blind else ""
    refused = refused or ("it is that already" if found == was else "")
    refused = refused or (
        "somebody decides" if any(w.stages[LotRow][b] in ASKED for b in lots) else ""
    )
    refused = refused or ("set aside for such a use" if _misused(w, lots, found) else "")
    actor = w.actor(Role.QUALITY, org=w.houses[told["house"]], n=0 if same else 1)

    def before():
        if not told.get("shown") and not blind:
            told["shown"] = show(arrival, by=actor, at=w.at)

    def then(_subject):
        for (gift, lot, item, where), amount in list(w.model.held.items()):
            if lot in lots and amount > 0 and _goes_on(where):
                net.update(moved(gift, lot, item, amount, where, f"donor:{gift}"))
                net.update(moved(gift, lot, found, amount, f"donor:{gift}", where))
        for each in lots:
            w.model.lots[each].item = found

    facts = Corrected(line=no, variant=found, reason=Misread.LABEL, note="核对")
    return Attempt(
        *(Arrival, "correct", actor, facts), code=arrival, before=before, then=then,
        net=lambda _s: net, refused=refused,
    )  # fmt: skip


def _family(code):
    """A lot and what was parted from it."""
    parts = LotRow.objects.filter(origin__code=code).values_list("code", flat=True)
    return [code, *(lot for part in parts for lot in _family(part))]


def _misused(w, lots, found):
    """Whether some of it is set aside for a use that it is not fit for by its right name."""
    return any(
        not w.suits(replace(w.model.lots[lot], item=found), w.model.need_lines[told["key"]])
        for code, stage in w.stages[Allocation].items()
        if stage in ("proposed", "published")
        for told in [w.model.told[code]]
        for lot in set(lots) & set(told["lots"])
    )


def _goes_on(where):
    """Whether pieces can still leave a place: it is inside, or a hospital's difference."""
    name, _colon, owner = where.partition(":")
    if name in ("lost", "rejected", "damaged"):
        return owner[0] == ("S" if name == "lost" else "U")
    return name not in ("donor", "found", "returned", "expired", "community", "sold")
