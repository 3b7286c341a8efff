"""Photos and papers in an S3-compatible store, here one on loopback: the same code, the same
findings, and a sentence when it is away."""

import threading

import boto3
import pytest
from django.conf import settings as live
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from portal import environment
from portal.accounts.roles import Role
from portal.evidence import boxes, commands
from portal.evidence.models import File, State
from portal.evidence.scrubbing import scrub
from portal.warehouse.models import Arrival
from tests.factories.clock import AT
from tests.factories.people import signed_in
from tests.factories.pledges import create_pledge
from tests.factories.warehouse import create_arrival
from tests.portal.evidence import samples

KEYS = {"S3_ACCESS_KEY": "nobody", "S3_SECRET_KEY": "of no use", "S3_REGION": "us-east-1"}
NOWHERE = "http://127.0.0.1:9"  # the port of `discard`: nobody listens


@pytest.fixture(scope="module")
def server():
    """A store of its own on a free port."""
    app = DomainDispatcherApplication(create_backend_app)
    running = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.fixture
def use(settings, monkeypatch, tmp_path):
    """use(address): photos and papers lie there, as the environment says."""

    def use(address):
        monkeypatch.setenv("S3_BUCKET", "evidence")
        for name, value in {**KEYS, "S3_ENDPOINT": address, "S3_PREFIX": "shanji"}.items():
            monkeypatch.setenv(name, value)
        settings.STORAGES = {**live.STORAGES, "evidence": environment.store(tmp_path)}

    return use


@pytest.fixture
def bucket(server):
    made = boto3.resource(
        "s3",
        endpoint_url=server,
        aws_access_key_id="nobody",
        aws_secret_access_key="of no use",
        region_name="us-east-1",
    ).create_bucket(Bucket="evidence")
    yield made
    made.objects.all().delete()
    made.delete()


@pytest.fixture
def media(server, use, bucket):
    use(server)
    return bucket


def name_in(bucket, sha256):
    (found,) = [each.key for each in bucket.objects.all() if each.key.endswith(sha256)]
    return found


def test_what_is_put_is_got_again_and_is_there_once(media):
    name = boxes.put(boxes.CLOSED, b"a photo")

    assert boxes.put(boxes.CLOSED, b"a photo") == name
    assert boxes.get(boxes.CLOSED, name) == b"a photo"
    assert list(boxes.names()) == [(boxes.CLOSED, name)]
    assert name_in(media, name) == f"shanji/closed/{name[:2]}/{name}"
    assert abs((timezone.now() - boxes.stored_at(boxes.CLOSED, name)).total_seconds()) < 60
    boxes.drop(boxes.CLOSED, name)
    assert list(boxes.names()) == []
    with pytest.raises(boxes.Lost):
        boxes.get(boxes.CLOSED, name)


@pytest.mark.django_db
@pytest.mark.usefixtures("log")
class TestEvidence:
    @pytest.fixture
    def shown(self, send, moderator):
        file = send(create_pledge().code)
        return commands.publish(pk=file.pk, by=moderator, at=AT)

    def test_a_published_photo_is_shown_and_its_digest_agrees(self, shown, client):
        answer = client.get(f"/files/{shown.copy_sha256}")

        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert answer.content == boxes.get(boxes.PUBLIC, shown.copy_sha256)
        assert scrub(at=timezone.now()).findings == []

    def test_t_l11_what_is_changed_or_lost_in_the_bucket_is_found(self, shown, media):
        original, copy = (name_in(media, shown.closed[n]) for n in ("original", "copy"))
        media.Object(original).put(Body=b"something else")
        media.Object(copy).delete()

        found = scrub(at=timezone.now()).findings

        assert [(f.part, f.what) for f in found] == [
            ("original", State.DAMAGED),
            ("copy", State.LOST),
        ]

    def test_while_the_store_is_away_nothing_is_taken_for_lost(self, shown, client, use, capsys):
        use(NOWHERE)

        with pytest.raises(SystemExit) as ended:
            call_command("scrub")
        answer = client.get(f"/files/{shown.copy_sha256}")

        assert ended.value.code == 2
        assert "cannot be reached" in capsys.readouterr().err
        assert File.objects.get(pk=shown.pk).state == State.GOOD
        assert (answer.status_code, answer["Retry-After"]) == (503, "120")
        assert "Nothing is lost by that" in answer.content.decode()

    def test_the_move_is_recorded_and_its_photo_asked_for_again(self, client, use):
        use(NOWHERE)
        arrival = create_arrival(stage="announced")
        signed_in(client, Role.WAREHOUSE, org=arrival.warehouse.org.code)
        address = f"/en/dock/{arrival.code}/arrive/"
        once = client.get(address).context["form"]["once"].value()
        photo = SimpleUploadedFile("x.jpg", samples.jpeg(), content_type="image/jpeg")

        answer = client.post(address, {"once": once, "evidence-photos": photo}, follow=True)

        assert Arrival.objects.get(pk=arrival.pk).stage == "arrived"
        assert "cannot be reached at the moment" in answer.content.decode()
        assert File.objects.count() == 0

    def test_nothing_is_published_or_withdrawn_half(self, shown, send, moderator, use, server):
        waiting = send(create_pledge().code, samples.jpeg(3))
        use(NOWHERE)

        with pytest.raises(commands.Refused, match="cannot be reached"):
            commands.publish(pk=waiting.pk, by=moderator, at=AT)
        with pytest.raises(commands.Refused, match="the bytes are deleted by the nightly check"):
            commands.withdraw(pk=shown.pk, by=moderator, at=AT)

        assert File.objects.get(pk=waiting.pk).stage == "waiting"
        assert File.objects.get(pk=shown.pk).stage == "withdrawn"


def test_half_a_store_is_no_store(monkeypatch, tmp_path):
    monkeypatch.setenv("S3_ENDPOINT", "https://s3.example")
    with pytest.raises(ImproperlyConfigured, match="name the bucket in S3_BUCKET too"):
        environment.store(tmp_path)
    monkeypatch.setenv("S3_BUCKET", "evidence")
    with pytest.raises(ImproperlyConfigured, match="S3_ACCESS_KEY is missing"):
        environment.store(tmp_path)
    monkeypatch.setattr(environment, "find_spec", lambda name: None)
    with pytest.raises(ImproperlyConfigured, match=r"install requirements/extras\.txt"):
        environment.store(tmp_path)


def test_without_a_bucket_files_lie_in_the_folder(tmp_path):
    assert environment.store(tmp_path)["OPTIONS"] == {"location": tmp_path}
    assert type(storages["evidence"]) is boxes.Folder
