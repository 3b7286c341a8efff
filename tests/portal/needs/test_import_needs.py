"""The command and the page that import a list of needs."""

import json
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation

from portal.accounts.roles import Role
from portal.input.tables import MOST_BYTES
from portal.needs.models import Need, NeedLine
from portal.organisations.models import Organisation
from tests.factories.catalogue import load_catalogue
from tests.factories.organisations import NOTICE
from tests.factories.people import create_member, signed_in
from tests.portal.needs.test_importing import ONE, TWO, csv, xlsx

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log", "items")]
PAGE = "/admin/needs/need/import/"


@pytest.fixture
def items():
    load_catalogue()


@pytest.fixture
def list_file(tmp_path):
    """list_file(bytes) -> its path."""

    def write(data, name="list.csv"):
        (tmp_path / name).write_bytes(data)
        return str(tmp_path / name)

    return write


def run(*args, username="importer"):
    if not Need.objects.exists() and username == "importer":
        create_member(Role.COORDINATOR, username=username)
    out = StringIO()
    call_command("import_needs", *args, "--as", username, stdout=out)
    return out.getvalue()


def test_the_command_says_what_became_of_each_row_and_repeats_safely(list_file):
    path = list_file(csv(ONE, TWO, "湖北,武汉,甲医院,飞机,,2,,"))

    said = run(path, "--source", NOTICE, "--language", "en")
    again = run(path, "--source", NOTICE, "--language", "en")

    assert "3 rows: 2 placed, 0 placed with a change, 1 refused." in said
    assert "New: 2 drafts and 2 listed organisations." in said
    assert all(code in said for code in Need.objects.values_list("code", flat=True))
    assert "Nothing new" in again


def test_json_adds_up_and_a_dry_run_makes_nothing(list_file):
    path = list_file(xlsx(["医院", "物资", "数量"], ["甲医院", "医用外科口罩", 5]), "list.xlsx")

    said = json.loads(run(path, "--source", NOTICE, "--json", "--dry-run"))

    assert said["rows"] == said["placed"] + said["changed"] + said["refused"] == 1
    assert (said["imported"], said["needs"], said["organisations"]) == (False, 1, 1)
    assert not Organisation.objects.exists()


@pytest.mark.parametrize(
    ("data", "args", "sentence"),
    [
        (b"no table", [], "No header row was found"),
        (csv(ONE), ["--source", "notice board"], "--source: This is not the address"),
        (csv(*[ONE] * 5001), [], "more than 5,000 rows"),
        (b"x" * (MOST_BYTES + 1), [], "larger than 10 MiB"),
    ],
)
def test_bad_input_ends_with_two_and_a_sentence(list_file, data, args, sentence):
    with pytest.raises(CommandError, match=sentence) as refused:
        run(list_file(data), "--language", "en", *args)

    assert refused.value.returncode == 2


def test_a_file_that_is_not_there_ends_with_two(tmp_path):
    with pytest.raises(CommandError, match="cannot be read") as refused:
        run(str(tmp_path / "none.csv"), "--language", "en")

    assert refused.value.returncode == 2


def test_only_a_coordinator_imports(list_file):
    create_member(Role.WAREHOUSE, username="keeper")
    for name in ("keeper", "nobody"):
        with pytest.raises(CommandError, match="not the account of a coordinator") as refused:
            run(list_file(csv(ONE)), "--language", "en", username=name)
        assert refused.value.returncode == 2


@pytest.fixture
def coordinator(client):
    client.cookies["language"] = "en"
    return signed_in(client, Role.COORDINATOR)


def send(client, data, *, name="list.csv", source=NOTICE, seen=""):
    file = SimpleUploadedFile(name, data)
    return client.post(PAGE, {"file": file, "source": source, "seen": seen})


def seen(response):
    return response.context["form"].initial["seen"]


def test_the_page_looks_first_and_imports_the_same_file_then(coordinator):
    look = send(coordinator, csv(ONE, TWO))
    nothing = Need.objects.count()

    done = send(coordinator, csv(ONE, TWO), seen=seen(look))

    assert (look.status_code, nothing) == (200, 0)
    assert "Would be new: 2 drafts" in look.content.decode()
    assert "New: 2 drafts and 2 listed organisations." in done.content.decode()
    assert Need.objects.first().code in done.content.decode()
    assert set(Need.objects.values_list("stage", "source")) == {("draft", NOTICE)}


def test_another_file_than_the_one_looked_at_is_not_imported(coordinator):
    look = send(coordinator, csv(ONE))

    other = send(coordinator, csv(ONE, TWO), seen=seen(look))

    assert "Nothing was imported" in other.content.decode()
    assert not Need.objects.exists()


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"\x00\x01\x02", "a.csv", "No header row"),
        (b"PK\x03\x04broken", "a.xlsx", "cannot be read as .xlsx"),
        (b"", "a.csv", "empty"),
        (b"x" * (MOST_BYTES + 1), "a.csv", "larger than 10 MiB"),
    ],
)
def test_a_file_that_cannot_be_read_is_422_with_a_sentence(coordinator, data, name, sentence):
    response = send(coordinator, data, name=name)

    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_a_wrong_address_is_422(coordinator):
    response = send(coordinator, csv(ONE), source="notice board")

    assert response.status_code == 422
    assert "not the address of a web page" in response.content.decode()


@pytest.mark.parametrize("role", [Role.WAREHOUSE, Role.PUBLISHER, Role.AUDITOR])
def test_the_page_is_there_for_coordinators_only(client, role):
    assert signed_in(client, role).get(PAGE).status_code == 404


def test_the_list_of_needs_leads_to_the_page(coordinator):
    assert PAGE in coordinator.get("/admin/needs/need/").content.decode()
    assert coordinator.get(PAGE).status_code == 200


def test_publishing_a_draft_offers_its_address(coordinator):
    look = send(coordinator, csv(ONE))
    send(coordinator, csv(ONE), seen=seen(look))
    need = Need.objects.get()

    with translation.override("en"):
        address = reverse("admin:needs_need_move", args=[need.pk, "publish"])
    form = coordinator.get(address)
    assert f'value="{NOTICE}"' in form.content.decode()

    sent = {"once": form.context["form"].initial["once"], "source": NOTICE}
    assert coordinator.post(address, sent).status_code == 302
    need.refresh_from_db()
    assert (need.stage, NeedLine.objects.get().quantity) == ("published", 500)
