"""Organisations: known from a notice, applied, verified by the authority and by nobody else."""

import pytest
from django.utils import translation

from ledger import api as ledger
from ledger.models import Intent
from portal.accounts.roles import Role
from portal.organisations import queries
from portal.organisations.models import Organisation
from portal.organisations.stages import Entered, KnownFrom, Renamed, Verified
from portal.stages import engine
from portal.stages.engine import MoveRefused, NotYours
from tests.factories.clock import AT
from tests.factories.organisations import (
    NOTICE,
    create_charity,
    create_hospital,
    create_organisation,
    credit_code,
)
from tests.factories.people import actor_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
AUTHORITY = actor_of(Role.AUTHORITY)
HOSPITAL = {"kind": "hospital", "legal_name": "示例医院"}


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def enter(*, known_from, source="", **fields):
    return engine.begin(
        Organisation,
        "enter",
        actor=actor_of(Role.COORDINATOR),
        facts=Entered(known_from=known_from, source=source),
        at=AT,
        **(HOSPITAL | fields),
    )


def rename(org, *, legal_name, name_en=""):
    facts = Renamed(legal_name=legal_name, name_en=name_en)
    return engine.advance(Organisation, org.code, "rename", actor=AUTHORITY, facts=facts, at=AT)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AUTHORITY}))
def test_only_the_authority_verifies(role):
    org = create_hospital(stage="applied")

    with pytest.raises(NotYours):
        engine.advance(
            Organisation, org.code, "verify", actor=actor_of(role), facts=Verified(), at=AT
        )

    assert Organisation.objects.get().stage == "applied"


def test_an_organisation_from_a_notice_is_listed_and_public(seal):
    org = enter(known_from=KnownFrom.NOTICE, source=NOTICE)
    seal()

    (entry,) = [e for e in ledger.entries() if e.body["type"] == "organisation.enter"]
    assert (org.stage, entry.body["data"]["stage"]) == ("listed", "listed")
    assert entry.body["data"]["legal_name"] == "示例医院"
    assert NOTICE not in entry.raw.decode()
    assert ledger.disclosures([entry.uid])[entry.uid]["source"] == NOTICE


def test_an_applied_organisation_is_never_sealed():
    org = enter(known_from=KnownFrom.APPLICATION, credit_code=credit_code(1))

    assert org.stage == "applied"
    assert Intent.objects.count() == 0


def test_verifying_seals_name_and_credit_code(seal):
    org = create_hospital(credit_code=credit_code(7))
    seal()

    (entry,) = [e for e in ledger.entries() if e.body["type"] == "organisation.verify"]
    assert entry.body["data"]["credit_code"] == org.credit_code == credit_code(7)


@pytest.mark.parametrize("source", ["", "示例网站", "ftp://notices.example/1"])
def test_a_listed_organisation_needs_the_notice_s_address(source):
    with pytest.raises(MoveRefused, match="address"):
        enter(known_from=KnownFrom.NOTICE, source=source)

    assert Organisation.objects.count() == 0


def test_an_application_needs_a_credit_code():
    with pytest.raises(MoveRefused, match="unified social credit code"):
        enter(known_from=KnownFrom.APPLICATION)


def test_two_who_enter_one_credit_code_at_once_enter_it_once():
    known = enter(known_from=KnownFrom.APPLICATION, credit_code=credit_code(1))

    with pytest.raises(MoveRefused, match=f"already recorded for {known.code}"):
        enter(known_from=KnownFrom.APPLICATION, credit_code=credit_code(1))

    assert Organisation.objects.count() == 1


@pytest.mark.parametrize("name", ["", "医\u202e院"])
def test_a_name_that_cannot_stand_is_refused(name):
    with pytest.raises(MoveRefused):
        enter(known_from=KnownFrom.NOTICE, source=NOTICE, legal_name=name)


def test_renaming_keeps_the_stage_and_says_the_new_names(seal):
    org = create_hospital(stage="listed")

    renamed = rename(org, legal_name="示例第二医院", name_en="Sample Second Hospital")
    seal()

    assert (renamed.stage, renamed.legal_name) == ("listed", "示例第二医院")
    (entry,) = [e for e in ledger.entries() if e.body["type"] == "organisation.rename"]
    assert entry.body["data"]["name_en"] == "Sample Second Hospital"


@pytest.mark.parametrize("name", ["院" * 121, "医\x00院", "\ud800"])
def test_a_new_name_that_cannot_stand_is_refused(name):
    org = create_hospital()

    with pytest.raises(MoveRefused):
        rename(org, legal_name=name)

    assert Organisation.objects.get().legal_name == org.legal_name


def test_lists_hold_those_that_may_take_part():
    listed, verified = create_hospital(stage="listed"), create_hospital()
    charity = create_charity()
    for stage in ("applied", "suspended", "expired"):
        create_hospital(stage=stage)
    create_charity(stage="applied")

    assert set(queries.hospitals()) == {listed, verified}
    assert list(queries.charities()) == [charity]


def test_names_come_in_the_reader_s_language_in_one_query(django_assert_num_queries):
    first = create_hospital(name_en="Sample Hospital")
    second = create_organisation(kind="donor", legal_name="示例公司")

    with django_assert_num_queries(1):
        english = queries.names([first.code, second.code, "U-UNKNOWN000", ""])
    with translation.override("zh-hans"):
        chinese = queries.names([first.code])

    assert english == {first.code: "Sample Hospital", second.code: "示例公司"}
    assert chinese == {first.code: first.legal_name}


def test_no_codes_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert queries.names([""]) == {}


def test_an_organisation_is_found_by_either_code():
    org = create_hospital()

    assert queries.by_code(org.code) == org
    assert queries.by_credit_code(org.credit_code) == org
    assert queries.by_code("U-UNKNOWN000") is None
