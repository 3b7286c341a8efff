"""People and roles: the security officer manages them, sees nothing else, and nobody else sees
them."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.accounts.models import Grant, Person
from portal.accounts.roles import UNGRANTED, Role
from tests.factories.people import PASSWORD, create_member, create_person, signed_in

pytestmark = pytest.mark.django_db
PEOPLE, GRANTS = "/admin/accounts/person/", "/admin/accounts/grant/"
NEW = {"username": "zhang.san", "name": "示例", "is_active": "on", "new_password": PASSWORD}
ORG = "U-5RD6V9KME4"
OTHERS = sorted(set(Role) - UNGRANTED - {Role.SECURITY, Role.HOSPITAL})


@pytest.fixture
def officer(client):
    return signed_in(client, Role.SECURITY)


def test_the_security_officer_makes_a_person(officer):
    response = officer.post(f"{PEOPLE}add/", NEW)

    assert response.status_code == 302
    made = Person.objects.get(username="zhang.san")
    assert made.check_password(PASSWORD)
    assert made.roles == set()


def test_an_empty_password_keeps_the_old_one(officer):
    person = create_person(username="li.si")

    officer.post(f"{PEOPLE}{person.pk}/change/", NEW | {"username": "li.si", "new_password": ""})

    person.refresh_from_db()
    assert (person.name, person.check_password(PASSWORD)) == ("示例", True)


def test_an_account_is_closed_not_deleted(officer):
    person = create_person(username="li.si")

    officer.post(f"{PEOPLE}{person.pk}/change/", {"username": "li.si"})

    assert officer.post(f"{PEOPLE}{person.pk}/delete/", {"post": "yes"}).status_code == 403
    assert not Person.objects.get(pk=person.pk).is_active


@pytest.mark.parametrize(
    "wrong",
    [
        {"username": ""},
        {"username": "a b"},
        {"username": "a\u202eb"},
        {"username": "a\x00b"},
        {"username": "a" * 61},
        {"username": "x" * 100_000},
        {"name": "张\u200b三"},
        {"name": "x" * 100_000},
        {"email": "not an address"},
        {"new_password": ""},
        {"new_password": "short"},
        {"new_password": "123456789012"},
        {"new_password": "x" * 100_000},
    ],
)
def test_a_person_that_cannot_be_is_refused_and_kept_on_the_page(officer, wrong):
    response = officer.post(f"{PEOPLE}add/", NEW | wrong)

    assert response.status_code == 422
    assert "errorlist" in response.content.decode()
    assert Person.objects.count() == 1


def test_a_name_taken_in_another_width_is_the_same_name(officer):
    officer.post(f"{PEOPLE}add/", NEW)

    officer.post(f"{PEOPLE}add/", NEW | {"username": "ｚｈａｎｇ.san"})

    assert Person.objects.filter(username="zhang.san").count() == 1
    assert Person.objects.count() == 2


def test_fields_that_are_not_asked_for_are_not_taken(officer):
    officer.post(
        f"{PEOPLE}add/",
        NEW
        | {"is_staff": "on", "is_superuser": "on", "password": "x", "joined_at_0": "2020-01-01"},
    )

    made = Person.objects.get(username="zhang.san")
    assert (made.is_staff, made.check_password(PASSWORD), made.joined_at.year > 2020) == (
        False,
        True,
        True,
    )


def test_roles_are_given_and_taken_away(officer):
    person = create_person()

    officer.post(
        f"{GRANTS}add/", {"person": person.username, "role": "warehouse", "org": "u5rd6v9kme4"}
    )
    held = Grant.objects.get(person=person)
    assert (held.role, held.org, held.until) == ("warehouse", ORG, None)

    officer.post(GRANTS, {"action": "take_away", "_selected_action": [held.pk]})
    held.refresh_from_db()
    assert held.until is not None
    assert officer.get(f"{GRANTS}{held.pk}/change/").status_code == 200
    assert officer.post(f"{GRANTS}{held.pk}/change/", {"role": "auditor"}).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "donor"},
        {"role": "system"},
        {"role": "superuser"},
        {"org": ""},
        {"org": "G-7K2M9Q4TX5"},
        {"org": "U-5RD6V9KME5"},
        {"org": "U" * 100_000},
        {"org": "U-5RD6V9KME4\u202e"},
        {"person": ""},
        {"person": "nobody"},
        {"person": "a\0b"},
    ],
)
def test_a_grant_that_cannot_be_is_refused(officer, wrong):
    person = create_person()
    given = {"person": person.username, "role": "warehouse", "org": ORG} | wrong

    response = officer.post(f"{GRANTS}add/", given)

    assert response.status_code == 422
    assert "errorlist" in response.content.decode()
    assert Grant.objects.count() == 1


def test_one_role_is_held_once(officer):
    person = create_member(Role.WAREHOUSE)

    response = officer.post(
        f"{GRANTS}add/", {"person": person.username, "role": "warehouse", "org": ORG}
    )

    assert response.status_code == 422
    assert Grant.objects.filter(person=person).count() == 1


@pytest.mark.parametrize("role", OTHERS)
def test_no_other_role_sees_people_or_grants(client, role):
    other = signed_in(client, role)

    assert [
        other.get(a).status_code for a in (PEOPLE, GRANTS, f"{PEOPLE}add/", f"{GRANTS}add/")
    ] == [403] * 4
    assert other.post(f"{PEOPLE}add/", NEW).status_code == 403
    assert Person.objects.count() == 1


def test_hospital_people_do_not_enter_the_workbench(client):
    other = signed_in(client, Role.HOSPITAL)

    assert other.get(PEOPLE)["Location"].startswith("/admin/login/")


def test_the_security_officer_sees_nothing_else(officer):
    shown = [m._meta.label for m in admin.site._registry if m._meta.app_label != "accounts"]
    assert shown

    answers = {
        label: officer.get(
            reverse(f"admin:{label.lower().replace('.', '_')}_changelist")
        ).status_code
        for label in shown
    }

    assert set(answers.values()) == {403}


@pytest.mark.parametrize("address", [PEOPLE, GRANTS])
def test_lists_cost_the_same_with_one_row_and_with_three(officer, address):
    costs = []
    for more in (0, 2):
        for _ in range(more):
            create_member(Role.WAREHOUSE)
        with CaptureQueriesContext(connection) as queries:
            assert officer.get(address).status_code == 200
        costs.append(len(queries))

    assert costs[0] == costs[1] <= 9  # one asks how the ledger stands
