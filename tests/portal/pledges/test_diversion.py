"""A gift meant for somebody goes nowhere else unless its donor agrees, by his own link."""

from datetime import timedelta

import pytest
from django.utils import timezone

import ledger.api as ledger
from portal.accounts.links import make_link
from portal.accounts.roles import Role
from portal.oversight import counters
from portal.pledges import commands
from portal.pledges.diversion import DiversionAsked, DiversionReason
from portal.pledges.models import Diversion, Pledge
from portal.pledges.queries import may_go_to
from portal.stages import engine
from portal.stages.engine import MoveRefused, NotYours
from portal.tracking.projection import checking
from portal.tracking.projection.projecting import project_all
from portal.warehouse.models import Allocation
from portal.warehouse.stages import ExceptionReason
from tests.factories.catalogue import MASK
from tests.factories.clock import AT
from tests.factories.organisations import create_hospital
from tests.factories.people import actor_of, signed_in
from tests.factories.pledges import create_pledge, donor_of
from tests.factories.shipping import create_direct, line_of, stocked
from tests.factories.warehouse import create_allocation

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("log")]
TO_A = {"quantity": 1000}


def designated(hospital, **said):
    return create_pledge(lines=((MASK, 1000),), designation=f"hospital:{hospital.code}", **said)


def ask(gift, use, *, actor=None, at=AT):
    facts = DiversionAsked(new_use=use, reason=DiversionReason.CANNOT_TAKE)
    asked, by = {"facts": facts, "at": at}, actor or actor_of(Role.COORDINATOR)
    if Diversion.objects.filter(code=gift.code).exists():
        return engine.advance(Diversion, gift.code, "ask_again", actor=by, **asked)
    return engine.begin(Diversion, "ask", actor=by, code=gift.code, pledge=gift, **asked)


def answer(gift, move, *, actor=None):
    return engine.advance(Diversion, gift.code, move, actor=actor or donor_of(gift), at=AT)


@pytest.fixture
def there():
    return create_hospital(legal_name="示例甲医院")


@pytest.fixture
def elsewhere():
    return create_hospital(legal_name="示例乙医院")


def test_acceptance_10_without_the_donor_s_consent_a_gift_goes_nowhere_else(
    client, there, elsewhere, seal
):
    gift = designated(there)
    lot, other = stocked(pledge=gift), line_of(elsewhere)

    with pytest.raises(MoveRefused, match="示例甲医院"):
        create_allocation(other, (lot, 400))
    ask(gift, f"hospital:{elsewhere.code}")
    with pytest.raises(MoveRefused, match="may not go to 示例乙医院"):
        create_allocation(other, (lot, 400))
    answer(gift, "consent")
    with pytest.raises(MoveRefused, match="may not go to 示例甲医院"):
        create_allocation(line_of(there), (lot, 400))
    create_allocation(other, (lot, 400))
    seal()

    said = {e.body["type"]: e.body["data"] for e in ledger.entries()}["diversion.consent"]
    assert (said["old_use"], said["asked_use"]) == (
        f"hospital:{there.code}",
        f"hospital:{elsewhere.code}",
    )
    assert said["recorded_at"]
    project_all()
    page = client.get(f"/en/g/{gift.code}/").content.decode()
    assert "Given for: 示例乙医院" in page
    assert "changed by the donor: 示例甲医院" in page
    assert checking.differences() == []


def test_acceptance_10_a_refusal_keeps_the_gift_as_it_was_meant(there, elsewhere):
    gift = designated(there)
    lot = stocked(pledge=gift)
    ask(gift, "free")
    answer(gift, "refuse")

    with pytest.raises(MoveRefused, match="may not go"):
        create_allocation(line_of(elsewhere), (lot, 400))
    assert create_allocation(line_of(there), (lot, 400)).stage == "published"
    ask(gift, "purpose:isolation")
    assert Diversion.objects.get().new_use == "purpose:isolation"


def test_acceptance_10_the_donor_answers_by_his_link_and_only_by_post(client, there, elsewhere):
    gift = designated(there)
    lot, other = stocked(pledge=gift), line_of(elsewhere)
    signed_in(client, Role.COORDINATOR)
    asked = {
        "pledge": gift.pk,
        "new_use": f"hospital:{elsewhere.code}",
        "reason": "need_ended",
        "note": "原需求已撤回",
    }
    opened = client.post("/admin/pledges/diversion/open/ask/", asked)
    assert opened.status_code == 302, opened.content.decode()
    client.logout()
    token = make_link(purpose="claim", code=gift.code, at=timezone.now(), days=9)
    page = client.get(f"/en/claim/{token}/").content.decode()
    assert "示例甲医院" in page
    assert "示例乙医院" in page
    assert "原需求已撤回" in page

    looked = client.get(f"/en/claim/{token}/consent/")
    assert (looked.status_code, Diversion.objects.get().stage) == (200, "asked")
    assert client.post(f"/en/claim/{token}/consent/", {}).status_code == 302

    assert Diversion.objects.get().stage == "consented"
    assert Pledge.objects.get().designation == f"hospital:{elsewhere.code}"
    assert create_allocation(other, (lot, 400)).stage == "published"
    assert client.post(f"/en/claim/{token}/refuse/", {}).status_code == 422


def test_nobody_but_the_donor_answers(there):
    gift, other = designated(there), create_pledge()
    ask(gift, "free")

    for actor in (actor_of(Role.COORDINATOR), donor_of(other), actor_of(Role.HOSPITAL)):
        with pytest.raises(NotYours):
            answer(gift, "consent", actor=actor)
    assert Diversion.objects.get().stage == "asked"


def test_the_donor_is_reminded_and_silence_is_no_consent(there):
    gift = designated(there)
    ask(gift, "free")

    moved = [commands.tick(at=AT + timedelta(days=days)) for days in (2, 3, 4, 6)]

    asked = Diversion.objects.get()
    assert (moved, asked.stage, asked.reminders) == ([0, 1, 0, 1], "asked", 2)
    assert Pledge.objects.get().designation == f"hospital:{there.code}"


@pytest.mark.parametrize("use", ["free", "hospital:U-2222222222", "region:99", "purpose:gold", ""])
def test_a_use_that_is_none_is_refused(there, use):
    gift = create_pledge() if use == "free" else designated(there)

    with pytest.raises(MoveRefused):
        ask(gift, use)
    assert Diversion.objects.count() == 0


@pytest.mark.parametrize(
    ("designation", "goes"),
    [
        ("free", True),
        ("region:42", True),
        ("region:4201", True),
        ("region:31", False),
        ("purpose:isolation", False),
        ("purpose:medical", True),
        ("purpose:community", False),
    ],
)
def test_region_and_use_are_kept_to(designation, goes):
    line = line_of()
    gift = Pledge(designation=designation)

    assert may_go_to(gift, line) is goes


def test_a_hospital_without_credit_code_is_found_by_its_region_s_name():
    line = line_of(create_hospital(stage="listed"))

    assert may_go_to(Pledge(designation="region:4201", region="湖北 · 武汉"), line)
    assert not may_go_to(Pledge(designation="region:3101", region="上海 · 上海市"), line)


def test_r18_the_donor_s_own_parcel_keeps_to_what_he_laid_down(there, elsewhere):
    gift = designated(there)

    with pytest.raises(MoveRefused, match="示例甲医院"):
        create_direct(pledge=gift, hospital=elsewhere)

    assert create_direct(pledge=gift, hospital=there).stage == "in_transit"


def test_what_is_for_a_related_hospital_is_decided_by_two_people(there):
    gift = designated(there, related_to=there.code)
    with pytest.raises(MoveRefused, match="You are related to"):
        create_direct(pledge=gift, hospital=there)
    lot, line = stocked(pledge=gift), line_of(there)

    with pytest.raises(MoveRefused, match="is a related party"):
        create_allocation(line, (lot, 400))
    exception = {"exception": ExceptionReason.DONORS_WISH, "note": "捐赠人指定，已公示"}
    create_allocation(line, (lot, 400), **exception)

    assert Allocation.objects.get().stage == "proposed"
    assert list(counters.pledged_is_the_sum_of_gifts()) == []
