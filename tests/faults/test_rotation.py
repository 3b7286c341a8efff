"""A new key for the log: handed on by both keys, once, however often it is killed."""

import json
from contextlib import suppress
from itertools import product

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from ledger import api, fsck, guarding, publishing, rotating, sealing, signer, triggers
from ledger.core import leaf, notes, rotation
from ledger.failpoints import POINTS, FailpointReached
from ledger.models import Head, Intent, Journal, StoredCheckpoint
from ledger.verify.checking import check
from ledger.verify.sources import Folder
from tests.faults.conftest import copied, killed, restore

ORIGIN = "tests.shanji.example/ledger"
RETIRE = ["rotate.remembered", "rotate.retired"]
ROTATE = [point for point in POINTS if point.startswith("rotate.") and point not in RETIRE]

pytestmark = pytest.mark.django_db(transaction=True)


def rotate():
    return rotating.rotate(at=timezone.now())


def resume():
    return rotating.resume(at=timezone.now())


def retire():
    return rotating.retire(at=timezone.now())


def grow(story, count):
    story.tell(count)
    sealing.seal_all(at=timezone.now())
    publishing.sign_and_publish(at=timezone.now())


def signers(note):
    """How many lines the note has."""
    return len(notes.parse_note(note)[1])


def rotations():
    return [entry for entry in api.entries() if entry.body["type"] == rotation.ROTATE]


@pytest.fixture
def handed_on(log, settings):
    """handed_on(old): the log has one new key, both sign, and everything verifies."""

    def verify(old):
        head = Head.objects.get()
        (entry,) = rotations()
        assert (head.vkey, head.retired) == (entry.body["data"]["new"], old)
        assert signer.signer().keys(ORIGIN) == signer.Held([head.vkey, old])
        note = (log.dir / "checkpoint").read_bytes()
        keys = [notes.parse_vkey(vkey) for vkey in (head.vkey, old)]
        checkpoint, verified = notes.open_signed(note, keys)
        assert (checkpoint.size, set(verified)) == (head.size, {head.vkey, old})
        assert (log.dir / "policy").read_text().startswith(f"log {head.vkey}\nlog {old}\n")
        assert not rotating.under_way()
        assert not settings.LEDGER_KEY_FILE.with_name("log.key.new").exists()
        assert api.mode() == "ok"
        assert fsck.differences(at=timezone.now()) == []
        assert check(Folder(log.dir)).damage == []

    return verify


@pytest.fixture
def old(log, story):
    grow(story, 3)
    return Head.objects.get().vkey


def test_a_rotation_hands_the_log_on(handed_on, old):
    assert rotate() == Head.objects.get().vkey != old

    handed_on(old)


@pytest.mark.parametrize("how", ["kill", "raise"])
@pytest.mark.parametrize("point", ROTATE)
def test_f25_a_rotation_stopped_at_any_step_is_resumed(
    handed_on, old, story, child, point, how, settings
):
    stop(child, settings, rotate, point, how)
    grow(story, 1)  # meanwhile workers seal, sign and publish

    resume()

    handed_on(old)


def some(cases, every):
    """One of so many in CI (PostgreSQL), all the others in `make long`."""
    marks = [pytest.mark.long, pytest.mark.services]
    return [pytest.param(*case, marks=marks[n % every == 0]) for n, case in enumerate(cases)]


@pytest.mark.parametrize(
    ("point", "again", "how"), some(product(ROTATE, ROTATE, ["kill", "raise"]), 9)
)
def test_f25_a_rotation_stopped_twice_is_resumed(
    handed_on, old, story, child, point, again, how, settings
):
    stop(child, settings, rotate, point, how)
    stop(child, settings, resume, again, how, must=False)
    grow(story, 1)

    resume()

    handed_on(old)


ON_ITS_WAY = [p for p in POINTS if p.startswith(("seal.", "sign.", "publish."))]


@pytest.mark.parametrize("point", some(zip(ON_ITS_WAY, strict=True), 4))
def test_f25_a_rotation_killed_while_it_seals_signs_or_publishes_is_resumed(
    handed_on, old, story, child, point
):
    assert killed(child(rotate, f"{point}=kill"))
    grow(story, 1)

    resume()

    handed_on(old)


def stop(child, settings, work, point, how, *, must=True):
    """Run the work until the point; whether it came there, if it must."""
    if how == "kill":
        status = child(work, f"{point}=kill")
        assert killed(status) or not must
        return
    settings.FAILPOINTS = f"{point}=raise"
    with pytest.raises(FailpointReached) if must else suppress(FailpointReached):
        work()
    settings.FAILPOINTS = ""


@pytest.mark.parametrize("how", ["kill", "raise"])
@pytest.mark.parametrize("point", RETIRE)
def test_a_retirement_stopped_at_any_step_is_repeated(old, story, child, settings, point, how):
    rotate()
    stop(child, settings, retire, point, how)
    grow(story, 1)
    if len(signer.signer().keys(ORIGIN).signing) == 2:
        retire()

    grow(story, 1)

    head = Head.objects.get()
    assert signer.signer().keys(ORIGIN) == signer.Held([head.vkey])
    assert fsck.differences(at=timezone.now()) == []


def test_after_retirement_the_new_key_signs_alone(log, old, story):
    rotate()
    retire()
    grow(story, 2)

    note = (log.dir / "checkpoint").read_bytes()

    assert signers(note) == 1
    with pytest.raises(notes.WrongNote):
        notes.open_checkpoint(note, notes.parse_vkey(old))
    assert (log.dir / "policy").read_text().splitlines()[1] == f"log {old}"
    assert fsck.differences(at=timezone.now()) == []


def test_a_log_is_handed_on_many_times(log, old, story):
    keys = [old]
    for _ in range(3):
        keys.insert(0, rotate())
        retire()
        grow(story, 1)

    head = Head.objects.get()
    assert [head.vkey, *rotation.split(head.retired)] == keys
    assert fsck.differences(at=timezone.now()) == []
    assert check(Folder(log.dir)).damage == []


def test_there_are_never_three_keys(old):
    rotate()

    with pytest.raises(signer.SignerRefused, match="retire it first"):
        rotate()

    assert len(rotations()) == 1
    assert not rotating.under_way()


def test_a_rotation_is_not_begun_while_another_is_under_way(old, child):
    child(rotate, "rotate.prepared=kill")

    with pytest.raises(CommandError, match="--resume"):
        call_command("rotate_key")
    with pytest.raises(CommandError, match="--resume"):
        call_command("rotate_key", "--retire")


def test_the_command_says_the_new_key(old, capsys):
    call_command("rotate_key", "--resume")
    call_command("rotate_key", "--json")
    call_command("rotate_key", "--retire")

    nothing, told, alone = capsys.readouterr().out.splitlines()
    vkey = Head.objects.get().vkey
    assert nothing == "nothing to resume"
    assert json.loads(told) == {"ok": True, "vkey": vkey}
    assert alone == vkey != old


def test_a_frozen_log_keeps_its_key(old):
    Head.objects.update(mode="frozen")

    with pytest.raises(rotating.NotRotated, match="frozen"):
        rotate()

    assert rotations() == []


def test_workers_finish_what_was_sealed(old, story, child):
    child(rotate, "rotate.sealed=kill")
    grow(story, 2)

    assert signer.signer().keys(ORIGIN).signing == [Head.objects.get().vkey, old]
    assert not rotating.under_way()


def test_a_rotation_sealed_by_a_worker_is_signed_by_both_keys_at_once(log, old, child):
    """No checkpoint beyond the entry is without the new key's line, whoever signs it."""
    child(rotate, "rotate.recorded=kill")
    sealing.seal_all(at=timezone.now())

    publishing.sign_and_publish(at=timezone.now())

    assert signers((log.dir / "checkpoint").read_bytes()) == 2
    assert fsck.differences(at=timezone.now()) == []


def test_a_rotation_that_does_not_fit_is_put_aside(old, story):
    other = notes.SigningKey(ORIGIN, b"\1" * 32)
    data = rotation.data(other, notes.SigningKey(ORIGIN, b"\2" * 32))
    always = {"recorded_at": leaf.time_text(timezone.now()), "actor_role": "system"}
    with transaction.atomic():
        api.submit(
            type=rotation.ROTATE,
            case="",
            codes=[],
            data={**always, "actor_org": "", **data},
            at=timezone.now(),
        )

    grow(story, 2)

    assert rotations() == []
    assert Intent.objects.count() == 0
    assert "put aside" in Journal.objects.get(kind="rotation").text
    assert fsck.differences(at=timezone.now()) == []


def test_a_database_set_back_before_the_rotation_is_behind(old, story):
    backup = copied()
    rotate()
    retire()
    restore(backup)

    assert guarding.check_mode(at=timezone.now()) == "behind"


def test_the_published_files_alone_tell_of_it(log, old):
    backup = copied()
    rotate()
    retire()
    restore(backup)
    log.state.unlink()

    assert guarding.check_mode(at=timezone.now()) == "behind"


def test_a_rotation_lost_with_the_database_is_made_again(old, handed_on, child):
    """Set back to before its entry, and nothing was signed since: the signer keeps both keys."""
    backup = copied()
    child(rotate, "sign.locked=kill")
    new = signer.signer().keys(ORIGIN).signing[0]
    restore(backup)

    assert resume() == new

    handed_on(old)


def test_fsck_names_a_checkpoint_that_only_the_old_key_signed(log, old, settings):
    key = notes.parse_skey(settings.LEDGER_KEY_FILE.read_text().strip())
    rotate()
    row = StoredCheckpoint.objects.order_by("-size").first()
    text = notes.parse_note(row.note.encode())[0]
    with triggers.lifted(connection):
        StoredCheckpoint.objects.filter(size=row.size).update(note=key.sign(text))

    found = fsck.differences(at=timezone.now())

    assert ("ledger_checkpoint", row.size, "note") in {
        (d["table"], d["index"], d["field"]) for d in found
    }


@pytest.mark.parametrize("line", [0, 1])
def test_fsck_names_every_bent_line_of_a_checkpoint(old, line):
    rotate()
    row = StoredCheckpoint.objects.order_by("-size").first()
    lines = row.note.splitlines(keepends=True)
    start = len("".join(lines[: 4 + line]))
    with triggers.lifted(connection):
        for place in range(start, start + len(lines[4 + line]) - 1, 11):
            bent = row.note[:place] + chr(ord(row.note[place]) ^ 1) + row.note[place + 1 :]
            StoredCheckpoint.objects.filter(size=row.size).update(note=bent)
            found = {(d["table"], d["field"]) for d in fsck.differences(at=timezone.now())}
            assert ("ledger_checkpoint", "note") in found, place
