"""Two publishers, a full disk, partial tiles that go, the end of a log: the files stay whole."""

import os
import resource
import shutil
import signal
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

from ledger import api, fsck, mirroring, publishing, sealing, signing, tidying
from ledger.core import notes, tiles, tree
from ledger.failpoints import POINTS
from ledger.models import Head, Journal
from ledger.verify import remembering
from ledger.verify.checking import check
from ledger.verify.sources import Folder
from tests.faults.conftest import killed

pytestmark = pytest.mark.django_db(transaction=True)


def now():
    return timezone.now()


def public_size(log):
    return notes.parse_checkpoint(notes.parse_note((log.dir / "checkpoint").read_bytes())[0]).size


@pytest.fixture
def start(log, settings):
    """start(work, points): a forked process that goes on by itself; its pid."""
    started = []

    def run(work, points=""):
        connections.close_all()
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                settings.FAILPOINTS = points
                work()
                status = 0
            finally:
                os._exit(status)
        started.append(pid)
        return pid

    yield run
    for pid in started:
        if is_running(pid):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def is_running(pid):
    try:
        return os.waitpid(pid, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return False


def ended(pid):
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def publish():
    publishing.sign_and_publish(at=now())


@pytest.mark.parametrize(
    "point", ["sign.committed", "publish.bundle", "publish.tiles", "publish.checkpoint"]
)
def test_failure_05_the_older_of_two_publishers_is_paused(
    log, story, grow, start, settings, whole, point
):
    uids = grow(2) + story.tell(3)
    sealing.seal_all(at=now())
    folder = settings.VAR / "failpoints"
    older = start(publish, f"{point}=pause")
    deadline = time.monotonic() + 30
    while not (folder / f"{point}.paused").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    uids += story.tell(4)
    sealing.seal_all(at=now())

    newer = start(publish)
    if point == "sign.committed":  # before the publish lock: the newer one goes past
        assert ended(newer) == 0
        assert public_size(log) == 10
    else:  # within it: the newer one waits
        time.sleep(0.3)
        assert is_running(newer)
        assert public_size(log) == 3
    (folder / f"{point}.go").touch()

    assert ended(older) == 0
    assert point == "sign.committed" or ended(newer) == 0
    assert public_size(log) == 10
    whole(uids)


def limited(work, limit):
    """Run it where no file may grow beyond the limit: as a full disk answers, with an error."""

    def run():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        assert Head.objects.exists()  # the database's own files are open and as large as they get
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        work()

    return run


def test_failure_03_a_full_disk_stops_the_publisher_before_the_checkpoint(
    log, story, grow, start, whole
):
    uids = grow(2) + story.tell(5)
    sealing.seal_all(at=now())
    signing.sign(at=now())
    before = (log.dir / "checkpoint").read_bytes()

    for limit in (0, 40, 300, 2000):
        assert ended(start(limited(publishing.publish, limit))) == 1
        assert (log.dir / "checkpoint").read_bytes() == before
        assert check(Folder(log.dir)).damage == []
        assert fsck.differences(at=now()) == []

    whole(uids)


def test_failure_03_a_full_disk_of_the_signer_signs_nothing(log, story, grow, start, whole):
    uids = grow(2) + story.tell(5)
    sealing.seal_all(at=now())
    state = log.state.read_bytes()

    assert ended(start(limited(lambda: signing.sign(at=now()), 0))) == 1

    assert log.state.read_bytes() == state
    assert api.checkpoints(1)[0].size == 3
    whole(uids)


FULL = """
CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$;
CREATE TRIGGER disk_full BEFORE INSERT ON ledger_case FOR EACH ROW WHEN (NEW.n > 5)
EXECUTE FUNCTION disk_full();
"""


@contextmanager
def full_server():
    """A PostgreSQL server that answers some inserts as it does on a full disk."""
    if connection.vendor == "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(FULL)
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION disk_full CASCADE")


def test_failure_03_a_full_database_keeps_what_waits(log, story, grow, start, whole):
    """SQLite may not grow its file; a PostgreSQL server answers as it does on a full disk."""
    uids = grow(2)
    uids += story.tell(60)
    waiting = api.pending()[0]

    def seal():
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("VACUUM")  # no free pages of what other tests left
                cursor.execute("PRAGMA page_count")
                cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
        sealing.seal_all(at=now())

    with full_server():
        assert ended(start(seal)) == 1

    assert (api.size(), api.pending()[0]) == (3, waiting)
    assert fsck.differences(at=now()) == []
    whole(uids)


WIDTH = 4


@pytest.fixture
def grown(log, story):
    """Six entries, kept as a reader has them; then 21, in tiles of four."""

    def tell(count):
        story.tell(count)
        sealing.seal_all(at=now(), width=WIDTH)
        publishing.sign_and_publish(at=now(), width=WIDTH)

    tell(5)
    shutil.copytree(log.dir, log.dir.with_name("early"))
    yield tell
    shutil.rmtree(log.dir.with_name("early"))


def partials(folder):
    return {path.as_posix() for path in folder.rglob("*.p/*")}


class Served:
    """The files as an address gives them: nobody can list it."""

    def __init__(self, folder, **other):
        self.folder, self.other = Folder(folder), other

    def read(self, path):
        return self.other.get(path) or self.folder.read(path)

    def paths(self):
        return None


def test_failure_28_partial_tiles_go_a_day_after_the_full_ones(log, grown, settings):
    early = log.dir.with_name("early")
    note = (early / "checkpoint").read_bytes()
    proof = tree.inclusion_proof(
        lambda height, index: tree.perfect(leaves(early)[index << height : (index + 1) << height]),
        5,
        6,
    )
    grown(15)
    before = partials(log.dir)

    assert tidying.drop_partials(at=now()) == 0
    assert tidying.drop_partials(at=now() + timedelta(hours=23)) == 0
    dropped = tidying.drop_partials(at=now() + timedelta(hours=25))

    assert dropped == len(before) - len(partials(log.dir)) > 0
    assert not (log.dir / "tile/0/001.p").exists()
    assert (log.dir / "tile/0/005.p/1").exists()  # of the newest size
    assert check(Folder(log.dir), width=WIDTH).damage == []
    assert fsck.differences(at=now(), width=WIDTH) == []
    # who holds the old checkpoint falls back to the full tiles
    old = check(Served(log.dir, checkpoint=note), width=WIDTH)
    assert (old.damage, old.size) == ([], 6)
    checkpoint = notes.parse_checkpoint(notes.parse_note(note)[0])
    tree.verify_inclusion(leaves(log.dir)[5], 5, 6, proof, checkpoint.root)
    report = check(Folder(log.dir), width=WIDTH)
    remembering.compare(early / "checkpoint", report)
    assert report.damage == []
    # a mirror that stopped at the old size goes on
    assert mirroring.mirror(str(log.dir), early, width=WIDTH).size == 21
    for beside in (".remembered", ".lock"):
        early.with_name(early.name + beside).unlink()


@pytest.mark.parametrize("point", [point for point in POINTS if point.startswith("tidy.")])
def test_partial_tiles_that_go_and_a_kill_between_them(log, grown, child, point):
    grown(15)
    later = now() + timedelta(hours=25)

    assert killed(child(lambda: tidying.drop_partials(at=later), f"{point}=kill"))

    assert check(Folder(log.dir), width=WIDTH).damage == []
    assert fsck.differences(at=now(), width=WIDTH) == []
    tidying.drop_partials(at=later)
    assert not (log.dir / "tile/0/001.p").exists()
    assert check(Folder(log.dir), width=WIDTH).damage == []


def leaves(folder):
    found = []
    for n in range(6):
        for path in sorted(folder.glob(f"tile/0/{n:03d}*")):
            files = [path] if path.is_file() else sorted(path.iterdir(), key=lambda p: int(p.name))
            data = files[-1].read_bytes()
            found[n * WIDTH :] = tiles.unpack(data, len(data) // 32)
    return found


def test_failure_32_a_log_that_ended_verifies_for_ever(log, story, grow, client):
    grow(6)
    proofs = api.proofs(range(7), 7)
    entries = [entry.leaf for entry in api.entries()]
    call_command("readonly", "--reason", "the last gift was received")
    public = {path: path.read_bytes() for path in log.dir.rglob("*") if path.is_file()}
    waiting = story.tell(2)

    sealing.seal_all(at=now() + timedelta(days=400))
    publishing.sign_and_publish(at=now() + timedelta(days=400))

    assert {path: path.read_bytes() for path in log.dir.rglob("*") if path.is_file()} == public
    assert api.pending_uids() == waiting
    assert client.post("/accounts/login/").status_code == 503
    assert client.get("/en/gifts/").status_code == 200
    assert check(Folder(log.dir), balances=True).damage == []
    root = bytes(Head.objects.get().root)
    for index, proof in proofs.items():
        tree.verify_inclusion(entries[index], index, 7, proof, root)
    assert fsck.differences(at=now() + timedelta(days=400)) == []
    assert Journal.objects.latest("id").text == "readonly: the last gift was received"

    call_command("readonly", "--leave", "--reason", "one more came")
    assert sealing.seal_all(at=now()) == 2
