"""A receipt promises; whoever holds it can show that the promise was kept, or was not."""

import json
import threading
from base64 import b64decode
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.utils import timezone

from ledger import api, creating, fsck, publishing, sealing
from ledger.core import canonical, notes, receipt
from ledger.models import Disclosure, Head, Intent
from ledger.verify import __main__ as command
from ledger.verify.promises import check_receipt
from ledger.verify.sources import Folder, Unreachable

pytestmark = pytest.mark.django_db
VECTORS = Path(__file__).parents[1] / "vectors"
OTHER = notes.SigningKey("tests.shanji.example/ledger/receipt", bytes(range(32)))
VERDICTS = {"kept": 0, "other content": 1, "forged": 1, "not due yet": 0, "broken": 3}


@pytest.fixture
def publish(log):
    def both():
        sealing.seal_all(at=timezone.now())
        publishing.sign_and_publish(at=timezone.now())

    return both


@pytest.fixture
def given(log, submit, tmp_path):
    """(uid, file of the receipt) of an event that was recorded two minutes ago."""
    uid = submit(named={"donor_name": "王小明"}, at=timezone.now() - timedelta(seconds=120))
    path = tmp_path / "G-7K2M9Q4TX5.receipt"
    path.write_bytes(api.receipt(uid))
    return uid, path


def run(capsys, path, log, *more):
    code = command.main([str(path), "--log", str(log), "--json", *more])
    return code, json.loads(capsys.readouterr().out)


def test_it_is_a_signed_note_of_six_lines(log, given):
    uid, path = given
    text, _ = notes.parse_note(path.read_bytes())
    intent = Intent.objects.get(uid=uid)
    first, origin, said, content, recorded, seal_by, end = text.split("\n")

    assert (first, origin, said, end) == ("shanji receipt v1", log_origin(), uid, "")
    covered = {
        "_sd": json.loads(intent.sd),
        "case": intent.case,
        "codes": json.loads(intent.codes),
        "data": json.loads(intent.data),
        "log": origin,
        "type": intent.type,
        "uid": uid,
    }
    assert content == sha256(canonical.encode(covered)).hexdigest()
    assert recorded == covered["data"]["recorded_at"]
    times = [datetime.fromisoformat(time) for time in (recorded, seal_by)]
    assert times[1] - times[0] == timedelta(seconds=60)


def log_origin():
    return Head.objects.get().origin


def test_the_content_of_the_reference_entry_is_that_of_the_specification():
    entry = json.loads((VECTORS / "leaf.json").read_text())["valid"]
    body = canonical.parse(entry["entry"].encode())

    assert receipt.content_of(body) == entry["content"]
    assert entry["content"].startswith("c536d745")


def test_waiting_or_sealed_it_is_the_same_receipt(given, publish):
    uid, path = given

    publish()

    assert api.receipt(uid) == path.read_bytes()


def test_its_key_is_its_own_and_sealed_in_the_first_entry(log, settings, publish):
    publish()
    head = Head.objects.get()

    assert api.entry(0).body["data"]["receipt_vkey"] == head.receipt_vkey
    assert (log.dir / "receipt.vkey").read_text() == f"{head.receipt_vkey}\n"
    key = notes.parse_vkey(head.receipt_vkey)
    assert key.name == f"{head.origin}/receipt"
    assert key.public != notes.parse_vkey(head.vkey).public
    assert settings.RECEIPT_KEY_FILE.stat().st_mode & 0o777 == 0o600


def test_failure_15_an_event_that_was_deleted_before_sealing_is_a_broken_promise(
    given, publish, log, capsys
):
    """T-L07: who may write to the database deletes an unsealed row, and nothing else tells."""
    uid, path = given
    Intent.objects.filter(uid=uid).delete()
    Disclosure.objects.filter(uid=uid).delete()

    publish()

    assert fsck.differences(at=timezone.now()) == []  # the log itself is in order
    code, told = run(capsys, path, log.dir)
    assert (code, told["verdict"]) == (3, "broken")
    assert command.main([str(path), "--log", str(log.dir)]) == 3
    assert "BROKEN PROMISE" in capsys.readouterr().out


def test_a_kept_promise_says_where_it_stands(given, publish, log, capsys):
    uid, path = given
    publish()

    code, told = run(capsys, path, log.dir)

    assert (code, told["verdict"], told["index"]) == (0, "kept", api.index_of([uid])[uid])


def test_before_its_time_nothing_is_due(submit, publish, log, tmp_path, capsys):
    publish()
    path = tmp_path / "new.receipt"
    path.write_bytes(api.receipt(submit()))

    code, told = run(capsys, path, log.dir)

    assert (code, told["verdict"]) == (0, "not due yet")
    due = datetime.fromisoformat(told["seal_by"])
    last = check_receipt(path, Folder(log.dir), now=due - timedelta(microseconds=1))
    late = check_receipt(path, Folder(log.dir), now=due)
    assert (last.verdict, late.verdict) == ("not due yet", "broken")


def test_other_content_than_was_promised_is_damage(given, publish, log, capsys):
    uid, path = given
    intent = Intent.objects.get(uid=uid)
    data = json.loads(intent.data) | {"actor_role": "warehouse"}
    Intent.objects.filter(uid=uid).update(data=canonical.text(data))

    publish()

    code, told = run(capsys, path, log.dir)
    assert (code, told["verdict"]) == (1, "other content")
    assert told["damage"][0]["entry"] == 1


def test_a_receipt_by_another_key_is_forged_even_if_that_key_is_served(
    given, publish, log, capsys, tmp_path
):
    _uid, path = given
    publish()
    forged = tmp_path / "forged.receipt"
    text, _ = notes.parse_note(path.read_bytes())
    forged.write_bytes(OTHER.sign(text).encode())

    code, told = run(capsys, forged, log.dir)
    assert (code, told["verdict"]) == (1, "forged")

    (log.dir / "receipt.vkey").write_text(OTHER.verifier.vkey + "\n")
    code, told = run(capsys, forged, log.dir)
    assert code == 1
    assert [found["file"] for found in told["damage"]] == ["receipt.vkey"]


def test_a_changed_signature_or_another_log_is_forged(given, publish, log, settings, tmp_path):
    _uid, path = given
    publish()
    good = path.read_bytes()
    head, line = good.rstrip(b"\n").rsplit(b" ", 1)
    signature = bytearray(b64decode(line))
    signature[-1] ^= 1
    key = notes.parse_skey(settings.RECEIPT_KEY_FILE.read_text().strip())
    there = receipt.parse(good).text().replace("tests.shanji", "other.shanji")
    for data in (
        head + b" " + notes.b64encode(bytes(signature)) + b"\n",
        key.sign(there).encode(),
    ):
        path.write_bytes(data)
        report = check_receipt(path, Folder(log.dir), now=timezone.now())
        assert (report.verdict, len(report.damage)) == ("forged", 1)


def test_what_is_no_receipt_cannot_be_read(given, publish, log, capsys, tmp_path):
    _uid, path = given
    publish()
    good = path.read_bytes()
    bad = tmp_path / "bad.receipt"
    changes = [b"", b"\xff", b"x" * 20_000, good[:-1], good.replace(b"v1", b"v2", 1)]
    changes += [good.replace(b"\n", b"\r\n"), (log.dir / "checkpoint").read_bytes()]
    for data in changes:
        bad.write_bytes(data)
        assert command.main([str(bad), "--log", str(log.dir)]) == 2
    later = receipt.parse(good).text().split("\n")[5]
    bad.write_bytes(good.replace(later.encode(), later.replace("Z", "1Z").encode()))
    with pytest.raises(Unreachable):
        check_receipt(bad, Folder(log.dir), now=timezone.now())
    assert command.main([str(path), "--log", str(tmp_path / "nowhere")]) == 2


def test_of_a_damaged_log_nothing_is_said(given, publish, log, capsys):
    _uid, path = given
    publish()
    (tile,) = (log.dir / "tile" / "0").rglob("2")
    data = tile.read_bytes()
    tile.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))

    code, told = run(capsys, path, log.dir)

    assert (code, told["verdict"]) == (1, "")
    assert told["damage"][0]["file"].startswith("tile/")


def test_it_is_checked_against_an_address_too(given, publish, log, capsys):
    _uid, path = given
    publish()
    handler = partial(Quiet, directory=str(log.dir))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        code, told = run(capsys, path, f"http://127.0.0.1:{server.server_port}")
        server.shutdown()

    assert (code, told["verdict"]) == (0, "kept")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        """No line for each file."""


def test_an_unknown_event_and_a_host_without_the_key_give_none(log, submit, settings):
    uid = submit()
    with pytest.raises(api.NoReceipt):
        api.receipt("0" * 32)
    settings.RECEIPT_KEY_FILE.write_text(OTHER.skey)
    with pytest.raises(api.NoReceipt):
        api.receipt(uid)
    settings.RECEIPT_KEY_FILE.unlink()
    with pytest.raises(api.NoReceipt):
        api.receipt(uid)


def test_fsck_knows_the_key_and_its_file(log, settings, publish):
    publish()
    settings.RECEIPT_KEY_FILE.write_text(OTHER.skey)
    (log.dir / "receipt.vkey").unlink()

    found = fsck.differences(at=timezone.now())

    assert {(f["table"], f["index"]) for f in found} == {
        ("key", "receipt.key"),
        ("file", "receipt.vkey"),
    }


def test_making_the_log_again_keeps_the_key(log, settings):
    before = settings.RECEIPT_KEY_FILE.read_bytes()

    assert creating.create(at=timezone.now()) is False

    assert settings.RECEIPT_KEY_FILE.read_bytes() == before
