"""The real portal, driven one move at a time: what was expected of each, and what came of it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Sum
from django.utils import timezone

import ledger.api as ledger
from ledger.core import postings as rules
from portal.accounts.acting import Actor
from portal.accounts.roles import Role
from portal.balance.models import Booked, Holding
from portal.catalogue.models import Variant
from portal.input.once import once
from portal.needs.models import Need, NeedLine
from portal.oversight.invariants import broken
from portal.pledges.models import Diversion, Pledge, PledgeLine
from portal.receipts.models import Receipt
from portal.shipping.models import Release, Shipment, UrgentIssue
from portal.stages import clock, engine
from portal.stages.engine import MoveRefused
from portal.warehouse.models import Allocation, Arrival, Lot
from tests.factories.catalogue import load_catalogue
from tests.factories.clock import AT
from tests.factories.organisations import create_charity, create_hospital
from tests.factories.people import PERSON
from tests.factories.warehouse import create_warehouse
from tests.machine.figures import unsaid_falls
from tests.machine.model import Model

SUBJECTS = (
    Need,
    Pledge,
    Diversion,
    Arrival,
    Lot,
    Allocation,
    Release,
    UrgentIssue,
    Shipment,
    Receipt,
)
MASK, SURGICAL, KN95 = "mask.gb19083-2010", "mask.yy0469-2011", "mask.gb2626-2006"
ASKED = ("write_off_asked", "return_asked", "issue_asked", "sale_asked")
MINUTE = timedelta(minutes=1)
RULES = {}  # event -> rule(world, pick) -> Attempt or None


def rule(event):
    def keep(function):
        RULES[event] = function
        return function

    return keep


@dataclass
class Attempt:
    """One move: `net` is what it must book, `then` what changes in the model beside the books; both
    are asked once it was taken. `refused`: it must be refused, and then nothing may change."""

    model: type
    move: str
    actor: Actor
    facts: object = None
    code: str = ""  # none: it opens a subject
    fields: dict = field(default_factory=dict)
    net: Callable = lambda subject: Counter()
    then: Callable = lambda subject: None
    refused: str = ""
    before: Callable = lambda: None  # what is done first, by another door

    @property
    def event(self):
        return f"{self.model.lifecycle.key}.{self.move}"


class World:
    """Organisations that stay; everything else begins anew with each episode (`begin`)."""

    def __init__(self):
        load_catalogue(only=None)
        self.hospitals = [create_hospital(), create_hospital(), create_hospital(designated=False)]
        self.register = {org.code for org in self.hospitals[:2]}
        charities = [create_charity(), create_charity()]
        self.houses = {
            house.code: house.org.code
            for house in (create_warehouse(org=charities[n]) for n in (0, 0, 1))
        }
        self.orgs = {org.code: n for n, org in enumerate((*self.hospitals, *charities))}
        self.hospital_of = {org.code: org for org in self.hospitals}
        rows = Variant.objects.select_related("item").filter(key__in=(MASK, SURGICAL, KN95))
        self.items = {v.key: (v.item.key, v.item.item_class, set(v.fitness)) for v in rows}
        self.uses = ["free", "purpose:medical", "purpose:community"]
        self.uses += [f"hospital:{org.code}" for org in self.hospitals]
        self.begin()

    def begin(self):
        self.model, self.at, self.steps, self.said = Model(), AT, 0, []
        self.count = Counter()
        self.first = Booked.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self.last = self.first
        self.stages = {model: {} for model in SUBJECTS}
        self.look()

    # who and what

    def actor(self, role, org="", n=0):
        """One of two people in a role of an organisation."""
        person = 1000 + 100 * self.orgs.get(org, 50) + 2 * PERSON[role] + n
        return Actor(role=role, org=org, person_id=person, name=f"{role} {n}")

    def donor(self, gift=""):
        return Actor(role=Role.DONOR, by_link=gift)

    def coordinator(self, org="", n=0):
        return self.actor(Role.COORDINATOR, org or next(iter(self.houses.values())), n)

    def some(self, pick, model, *stages):
        """A subject of this episode in one of these stages, or None."""
        return pick.one(code for code, stage in self.stages[model].items() if stage in stages)

    def today(self):
        """The day of the next move."""
        return timezone.localdate(self.at + MINUTE)

    def past(self, lot):
        """Whether a lot is past its date."""
        expiry = self.model.lots[lot].expiry
        return expiry is not None and expiry < self.today()

    def stopped(self, lot):
        """Whether nothing of a lot may be given out."""
        stage = self.stages[Lot].get(lot)
        before = self.model.told.get(lot, {}).get("before") if stage in ASKED else stage
        return before != "kept" or self.past(lot)

    def sooner(self, lot, line, taken):
        """Whether some of an equal lot that runs out sooner would stay; {lot: pieces} go."""
        row, stock = self.model.lots[lot], self.model.stock(self.model.lots[lot].house)
        return any(
            (other.item, other.community) == (row.item, row.community)
            and other.expiry is not None
            and other.expiry < (row.expiry or date.max)
            and stock[code] > taken.get(code, 0)
            and not self.stopped(code)
            and self.fit(other, line)
            for code in stock
            if code != lot and (other := self.model.lots[code])
        )

    def meant(self, gift, line):
        """Whether the donor's wish lets a gift go to a need line."""
        kind, _colon, what = self.model.told[gift]["use"].partition(":")
        if kind == "hospital":
            return line.hospital == what
        return kind == "free" or (line.fitness != "community") == (what == "medical")

    def fit(self, lot, line):
        """Whether a lot may go to a need line."""
        return self.meant(lot.gift, line) and self.suits(lot, line)

    def suits(self, lot, line):
        """The same, whatever its donor wished."""
        item, kind, levels = self.items[lot.item]
        asked, asked_kind, _levels = self.items[line.item]
        if line.fitness == "community":
            return kind == asked_kind
        return item == asked and not lot.community and line.fitness in levels

    # one move

    def take(self, attempt, *, twice=False):
        """Take it; whatever comes of it must be what the attempt says."""
        words = f"{attempt.event} {attempt.code} {attempt.facts} -> {attempt.refused or 'taken'}"
        self.said.append(words)
        self.steps += 1
        self.at += MINUTE
        key = UUID(int=self.steps, version=4)
        sending = once(key=str(key), action=attempt.event, who="x", content={}) if twice else None
        attempt.before()
        try:
            subject = self._call(attempt, sending)
        except MoveRefused as refusal:
            said = str(refusal)
        else:
            said = ""
        assert bool(said) == bool(attempt.refused), f"{words}: {said or 'not refused'}"
        if said:
            assert self._booked() == Counter(), f"refused, and booked: {words}"
            self.count["refused"] += 1
            return
        if twice:
            assert self._call(attempt, sending).pk == subject.pk, f"done twice: {words}"
        attempt.then(subject)
        expected = Counter({k: n for k, n in attempt.net(subject).items() if n})
        found = self._booked()
        assert found == expected, f"{words}: booked {found}, not {expected}"
        self.model.book(found)
        self.count[attempt.event] += 1
        self.look()

    def _call(self, attempt, sending):
        shared = {"actor": attempt.actor, "facts": attempt.facts, "at": self.at, "once": sending}
        if attempt.code and not attempt.fields:
            return engine.advance(attempt.model, attempt.code, attempt.move, **shared)
        return engine.begin(attempt.model, attempt.move, **shared, **attempt.fields)

    def wait(self, hours):
        """Time passes, and the clock takes what is due; it moves no goods."""
        self.at += timedelta(hours=hours)
        self.count["clock"] += sum(clock.tick(at=self.at).values())
        assert self._booked() == Counter(), "the clock moved goods"
        self.look()

    def _booked(self):
        """The change that was booked since the last look."""
        net = Counter()
        for row in Booked.objects.filter(pk__gt=self.last).order_by("pk"):
            net[row.gift, row.lot, row.item, row.from_place] -= row.amount
            net[row.gift, row.lot, row.item, row.to_place] += row.amount
            self.last = row.pk
        return Counter({key: change for key, change in net.items() if change})

    def look(self):
        """The stages as they stand: moves bring about others."""
        for model in SUBJECTS:
            rows = model.objects.filter(opened_at__gt=AT).values_list("code", "stage")
            self.stages[model] = dict(rows.order_by("pk"))

    # what must hold

    def compare(self):
        """Model = tables: places, sums by lot and gift, the counters of both ends."""
        held = {key: n for key, n in self.model.held.items() if n}
        gifts = {key[0] for key in held}
        rows = Holding.objects.filter(gift__in=gifts).exclude(amount=0)
        found = {(h.gift, h.lot, h.item, h.place): h.amount for h in rows}
        assert found == held
        sums = Holding.objects.filter(gift__in=gifts).values("gift", "lot", "item")
        assert not list(sums.annotate(total=Sum("amount")).exclude(total=0))
        for (need, no), line in self.model.need_lines.items():
            row = NeedLine.objects.get(need__code=need, no=no)
            assert (row.pledged, row.allocated, row.received) == (
                *(line.pledged, line.allocated, line.received),
            ), (need, no)
        for (gift, no), line in self.model.gift_lines.items():
            row = PledgeLine.objects.get(pledge__code=gift, no=no)
            assert (row.quantity, row.sent, row.arrived) == (
                *(line.quantity, line.sent, line.arrived),
            ), (gift, no)
        for code, house in Lot.objects.values_list("code", "warehouse__code"):
            for place in ("stock:", "quarantine:"):
                mine = {p for (_g, b, _i, p) in held if b == code}
                where = {p for p in mine if p.startswith(place)}
                assert where <= {f"{place}{house}"}, f"{code} lies in {where}, but is in {house}"
        for code, stage in self.stages[Pledge].items():
            if self.model.accounted(code):
                assert stage in ("fulfilled", "declined", "withdrawn"), (code, stage)

    def whole(self, seal):
        """Model = replay of the sealed entries, and every invariant holds."""
        seal()
        assert replayed({key[0] for key in self.model.held}) == {
            key: n for key, n in self.model.held.items() if n
        }
        assert broken() == []
        assert unsaid_falls() == []


def replayed(gifts):
    """The holdings that follow from the sealed entries alone."""
    held = {}
    for entry in ledger.entries():
        told = [rules.Posting.from_json(p) for p in entry.body["data"].get("postings", [])]
        if told:
            rules.apply(held, told)
    return {key: n for key, n in held.items() if n and key[0] in gifts}
