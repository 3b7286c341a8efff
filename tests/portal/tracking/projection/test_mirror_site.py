"""A mirror: another portal's public pages, made anew from its files, without its database."""

import json
import re
import shutil
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

import ledger.api as ledger
from ledger import following, triggers
from ledger.models import SEALED, Disclosure, Head, Intent, Journal
from ledger.publishing import sign_and_publish
from portal.accounts.roles import Role
from portal.balance.models import Booked, Holding
from portal.evidence import commands
from portal.evidence.models import File, Shelf
from portal.tracking.models import TABLES
from portal.tracking.projection import projecting
from tests.factories.clock import AT
from tests.factories.pledges import create_pledge
from tests.portal.evidence.conftest import examined, media, member
from tests.portal.evidence.samples import jpeg
from tests.portal.tracking.everything import NAMES, every_address, everything
from tests.portal.tracking.stories import Story

__all__ = ["media", "member"]
pytestmark = pytest.mark.django_db
DRAWN = {"gift_certificate_pdf"}  # from the paper that is compared
OF_ITS_OWN = {"ledger", "checkpoints", "integrity"}  # when it saw a head, what it checked itself
BANNER = re.compile(rb'\n\n<aside class="demo" aria-label="Mirror">.*?</aside>\n', re.DOTALL)


@pytest.fixture
def original(request, log, media, member, seal_and_project):
    """A gift, or (param) a whole story, with a photo, published; its codes."""
    told = everything(Story()) if hasattr(request, "param") else {"gift": create_pledge().code}
    file = commands.attach(
        code=told["gift"],
        found=[examined(jpeg())],
        shows=commands.Shows.GOODS,
        by=member(Role.WAREHOUSE),
        at=AT,
    )[-1]
    commands.publish(pk=file.pk, by=member(Role.MODERATOR), at=AT)
    publish(seal_and_project)
    return told


def publish(seal_and_project):
    seal_and_project()
    sign_and_publish(at=timezone.now())


@pytest.fixture
def served(original, log, tmp_path):
    """A copy of the original's public bytes, served as the original does: (folder, address)."""
    root = tmp_path / "original"
    shutil.copytree(log.dir, root / "ledger")
    (root / "files").mkdir()
    for row in File.objects.exclude(copy_sha256=""):
        data = commands.boxes.get(commands.boxes.PUBLIC, row.copy_sha256)
        (root / "files" / row.copy_sha256).write_bytes(data)

    class Files(BaseHTTPRequestHandler):
        def do_GET(self):
            found = root / self.path.lstrip("/")
            self.send_response(200 if found.is_file() else 404)
            self.end_headers()
            if found.is_file():
                self.wfile.write(found.read_bytes())

        def log_message(self, *_args):
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    Thread(target=server.serve_forever, daemon=True).start()
    yield root, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def pages(client, addresses):
    """{address: (status, what it answers)}, but for the banner of a mirror."""
    found = {}
    for address in addresses:
        answer = client.get(address)
        body = b"".join(answer) if answer.streaming else answer.content
        found[address] = answer.status_code, BANNER.sub(b"", body)
    return found


@pytest.fixture
def elsewhere(original, served, log, settings, client, media):
    """elsewhere(names): this very site becomes a mirror with empty tables; the original's pages of
    these names."""

    def become(names=()):
        settings.SITE_ORIGIN = served[1]  # as the original prints it
        settings.API_PER_MINUTE = 10**6
        before = {name: pages(client, asked) for name, asked in every_address(names).items()}
        with triggers.lifted(connection):
            for model in (*SEALED, *reversed(TABLES), Intent, Journal, File, Shelf):
                model.objects.all().delete()
        Booked.objects.all().delete()
        Holding.objects.all().delete()
        projecting.drop()
        assert not Head.objects.exists()
        assert not Disclosure.objects.exists()
        for folder in (log.dir, media):
            shutil.rmtree(folder)
        settings.MIRROR_OF = served[1]
        settings.WITNESSES = str(log.dir / "policy")
        settings.LEDGER_CHECKS = ["portal.tracking.projection.checking.differences"]
        return before

    return become


def mirror():
    out = StringIO()
    call_command("mirror", once=True, json=True, stdout=out)
    return json.loads(out.getvalue())


@pytest.mark.parametrize("original", ["a whole story"], indirect=True)
def test_every_public_page_is_the_originals_but_for_the_banner(elsewhere, original, client):
    """Of every kind that the URLconf knows, in whichever tables its rows stand."""
    before = elsewhere(NAMES - DRAWN)

    done = mirror()
    after = {name: pages(client, asked) for name, asked in before.items()}

    assert done["site"] == {"size": done["size"], "new": done["size"], "differences": 0}
    assert ledger.mode() == "readonly"
    page = client.get("/en/").content
    assert b"This is a mirror." in page
    assert b"Read only." not in page
    assert {
        told[0] for found in (*before.values(), *after.values()) for told in found.values()
    } == {200}
    assert {name for name, found in before.items() if found != after[name]} == OF_ITS_OWN
    assert b"Seen here" in after["checkpoints"]["/en/ledger/checkpoints/"][1]


def test_photos_are_shown_if_they_have_their_sealed_digest(elsewhere, served, original, client):
    root, _address = served
    (photo,) = (root / "files").iterdir()
    whole, name = photo.read_bytes(), photo.name
    photo.write_bytes(whole + b"x")
    elsewhere()

    mirror()
    refused = client.get(f"/files/{name}").status_code
    said = client.get(f"/en/g/{original['gift']}/").content
    photo.write_bytes(whole)
    mirror()

    assert refused == 404
    assert b"file damaged" in said
    assert client.get(f"/files/{name}").content == whole
    assert client.get(f"/files/{name}/thumb").status_code == 200


def test_it_follows_and_what_was_withdrawn_goes(
    original, served, log, member, elsewhere, seal_and_project, client
):
    root, _address = served
    size = ledger.size()
    commands.withdraw(pk=File.objects.get().pk, by=member(Role.PUBLISHER), at=AT)
    create_pledge()
    publish(seal_and_project)
    later = root.with_name("later")
    shutil.copytree(log.dir, later)
    elsewhere()
    mirror()
    named = set(File.objects.values_list("stage", flat=True))

    shutil.rmtree(root / "ledger")
    shutil.copytree(later, root / "ledger")
    done = mirror()

    assert named == {"published"}
    assert done["site"]["new"] == done["size"] - size > 0
    assert not File.objects.exists()
    assert b"withdrawn: " in client.get(f"/en/g/{original['gift']}/").content
    assert mirror()["site"]["new"] == 0


def test_a_tampered_file_is_named_and_not_shown(elsewhere, served, log, original, client):
    root, _address = served
    before = elsewhere({"home", "needs", "gift", "gift_events"})
    mirror()
    after = {name: pages(client, asked) for name, asked in before.items()}
    for bundle in (root / "ledger/tile/entries").rglob("*"):
        if bundle.is_file():
            bundle.write_bytes(bundle.read_bytes().replace(b"warehouse", b"warehause"))
    shutil.rmtree(log.dir)  # it must fetch all of it again

    with pytest.raises(CommandError, match="tile/entries/000"):
        mirror()

    assert {name: pages(client, asked) for name, asked in before.items()} == after


@pytest.mark.parametrize("path", ["/admin/", "/zh/accounts/login/", "/confirm/abc/?x=1", "/donor/"])
def test_all_else_is_the_originals(settings, client, path):
    settings.MIRROR_OF = "https://original.example"

    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 307
        assert answer["Location"] == f"https://original.example{path}"


def test_a_log_of_its_own_is_never_followed_over(original, settings, log):
    settings.MIRROR_OF = "https://original.example"

    with pytest.raises(following.NotFollowed, match="a log of its own"):
        following.follow(log.dir, at=AT)


def test_a_mirror_of_another_log_says_which_name_to_set(elsewhere, served, settings):
    elsewhere()
    settings.LEDGER_ORIGIN = "other.example/ledger"

    with pytest.raises(CommandError, match="set LEDGER_ORIGIN to tests.shanji.example/ledger"):
        mirror()
