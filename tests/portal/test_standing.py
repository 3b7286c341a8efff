"""While the ledger is frozen, behind or read only: what pages say, and what is refused."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from ledger import modes
from ledger.models import Head, Intent
from portal.accounts.roles import Role
from portal.needs.models import Need
from portal.stages import engine
from tests.factories.people import create_member

AT = timezone.now()


@pytest.fixture
def fall(log):
    """fall(mode): the log is in this mode, since now."""

    def change(mode):
        modes.change(Head.objects.get(), mode, "a test", at=AT)

    return change


@pytest.mark.parametrize("mode", ["behind", "readonly"])
@pytest.mark.parametrize("address", ["/accounts/login/", "/hospital/", "/admin/", "/nowhere/"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_taken_while_the_ledger_is_closed(client, fall, mode, address, method):
    fall(mode)

    response = getattr(client, method)(address, {"a": "b"})

    assert response.status_code == 503
    assert response["Retry-After"] == "600"
    assert "no-store" in response["Cache-Control"]
    assert "没有只做一半" in response.content.decode()
    assert "nothing was done half" in response.content.decode()
    assert not response.cookies


@pytest.mark.parametrize("mode", ["behind", "readonly", "frozen"])
def test_reading_goes_on_and_every_page_says_how_it_stands(client, fall, mode):
    calm = client.get("/en/gifts/")
    fall(mode)

    public = client.get("/en/gifts/", headers={"If-None-Match": calm["ETag"]})
    staff = client.get("/en/accounts/login/")

    said = "Sealed, but not signed." if mode == "frozen" else "Read only."
    assert said not in calm.content.decode()
    assert public.status_code == 200  # not 304: the page is another one now
    for page in (public, staff, client.get("/en/about/")):
        assert said in page.content.decode()
    assert client.get("/en/gifts/").content == public.content
    assert client.get("/healthz").json()["mode"] == mode


def test_the_workbench_says_it_too(client, fall):
    client.force_login(create_member(Role.COORDINATOR, username="coordinator"))
    fall("frozen")

    page = client.get("/admin/", headers={"Accept-Language": "en"})

    assert page.status_code == 200
    assert "Sealed, but not signed." in page.content.decode()


def test_frozen_takes_everything(client, fall):
    fall("frozen")

    assert client.post("/accounts/login/", {"username": "x", "password": "y"}).status_code != 503


def test_commands_write_nothing_either(fall):
    fall("behind")

    with pytest.raises(engine.Closed, match="being restored"):
        engine.begin(Need, "draft", actor=None, at=AT)
    with pytest.raises(engine.Closed):
        engine.advance(Need, "N-3XW8H2PCAF", "publish", actor=None, at=AT)

    assert Intent.objects.count() == 0


def test_erasing_waits_until_the_log_is_whole(fall):
    fall("behind")

    with pytest.raises(CommandError, match="rebuild_ledger first"):
        call_command("erase", "G-7K2M9Q4TX5")


def test_a_write_asks_for_the_mode_once(client, log, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.post("/nowhere/")
