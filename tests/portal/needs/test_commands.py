"""Needs: written with sound lines, reviewed before they are public, met by what was confirmed."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone, translation

from ledger import api as ledger
from ledger.models import Intent
from portal.accounts.roles import Role
from portal.needs import commands
from portal.needs.models import Need, NeedLine
from portal.needs.stages import AskedLine, CloseReason, Published, QuantityKind, Withdrawn, Written
from portal.organisations.models import Organisation
from portal.organisations.stages import Suspended, SuspensionReason
from portal.stages import engine
from portal.stages.engine import MoveRefused, NotYours
from tests.factories.catalogue import MASK, SURGICAL, variant
from tests.factories.clock import AT, later
from tests.factories.needs import asked, create_need
from tests.factories.organisations import NOTICE, create_charity, create_hospital
from tests.factories.people import actor_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
COORDINATOR = actor_of(Role.COORDINATOR)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def publish(need, *, source=""):
    facts = Published(source=source)
    return engine.advance(Need, need.code, "publish", actor=COORDINATOR, facts=facts, at=AT)


def write(*lines, hospital=None, **facts):
    variant()
    hospital = hospital or create_hospital()
    return engine.begin(
        Need,
        "write",
        actor=actor_of(Role.HOSPITAL, org=hospital.code),
        facts=Written(lines=lines, **facts),
        at=AT,
        hospital=hospital,
    )


def types():
    return list(Intent.objects.filter(type__startswith="need.").values_list("type", flat=True))


def test_an_unreviewed_need_is_never_sealed():
    for stage in ("draft", "submitted", "returned"):
        create_need(stage=stage, notes="请送设备处")

    assert types() == []


def test_publishing_seals_the_need_as_it_then_is(seal):
    need = create_need(
        lines=((MASK, "exact", 1000), (SURGICAL, "unknown", None)),
        department="设备处",
        notes="请送设备处",
        contact="值班室",
    )
    seal()

    (entry,) = [e for e in ledger.entries() if e.body["type"] == "need.publish"]
    said = entry.body["data"]
    assert said["hospital"] == need.hospital.code
    assert said["department"] == "设备处"
    usual = {"fitness": "general_ward", "only_exact": False, "priority": "normal"}
    usual |= {"daily_use": None, "stock_days": None}
    assert said["lines"] == [
        {"no": 1, "variant": MASK, "quantity_kind": "exact", "quantity": 1000, **usual},
        {"no": 2, "variant": SURGICAL, "quantity_kind": "unknown", "quantity": None, **usual},
    ]
    assert need.hospital.code in dict(entry.body["cases"])
    assert "请送设备处" not in entry.raw.decode()
    assert "值班室" not in entry.raw.decode()
    assert ledger.disclosures([entry.uid])[entry.uid]["notes"] == "请送设备处"


def test_a_listed_hospital_s_need_needs_the_notice_s_address():
    need = create_need(stage="draft", hospital=create_hospital(stage="listed"))

    with pytest.raises(MoveRefused, match="only listed from a notice"):
        publish(need)

    assert publish(need, source=NOTICE).stage == "published"
    assert Need.objects.get().source == NOTICE


@pytest.mark.parametrize(
    "source",
    [
        "notices.example/1",
        "javascript:alert(1)",
        "ftp://a.example/",
        "https://",
        "http://[",
        "http://a.example:x/",
        "https://user@a.example/",
        "https://a.example/ b",
        "https://a.example/\u202e",
        "见公告",
    ],
)
def test_the_notice_s_address_is_a_web_address(source):
    need = create_need(stage="draft", hospital=create_hospital(stage="listed"))

    with pytest.raises(MoveRefused):
        publish(need, source=source)

    assert types() == []


def test_a_verified_hospital_s_draft_is_not_published_over_its_head():
    need = create_need(stage="draft")

    with pytest.raises(MoveRefused, match="has not sent this need for review"):
        publish(need)


@pytest.mark.parametrize("stage", ["applied", "suspended", "expired"])
def test_no_need_of_an_organisation_without_standing_is_published(stage):
    need = create_need(stage="submitted", hospital=create_hospital(stage=stage))

    with pytest.raises(MoveRefused, match="cannot be published"):
        publish(need, source=NOTICE)


def test_a_hospital_suspended_after_sending_its_need_is_seen_as_suspended():
    need = create_need(stage="submitted")
    engine.advance(
        Organisation,
        need.hospital.code,
        "suspend",
        actor=actor_of(Role.AUTHORITY),
        facts=Suspended(reason=SuspensionReason.CONDUCT),
        at=AT,
    )

    with pytest.raises(MoveRefused, match="Suspended"):
        publish(need)


def test_a_need_without_lines_is_not_published():
    need = write()

    with pytest.raises(MoveRefused, match="no line yet"):
        publish(need)


def test_only_a_hospital_asks():
    with pytest.raises(MoveRefused, match="Only a hospital"):
        write(*asked((MASK, "exact", 1)), hospital=create_charity())

    assert Need.objects.count() == 0


def test_a_hospital_does_not_write_for_another():
    ours, theirs = create_hospital(), create_hospital()
    variant()

    with pytest.raises(NotYours):
        engine.begin(
            Need,
            "write",
            actor=actor_of(Role.HOSPITAL, org=ours.code),
            facts=Written(lines=asked((MASK, "exact", 1))),
            at=AT,
            hospital=theirs,
        )


@pytest.mark.parametrize("kind", ["exact", "estimated"])
def test_a_counted_line_needs_its_quantity(kind):
    with pytest.raises(MoveRefused, match="Line 2: please give the quantity"):
        write(*asked((MASK, "exact", 5), (SURGICAL, kind, None)))

    assert NeedLine.objects.count() == 0


@pytest.mark.parametrize("kind", ["unlimited", "unknown"])
def test_a_line_without_limit_has_no_quantity(kind):
    with pytest.raises(MoveRefused, match="Line 1: a quantity does not go with"):
        write(*asked((MASK, kind, 1)))


def test_one_item_stands_on_one_line():
    with pytest.raises(MoveRefused, match="Lines 1 and 3 ask for the same item"):
        write(*asked((MASK, "exact", 5), (SURGICAL, "exact", 5), (MASK, "unknown", None)))


def test_an_item_that_is_not_in_the_catalogue_is_refused_by_its_line():
    line = AskedLine(variant="mask.none", quantity_kind=QuantityKind.UNKNOWN)

    with pytest.raises(MoveRefused, match="Line 1: this item is not in the catalogue"):
        write(line)


def test_needed_until_may_be_today_and_not_before():
    today = timezone.localdate(AT)
    line = asked((MASK, "exact", 5))

    assert write(*line, valid_until=today).valid_until == today
    with pytest.raises(MoveRefused, match="lies in the past"):
        write(*line, valid_until=today - timedelta(days=1))


def test_writing_again_replaces_the_lines_and_what_was_to_be_mended():
    need = create_need(stage="returned")

    again = engine.advance(
        Need,
        need.code,
        "rewrite",
        actor=actor_of(Role.HOSPITAL, org=need.hospital.code),
        facts=Written(lines=asked((SURGICAL, "estimated", 20)), department="总务处"),
        at=AT,
    )

    assert (again.stage, again.department, again.return_note) == ("submitted", "总务处", "")
    assert [(x.no, x.variant.key, x.quantity) for x in again.lines.all()] == [(1, SURGICAL, 20)]


def test_a_draft_kept_is_a_draft():
    assert create_need(stage="draft").stage == "draft"


def receive(need, *quantities):
    ids = need.lines.order_by("no").values_list("pk", flat=True)
    with transaction.atomic():
        commands.receive(
            quantities=dict(zip(ids, quantities, strict=True)),
            actor=actor_of(Role.HOSPITAL, org=need.hospital.code),
            at=later(days=1),
        )
    return Need.objects.get(pk=need.pk)


def test_a_need_is_met_when_every_line_is_and_not_before():
    need = create_need(lines=((MASK, "exact", 10), (SURGICAL, "estimated", 20)))

    assert receive(need, 10, 19).stage == "partly_met"
    assert receive(need, 0, 1).stage == "met"
    assert receive(need, 5, 0).stage == "met"


@pytest.mark.parametrize("kind", ["unlimited", "unknown"])
def test_a_line_without_limit_keeps_a_need_open(kind):
    need = create_need(lines=((MASK, "exact", 10), (SURGICAL, kind, None)))

    assert receive(need, 10, 10**6).stage == "partly_met"


def test_goods_that_come_after_a_withdrawal_are_counted_and_open_nothing():
    need = create_need(stage="withdrawn")

    assert receive(need, 7).stage == "withdrawn"
    assert need.lines.get().received == 7


def test_meeting_says_what_each_line_received_so_far(seal):
    need = create_need(lines=((MASK, "exact", 10), (SURGICAL, "unknown", None)))
    receive(need, 4, 0)
    receive(need, 2, 9)
    seal()

    said = [e.body["data"]["received"] for e in ledger.entries() if e.body["type"] == "need.meet"]
    assert said == [
        [{"no": 1, "received": 4}, {"no": 2, "received": 0}],
        [{"no": 1, "received": 6}, {"no": 2, "received": 9}],
    ]


def reserve(line, quantity):
    with transaction.atomic():
        return commands.reserve_line(line.pk, quantity)


def test_an_exact_line_takes_pledges_up_to_its_quantity():
    line = create_need(lines=((MASK, "exact", 10),)).lines.get()

    assert reserve(line, 7).pledged == 7
    with pytest.raises(MoveRefused, match="Only 3 are still missing on line 1"):
        reserve(line, 4)
    assert reserve(line, 3).pledged == 10
    with pytest.raises(MoveRefused, match="Line 1 is fully pledged"):
        reserve(line, 1)


@pytest.mark.parametrize(
    ("kind", "quantity"), [("estimated", 10), ("unlimited", None), ("unknown", None)]
)
def test_other_lines_take_more(kind, quantity):
    line = create_need(lines=((MASK, kind, quantity),)).lines.get()

    assert reserve(line, 5000).pledged == 5000


@pytest.mark.parametrize("stage", ["draft", "submitted", "returned", "withdrawn"])
def test_only_an_open_need_takes_pledges(stage):
    line = create_need(stage=stage).lines.get()

    with pytest.raises(MoveRefused, match="takes no pledges now"):
        reserve(line, 1)


def test_a_freed_line_takes_pledges_again():
    line = create_need(lines=((MASK, "exact", 10),)).lines.get()
    reserve(line, 10)

    commands.free_line(line.pk, 4)

    assert reserve(line, 4).pledged == 10


def test_a_line_is_never_freed_of_more_than_is_pledged():
    line = create_need().lines.get()

    with pytest.raises(AssertionError):
        commands.free_line(line.pk, 1)


def test_a_withdrawal_by_the_charity_stands_on_the_hospital_s_page(seal):
    need = create_need()
    facts = Withdrawn(reason=CloseReason.SUPPLIED)
    engine.advance(Need, need.code, "withdraw", actor=COORDINATOR, facts=facts, at=AT)
    seal()

    (entry,) = [e for e in ledger.entries() if e.body["type"] == "need.withdraw"]
    assert need.hospital.code in dict(entry.body["cases"])
