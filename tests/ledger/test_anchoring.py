"""Time stamps of checkpoints, from an authority on this machine that is plain `openssl ts`."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from rfc3161_client import VerifierBuilder, decode_timestamp_response

from ledger import anchoring, api, fsck, history, publishing, sealing, triggers
from ledger.core import notes, stamps
from ledger.models import Anchor
from ledger.verify import __main__ as command
from ledger.verify.checking import check
from ledger.verify.sources import Folder
from tests.authority import openssl

pytestmark = pytest.mark.django_db


@pytest.fixture
def publish(log, story, settings):
    settings.LEDGER_CHECKS = []  # the story is told past the portal

    def more(count=3):
        story.tell(count)
        sealing.seal_all(at=timezone.now())
        return publishing.sign_and_publish(at=timezone.now())

    return more


def now():
    return timezone.now()


def test_a_stamped_checkpoint_is_published_and_openssl_accepts_it(authority, publish, log):
    size = publish()

    made = anchoring.anchor(at=now())

    note, stamp = log.dir / f"anchor/{size}.note", log.dir / f"anchor/{size}.tsr"
    assert (made.size, made.token) == (size, stamp.read_bytes())
    assert note.read_text() == api.checkpoints(1)[0].note
    said = openssl("ts", "-verify", "-data", note, "-in", stamp, "-CAfile", authority.ca)
    assert b"OK" in said + openssl("ts", "-reply", "-in", stamp, "-text")
    text = openssl("ts", "-reply", "-in", stamp, "-text").decode()
    assert f"{made.at:%b} {made.at.day:2} {made.at:%H:%M:%S} {made.at:%Y} GMT" in text


def test_g9_rfc3161_client_accepts_the_published_stamp(authority, publish, log):
    size = publish()
    anchoring.anchor(at=now())
    note, stamp = log.dir / f"anchor/{size}.note", log.dir / f"anchor/{size}.tsr"
    (root,) = anchoring.trusted()
    (tsa,) = anchoring.stamping.certificates((authority.folder / "tsa.pem").read_bytes())

    verifier = VerifierBuilder().add_root_certificate(root).tsa_certificate(tsa).build()

    answer = decode_timestamp_response(stamp.read_bytes())
    assert verifier.verify_message(answer, note.read_bytes())


def test_nothing_new_is_not_stamped_again(authority, publish):
    assert anchoring.anchor(at=now()) is None  # nothing is published
    publish()
    assert anchoring.anchor(at=now())
    assert anchoring.anchor(at=now()) is None
    assert authority.asked == 1


def test_at_most_one_an_hour_by_the_clock(authority, publish):
    publish()
    anchoring.scheduled(at=now())
    publish()

    anchoring.scheduled(at=now() + timedelta(minutes=50))
    assert Anchor.objects.count() == 1
    anchoring.scheduled(at=now() + timedelta(minutes=61))

    assert Anchor.objects.count() == 2
    assert history.newest(history.ANCHOR)[history.ANCHOR].good


@pytest.mark.parametrize("mode", ["garbage", "refusal", "flipped", "endless", "replay", "broken"])
def test_an_answer_that_does_not_hold_is_not_kept(authority, publish, log, mode):
    publish()
    authority.last = authority.reply(
        anchoring.stamping.request(api.checkpoints(1)[0].note.encode()).as_bytes()
    )
    authority.mode = mode

    with pytest.raises(anchoring.NotAnchored):
        anchoring.anchor(at=now())

    assert not Anchor.objects.exists()
    assert not (log.dir / "anchor").exists()
    anchoring.scheduled(at=now())
    line = history.newest(history.ANCHOR)[history.ANCHOR]
    assert (line.good, bool(line.text)) == (False, True)


def test_nobody_waits_longer_than_allowed(authority, publish, monkeypatch):
    publish()
    authority.mode = "slow"
    monkeypatch.setattr(anchoring, "SECONDS", 0.3)

    with pytest.raises(anchoring.NotAnchored):
        anchoring.anchor(at=now())


def test_another_authority_s_stamp_is_not_kept(authority, authorities, publish, settings):
    publish()
    settings.ANCHOR_CA_FILE = str(authorities[1].ca)
    with pytest.raises(anchoring.NotAnchored, match="does not hold"):
        anchoring.anchor(at=now())
    settings.ANCHOR_CA_FILE = str(authority.folder / "absent")
    with pytest.raises(anchoring.NotAnchored, match="ANCHOR_CA_FILE"):
        anchoring.anchor(at=now())


def test_fsck_names_every_altered_file(authority, publish, log):
    size = publish()
    anchoring.anchor(at=now())
    assert fsck.differences(at=now()) == []

    for name in (f"anchor/{size}.note", f"anchor/{size}.tsr"):
        file = log.dir / name
        good = file.read_bytes()
        for changed in (good[:-1], good + b"x", good[:9] + b"\0" + good[10:], None):
            file.unlink() if changed is None else file.write_bytes(changed)
            assert [d["index"] for d in fsck.differences(at=now())] == [name]
        file.write_bytes(good)
    (log.dir / "anchor/1.tsr").write_bytes(b"")
    assert [d["index"] for d in fsck.differences(at=now())] == ["anchor/1.tsr"]


def test_the_verifier_checks_notes_and_stamps(authority, authorities, publish, log, capsys):
    first = publish()
    anchoring.anchor(at=now())
    second = publish()
    anchoring.anchor(at=now())
    ca = authority.ca.read_bytes()

    report = check(Folder(log.dir), trusted=ca)
    assert (report.damage, report.anchors, report.anchored["size"]) == ([], 2, second)
    assert command.main([str(log.dir)]) == 0
    assert "2 time stamps, not checked" in capsys.readouterr().out
    assert command.main([str(log.dir), "--json", "--anchor-ca", str(authority.ca)]) == 0
    assert json.loads(capsys.readouterr().out)["anchored"]["size"] == second
    assert command.main([str(log.dir), "--anchor-ca", str(authorities[1].ca)]) == 1

    small, large = log.dir / f"anchor/{first}.tsr", log.dir / f"anchor/{second}.tsr"
    good = small.read_bytes()
    for changed in (large.read_bytes(), b"", None):
        small.unlink() if changed is None else small.write_bytes(changed)
        assert {d["file"] for d in check(Folder(log.dir)).damage} == {f"anchor/{first}.tsr"}
    small.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    assert check(Folder(log.dir)).damage == []  # its signature: only who trusts somebody can see
    assert {d["file"] for d in check(Folder(log.dir), trusted=ca).damage} == {f"anchor/{first}.tsr"}


def test_a_stamped_checkpoint_convicts_a_log_that_was_cut_or_rewritten(
    authority, publish, log, tmp_path
):
    """The anchor of a larger tree beside a smaller log, and of another tree of the same size."""
    small = publish()
    old = {p.relative_to(log.dir): p.read_bytes() for p in log.dir.rglob("*") if p.is_file()}
    large = publish()
    anchoring.anchor(at=now())
    note, stamp = (log.dir / f"anchor/{large}.{kind}" for kind in ("note", "tsr"))
    cut = tmp_path / "cut"
    for path, data in old.items():
        (cut / path).parent.mkdir(parents=True, exist_ok=True)
        (cut / path).write_bytes(data)
    (cut / "anchor").mkdir()
    for file in (note, stamp):
        (cut / "anchor" / file.name).write_bytes(file.read_bytes())

    (found,) = check(Folder(cut)).damage
    assert (found["file"], "cut" in found["reason"]) == (f"anchor/{large}.note", True)

    key = notes.parse_skey(log.key.read_text().strip())
    forked = notes.Checkpoint(key.name, small, b"x" * 32)
    (log.dir / f"anchor/{small}.note").write_text(key.sign(forked.text()))
    (log.dir / f"anchor/{small}.tsr").write_bytes(stamp.read_bytes())
    (found,) = check(Folder(log.dir)).damage
    assert (found["file"], "another log" in found["reason"]) == (f"anchor/{small}.note", True)


def test_the_command_says_what_it_did(authority, publish, settings):
    def run():
        out = StringIO()
        call_command("anchor", stdout=out)
        return out.getvalue()

    size = publish()
    assert run().startswith(f"anchored {size} at 20")
    assert run().startswith("nothing new")
    publish()
    authority.mode = "garbage"
    with pytest.raises(CommandError) as refusal:
        run()
    assert refusal.value.returncode == 1
    settings.ANCHOR_URL = ""
    with pytest.raises(CommandError) as refusal:
        run()
    assert refusal.value.returncode == 2


def test_anchors_come_back_from_the_files(authority, publish, log):
    publish()
    made = anchoring.anchor(at=now())
    kept = Anchor.objects.values().get()
    with triggers.lifted(connection):
        Anchor.objects.all().delete()
    (log.dir / "anchor/1.tsr").write_bytes(b"no stamp")

    assert anchoring.refill(Folder(log.dir)) == 1

    assert Anchor.objects.values().get() == kept
    assert made.size == kept["size"]


def test_stamp_and_note_are_served_for_ever(authority, publish, client):
    size = publish()
    anchoring.anchor(at=now())

    note, stamp = (client.get(f"/ledger/anchor/{size}.{kind}") for kind in ("note", "tsr"))

    assert stamp["Content-Type"] == "application/timestamp-reply"
    assert note["Content-Type"] == "text/plain; charset=utf-8"
    for answer in (note, stamp):
        assert "immutable" in answer["Cache-Control"]
        assert answer["Access-Control-Allow-Origin"] == "*"
    for name in ("01.tsr", "1.der", "../checkpoint", "999.note"):
        assert client.get(f"/ledger/anchor/{name}").status_code == 404


def test_an_imprint_is_found_without_any_library(authority):
    query = anchoring.stamping.request(b"something").as_bytes()
    stamp = authority.reply(query)

    assert stamps.is_about(stamp, b"something")
    assert not stamps.is_about(stamp, b"something else")
