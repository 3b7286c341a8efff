"""Corrections (R5): nothing published is deleted; the original stands beside what is right, with
reason, approvers and times, made from sealed entries alone."""

import re

import pytest

import ledger.api as ledger
from portal.accounts.roles import Role
from portal.organisations.models import Organisation
from portal.organisations.stages import Renamed
from portal.oversight.correction_table import Cause, CorrectionRaised, CorrectionVerified, Wrong
from portal.oversight.models import Correction
from portal.stages import engine
from portal.stages.engine import MoveRefused
from portal.tracking.models import Line
from portal.tracking.projection.checking import differences
from tests.factories.clock import AT, later
from tests.factories.funds import member_of
from tests.factories.organisations import create_charity, create_hospital
from tests.factories.oversight import correct
from tests.factories.people import actor_of, signed_in
from tests.factories.warehouse import create_warehouse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
WORDS = re.compile(r"<[^>]+>|\s+")


def text(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status, answer.status_code
    return " ".join(WORDS.sub(" ", answer.content.decode()).split())


@pytest.fixture
def wrong(seal):
    """A warehouse's first entry, with something wrong in it: (organisation, index)."""
    house = create_warehouse(org=create_charity())
    seal()
    entry = next(e for e in ledger.entries() if e.body["case"] == house.code)
    return house, entry


def test_r05_original_correction_reason_approvers_and_times_stand_on_one_page(
    client, wrong, seal_and_project
):
    house, entry = wrong
    correct(entry.index, house.org, at=later(hours=2))
    seal_and_project()

    page = text(client, "/en/corrections/")

    for said in (
        "As published", "31 January 2019", "As it is right", "31 January 2020", "mistyped",
        "The year was mistyped.", "Raised by", "Charity coordinator",
        "Verified by", "Quality inspection", "Published by", "Publishing",
        f"Entry {entry.index}", "2 Mar 2026 11:00", "Nothing that was published is ever deleted",
    ):  # fmt: skip
        assert said in page, said
    assert not differences()


def test_r05_a_correction_names_the_entry_it_corrects_and_stands_on_its_page(
    client, wrong, seal_and_project
):
    house, entry = wrong
    correction = correct(entry.index, house.org)
    seal_and_project()

    line = Line.objects.get(type="correction.publish")
    assert line.corrects == entry.uid
    assert house.code in line.codes
    assert "31 January 2020" not in ledger.entry(line.seq).raw.decode(), "the words are committed"
    assert correction.stage == "published"
    assert ledger.entry(entry.index).raw == entry.raw


def test_r05_three_people_make_a_correction(wrong):
    house, entry = wrong
    coordinator = member_of(house.org, Role.COORDINATOR)
    raised = correct(entry.index, house.org)
    again = Correction.objects.get(pk=raised.pk)
    assert len({again.raised_by, again.verified_by, again.published_by}) == 3

    same = engine.begin(
        Correction, "raise", actor=coordinator, at=AT, org=house.org.code,
        facts=CorrectionRaised(
            entry=entry.index, what=Wrong.NAME, said="a", right="b", reason=Cause.MISREAD
        ),
    )  # fmt: skip
    with pytest.raises(MoveRefused, match="Another person"):
        engine.advance(
            Correction, same.code, "verify", actor=coordinator, facts=CorrectionVerified(), at=AT
        )


def test_an_entry_of_others_and_one_that_is_not_there_are_refused(wrong):
    house, entry = wrong
    with pytest.raises(MoveRefused, match="does not concern your organisation"):
        correct(entry.index, create_charity())
    with pytest.raises(MoveRefused, match="no entry 9999"):
        correct(9999, house.org)


def test_r05_every_move_that_corrects_names_what_no_longer_stands(seal_and_project):
    """A new name: the table alone says that it is a correction, and of what."""
    hospital = create_hospital()
    rename_org(hospital)
    seal_and_project()

    line = Line.objects.get(type="organisation.rename")
    original = Line.objects.get(uid=line.corrects)
    assert (original.type, original.code) == ("organisation.verify", hospital.code)


def rename_org(hospital):
    facts = Renamed(legal_name="更名医院", name_en="Renamed Hospital")
    engine.advance(
        Organisation, hospital.code, "rename", actor=actor_of(Role.AUTHORITY), facts=facts, at=AT
    )


def test_the_list_is_filtered_by_kind_and_organisation(client, wrong, seal_and_project):
    house, entry = wrong
    correct(entry.index, house.org)
    rename_org(create_hospital())
    seal_and_project()

    every = text(client, "/en/corrections/")
    written = text(client, "/en/corrections/?kind=correction")
    ours = text(client, f"/en/corrections/?of={house.org.code}")

    assert "更名医院" in every
    assert "31 January 2020" in every
    assert "更名医院" not in written
    assert "31 January 2020" in written
    assert "更名医院" not in ours


@pytest.mark.parametrize("many", [0, 1, 3])
def test_the_list_asks_the_same_few_questions_however_long_it_is(
    client, wrong, seal_and_project, django_assert_max_num_queries, many
):
    house, entry = wrong
    for _n in range(many):
        correct(entry.index, house.org)
    seal_and_project()
    client.get("/en/corrections/")
    with django_assert_max_num_queries(8):
        assert client.get("/en/corrections/").status_code == 200


def test_staff_and_readers_get_the_same_bytes(client, wrong, seal_and_project):
    house, entry = wrong
    correct(entry.index, house.org)
    seal_and_project()
    plain = client.get("/en/corrections/").content

    staff = signed_in(client, Role.COORDINATOR, org=house.org.code).get("/en/corrections/")

    assert staff.content == plain
    assert not staff.cookies
