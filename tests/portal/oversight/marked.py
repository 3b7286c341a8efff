"""A world in which every place that can hold a personal value holds a marker of its own."""

from types import SimpleNamespace

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from portal.accounts.acting import Actor, grant
from portal.accounts.guesses import may_try
from portal.accounts.links import make_link
from portal.accounts.models import Person
from portal.accounts.roles import Role
from portal.input.once import fresh_key, once
from portal.needs.models import Need
from portal.needs.stages import AskedLine, Published, QuantityKind, Returned, ReturnReason, Written
from portal.notices import following
from portal.organisations.models import Organisation
from portal.organisations.stages import Suspended, SuspensionReason
from portal.oversight.models import Question
from portal.oversight.question_table import Asked, Topic
from portal.pledges.models import Pledge
from portal.pledges.stages import Registered, Visibility
from portal.shipping.stages import Dispatched
from portal.stages import engine
from portal.warehouse.models import Allocation, Arrival
from portal.warehouse.stages import Carrier, Counted, CountedLine
from tests.factories import shipping
from tests.factories.catalogue import MASK, variant
from tests.factories.clock import AT
from tests.factories.organisations import create_charity, create_hospital
from tests.factories.people import actor_of
from tests.factories.pledges import donor_of, given
from tests.factories.receipts import confirm, explain, received
from tests.factories.warehouse import allocated, announced, create_warehouse, lot_of, sign_in

PHONE = "13800000000"
PLACES = (
    *("donor-name", "donor-contact", "claim-waybill", "batch", "allocation-note"),
    *("need-notes", "need-contact", "as-written", "source", "return-note"),
    *("inspection-note", "receiving-unit", "taker"),
    *("waybill", "vehicle", "signer", "explain-note", "direct-waybill", "suspend-note"),
    *("username", "full-name", "email", "follower", "asker"),
)


def mark(place):
    return f"Mo-{place}-{PHONE}"


def tell():
    """One journey of each kind, a donor's link and session, and an account that did things."""
    world = SimpleNamespace(hospital=create_hospital(), charity=create_charity())
    world.person = _account(world.charity.code)
    variant(MASK)
    world.need = _need(world)
    world.gift = _gift(world)
    world.house = create_warehouse(org=world.charity)
    world.arrival, lot = _goods_in(world)
    world.allocation = engine.begin(
        Allocation,
        "publish",
        actor=actor_of(Role.WAREHOUSE, org=world.charity.code),
        facts=allocated(world.need.lines.get(), (lot, 600), note=mark("allocation-note")),
        at=AT,
        org=world.charity.code,
    )
    world.shipment = _shipment(world)
    other = _gift(world)
    engine.advance(
        Pledge, other.code, "accept", actor=actor_of(Role.COORDINATOR), facts=None, at=AT
    )
    world.second = other
    world.direct = shipping.create_direct(
        pledge=Pledge.objects.get(pk=other.pk),
        hospital=world.hospital,
        waybill=mark("direct-waybill"),
    )
    _suspend(world)
    following.ask(world.gift.code, f"{mark('follower')}@example.org", at=AT)
    facts = Asked(
        record=world.gift.code, topic=Topic.WHERE, text="Where?",
        contact=f"{mark('asker')}@example.org",
    )  # fmt: skip
    donor = Actor(role=Role.DONOR)
    world.question = engine.begin(Question, "ask", actor=donor, facts=facts, at=AT)
    world.token = make_link(purpose="claim", code=world.gift.code, at=timezone.now(), days=180)
    session = SessionStore()
    session["given"] = [world.gift.code]
    session.create()
    return world


def codes_of(world):
    """What has to be named to be rid of every marker but the account's."""
    things = (world.gift, world.need, world.returned, world.arrival, world.allocation)
    others = (world.release, world.shipment, world.second, world.direct, world.hospital)
    others = (*others, world.question)
    return [thing.code for thing in (*things, *others)]


def _account(org):
    person = Person(
        username=mark("username"),
        name=mark("full-name"),
        email=f"{mark('email')}@example.org",
        joined_at=AT,
    )
    person.set_password("a long and invented sentence")
    person.save()
    grant(person, role=Role.COORDINATOR, org=org, at=AT)
    session = SessionStore()
    session["_auth_user_id"] = str(person.pk)
    session.create()
    may_try(username=person.username, address="192.0.2.1", at=AT)
    LogEntry.objects.create(
        user=person,
        content_type=ContentType.objects.get_for_model(Person),
        object_id=str(person.pk),
        object_repr=str(person),
        action_flag=CHANGE,
    )
    return person


def _coordinator(world):
    return Actor(role=Role.COORDINATOR, org=world.charity.code, person_id=world.person.pk, name="x")


def _need(world):
    line = AskedLine(
        variant=MASK, quantity_kind=QuantityKind.EXACT, quantity=600, as_written=mark("as-written")
    )
    writer = actor_of(Role.HOSPITAL, org=world.hospital.code)
    facts = Written(lines=(line,), notes=mark("need-notes"), contact=mark("need-contact"))
    need = engine.begin(Need, "write", actor=writer, facts=facts, at=AT, hospital=world.hospital)
    other = engine.begin(Need, "write", actor=writer, facts=facts, at=AT, hospital=world.hospital)
    mend = Returned(reason=ReturnReason.UNCLEAR, note=mark("return-note"))
    world.returned = engine.advance(
        Need, other.code, "return", actor=_coordinator(world), facts=mend, at=AT
    )
    facts = Published(source=f"https://example.org/{mark('source')}")
    return engine.advance(Need, need.code, "publish", actor=_coordinator(world), facts=facts, at=AT)


def _gift(world):
    facts = Registered(
        lines=given((MASK, 1000)),
        visibility=Visibility.NAMED,
        donor_name=mark("donor-name"),
        contact=mark("donor-contact"),
    )
    sending = once(key=fresh_key(), action="pledge.register:", who="donor", content={"name": PHONE})
    return engine.begin(
        Pledge, "register", actor=Actor(role=Role.DONOR), facts=facts, at=AT, once=sending
    )


def _goods_in(world):
    engine.advance(Pledge, world.gift.code, "accept", actor=_coordinator(world), at=AT)
    facts = announced(world.house, {1: 1000}, waybill=mark("claim-waybill"))
    arrival = engine.begin(
        Arrival, "announce", actor=donor_of(world.gift), facts=facts, at=AT, pledge=world.gift
    )
    note = Counted(lines=(CountedLine(line=1, accepted=1000, batch=mark("batch")),))
    keeper = actor_of(Role.WAREHOUSE, org=world.charity.code)
    arrival = engine.advance(Arrival, arrival.code, "count", actor=keeper, facts=note, at=AT)
    return sign_in(arrival, note=mark("inspection-note")), lot_of(arrival)


def _shipment(world):
    release = shipping.create_release(
        world.allocation, receiving_unit=mark("receiving-unit"), taker=mark("taker")
    )
    world.release = release
    shipment = shipping.pack(release)
    facts = Dispatched(carrier=Carrier.SF, waybill=mark("waybill"), vehicle=mark("vehicle"))
    shipment = shipping.move_on(shipment, "dispatch", facts)
    receipt = confirm(
        shipment, received(shipment, {"line": 1, "missing": 5}, signer=mark("signer"))
    )
    explain(receipt, note=mark("explain-note"))
    return shipment


def _suspend(world):
    facts = Suspended(reason=next(iter(SuspensionReason)), note=mark("suspend-note"))
    authority = actor_of(Role.AUTHORITY)
    engine.advance(
        Organisation, world.hospital.code, "suspend", actor=authority, facts=facts, at=AT
    )
