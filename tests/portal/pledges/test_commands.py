"""Gifts: registered with their lines, answered by the charity, reserved on needs."""

import dataclasses

import pytest
from django.db import transaction
from django.utils import translation

from ledger import api as ledger
from ledger.models import Disclosure, Intent, SealedEntry
from portal.accounts.acting import Actor
from portal.accounts.roles import Role
from portal.needs.models import NeedLine
from portal.pledges import commands, queries
from portal.pledges.models import Pledge, PledgeLine
from portal.pledges.stages import Registered, Visibility, Withdrawn, WithdrawReason
from portal.stages import engine
from portal.stages.engine import MoveRefused, NotYours
from tests.factories.catalogue import MASK, SURGICAL, variant
from tests.factories.clock import AT
from tests.factories.needs import create_need
from tests.factories.people import actor_of
from tests.factories.pledges import create_pledge, donor_of, given

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
N95 = "mask.niosh-surgical-n95"


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def asked():
    """A line of a public need: 1,000 masks exactly."""
    return create_need().lines.get()


def register(**facts):
    variant()
    facts = {"lines": given((MASK, 10)), **facts}
    actor = Actor(role=Role.DONOR)
    return engine.begin(Pledge, "register", actor=actor, facts=Registered(**facts), at=AT)


def withdraw(pledge, *, actor=None):
    facts = Withdrawn(reason=WithdrawReason.MISTAKE)
    actor = actor or donor_of(pledge)
    return engine.advance(Pledge, pledge.code, "withdraw", actor=actor, facts=facts, at=AT)


def test_a_gift_keeps_its_lines_in_order():
    pledge = create_pledge(stage="registered", lines=((MASK, 10), (SURGICAL, 20)))

    rows = pledge.lines.order_by("no").values_list("no", "variant__key", "quantity", "need_line")
    assert list(rows) == [(1, MASK, 10, None), (2, SURGICAL, 20, None)]


def test_a_gift_for_a_need_is_counted_on_its_line(asked):
    create_pledge(lines=((MASK, 400, asked),))

    asked.refresh_from_db()
    assert (asked.pledged, asked.gap) == (400, 600)


def test_another_variant_of_the_item_may_be_given_for_a_need(asked):
    pledge = create_pledge(lines=((N95, 400, asked),))

    assert pledge.lines.get().need_line == asked


def test_more_than_is_missing_is_refused_and_nothing_is_kept(asked):
    with pytest.raises(MoveRefused, match="Only 1000 are still missing on line 1"):
        create_pledge(lines=((MASK, 1001, asked),))

    asked.refresh_from_db()
    assert (asked.pledged, Pledge.objects.count(), PledgeLine.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("stage", ["declined", "withdrawn"])
def test_what_is_taken_back_or_declined_is_asked_for_again(asked, stage):
    create_pledge(stage=stage, lines=((MASK, 400, asked), (MASK, 100, asked)))

    asked.refresh_from_db()
    assert asked.pledged == 0


def test_an_accepted_gift_can_be_withdrawn_by_its_donor(asked):
    pledge = withdraw(create_pledge(lines=((MASK, 400, asked),)))

    asked.refresh_from_db()
    assert (pledge.stage, asked.pledged) == ("withdrawn", 0)


def test_nobody_withdraws_the_gift_of_another():
    pledge, other = create_pledge(), create_pledge()

    with pytest.raises(NotYours):
        withdraw(pledge, actor=donor_of(other))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"need": "N-2222222222"}, "there is no such line of a need"),
        ({"need_line": 7}, "there is no such line of a need"),
        ({"need": ""}, "there is no such line of a need"),
        ({"variant": SURGICAL}, "asks for another item"),
        ({"variant": "no.such-thing"}, "not in the catalogue"),
        ({"need": "call 027-00000000 for me"}, "there is no such line of a need"),
    ],
)
def test_nothing_typed_freely_becomes_open(asked, change, sentence):
    (line,) = given((MASK, 10, asked))

    with pytest.raises(MoveRefused, match=sentence):
        register(lines=(dataclasses.replace(line, **change),))


def test_a_need_that_is_not_public_cannot_be_given_to():
    draft = create_need(stage="submitted").lines.get()

    with pytest.raises(MoveRefused, match="no such line"):
        register(lines=given((MASK, 10, draft)))


def test_a_withdrawn_need_takes_no_gift():
    closed = create_need(stage="withdrawn").lines.get()

    with pytest.raises(MoveRefused, match="takes no pledges now"):
        register(lines=given((MASK, 10, closed)))


def test_an_anonymous_gift_takes_no_name():
    with pytest.raises(MoveRefused, match="no name is kept"):
        register(visibility=Visibility.ANONYMOUS, donor_name="吴善")


def test_a_named_gift_needs_the_name():
    with pytest.raises(MoveRefused, match="give the name to show"):
        register(visibility=Visibility.NAMED)


def test_no_contact_of_an_anonymous_donor_is_in_any_sealed_byte(seal):
    contact = "somebody at somewhere.example"
    create_pledge(contact=contact)
    sentences = [contact.encode(), b"somewhere", b'"donor_name"', b'"contact"']
    waiting = b"".join(repr(row).encode() for row in Intent.objects.values())

    seal()

    sealed = b"".join(entry.raw for entry in ledger.entries())
    rows = b"".join(repr(row).encode() for row in SealedEntry.objects.values())
    kept = b"".join(repr(row).encode() for row in Disclosure.objects.values())
    assert [s for s in sentences[:2] if s in waiting + sealed + rows + kept] == []
    assert [s for s in sentences if s in sealed] == []


def test_the_name_of_a_named_donor_is_sealed_as_a_commitment_and_shown(seal):
    create_pledge(stage="registered", name="善心商店")
    seal()

    (entry,) = [e for e in ledger.entries() if e.body["type"] == "pledge.register"]
    assert "善心商店".encode() not in entry.raw
    assert ledger.disclosures([entry.uid])[entry.uid]["donor_name"] == "善心商店"


def test_every_event_of_a_gift_stands_on_the_pages_of_need_and_hospital(asked, seal):
    pledge = create_pledge(lines=((MASK, 400, asked),))
    withdraw(pledge)
    seal()

    about = [
        {code for code, _no in e.body["cases"]}
        for e in ledger.entries()
        if e.body["case"] == pledge.code
    ]
    wanted = {pledge.code, asked.need.code, asked.need.hospital.code}
    assert [found >= wanted for found in about] == [True, True, True]


def test_a_line_is_sent_up_to_what_was_promised():
    line = create_pledge(lines=((MASK, 100),)).lines.get()
    commands.send_line(line.pk, 60)

    with pytest.raises(MoveRefused, match=r"100 were promised and 60 are sent already.*at most 40"):
        commands.send_line(line.pk, 41)

    assert commands.send_line(line.pk, 40).sent == 100


def test_a_gift_is_received_when_all_that_was_sent_is_counted():
    pledge = create_pledge(lines=((MASK, 100), (SURGICAL, 50)))
    first, second = pledge.lines.order_by("no")
    stages = []
    with transaction.atomic():
        for line, counted in ((first, 60), (second, 50)):
            commands.send_line(line.pk, counted)
        engine.follow(pledge, "dispatch", actor=donor_of(pledge), at=AT)
        for line, counted in ((first, 60), (second, 50)):
            commands.arrive_line(line.pk, counted)
            engine.follow(pledge, "receive", actor=actor_of(Role.WAREHOUSE), at=AT)
            stages.append(pledge.stage)
            if line is first:
                continue
        commands.send_line(first.pk, 40)
        engine.follow(pledge, "dispatch", actor=donor_of(pledge), at=AT)
        stages.append(pledge.stage)

    assert stages == ["part_received", "received", "part_received"]


def test_a_gift_is_not_accounted_for_while_something_is_promised():
    assert not queries.is_accounted_for(create_pledge())


def test_counters_of_a_need_line_never_go_below_zero(asked):
    with transaction.atomic(), pytest.raises(AssertionError, match="less than 1 is pledged"):
        commands.needs.free_line(asked.pk, 1)

    assert NeedLine.objects.get(pk=asked.pk).pledged == 0
