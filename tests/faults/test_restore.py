"""T-L04, F-26, F-27: a backup put back is found out before anything is sealed or signed on it, and
the published files lead on from there."""

import json
import shutil
from dataclasses import replace

import pytest
from django.conf import settings as configured
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from ledger import api, fsck, signer
from ledger.failpoints import POINTS, FailpointReached
from ledger.models import Disclosure, Head, Intent
from portal.evidence import boxes
from portal.keeping import manifest, saving
from portal.oversight import erasures
from tests.faults.conftest import commanded

pytestmark = pytest.mark.django_db(transaction=True)

once = pytest.mark.pure  # about files: the same on every database, so it is not asked on each
ORIGIN = "tests.shanji.example/ledger"
RESTORING = [point for point in POINTS if point.startswith("restore.")]


def seen():
    """How the log of this process stands, and what the site answers."""
    client = Client()
    return {
        "mode": api.mode(),
        "size": api.size(),
        "form": client.post("/accounts/login/").status_code,
        "page": client.get("/en/gifts/").status_code,
        "public": api.published().size,
        "signed": signer.signer().state(ORIGIN).size,
        "waiting": Intent.objects.count(),
    }


def test_t_l04_f_26_a_backup_is_behind_until_the_ledger_is_rebuilt(grow, story, store, elsewhere):
    uids = grow(4)
    story.tell(2)  # recorded, and not sealed when the backup is made
    commanded("backup", store)
    with transaction.atomic():
        api.erase(uids[:2], at=timezone.now())
    grow(5)

    def work():
        told = json.loads(commanded("restore", store, "--json")[1])
        stopped = [commanded("seal"), commanded("publish"), seen()]
        rebuilt = commanded("rebuild_ledger", configured.LEDGER_DIR, "--json")
        commanded("seal")
        commanded("publish")
        return [told, stopped, rebuilt, seen(), fsck.differences(at=timezone.now())]

    told, (sealed, published, behind), (code, rebuilt), after, differences = elsewhere(work)

    assert (told["mode"], told["tree_size"]) == ("behind", 5)
    assert told["why"] == "the published checkpoint has 13 entries signed by us, the head has 5"
    assert told["next"][0].startswith("rebuild_ledger")
    assert told["next"][1].startswith("erase --again 20")
    assert (sealed[0], published) == (1, [0, "published 13\n"])
    still = {"mode": "behind", "size": 5, "form": 503, "page": 200}
    assert behind == still | {"public": 13, "signed": 13, "waiting": 2}
    done = json.loads(rebuilt)
    assert (code, done["mode"], done["erasures"], done["values_removed"]) == (0, "ok", 1, 1)
    whole = {"mode": "ok", "size": 13, "form": 422, "page": 200, "public": 13, "signed": 13}
    assert (after, differences) == (whole | {"waiting": 0}, [])


def test_moved_to_another_machine_it_goes_on_at_once(grow, store, elsewhere, tmp_path, media):
    """Nothing is sealed meanwhile; keys and the signer's memory came along by themselves."""
    photo = boxes.put(boxes.CLOSED, b"a photo")
    uids = grow(4)
    erasures.remember("G-7K2M9Q4TX5", at=timezone.now())
    commanded("readonly", "--reason", "moving")
    commanded("backup", store)
    values = {row.uid: row.name for row in Disclosure.objects.filter(sort="private")}

    def work():
        configured.LEDGER_DIR = tmp_path / "new" / "ledger"
        shutil.rmtree(media)
        erasures.place().unlink()
        told = json.loads(commanded("restore", store, "--json")[1])
        kept = {row.uid: row.name for row in Disclosure.objects.filter(sort="private")}
        stored = [boxes.get(boxes.CLOSED, photo).decode(), erasures.place().read_text()[-13:]]
        found = fsck.differences(at=timezone.now())
        commanded("readonly", "--leave", "--reason", "moved")
        again = commanded("restore", store)
        return [told, seen(), kept, stored, found, again, sorted(api.index_of(uids))]

    told, now, kept, stored, found, (code, refused), sealed = elsewhere(work)

    assert (told["mode"], told["why"]) == ("readonly", "moving")
    assert told["next"][0].startswith("readonly --leave --reason TEXT")
    assert (now["mode"], now["public"], now["form"]) == ("ok", 5, 422)
    assert (kept, found, sealed) == (values, [], sorted(uids))
    assert stored == ["a photo", "G-7K2M9Q4TX5\n"]
    assert (code, "The database is not empty: it has" in refused) == (2, True)


@once
def test_f_27_without_the_signers_memory_it_is_frozen_and_goes_on_sealing(
    grow, store, elsewhere, log, story
):
    grow(4)
    commanded("backup", store)

    def work():
        log.state.unlink()
        told = json.loads(commanded("restore", store, "--json")[1])
        story.tell(1)
        sealed = commanded("seal")
        public = commanded("publish")
        return [told, sealed, public, log.state.exists(), commanded("create_log"), api.mode()]

    told, sealed, public, memory, made, mode = elsewhere(work)

    assert (told["mode"], told["why"]) == ("frozen", "signer.json is missing")
    assert told["next"][0].startswith("remove the cause")
    assert (sealed, public, memory) == ([0, "sealed 1\n"], [0, "published 5\n"], False)
    assert (made[0], mode) == (0, "frozen")  # a log that is there is not started over


@once
def test_t_l04_a_witness_alone_finds_it_out(consortium, grow, store, elsewhere, log):
    grow(4)
    commanded("backup", store)
    grow(3)

    def work():
        configured.LEDGER_DIR = store.parent / "new" / "ledger"
        log.state.unlink()
        return json.loads(commanded("restore", store, "--json")[1])

    told = elsewhere(work)

    assert (told["mode"], told["tree_size"]) == ("behind", 5)
    assert told["why"] == "a witness has 8 entries signed by us, the head has 5"


@once
def test_newer_public_files_are_kept_and_older_ones_refused(grow, store, elsewhere, log, tmp_path):
    grow(2)
    early = shutil.copytree(log.dir, tmp_path / "early")
    grow(2)
    commanded("backup", store)
    public = (log.dir / "checkpoint").read_bytes()

    def work():
        configured.LEDGER_DIR = early
        older = commanded("restore", store)
        configured.LEDGER_ORIGIN = "other.example/ledger"
        other = commanded("restore", store)
        return [older, other, connection.introspection.table_names()]

    older, other, tables = elsewhere(work)

    assert older[0] == other[0] == 2
    assert "LEDGER_DIR holds 3 entries, the backup 5" in older[1]
    assert "These are different logs" in other[1]
    assert (tables, (log.dir / "checkpoint").read_bytes()) == ([], public)


@once
def test_of_newer_public_files_only_lost_tiles_are_filled_in(grow, store, elsewhere, log):
    uids = grow(3)
    commanded("backup", store)
    tile = log.dir / "tile" / "entries" / "000.p" / "4"
    kept = tile.read_bytes()
    tile.unlink()
    with transaction.atomic():
        api.erase(uids, at=timezone.now())
    api.republish(uids)
    assert not (log.dir / "disclosures" / "000").exists()

    assert elsewhere(lambda: commanded("restore", store))[0] == 0

    assert tile.read_bytes() == kept
    assert not (log.dir / "disclosures" / "000").exists()


@once
def test_a_backup_of_another_release_or_kind_of_database_is_known_by_its_manifest(
    grow, store, elsewhere
):
    grow(1)
    backup = saving.save(store, at=timezone.now()).folder
    told = manifest.read(backup)

    def work():
        said = []
        for changed in (
            {"migrations": [*told.migrations, "needs.9999_later"]},
            {"database": "sqlite" if told.database == "postgresql" else "postgresql"},
        ):
            replace(told, **changed).write(backup)
            said.append(commanded("restore", backup))
        replace(told, migrations=["ledger.0001_initial"]).write(backup)
        said.append(json.loads(commanded("restore", backup, "--json")[1]))
        return said

    (one, later), (two, kind), earlier = elsewhere(work)

    assert (one, two) == (2, 2)
    assert "another release" in later
    assert "needs.9999_later" in later
    assert "holds a database of" in kind
    assert (earlier["mode"], earlier["next"][0][:8]) == ("unknown", "migrate:")


@once
def test_a_restoration_that_fails_anywhere_is_run_again(grow, store, elsewhere, tmp_path):
    grow(3)
    commanded("backup", store)

    def work():
        configured.LEDGER_DIR = tmp_path / "new" / "ledger"
        for point in RESTORING[:2]:
            configured.FAILPOINTS = f"{point}=raise"
            with pytest.raises(FailpointReached):
                commanded("restore", store)
            assert connection.introspection.table_names() == []
        configured.FAILPOINTS = f"{RESTORING[2]}=raise"
        with pytest.raises(FailpointReached):
            commanded("restore", store)
        return [Head.objects.get().size, fsck.differences(at=timezone.now())]

    assert elsewhere(work) == [4, []]


@once
def test_what_is_no_folder_of_backups_is_said(store, elsewhere):
    store.mkdir()

    assert elsewhere(lambda: [commanded("restore", store / "x"), commanded("restore", store)]) == [
        [2, f"{store / 'x'} is not a folder."],
        [1, f"{store} holds no complete backup: manifest.json is missing"],
    ]
