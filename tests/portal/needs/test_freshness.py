"""Needs and time: stale after 48 hours, revived by the hospital alone, run out after their day."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

import ledger.api as ledger
from portal.accounts.links import make_link
from portal.accounts.roles import Role
from portal.needs.freshness import STILL_NEEDED, renew_link, tick
from portal.needs.models import Need
from portal.needs.stages import Changed, ChangedLine, ChangeReason, QuantityKind
from portal.stages import clock, engine
from portal.stages.engine import MoveRefused, NotYours
from tests.factories.clock import AT, later
from tests.factories.needs import create_need
from tests.factories.people import actor_of, signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("log")]
MASK = "mask.gb19083-2010"


def now(need):
    return Need.objects.get(pk=need.pk)


def types(seal):
    seal()
    return [e.body["type"] for e in ledger.entries() if e.body["type"].startswith("need.")]


def test_r10_a_need_goes_stale_after_48_hours_by_a_sealed_move_of_the_clock(seal):
    need = create_need()

    assert tick(at=later(hours=48) - timedelta(seconds=1)) == 0
    assert tick(at=later(hours=48)) == 1
    assert tick(at=later(hours=49)) == 0, "once is enough"

    assert now(need).stage == "stale"
    assert types(seal) == ["need.publish", "need.go_stale"]
    last = list(ledger.entries())[-1].body
    assert (last["data"]["actor_role"], need.hospital.code in dict(last["cases"])) == (
        "clock",
        True,
    )


def test_what_the_hospital_said_lately_stays_fresh(seal):
    need = create_need()
    hospital = actor_of(Role.HOSPITAL, org=need.hospital.code)

    engine.advance(Need, need.code, "still_needed", actor=hospital, at=later(hours=40))

    assert tick(at=later(hours=87)) == 0
    assert tick(at=later(hours=88)) == 1


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.PUBLISHER, Role.AUTHORITY])
def test_nobody_says_it_for_the_hospital(role):
    need = create_need()

    with pytest.raises(NotYours):
        engine.advance(Need, need.code, "still_needed", actor=actor_of(role), at=AT)


def test_a_need_that_was_partly_met_is_so_again():
    need = create_need()
    tick(at=later(hours=48))
    line = need.lines.get()
    line.received = 5
    line.save()

    engine.advance(
        Need,
        need.code,
        "still_needed",
        actor=actor_of(Role.HOSPITAL, org=need.hospital.code),
        at=later(hours=49),
    )

    assert now(need).stage == "partly_met"


def test_a_need_past_its_day_runs_out_and_new_figures_bring_it_back(seal):
    today = timezone.localdate(AT)
    need = create_need(valid_until=today)
    hospital = actor_of(Role.HOSPITAL, org=need.hospital.code)

    assert tick(at=later(hours=10)) == 0, "the day itself still counts"
    assert tick(at=later(days=1)) == 1
    assert now(need).stage == "expired"
    wanted = (ChangedLine(line=1, quantity_kind=QuantityKind.EXACT, quantity=300, daily_use=50),)
    facts = Changed(wanted=wanted, reason=ChangeReason.RENEWED)
    engine.advance(Need, need.code, "change", actor=hospital, facts=facts, at=later(days=2))

    changed = now(need)
    assert (changed.stage, changed.revision, changed.valid_until) == ("published", 2, None)
    assert types(seal) == ["need.publish", "need.expire", "need.change"]
    first, *_between, last = [e.body["data"] for e in ledger.entries() if "lines" in e.body["data"]]
    assert (first["revision"], first["lines"][0]["quantity"]) == (1, 1000)
    assert (last["revision"], last["lines"][0]["quantity"]) == (2, 300)


def test_the_figures_of_a_line_that_is_not_there_are_refused():
    need = create_need()
    wanted = (ChangedLine(line=9, quantity_kind=QuantityKind.EXACT, quantity=300),)

    with pytest.raises(MoveRefused, match="Line 9 is not in this need"):
        engine.advance(
            Need,
            need.code,
            "change",
            actor=actor_of(Role.HOSPITAL, org=need.hospital.code),
            facts=Changed(wanted=wanted, reason=ChangeReason.MORE),
            at=AT,
        )


def link_to(need):
    token = make_link(purpose=STILL_NEEDED, code=need.code, at=timezone.now(), days=60)
    return f"/en/still-needed/{token}/"


def test_acceptance_12_the_link_opens_one_page_with_one_button_and_the_get_changes_nothing(
    client, seal
):
    need = create_need(at=timezone.now() - timedelta(hours=50))
    clock.tick(at=timezone.now())
    assert now(need).stage == "stale"
    address = link_to(need)

    for _ in range(2):
        page = client.get(address)
        assert page.status_code == 200
        assert page.content.decode().count("<button") == 1
        assert "Yes, it is still needed" in page.content.decode()
    assert client.head(address).status_code == 200
    assert now(need).stage == "stale", "looking changes nothing"
    once = page.context["form"]["once"].value()

    answer = client.post(address, {"once": once}, follow=True)

    assert answer.status_code == 200
    assert "stands in its place again" in answer.content.decode()
    assert now(need).stage == "published"
    assert types(seal)[-2:] == ["need.go_stale", "need.still_needed"]
    assert (page["Referrer-Policy"], "no-store" in page["Cache-Control"]) == ("no-referrer", True)


def test_the_link_works_until_the_next_one_is_made(client):
    need = create_need(at=timezone.now())
    address = link_to(need)

    for n in range(2):
        assert client.post(address, {"once": f"7b1f0a2e-5f0e-4f55-9d3e-11111111111{n}"}).status_code
        assert client.get(address).status_code == 200
    renewed = renew_link(need, at=timezone.now())

    assert client.get(address).status_code == 410
    assert client.get(f"/en/still-needed/{renewed}/").status_code == 200


def test_a_link_of_another_purpose_or_of_a_closed_need_is_dead(client):
    need = create_need(stage="withdrawn")
    claim = make_link(purpose="claim", code=need.code, at=timezone.now(), days=60)

    assert client.get(f"/en/still-needed/{claim}/").status_code == 410
    assert client.get(link_to(need)).status_code == 410
    with pytest.raises(MoveRefused, match="nothing to confirm"):
        renew_link(now(need), at=timezone.now())


def test_a_coordinator_gets_the_link_for_the_hospital(client):
    need = create_need(at=timezone.now())
    signed_in(client, Role.COORDINATOR)
    address = f"/admin/needs/need/{need.pk}/link/"

    assert "/still-needed/" not in client.get(address).content.decode()
    shown = client.post(address).content.decode()

    assert "/still-needed/" in shown
    signed_in(client, Role.AUDITOR)
    assert client.post(address).status_code == 404


def test_the_command_takes_what_is_due(capsys):
    create_need(at=timezone.now() - timedelta(hours=49))

    call_command("clock", "--json")

    assert '"needs": 1' in capsys.readouterr().out
