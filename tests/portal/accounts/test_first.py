"""The first account: made once, by the rules of all accounts, and seen in the workbench's log."""

import io
import sys

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command

from portal.accounts.models import Grant, Person
from portal.accounts.roles import Role
from tests.factories.clock import AT
from tests.factories.people import PASSWORD, create_member, create_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret(tmp_path):
    """secret(text): a file with it."""

    def write(text):
        file = tmp_path / "password"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(file)

    return write


def make(*words):
    out = io.StringIO()
    call_command("first_account", *words, stdout=out)
    return out.getvalue()


def test_the_security_officer_signs_in_and_makes_the_others(secret, client):
    said = make("--password-file", secret(f"{PASSWORD}\r\nnot read"))

    officer = Person.objects.get(username="security")
    assert said.startswith("security may sign in")
    assert (officer.roles, officer.check_password(PASSWORD)) == ({"security"}, True)
    signed_in = client.post(
        "/accounts/login/", {"username": "security", "password": PASSWORD}, follow=True
    )
    assert signed_in.context["user"] == officer
    new = {"username": "zhang.san", "is_active": "on", "new_password": PASSWORD}
    assert client.post("/admin/accounts/person/add/", new).status_code == 302
    lines = LogEntry.objects.filter(change_message__contains="first_account")
    assert {(line.user, line.content_type.model) for line in lines} == {
        (officer, "person"),
        (officer, "grant"),
    }


def test_it_is_asked_for_twice_on_a_terminal_and_never_stands_in_an_argument(monkeypatch):
    typed = iter([PASSWORD, PASSWORD, PASSWORD, "another long sentence"])
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(
        "portal.accounts.management.commands.first_account.getpass", lambda _ask: next(typed)
    )

    make("anquan")
    Grant.objects.update(until=AT)
    with pytest.raises(CommandError, match="not the same"):
        make("another")

    assert list(Person.objects.values_list("username", flat=True)) == ["anquan"]


def test_without_a_terminal_it_says_how_to_give_the_password(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO())

    with pytest.raises(CommandError, match="--password-file FILE, or - for") as refusal:
        make()

    assert refusal.value.returncode == 2


@pytest.mark.parametrize(
    ("name", "password", "said"),
    [
        ("security", "short", "at least 12"),
        ("security", "", "first password"),
        ("security", "x" * 1001, "at most 1000"),
        ("security-officer", "security-officers", "too similar"),
        ("a b", PASSWORD, "no blanks"),
        ("security", b"\xff\xfe", "not UTF-8"),
    ],
)
def test_what_the_workbench_would_refuse_is_refused(secret, name, password, said):
    with pytest.raises(CommandError, match=said) as refusal:
        make(name, "--password-file", secret(password))

    assert (refusal.value.returncode, Person.objects.count()) == (2, 0)


def test_a_password_file_that_is_not_there_is_said():
    with pytest.raises(CommandError, match="nowhere cannot be read: No such file"):
        make("--password-file", "nowhere")


def test_the_password_comes_through_standard_input_too(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PASSWORD.encode())))

    make("--password-file", "-")

    assert Person.objects.get().check_password(PASSWORD)


def test_it_refuses_while_there_is_a_security_officer(secret):
    held = create_member(Role.SECURITY, username="officer")

    with pytest.raises(CommandError, match=r"There is a security officer, officer") as refusal:
        make("--password-file", secret(PASSWORD))

    assert refusal.value.returncode == 2
    Person.objects.filter(pk=held.pk).update(is_active=False)  # nobody is left who could
    assert make("--password-file", secret(PASSWORD))


def test_a_name_that_is_taken_is_not_given_the_role(secret):
    taken = create_person(username="security")

    with pytest.raises(CommandError, match="already exists"):
        make("--password-file", secret(PASSWORD))

    assert taken.roles == set()
