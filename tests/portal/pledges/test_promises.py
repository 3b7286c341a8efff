"""What was promised in public is kept, or seen to be late; only two people release a donor."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.accounts.links import make_link
from portal.accounts.roles import Role
from portal.needs.models import NeedLine
from portal.oversight import counters
from portal.pledges import commands
from portal.pledges.models import Pledge
from portal.pledges.stages import (
    Released,
    ReleaseProposed,
    ReleaseReason,
    Withdrawn,
    WithdrawReason,
)
from portal.stages import engine
from portal.stages.engine import MoveRefused
from portal.tracking.projection import checking
from portal.tracking.projection.projecting import project_all
from tests.factories.catalogue import MASK
from tests.factories.clock import AT
from tests.factories.people import actor_of, signed_in
from tests.factories.pledges import create_pledge, donor_of
from tests.factories.shipping import line_of
from tests.factories.warehouse import create_arrival

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("log")]
DAY = timezone.localdate(AT) + timedelta(days=3)
LATE = AT + timedelta(days=5)
PROPOSED = ReleaseProposed(reason=ReleaseReason.HARDSHIP, note="工厂停产，附证明")


def announced(line=None, **said):
    given = ((MASK, 1000, line),) if line else ((MASK, 1000),)
    return create_pledge(lines=given, announced_by=DAY, **said)


def stage_of(gift):
    return Pledge.objects.get(pk=gift.pk).stage


def move(gift, name, facts, *, person=None):
    actor = actor_of(Role.COORDINATOR, person=person)
    return engine.advance(Pledge, gift.code, name, actor=actor, facts=facts, at=LATE)


def test_acceptance_13_a_pledge_past_its_date_is_overdue_in_public(client, seal):
    gift = announced(line_of(), name="示例企业")
    create_pledge()
    assert commands.tick(at=AT + timedelta(days=2)) == 0
    assert (commands.tick(at=LATE), commands.tick(at=LATE)) == (1, 0)
    seal()
    project_all()

    page = client.get(f"/en/g/{gift.code}/").content.decode()
    listed = client.get("/en/gifts/?overdue=1").content.decode()

    assert stage_of(gift) == "overdue"
    assert "Overdue" in page
    assert DAY.isoformat() in page
    assert listed.count('<span class="mono">G-') == 1
    assert gift.code in listed
    assert f"Overdue: announced in public, to be given by {DAY.isoformat()}" in page
    assert checking.differences() == []


def test_acceptance_13_a_release_needs_two_people_and_a_public_reason(client):
    line = line_of()
    gift = announced(line)
    commands.tick(at=LATE)
    address = f"/admin/pledges/pledge/{gift.pk}/move"
    signed_in(client, Role.COORDINATOR)
    without = client.post(f"{address}/propose_release/", {"reason": "hardship", "note": ""})
    assert (without.status_code, stage_of(gift)) == (422, "overdue")
    sent = {"reason": "hardship", "note": "工厂停产，附证明"}
    assert client.post(f"{address}/propose_release/", sent).status_code == 302

    again = client.post(f"{address}/release/", {"note": "同意"})
    assert (again.status_code, stage_of(gift)) == (422, "release_proposed")
    signed_in(client, Role.COORDINATOR)
    assert client.post(f"{address}/release/", {"note": ""}).status_code == 422
    assert client.post(f"{address}/release/", {"note": "已核实"}).status_code == 302

    assert (stage_of(gift), NeedLine.objects.get(pk=line.pk).pledged) == ("released", 0)
    assert list(counters.pledged_is_the_sum_of_gifts()) == []


def test_acceptance_13_what_is_sent_ends_it(seal):
    gift = announced()
    commands.tick(at=LATE)
    create_arrival(pledge=gift, quantities={1: 400}, stage="announced")
    assert stage_of(gift) == "overdue"

    create_arrival(pledge=gift, quantities={1: 600}, stage="announced")

    assert (stage_of(gift), commands.tick(at=LATE)) == ("dispatched", 0)


def test_a_part_that_came_is_kept_when_the_rest_is_released():
    line = line_of()
    gift = announced(line)
    create_arrival(pledge=gift, quantities={1: 300}, stage="announced")
    with pytest.raises(MoveRefused, match="still on its way"):
        move(gift, "propose_release", PROPOSED)
    other = announced(line_of())
    create_arrival(pledge=other, quantities={1: 300})
    move(other, "propose_release", PROPOSED, person=5)
    with pytest.raises(MoveRefused, match="Another person"):
        move(other, "release", Released(note="同意"), person=5)
    move(other, "release", Released(note="同意"), person=6)

    assert other.lines.get().need_line.pledged == 300
    assert list(counters.pledged_is_the_sum_of_gifts()) == []


def test_who_has_given_everything_is_not_released():
    gift = announced()
    create_arrival(pledge=gift)

    with pytest.raises(MoveRefused, match="nothing to release"):
        move(gift, "propose_release", PROPOSED)


def test_a_promise_may_also_stand():
    gift = announced()
    move(gift, "propose_release", PROPOSED)

    assert move(gift, "keep_promise", None).stage == "accepted"
    assert commands.tick(at=LATE) == 1


def test_a_public_promise_is_not_taken_back_by_its_donor_alone(client):
    gift = announced()
    facts = Withdrawn(reason=WithdrawReason.UNAVAILABLE)

    with pytest.raises(MoveRefused, match="announced in public"):
        engine.advance(Pledge, gift.code, "withdraw", actor=donor_of(gift), facts=facts, at=AT)
    token = make_link(purpose="claim", code=gift.code, at=timezone.now(), days=9)
    assert "/withdraw/" not in client.get(f"/en/claim/{token}/").content.decode()


def test_a_day_in_the_past_is_no_promise():
    with pytest.raises(MoveRefused, match="lies in the past"):
        create_pledge(announced_by=timezone.localdate(AT) - timedelta(days=1))
