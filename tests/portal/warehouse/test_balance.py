"""Whatever is announced, counted, given out, cancelled: every piece is somewhere."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.accounts.roles import Role
from portal.balance.checking import differences
from portal.balance.models import Booked, Holding
from portal.needs.models import NeedLine
from portal.stages import engine
from portal.stages.engine import MoveRefused
from portal.warehouse.models import Allocation, Arrival, ArrivalLine
from portal.warehouse.stages import (
    AllocationCancelled,
    CancelReason,
    Counted,
    CountedLine,
    CountReason,
)
from tests.factories.catalogue import MASK, SURGICAL
from tests.factories.clock import AT
from tests.factories.needs import create_need
from tests.factories.people import actor_of
from tests.factories.pledges import create_pledge, donor_of
from tests.factories.warehouse import (
    announced,
    create_allocation,
    create_warehouse,
    keeper_of,
    lot_of,
    sign_in,
)

pytestmark = pytest.mark.django_db
amount = st.integers(min_value=0, max_value=60)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("announce"), amount, amount),
        st.tuples(st.just("count"), amount, amount),
        st.tuples(st.just("allocate"), amount, amount),
        st.tuples(st.just("cancel"), amount, amount),
    ),
    min_size=4,
    max_size=14,
)


class Story:
    """One gift of two items, two needs, one warehouse; steps that may be refused."""

    def __init__(self):
        self.house = create_warehouse()
        self.pledge = create_pledge(lines=((MASK, 100), (SURGICAL, 50)))
        self.lines = [
            create_need(lines=[(key, "exact", 80)]).lines.get() for key in (MASK, SURGICAL)
        ]
        self.announced, self.counted, self.allocations = [], [], []

    def announce(self, first, second):
        facts = announced(self.house, {1: first, 2: second})
        donor = donor_of(self.pledge)
        fields = {"actor": donor, "facts": facts, "at": AT, "pledge": self.pledge}
        self.announced.append(engine.begin(Arrival, "announce", **fields))

    def count(self, accepted, rejected):
        if not self.announced:
            return
        arrival = self.announced.pop(0)
        rows = tuple(
            CountedLine(
                line=line.no, accepted=accepted, rejected=rejected, reason=CountReason.DAMAGED
            )
            for line in arrival.lines.order_by("no")
        )
        fields = {"actor": keeper_of(self.house), "facts": Counted(lines=rows), "at": AT}
        self.counted.append(sign_in(engine.advance(Arrival, arrival.code, "count", **fields)))

    def allocate(self, quantity, which):
        lots = [
            lot_of(arrival, line.no) for arrival in self.counted for line in arrival.lines.all()
        ]
        if lots and quantity:
            lot = lots[which % len(lots)]
            line = self.lines[0 if lot.variant.key == MASK else 1]
            self.allocations.append(create_allocation(line, (lot, quantity)))

    def cancel(self, which, _other):
        if self.allocations:
            code = self.allocations.pop(which % len(self.allocations)).code
            coordinator = actor_of(Role.COORDINATOR, org=self.house.org.code)
            facts = AllocationCancelled(reason=CancelReason.MISTAKE)
            engine.advance(Allocation, code, "cancel", actor=coordinator, facts=facts, at=AT)


def assert_every_piece_is_somewhere(story):
    gift = story.pledge.code
    for line in ArrivalLine.objects.filter(arrival__pledge=story.pledge):
        rows = Holding.objects.filter(gift=gift, lot=line.lot.code)
        places = Counter()
        for row in rows:
            places[row.place.partition(":")[0]] += row.amount
        given_out = -places.pop("donor", 0) - places.pop("found", 0)
        assert min(places.values()) >= 0
        assert given_out == line.announced + line.surplus == sum(places.values())
        if line.arrival.stage == "stocked":
            assert places["inbound"] == 0
            assert places["stock"] + places["reserved"] == line.accepted
            assert (places["rejected"], places["lost"]) == (line.rejected, line.missing)
    reserved = Holding.objects.filter(gift=gift, place__startswith="reserved", amount__gt=0)
    allocated = NeedLine.objects.filter(pk__in=[line.pk for line in story.lines])
    assert sum(r.amount for r in reserved) == sum(line.allocated for line in allocated)
    assert all(line.allocated <= line.quantity for line in allocated)


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_every_piece_is_somewhere_whatever_is_done(log, seal, steps):
    story = Story()
    refused = 0
    for name, first, second in steps:
        before = Booked.objects.count()
        try:
            getattr(story, name)(first, second)
        except MoveRefused:
            refused += 1
            assert Booked.objects.count() == before
        assert_every_piece_is_somewhere(story)
    seal()

    assert differences() == []
