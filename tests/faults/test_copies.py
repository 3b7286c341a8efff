"""Old copies, lagging replicas, clones: never two checkpoints that contradict each other."""

import shutil
import sqlite3

import pytest
from django.db import connection, connections
from django.utils import timezone

from ledger import (
    api,
    fsck,
    guarding,
    publishing,
    recovering,
    refilling,
    sealing,
    signer,
    signing,
    tasks,
    triggers,
    witnessing,
)
from ledger.core import notes
from ledger.models import Cosignature, Disclosure, Head, Intent, Journal, StoredCheckpoint
from ledger.verify.checking import check
from ledger.verify.sources import Folder
from tests.faults.conftest import copied, restore

pytestmark = pytest.mark.django_db(transaction=True)

ORIGIN = "tests.shanji.example/ledger"


def now():
    return timezone.now()


def public(log):
    return (log.dir / "checkpoint").read_bytes()


def size_of(note):
    return notes.parse_checkpoint(notes.parse_note(note)[0]).size


def truncate(size):
    """What a database administrator can do: the last entries are gone, all else fits."""
    kept = [entry.raw for entry in api.entries(0, size)]
    tables = refilling.Tables(256)
    tables.refill(kept)
    with triggers.lifted(connection):
        StoredCheckpoint.objects.filter(size__gt=size).delete()
    Disclosure.objects.exclude(uid__in=[entry.uid for entry in api.entries(0, size)]).delete()
    Head.objects.update(
        size=size,
        root=tables.frontier.root(),
        frontier=tables.frontier.encode(),
        last=tables.last,
        at=tables.at,
        mode="ok",
    )


def test_t_l04_failure_07_an_old_backup_under_a_starting_worker(log, story, grow, client, whole):
    uids = grow(20)
    backup = copied(Disclosure, Intent)
    uids += grow(10)
    before = public(log)
    restore(backup)
    waiting = story.tell(2)

    tasks.check_before_work()
    tasks.seal()
    tasks.publish()

    assert (api.mode(), api.size(), public(log)) == ("behind", 21, before)
    assert api.pending_uids() == waiting
    assert client.post("/accounts/login/").status_code == 503
    assert client.get("/en/gifts/").status_code == 200
    assert recovering.rebuild(str(log.dir), at=now()).mode == "ok"
    assert client.post("/accounts/login/").status_code == 422  # a form again
    whole(uids + waiting)


def test_failure_07_restored_under_running_workers_the_batch_before_the_next_sign_comes_back(
    log, story, grow, whole
):
    uids = grow(5)
    backup = copied()
    uids += grow(6)
    restore(backup)
    late = story.tell(3)

    tasks.seal()  # nobody has looked yet
    tasks.publish()  # it looks
    more = story.tell(1)
    tasks.seal()

    assert (api.mode(), api.size()) == ("behind", 9)
    assert api.pending_uids() == more
    assert recovering.rebuild(str(log.dir), at=now()).back == 3
    assert api.pending_uids() == late + more
    whole(uids + late + more)


def test_failure_07_an_old_backup_without_the_public_files_is_behind_too(log, grow):
    grow(4)
    backup = copied()
    grow(3)
    shutil.rmtree(log.dir)
    restore(backup)

    tasks.check_before_work()

    assert api.mode() == "behind"
    assert signing.sign(at=now()) is None
    assert "the signer has 8 entries" in Journal.objects.get(kind="mode").text


def test_failure_07_a_witness_alone_convicts_an_old_backup(consortium, log, grow):
    grow(4)
    backup = copied()
    grow(3)
    restore(backup)
    shutil.rmtree(log.dir)
    log.state.unlink()
    signer.signer().create(ORIGIN)  # signer and files start from nothing

    tasks.watch()

    assert api.mode() == "behind"
    assert "a witness has 8 entries" in Journal.objects.get(kind="mode").text


def test_t_l03_the_last_entries_cannot_be_cut_off(log, story, grow, tmp_path):
    uids = grow(260)
    before, state = public(log), log.state.read_bytes()
    proof = api.proof(250, 261)
    mirror = shutil.copytree(log.dir, tmp_path / "mirror")

    for turn, lost in enumerate((1, 7, 256), 1):
        truncate(261 - lost)
        story.tell(lost + 3)  # other events in their place, and more
        sealing.seal_all(at=now())
        assert signing.sign(at=now()) is None
        publishing.sign_and_publish(at=now())

        assert (public(log), log.state.read_bytes()) == (before, state)
        assert api.mode() == "behind"
        assert Journal.objects.filter(text__contains="another root").count() == turn
        assert check(Folder(mirror)).damage == []
        recovering.rebuild(str(mirror), at=now())
        assert api.proof(250, 261) == proof
        assert [entry.uid for entry in api.entries(1, 261)] == uids


def test_two_signers_from_one_copy_the_witnesses_refuse_the_second(
    consortium, log, story, grow, settings, tmp_path
):
    grow(4)
    backup = copied(Disclosure, Intent, Cosignature)
    files = shutil.copytree(log.dir, tmp_path / "clone")
    state = tmp_path / "clone.json"
    shutil.copy(log.state, state)
    grow(3)
    first = public(log)

    restore(backup)  # the clone: database, files and signer as they were
    witnessing._members.clear()
    settings.LEDGER_DIR, settings.LEDGER_STATE = files, state
    story.tell(3)
    sealing.seal_all(at=now())
    publishing.sign_and_publish(at=now())

    assert size_of(first) == 8
    assert size_of((files / "checkpoint").read_bytes()) == 5
    assert api.mode() == "frozen"
    assert "knows another history" in Journal.objects.filter(kind="mode").latest("id").text
    tasks.watch()  # what they show carries our signature
    assert api.mode() == "behind"


@pytest.fixture
def clone(log, child_env, tmp_path, settings):
    """clone(): a second database with the same rows; what `manage` needs to run on it."""
    made = []

    def copy():
        name = connection.settings_dict["NAME"]
        if connection.vendor == "sqlite":
            other = tmp_path / "clone.sqlite3"
            with sqlite3.connect(name) as source, sqlite3.connect(other) as target:
                source.backup(target)
            return {"DATABASE_URL": f"sqlite:///{other}"}
        connections.close_all()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}_clone" TEMPLATE "{name}"')
        made.append(f"{name}_clone")
        return {"DATABASE_URL": f"{child_env['DATABASE_URL']}_clone"}

    yield copy
    for name in made:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.services
def test_failure_07_a_lagging_replica_that_takes_over_signs_nothing(
    log, grow, story, clone, manage, whole
):
    uids = grow(3)
    replica = clone()
    uids += grow(4)
    before = public(log)

    sealed = manage("seal", **replica)
    published = manage("publish", **replica)
    refused = manage("seal", **replica)

    assert (sealed.returncode, refused.returncode) == (1, 1)
    assert b"behind" in sealed.stderr
    assert published.returncode == 0
    assert public(log) == before
    assert manage(f"rebuild_ledger {log.dir}", **replica).returncode == 0
    again = manage("seal", **replica)
    assert again.stdout.strip() == b"sealed 0", again.stderr
    whole(uids)


@pytest.mark.services
def test_two_databases_with_one_signer_only_the_first_goes_on(
    log, grow, story, clone, manage, whole
):
    uids = grow(3)
    twin = clone()
    uids += story.tell(2)
    assert b"not frozen" in manage("unfreeze --reason x", **twin).stderr
    assert manage("readonly --reason moving", **twin).returncode == 0
    assert manage("readonly --leave --reason moved", **twin).returncode == 0
    sealing.seal_all(at=now())
    publishing.sign_and_publish(at=now())
    before = public(log)

    assert manage("publish", **twin).returncode == 0

    assert public(log) == before
    assert b"behind" in manage("seal", **twin).stderr
    assert guarding.check_mode(at=now()) == "ok"
    whole(uids)


def test_fsck_of_a_log_that_is_behind_names_what_is_wrong(log, grow):
    grow(4)
    backup = copied()
    grow(3)
    restore(backup)
    guarding.check_mode(at=now())

    found = fsck.differences(at=now())

    assert ("signer", "root") in {(one["table"], one["field"]) for one in found}
    assert not [one for one in found if one["field"] == "mode"]
