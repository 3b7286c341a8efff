"""F-34: a backup is whole or it is none, beside running workers and after any kill; one that is
damaged is named."""

import json
import os
import re
import shutil
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from ledger import api, history, publishing, sealing, signing, triggers
from ledger.failpoints import POINTS
from ledger.models import Journal, SealedEntry
from portal.evidence import boxes
from portal.keeping import manifest, saving, trying
from portal.keeping.refusing import Broken, Refused
from tests.faults.conftest import commanded, copied, killed, restore, until

pytestmark = pytest.mark.django_db(transaction=True)

once = pytest.mark.pure  # about files: the same on every database, so it is not asked on each
MAKING = [point for point in POINTS if point.startswith("backup.")]


def save(folder, **more):
    return saving.save(folder, at=more.pop("at", timezone.now()), **more)


def names(folder):
    return {path for path in folder.rglob("*") if path.is_file()}


def whole_one(backup):
    told = manifest.read(backup)
    manifest.check(backup, told)
    kept = {f"{backup}/{path}" for path in (*told.files, manifest.NAME)}
    assert kept == {str(path) for path in names(backup)}
    return told


@pytest.fixture
def sealed(log):
    """sealed(): seal and publish what waits."""

    def both():
        sealing.seal_all(at=timezone.now())
        publishing.sign_and_publish(at=timezone.now())

    return both


@pytest.fixture
def photo(media):
    return boxes.put(boxes.CLOSED, b"a photo, encrypted")


def test_it_holds_all_but_keys_and_signers_memory_for_its_owner_alone(grow, store, photo, settings):
    grow(5)

    code, said = commanded("backup", store, "--json")

    assert code == 0
    told = json.loads(said)
    backup = Path(told["backup"])
    assert (told["ok"], told["tree_size"], told["checkpoint"]) == (True, 6, 6)
    whole_one(backup)
    held = {path.relative_to(backup).as_posix() for path in names(backup)}
    assert held > {"ledger/checkpoint", "ledger/policy", f"media/closed/{photo[:2]}/{photo}"}
    keys = settings.LEDGER_KEY_FILE.parent
    secrets = [path.read_bytes().split()[-1] for path in keys.iterdir() if ".key" in path.name]
    assert len(secrets) == 3
    assert not [x for path in names(backup) for x in secrets if x in path.read_bytes()]
    assert "signer.json" not in "".join(held)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (backup, *backup.rglob("*"))}
    assert modes == {0o700, 0o600}
    assert history.newest("backup")["backup"].good


@once
def test_the_next_one_copies_only_what_is_new_and_old_ones_go(grow, store, photo):
    grow(5)
    first = save(store, at=timezone.now() - timedelta(days=9))
    new = boxes.put(boxes.PUBLIC, b"a copy that may be shown")
    grow(2)

    second = save(store, keep_days=7)

    one = f"media/closed/{photo[:2]}/{photo}"
    assert second.dropped == [first.folder.name]
    assert saving.complete(store) == [second.folder]
    assert (second.folder / one).stat().st_nlink == 1  # the old name is gone, the bytes are not
    assert second.copied == first.copied == 3  # a photo, the newest bundle and its tile
    assert f"media/public/{new[:2]}/{new}" in whole_one(second.folder).files
    assert save(store, keep_days=0).dropped == [second.folder.name]  # never the newest


@once
def test_killed_at_any_point_it_is_none_and_the_next_run_goes_on(grow, store, photo, child):
    grow(4)
    assert save(store, at=timezone.now() - timedelta(days=9)).copied
    grow(1)

    for point in MAKING:
        before = saving.complete(store)
        assert killed(child(lambda: save(store, keep_days=7), f"{point}=kill")), point
        assert set(saving.complete(store)) >= set(before[1:])
        for backup in saving.complete(store):
            whole_one(backup)
    (store / ".new" / "media").mkdir(parents=True)
    (store / ".new" / "media" / "erased since").write_text("a photo")
    last = save(store, keep_days=7)

    assert {path.name for path in store.iterdir()} == {
        *(one.name for one in saving.complete(store)),
        ".lock",
    }
    assert whole_one(last.folder).tree_size == api.size()


@once
def test_what_an_interrupted_run_copied_is_not_copied_again(grow, store, photo, child):
    grow(4)
    child(lambda: save(store), "backup.manifest=kill")

    assert save(store).copied == 0


def test_it_is_of_one_moment_whatever_workers_do_meanwhile(grow, store, begun, settings):
    grow(5)
    paused, go = (settings.VAR / "failpoints" / f"backup.moment.{x}" for x in ("paused", "go"))
    pid = begun(lambda: save(store), "backup.moment=pause")
    until(paused.exists)
    grow(3)  # new tiles, new values, a new checkpoint
    with pytest.raises(Refused, match="Another backup is being made"):
        save(store)
    go.touch()
    assert os.waitpid(pid, 0)[1] == 0

    (backup,) = saving.complete(store)
    told = whole_one(backup)
    assert (told.tree_size, told.checkpoint) == (6, 6)
    assert {p for p in told.files if "/tile/" in p} == {
        "ledger/tile/0/000.p/6",
        "ledger/tile/entries/000.p/6",
    }


def cut(file):
    file.write_bytes(file.read_bytes()[:-7])


def flip(file, place):
    data = bytearray(file.read_bytes())
    data[place] ^= 1
    file.write_bytes(data)


def change(manifest):
    manifest.write_text(manifest.read_text().replace('"tree_size": 3', '"tree_size": 2'))


DAMAGES = {
    r"database\.\w+ has \d+ bytes instead of \d+": lambda b: cut(next(b.glob("database.*"))),
    r"database\.\w+ has other bytes": lambda b: flip(next(b.glob("database.*")), 5000),
    "ledger/checkpoint has other bytes": lambda b: flip(b / "ledger" / "checkpoint", 3),
    "ledger/policy: No such file": lambda b: (b / "ledger" / "policy").unlink(),
    "manifest.json is missing": lambda b: (b / "manifest.json").unlink(),
    "manifest.json is damaged: Unterm": lambda b: cut(b / "manifest.json"),
    "manifest.json is damaged: it does": lambda b: change(b / "manifest.json"),
}


@once
def test_f_34_a_damaged_backup_is_named_and_nothing_comes_of_it(grow, store, elsewhere, tmp_path):
    grow(2)
    good = save(store).folder
    folders = {said: tmp_path / "damaged" / str(n) for n, said in enumerate(DAMAGES)}
    for said, folder in folders.items():
        DAMAGES[said](shutil.copytree(good, folder / good.name))

    tried = {said: commanded("backup", folder, "--check") for said, folder in folders.items()}
    restored = elsewhere(
        lambda: (
            {said: commanded("restore", folder) for said, folder in folders.items()}
            | {"tables": connection.introspection.table_names()}
        )
    )

    assert restored.pop("tables") == []
    for said in DAMAGES:
        for code, text in (tried[said], restored[said]):
            assert (code, bool(re.search(said, text))) == (1, True), text
    lines = Journal.objects.filter(kind="backup", good=False).values_list("text", flat=True)
    assert len(lines) == len(DAMAGES)


@once
def test_it_does_not_lie_where_files_are_served_from(log, settings):
    for served in (settings.LEDGER_DIR, settings.STATIC_ROOT, settings.VAR / "media"):
        assert commanded("backup", served / "backups")[0] == 2
        assert not (served / "backups").exists()


@once
def test_damage_that_was_there_before_is_copied_and_named(grow, store, photo, media, log):
    grow(2)
    flip(media / "closed" / photo[:2] / photo, 2)
    (log.dir / "tile" / "0" / "000.p" / "3").unlink()

    code, said = commanded("backup", store)

    assert code == 1
    assert "ledger/tile/0/000.p/3 is missing; " in said
    assert f"{photo} does not have the SHA-256 that is its name" in said
    assert whole_one(saving.complete(store)[0]).damaged


@once
def test_f_34_a_backup_is_restored_checked_and_held_against_this_log(submit, sealed, store):
    for _n in range(3):
        submit(type="gift.count", named={"donor": "Mo"}, private={"phone": "13800000000"})
    sealed()
    submit()
    sealing.seal_all(at=timezone.now())
    signing.sign(at=timezone.now() - timedelta(hours=1))  # and not public yet
    save(store)
    submit()
    sealed()

    code, said = commanded("backup", store, "--check")

    assert (code, "restored and checked, 5 entries" in said) == (0, True), said
    lines = Journal.objects.filter(kind="backup").values_list("good", flat=True)
    assert list(lines) == [True, True]


@pytest.mark.services
def test_f_34_what_fsck_finds_in_the_copy_is_named(submit, sealed, store):
    submit()
    sealed()
    with triggers.lifted(connection):
        SealedEntry.objects.filter(idx=1).update(uid="0" * 32)
    save(store)

    code, said = commanded("backup", store, "--check")

    assert code == 1
    assert "fsck of the restored copy found" in said
    assert "ledger_entry 1 uid" in said


@once
def test_a_manifest_that_names_what_no_backup_holds_is_refused(grow, store):
    grow(1)
    backup = save(store).folder
    told = manifest.read(backup)

    for path in ("../keys/log.key", "/etc/passwd", "ledger/../../x", "signer.json"):
        replace(told, files={**told.files, path: (1, "00")}).write(backup)
        with pytest.raises(Broken, match="names what no backup holds"):
            manifest.read(backup)


@once
def test_a_backup_of_another_history_is_found_out(grow, store):
    backup = copied()
    grow(3)
    save(store)
    restore(backup)
    grow(5)

    with pytest.raises(Broken, match="entries of the backup are not those of this log"):
        trying._compare(manifest.read(saving.complete(store)[0]))
