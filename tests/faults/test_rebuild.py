"""The tables from the files alone: old copies, lost databases, kills at every point."""

import shutil

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from ledger import api, fsck, guarding, recovering, rotating, sealing, triggers
from ledger.failpoints import POINTS, FailpointReached
from ledger.models import Disclosure, Head, Intent, Journal, SealedEntry
from tests.faults.conftest import TABLES, copied, killed, restore

pytestmark = pytest.mark.django_db(transaction=True)

REBUILD = [point for point in POINTS if point.startswith("rebuild.")]


def rebuild(target, **more):
    return recovering.rebuild(str(target), at=timezone.now(), **more)


@pytest.fixture
def old(log, story, grow):
    """(uids, how many are old): the database as it was before the last six of ten were public."""
    uids = grow(4)
    backup = copied()
    uids += grow(6)
    restore(backup)
    guarding.check_mode(at=timezone.now())
    return uids


def test_failure_07_an_old_copy_is_refilled_and_goes_on(old, log, story, whole):
    waiting = story.tell(2)

    done = rebuild(log.dir)

    assert (done.size, done.mode, done.back, api.mode()) == (11, "ok", 0, "ok")
    assert api.pending_uids() == waiting
    whole(old + waiting)


def test_failure_07_what_was_sealed_since_the_restore_is_sealed_again(old, log, story, whole):
    Head.objects.update(mode="ok")  # as a worker had it that was running while it was restored
    late = story.tell(3)
    sealing.seal_all(at=timezone.now())
    waiting = story.tell(2)
    guarding.check_mode(at=timezone.now())
    values = api.disclosures(late)

    done = rebuild(log.dir)

    assert done.back == 3
    assert api.pending_uids() == late + waiting
    assert api.disclosures(late) == values != {}
    whole(old + late + waiting)
    assert [entry.uid for entry in api.entries(1)] == old + late + waiting


def test_an_intent_that_the_files_have_sealed_is_not_sealed_twice(log, story, grow, whole):
    uids = grow(2) + story.tell(2)
    backup = copied(Intent)
    sealed = grow(0)
    assert sealed == []
    grow(1)
    restore(backup)

    rebuild(log.dir)

    assert api.pending_uids() == []
    assert set(uids) < {entry.uid for entry in api.entries()}


def test_failure_08_a_lost_database_is_made_again_from_the_files(log, story, grow, whole):
    uids = grow(7)
    before = [api.entry(i) for i in range(8)]
    values = api.disclosures(uids)
    with triggers.lifted(connection):
        for model in (*TABLES, Disclosure):
            model.objects.all().delete()

    done = rebuild(log.dir)

    assert (done.size, done.mode) == (8, "ok")
    assert [api.entry(i) for i in range(8)] == before
    assert api.disclosures(uids) == values != {}
    whole(uids)


def test_values_erased_since_the_copy_do_not_come_back(log, story, grow):
    uids = grow(4)
    backup = copied(Disclosure)
    Disclosure.objects.filter(sort="named").delete()
    grow(1)
    restore(backup)
    assert api.disclosures(uids) != {}

    done = rebuild(log.dir)

    assert done.values_removed == 2
    assert api.disclosures(uids) == {}
    assert Disclosure.objects.filter(sort="private").exists()


def test_a_copy_from_before_a_new_key_learns_it_from_the_files(log, story, grow, whole):
    uids = grow(3)
    backup = copied()
    rotating.rotate(at=timezone.now())
    grow(2)
    new = Head.objects.get().vkey
    restore(backup)
    assert guarding.check_mode(at=timezone.now()) == "behind"

    assert rebuild(log.dir).mode == "ok"

    head = Head.objects.get()
    assert (head.vkey, head.retired) == (new, backup[Head][0].vkey)
    assert fsck.differences(at=timezone.now()) == []
    assert {entry.uid for entry in api.entries()} > set(uids)


def test_damaged_files_are_refused_by_name(old, log):
    tile = log.dir / "tile/entries/000.p/11"
    data = bytearray(tile.read_bytes())
    data[200] ^= 1
    tile.write_bytes(data)

    with pytest.raises(recovering.NotRebuilt, match=r"damaged \(tile/entries/000.p/11"):
        rebuild(log.dir)

    assert (api.mode(), api.size()) == ("behind", 5)


def test_files_of_another_log_are_refused(old, log, settings, tmp_path):
    shutil.copytree(log.dir, tmp_path / "copy")
    settings.LEDGER_ORIGIN = "other.example/ledger"
    policy = log.dir / "policy"

    with pytest.raises(recovering.NotRebuilt, match="another log"):
        rebuild(tmp_path / "copy", demanded=policy.read_bytes())


def test_files_older_than_the_signer_are_refused_and_say_what_is_missing(log, story, grow):
    grow(3)
    early = shutil.copytree(log.dir, log.dir.with_name("early"))
    backup = copied()
    grow(4)
    restore(backup)
    guarding.check_mode(at=timezone.now())

    with pytest.raises(recovering.NotRebuilt, match="entries 4 to 7 are missing"):
        rebuild(early)

    shutil.rmtree(early)
    assert api.mode() == "behind"


def test_a_checkpoint_that_the_files_contradict_is_evidence_and_stays(log, story, grow):
    grow(3)
    early = shutil.copytree(log.dir, log.dir.with_name("early"))
    grow(4)
    log.state.unlink()

    with pytest.raises(recovering.NotRebuilt, match="Keep both"):
        rebuild(early)

    shutil.rmtree(early)
    assert api.size() == 8


def test_failure_09_a_flipped_entry_is_mended_from_its_bundle(log, story, grow, whole):
    uids = grow(5)
    with triggers.lifted(connection):
        SealedEntry.objects.filter(idx=3).update(entry=b"{}")

    done = rebuild(log.dir)

    assert done.back == 0
    whole(uids)


def test_the_command_says_what_it_did(old, log, capsys):
    call_command("recover", str(log.dir))

    assert "rebuilt 11 entries; the mode is ok" in capsys.readouterr().out
    assert Journal.objects.filter(kind="rebuild", good=True).count() == 1
    assert Journal.objects.order_by("-id")[0].text.startswith("ok: rebuilt")
    with pytest.raises(CommandError, match="not a folder"):
        call_command("rebuild_ledger", "nowhere")


@pytest.mark.parametrize("point", REBUILD)
def test_a_rebuild_killed_at_any_point_is_run_again(old, log, story, child, whole, point):
    Head.objects.update(mode="ok")
    late = story.tell(2)
    sealing.seal_all(at=timezone.now())
    guarding.check_mode(at=timezone.now())
    entries = api.size()

    assert killed(child(lambda: rebuild(log.dir), f"{point}=kill"))
    assert (api.size(), api.mode()) in {(entries, "behind"), (11, "behind"), (11, "ok")}
    child(lambda: rebuild(log.dir), f"{point}=kill")  # within the recovery
    rebuild(log.dir)

    whole(old + late)


@pytest.mark.parametrize("point", REBUILD)
def test_a_rebuild_that_fails_anywhere_is_run_again(old, log, settings, whole, point):
    settings.FAILPOINTS = f"{point}=raise"
    with pytest.raises(FailpointReached):
        rebuild(log.dir)
    settings.FAILPOINTS = ""

    rebuild(log.dir)

    whole(old)
    assert fsck.differences(at=timezone.now()) == []


@pytest.fixture
def twice(log, story, grow, child, whole):
    """twice(action, first, seconds): killed at the first point, and its recovery at each second.

    Each time the old copy is put back, and one event was sealed on it.
    """

    def run(action, first, seconds):
        uids = grow(3)
        backup = copied(Disclosure, Intent)
        uids += grow(4)
        for second in seconds:
            restore(backup)
            uids += story.tell(1)
            sealing.seal_all(at=timezone.now())
            guarding.check_mode(at=timezone.now())

            child(lambda: rebuild(log.dir), f"{first}={action}")
            assert api.mode() in ("behind", "ok")
            child(lambda: rebuild(log.dir), f"{second}={action}")
            assert rebuild(log.dir).mode == "ok"
            whole(uids)

    return run


@pytest.mark.services
@pytest.mark.parametrize("place", range(len(REBUILD)))
def test_a_rebuild_killed_and_its_recovery_too(twice, place):
    """Every point is followed by two of all; `long` takes the whole square."""
    twice("kill", REBUILD[place], REBUILD[place % 7 :: 7])


@pytest.mark.long
@pytest.mark.parametrize("action", ["kill", "raise"])
@pytest.mark.parametrize("first", REBUILD)
def test_rebuild_pairs(twice, first, action):
    twice(action, first, REBUILD)
