"""What was erased after an older database was made is erased again in it, from the list in VAR."""

import json
import stat
from datetime import timedelta

import pytest
from django.utils import timezone

from ledger import api
from portal.accounts.models import Person
from portal.accounts.roles import Role
from portal.oversight import erasures
from portal.pledges.models import Pledge
from tests.factories.people import create_member, create_person
from tests.factories.pledges import create_pledge
from tests.faults.conftest import commanded

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def listed(settings, tmp_path):
    settings.VAR = tmp_path
    return tmp_path / "erased"


def test_what_was_erased_since_is_erased_again_and_nothing_else(log, listed):
    early, late, other = (create_pledge() for _ in range(3))
    Pledge.objects.update(donor_name="Mo")
    person = create_member(Role.DISPATCHER, username="zhang.san")
    begin = timezone.now()
    erasures.remember(early.code, at=begin - timedelta(days=2))
    for what in (late.code, "zhang.san"):
        assert commanded("erase", what)[0] == 0
    erasures.remember("G-2222222222", at=timezone.now())  # of a gift that came later
    with listed.open("a") as file:
        file.write(f"{timezone.now().isoformat()} person:{person.pk}@2020-01-01T00:00:00+00:00\n")
        file.write(
            f"{timezone.now().isoformat()} {other.code}"
        )  # no line's end: killed while it wrote

    Pledge.objects.update(donor_name="Mo")  # the older database
    Person.objects.filter(pk=person.pk).update(username="zhang.san", is_active=True)
    code, said = commanded("erase", "--again", begin.isoformat(), "--json")

    told = json.loads(said)["erased"]
    assert (code, told["erased again"], told["not in this database"]) == (0, 2, 2)
    names = dict(Pledge.objects.values_list("code", "donor_name"))
    assert names == {early.code: "Mo", late.code: "", other.code: "Mo"}
    assert not Person.objects.filter(username="zhang.san").exists()
    assert "zhang" not in listed.read_text()
    assert stat.S_IMODE(listed.stat().st_mode) == 0o600
    assert api.mode() == "ok"


def test_a_number_that_was_given_to_somebody_else_erases_nobody(log, listed):
    gone = create_person(username="zhang.san")
    key = erasures.key_of(gone)
    Person.objects.filter(pk=gone.pk).update(joined_at=timezone.now())  # another, under its number

    assert erasures.person_of(key) is None


def test_a_list_that_is_not_there_and_a_time_without_a_zone_are_said(log, listed):
    now = timezone.now().isoformat()

    missing = commanded("erase", "--again", now, "--list", listed)
    bare = commanded("erase", "--again", "2020-02-01T03:00:00")

    assert (missing[0], "cannot be read" in missing[1]) == (2, True)
    assert (bare[0], "with its zone" in bare[1]) == (2, True)
