"""Sign-in: one sentence for every wrong try, counted tries, and no way to another host."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from portal.accounts import guesses
from portal.accounts.acting import withdraw
from portal.accounts.models import Person
from portal.accounts.roles import Role
from portal.input.limits import allowed
from tests.factories.people import PASSWORD, create_member, create_person

pytestmark = pytest.mark.django_db
LOGIN = "/en/accounts/login/"
WRONG = "The sign-in name or the password is wrong. Please try again."
TOO_MANY = "Too many tries to sign in."


def sign_in(client, username, password=PASSWORD, *, address="203.0.113.5", query="", **data):
    return client.post(
        LOGIN + query,
        {"username": username, "password": password, **data},
        REMOTE_ADDR=address,
    )


def signed_in(client):
    return "_auth_user_id" in client.session


def test_staff_land_in_the_workbench(client):
    person = create_member(Role.COORDINATOR)

    response = sign_in(client, person.username)

    assert (response.status_code, response["Location"]) == (302, "/admin/")
    assert signed_in(client)


def test_hospital_people_land_in_their_workspace(client):
    person = create_member(Role.HOSPITAL)

    assert sign_in(client, person.username)["Location"].endswith("/hospital/")


def test_somebody_without_a_role_lands_on_the_home_page(client):
    assert sign_in(client, create_person().username)["Location"] == "/"


def test_the_session_gets_a_new_key(client):
    client.cookies["session"] = "preset0preset0preset0preset0pres"

    sign_in(client, create_person().username)

    assert client.cookies["session"].value != "preset0preset0preset0preset0pres"


@pytest.mark.parametrize("case", ["unknown", "wrong", "closed"])
def test_one_sentence_for_every_wrong_try(client, case):
    person = create_person(active=case != "closed")

    response = sign_in(
        client,
        "nobody" if case == "unknown" else person.username,
        "not it" if case == "wrong" else PASSWORD,
    )

    assert response.status_code == 422
    assert WRONG in response.content.decode()
    assert not signed_in(client)


@pytest.mark.parametrize(
    "username",
    [
        "",
        "a" * 100_000,
        "a\x00b",
        "a\u202eb",
        "\ufffd",
        "１２３",
        "-1",
        "NaN",
        "<script>alert(1)</script>",
        "'; drop table accounts_person; --",
    ],
)
def test_a_strange_name_is_a_wrong_one(client, username):
    response = sign_in(client, username)

    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert "<script>alert" not in response.content.decode()


def test_lone_surrogates_in_the_raw_form_are_a_wrong_try(client):
    response = client.post(
        LOGIN,
        "username=%ED%A0%80&password=x",
        content_type="application/x-www-form-urlencoded",
    )

    assert response.status_code == 422


def test_a_password_of_a_hundred_thousand_characters_is_not_looked_at(client):
    response = sign_in(client, create_person().username, "x" * 100_000)

    assert response.status_code == 422


def test_the_name_typed_is_kept_and_the_password_is_not(client):
    page = sign_in(client, "typed-name", "typed-password").content.decode()

    assert 'value="typed-name"' in page
    assert "typed-password" not in page


@pytest.mark.parametrize(
    ("wanted", "lands"),
    [
        ("/hospital/needs/new/", "/hospital/needs/new/"),
        ("https://testserver/hospital/", "https://testserver/hospital/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_next_stays_on_this_host(client, wanted, lands):
    response = sign_in(client, create_person().username, query=f"?next={wanted}")

    assert response["Location"] == lands


@pytest.mark.usefixtures("still")
def test_ten_tries_of_one_account_from_one_address(client):
    person = create_person()
    for _ in range(10):
        assert sign_in(client, person.username, "wrong").status_code == 422

    refused = sign_in(client, person.username)

    assert (refused.status_code, refused["Retry-After"]) == (429, "300")
    assert TOO_MANY in refused.content.decode()
    assert not signed_in(client)


def test_the_real_person_signs_in_from_elsewhere_meanwhile(client):
    person = create_person()
    for _ in range(11):
        sign_in(client, person.username, "wrong")

    assert sign_in(client, person.username, address="198.51.100.9").status_code == 302


@pytest.mark.usefixtures("still")
def test_ten_wrong_tries_from_one_address_whatever_the_account(client):
    person = create_person()
    for n in range(10):
        assert sign_in(client, f"nobody{n}").status_code == 422

    assert sign_in(client, person.username).status_code == 429


def test_right_passwords_do_not_count_against_the_address(client):
    people = [create_person() for _ in range(12)]

    answers = [sign_in(client, person.username).status_code for person in people]

    assert answers == [302] * 12


@pytest.mark.usefixtures("still")
def test_a_thousand_tries_in_all(client, monkeypatch):
    monkeypatch.setattr(guesses, "EVERYWHERE", 3)
    person = create_person()
    answers = [
        sign_in(client, f"nobody{n}", address=f"203.0.113.{n}").status_code for n in range(3)
    ]

    assert answers == [422] * 3
    assert sign_in(client, person.username).status_code == 429


def test_the_count_ends_with_its_five_minutes():
    at = timezone.now()
    for _ in range(11):
        guesses.may_try(username="somebody", address="203.0.113.5", at=at)

    assert not guesses.may_try(username="somebody", address="203.0.113.5", at=at)
    later = at + timedelta(seconds=guesses.PER)
    assert guesses.may_try(username="somebody", address="203.0.113.5", at=later)


def test_a_forgiven_try_leaves_room_for_another():
    at = timezone.now()
    assert [allowed("door", limit=2, per=60, at=at) for _ in range(2)] == [True, True]

    guesses.forgive("door", per=60, at=at)

    assert [allowed("door", limit=2, per=60, at=at) for _ in range(2)] == [True, False]


def test_signing_out_is_a_post_and_ends_the_session(client):
    client.force_login(create_person())

    assert client.get("/en/accounts/logout/").status_code == 405
    assert signed_in(client)
    assert client.post("/en/accounts/logout/").status_code == 302
    assert not signed_in(client)
    assert Session.objects.count() == 0


def test_forms_without_their_token_are_refused(client):
    strict = type(client)(enforce_csrf_checks=True)

    assert sign_in(strict, create_person().username).status_code == 403


def test_a_new_password_ends_the_other_sessions(client):
    person, other = create_person(), type(client)()
    client.force_login(person)
    other.force_login(person)
    new = "another long and invented sentence"

    response = client.post(
        "/en/accounts/password/",
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
    )

    assert response.status_code == 302
    assert Person.objects.get().check_password(new)
    assert client.get("/en/accounts/password/").status_code == 200
    assert other.get("/en/accounts/password/").status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        ("wrong", "another long and invented sentence", "another long and invented sentence"),
        (PASSWORD, "another long and invented sentence", "yet another sentence"),
        (PASSWORD, "short", "short"),
        (PASSWORD, "", ""),
        (PASSWORD, "x" * 100_000, "x" * 100_000),
    ],
)
def test_a_password_change_that_cannot_be(client, old, new, again):
    person = create_person()
    client.force_login(person)

    response = client.post(
        "/en/accounts/password/",
        {"old_password": old, "new_password1": new, "new_password2": again},
    )

    assert response.status_code == 422
    assert Person.objects.get().check_password(PASSWORD)


def test_closing_an_account_ends_its_sessions(client):
    person = create_person()
    client.force_login(person)

    Person.objects.update(is_active=False)

    assert client.get("/en/accounts/password/").status_code == 302


def test_a_role_taken_away_acts_at_the_next_request(client):
    person = create_member(Role.COORDINATOR)
    client.force_login(person)
    assert client.get("/admin/").status_code == 200

    withdraw(person, role=Role.COORDINATOR, org="U-5RD6V9KME4", at=timezone.now())

    assert client.get("/admin/")["Location"] == "/admin/login/?next=/admin/"


def test_the_workbench_has_no_sign_in_page_of_its_own(client):
    first = client.get("/admin/needs/need/", follow=True)

    assert first.redirect_chain[-1][0].endswith("/accounts/login/?next=%2Fadmin%2Fneeds%2Fneed%2F")
    assert first.status_code == 200


def test_somebody_signed_in_without_that_right_is_told_and_not_sent_round(client):
    client.force_login(create_member(Role.HOSPITAL))

    page = client.get("/admin/", follow=True, headers={"accept-language": "en"})

    assert page.status_code == 200
    assert "not with an account for that page" in page.content.decode()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_is_in_both_languages(client, language):
    response = client.get(f"/{language}/accounts/login/")

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
