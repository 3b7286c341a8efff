"""A mirror of published files: only what verifies, never backwards, whole at every moment."""

import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from ledger import mirroring, publishing, rotating, sealing
from ledger.core import notes
from ledger.failpoints import POINTS, FailpointReached
from ledger.models import Disclosure
from ledger.verify.checking import check
from ledger.verify.sources import Folder
from tests.faults.conftest import killed

pytestmark = pytest.mark.django_db(transaction=True)

WIDTH = 4
MIRROR = [point for point in POINTS if point.startswith("mirror.")]


@pytest.fixture
def tell(log, story):
    """tell(n): n more events, sealed and public, in tiles of four."""

    def more(count):
        story.tell(count)
        sealing.seal_all(at=timezone.now(), width=WIDTH)
        publishing.sign_and_publish(at=timezone.now(), width=WIDTH)

    return more


@pytest.fixture
def copy(log, tmp_path):
    """copy(): mirror the log into a folder of this test."""
    folder = tmp_path / "copy"

    def once(**more):
        return mirroring.mirror(str(log.dir), folder, width=WIDTH, **more)

    once.folder = folder
    return once


def files(folder):
    names = Folder(folder).paths()
    return {name: (folder / name).read_bytes() for name in names}


def size_of(folder):
    report = check(Folder(folder), width=WIDTH)
    assert report.damage == []
    return report.size


def test_a_mirror_holds_the_same_files_and_fetches_only_what_is_new(log, tell, copy):
    tell(9)
    first = copy()
    again = copy()
    tell(6)

    second = copy()

    assert (first.size, second.size) == (10, 16)
    assert (again.fetched, again.removed) == (2, 0)  # policy and checkpoint
    assert second.fetched < first.fetched
    current = files(log.dir)
    assert {name: current[name] for name in files(copy.folder) if name in current} == files(
        copy.folder
    )
    assert size_of(copy.folder) == 16


def test_values_that_the_origin_does_not_list_any_more_go(log, tell, copy):
    tell(9)
    copy()
    assert (copy.folder / "disclosures").exists()
    Disclosure.objects.filter(sort="named").delete()
    for n in range(3):
        publishing.write_disclosures(n, size=10, width=WIDTH)

    done = copy()

    assert done.removed > 0
    assert not list((copy.folder / "disclosures").rglob("*[0-9]"))


@pytest.mark.parametrize("point", MIRROR)
def test_a_mirror_killed_at_any_point_is_whole(log, tell, copy, child, point):
    tell(9)
    copy()
    tell(6)
    Disclosure.objects.filter(sort="named").delete()
    for n in range(4):
        publishing.write_disclosures(n, size=16, width=WIDTH)

    assert killed(child(copy, f"{point}=kill"))
    assert size_of(copy.folder) in (10, 16)
    child(copy, f"{point}=kill")  # within the recovery
    assert size_of(copy.folder) in (10, 16)
    copy()

    assert size_of(copy.folder) == 16


@pytest.mark.parametrize("point", MIRROR)
def test_a_first_mirror_that_fails_is_continued(log, tell, copy, settings, point):
    tell(9)
    settings.FAILPOINTS = f"{point}=raise"
    with pytest.raises(FailpointReached):
        copy()
    settings.FAILPOINTS = ""

    copy()

    assert size_of(copy.folder) == 10


def test_damage_at_the_origin_changes_nothing(log, tell, copy):
    tell(9)
    copy()
    before = files(copy.folder)
    tell(6)
    bundle = log.dir / "tile/entries/003"
    bundle.write_bytes(bundle.read_bytes()[:-1] + b"x")

    with pytest.raises(mirroring.NotMirrored, match="tile/entries/003"):
        copy()

    assert files(copy.folder) == before


def test_damage_of_the_copy_is_named_and_mended_by_removing_it(log, tell, copy):
    tell(9)
    copy()
    (copy.folder / "tile/entries/001").write_bytes(b"bit rot")

    with pytest.raises(mirroring.NotMirrored, match="copy itself: remove it"):
        copy()
    (copy.folder / "tile/entries/001").unlink()

    assert copy().fetched == 3
    assert size_of(copy.folder) == 10


def test_a_rollback_and_a_fork_are_refused_with_both_notes(log, tell, copy, tmp_path):
    tell(5)
    early = shutil.copytree(log.dir, tmp_path / "early")
    tell(5)
    copy()
    before = files(copy.folder)

    with pytest.raises(mirroring.NotMirrored, match="rollback: 6 entries, remembered are 11"):
        mirroring.mirror(str(early), copy.folder, width=WIDTH)
    shutil.rmtree(copy.folder)  # what is remembered lies beside it
    with pytest.raises(mirroring.NotMirrored, match="rollback") as refused:
        mirroring.mirror(str(early), copy.folder, width=WIDTH)

    assert len(refused.value.evidence) == 2
    copy()
    assert files(copy.folder) == before


def test_another_policy_than_the_pinned_one_is_refused(log, tell, copy):
    tell(5)
    copy()
    tell(2)
    other = notes.SigningKey("tests.shanji.example/ledger", bytes(range(32))).verifier.vkey

    with pytest.raises(mirroring.NotMirrored, match="no signature of a known key"):
        copy(demanded=f"log {other}\nquorum none\n".encode())

    assert size_of(copy.folder) == 6


def test_a_mirror_follows_the_log_to_its_new_key(log, tell, copy):
    tell(5)
    copy()
    rotating.rotate(at=timezone.now(), width=WIDTH)
    publishing.sign_and_publish(at=timezone.now(), width=WIDTH)
    tell(2)

    assert copy().size == 9

    assert size_of(copy.folder) == 9
    assert len((copy.folder / "policy").read_text().splitlines()) == 3  # two keys, no quorum


def test_the_command_mirrors_an_address(log, tell, tmp_path, capsys):
    publishing.sign_and_publish(at=timezone.now())

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *words):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=log.dir))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    try:
        call_command("mirror", address, "--once", "--to", str(tmp_path / "copy"))
        assert "1 entries verified" in capsys.readouterr().out
        with pytest.raises(CommandError, match="own log"):
            call_command("mirror", address, "--once")
    finally:
        server.shutdown()
        server.server_close()
    with pytest.raises(CommandError, match="cannot be reached"):
        call_command("mirror", address, "--once", "--to", str(tmp_path / "copy"))
    assert check(Folder(tmp_path / "copy")).damage == []
