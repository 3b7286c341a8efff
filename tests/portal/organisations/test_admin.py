"""The register in the workbench: what is asked, what is refused, and whose buttons are shown."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.accounts.roles import Role
from portal.organisations.models import Organisation
from tests.factories.organisations import NOTICE, create_hospital, credit_code
from tests.factories.people import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
LIST = "/admin/organisations/organisation/"
OPEN = f"{LIST}open/enter/"
ENGLISH = {"headers": {"accept-language": "en"}}
LONG = "院" * 100_000
APPLICATION = {
    "once": "8d7e8a4e-4a3c-4c6e-9d9b-0d8a2f6f1c11",
    "kind": "hospital",
    "legal_name": "示例医院",
    "name_en": "Sample Hospital",
    "credit_code": credit_code(1),
    "province": "湖北",
    "city": "武汉",
    "district": "",
    "level": "三级甲等",
    "known_from": "application",
    "source": "",
}
FROM_NOTICE = APPLICATION | {"known_from": "notice", "source": NOTICE, "credit_code": ""}


@pytest.fixture
def coordinator(client):
    return signed_in(client, Role.COORDINATOR)


def move(org, name):
    return f"{LIST}{org.pk}/move/{name}/"


def test_an_application_is_entered(coordinator):
    response = coordinator.post(OPEN, APPLICATION)

    org = Organisation.objects.get()
    assert response["Location"] == f"{LIST}{org.pk}/change/"
    assert (org.stage, org.credit_code, org.level) == ("applied", credit_code(1), "三级甲等")


def test_organisations_from_notices_may_all_lack_a_credit_code(coordinator):
    for once in ("8d7e8a4e-4a3c-4c6e-9d9b-0d8a2f6f1c11", "8d7e8a4e-4a3c-4c6e-9d9b-0d8a2f6f1c12"):
        assert coordinator.post(OPEN, FROM_NOTICE | {"once": once}).status_code == 302

    assert list(Organisation.objects.values_list("stage", "credit_code")) == [("listed", None)] * 2


def test_a_credit_code_is_taken_as_people_write_it(coordinator):
    code = credit_code(1)

    coordinator.post(OPEN, APPLICATION | {"credit_code": f"{code[:9].lower()} {code[9:]}"})

    assert Organisation.objects.get().credit_code == code


def test_a_form_sent_twice_enters_once(coordinator):
    first, second = coordinator.post(OPEN, APPLICATION), coordinator.post(OPEN, APPLICATION)

    assert Organisation.objects.count() == 1
    assert (first.status_code, second.status_code) == (302, 302)


def test_the_known_one_is_named_for_a_credit_code_given_twice(coordinator):
    known = create_hospital(credit_code=credit_code(1))

    response = coordinator.post(OPEN, APPLICATION, **ENGLISH)

    page = response.content.decode()
    assert response.status_code == 422
    assert f"({known.code}) has this credit code already" in page
    assert Organisation.objects.count() == 1


BAD = [
    ("legal_name", "", "required"),
    ("legal_name", "院" * 121, "1 character too long"),
    ("legal_name", LONG, "too long"),
    ("legal_name", "医\u202e院", "U+202E"),
    ("legal_name", "医\x00院", "U+0000"),
    ("name_en", "St.\u200b Mary", "U+200B"),
    ("name_en", LONG, "too long"),
    ("credit_code", "", "an application needs one"),
    ("credit_code", "123", "18 characters"),
    ("credit_code", "12420100000000019Y", "does not agree"),
    ("credit_code", "124201000000000O9X", "without I, O"),
    ("credit_code", "-1", "18 characters"),
    ("credit_code", "１" * 18, "do not agree"),
    ("credit_code", "١" * 18, "digits and capital letters"),
    ("credit_code", LONG, "too long"),
    ("credit_code", "12420100\u2066000000019X", "U+2066"),
    ("province", LONG, "too long"),
    ("city", "武\x07汉", "U+0007"),
    ("city", LONG, "too long"),
    ("district", "a\nb", "U+000A"),
    ("level", LONG, "too long"),
    ("kind", "person", "person"),
    ("kind", "", "required"),
    ("known_from", "hearsay", "hearsay"),
    ("known_from", "", "required"),
    ("known_from", "notice", "address of the notice"),
    ("source", "javascript:alert(1)", "not the address of a web page"),
    ("source", "https://a\u202e.example", "U+202E"),
    ("source", LONG, "too long"),
]


@pytest.mark.parametrize(
    ("field", "value", "sentence"), BAD, ids=[f"{field}-{n}" for n, (field, *_) in enumerate(BAD)]
)
def test_bad_input_is_refused_with_a_sentence_and_kept(coordinator, field, value, sentence):
    response = coordinator.post(OPEN, APPLICATION | {field: value}, **ENGLISH)

    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert "Sample Hospital" in page or field == "name_en"
    assert Organisation.objects.count() == 0


@pytest.mark.parametrize("name", ["", "院" * 121, "医\u202e院", LONG])
def test_a_new_name_that_cannot_stand_is_refused(client, name):
    org, authority = create_hospital(), signed_in(client, Role.AUTHORITY)

    response = authority.post(move(org, "rename"), {"legal_name": name, "name_en": "Kept"})

    org.refresh_from_db()
    assert response.status_code == 422
    assert "Kept" in response.content.decode()
    assert org.name_en == ""


def test_the_authority_verifies(client):
    org, authority = create_hospital(stage="applied"), signed_in(client, Role.AUTHORITY)

    assert authority.post(move(org, "verify"), {"papers": ""}).status_code == 302
    org.refresh_from_db()
    assert org.stage == "verified"


@pytest.mark.parametrize("name", ["verify", "suspend", "expire", "rename"])
def test_the_charity_does_not_find_the_authority_s_moves(coordinator, name):
    org = create_hospital()

    assert coordinator.get(move(org, name)).status_code == 404
    assert coordinator.post(move(org, name), {}).status_code == 404


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (Role.COORDINATOR, 200),
        (Role.AUTHORITY, 200),
        (Role.AUDITOR, 200),
        (Role.WAREHOUSE, 403),
        (Role.PUBLISHER, 403),
        (Role.SECURITY, 403),
    ],
)
def test_who_sees_the_register(client, role, sees):
    org = create_hospital(stage="applied")
    other = signed_in(client, role)

    assert other.get(LIST).status_code == sees
    assert other.get(f"{LIST}{org.pk}/change/").status_code == sees


def test_buttons_are_those_of_the_role(client):
    org = create_hospital(stage="applied")

    coordinator = signed_in(client, Role.COORDINATOR).get(f"{LIST}{org.pk}/change/")
    authority = signed_in(client, Role.AUTHORITY).get(f"{LIST}{org.pk}/change/")

    assert move(org, "verify") not in coordinator.content.decode()
    assert move(org, "verify") in authority.content.decode()


def test_the_list_costs_the_same_with_one_row_and_with_three(coordinator):
    costs = []
    for more in (1, 2):
        for _ in range(more):
            create_hospital()
        with CaptureQueriesContext(connection) as queries:
            assert coordinator.get(LIST).status_code == 200
        costs.append(len(queries))

    assert costs[0] == costs[1] <= 10
