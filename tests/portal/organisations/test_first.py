"""The first day: officer, authority, and from there on the workbench alone."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from portal.accounts.acting import actors
from portal.accounts.models import Person
from portal.organisations.models import Organisation
from portal.organisations.stages import Verified
from portal.stages import engine
from tests.factories.organisations import credit_code
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
NAME = "江城示范协调指挥部"


def enter(*words):
    out = io.StringIO()
    call_command("first_organisation", *words, stdout=out)
    return out.getvalue()


def test_from_nothing_to_an_authority_that_verifies_itself(log, client, tmp_path, sealed):
    (tmp_path / "password").write_text(PASSWORD)
    call_command("first_account", password_file=str(tmp_path / "password"), stdout=io.StringIO())
    code = enter(NAME, credit_code(1, kind="authority"), "--city", "武汉市").partition(":")[0]
    client.force_login(Person.objects.get())
    new = {"username": "li.si", "is_active": "on", "new_password": PASSWORD}
    client.post("/admin/accounts/person/add/", new)
    li = Person.objects.get(username="li.si")
    grant = {"person": "li.si", "role": "authority", "org": code}
    assert client.post("/admin/accounts/grant/add/", grant).status_code == 302

    (authority,) = actors(li)
    engine.advance(
        Organisation, code, "verify", actor=authority, facts=Verified(), at=timezone.now()
    )

    said = [(entry.body["type"], entry.body["case"]) for entry in sealed()[1:]]
    assert said[-1] == ("organisation.verify", code)
    assert Organisation.objects.get().stage == "verified"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((NAME, "123"), "credit_code: "),
        ((NAME, ""), "credit"),
        (("", credit_code(1, kind="authority")), "legal_name: "),
    ],
)
def test_what_the_workbench_would_refuse_is_refused(log, words, said):
    with pytest.raises(CommandError, match=said) as refusal:
        enter(*words)

    assert (refusal.value.returncode, Organisation.objects.count()) == (2, 0)


def test_it_is_for_an_empty_register_of_a_log(log):
    enter(NAME, credit_code(1, kind="authority"))

    with pytest.raises(CommandError, match="There is U-.* already") as refusal:
        enter(NAME, credit_code(2, kind="authority"))

    assert refusal.value.returncode == 2


def test_without_a_log_it_says_what_to_do_first():
    with pytest.raises(CommandError, match="run create_log first"):
        enter(NAME, credit_code(1, kind="authority"))
