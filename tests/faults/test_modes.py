"""Old backups, lost memory, damaged rows: nothing is ever signed over what the world has seen."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from ledger import api, creating, fsck, guarding, publishing, sealing, signer, signing, triggers
from ledger.core import notes
from ledger.models import (
    CaseCount,
    CaseNumber,
    Head,
    Journal,
    SealedEntry,
    StoredCheckpoint,
    TileHash,
)

pytestmark = pytest.mark.django_db(transaction=True)


def grow(story, count, *, public=True):
    story.tell(count)
    sealing.seal_all(at=timezone.now())
    if public:
        publishing.sign_and_publish(at=timezone.now())


def log_key():
    return notes.parse_vkey(Head.objects.get().vkey)


TABLES = [Head, SealedEntry, CaseNumber, CaseCount, TileHash, StoredCheckpoint]


@pytest.fixture
def restored(log, story):
    """The database as it was three entries before what is published."""
    grow(story, 4)
    backup = [list(model.objects.all()) for model in TABLES]
    grow(story, 3)
    with triggers.lifted(connection):
        for model, rows in zip(TABLES, backup, strict=True):
            model.objects.all().delete()
            model.objects.bulk_create(rows)


def test_failure_07_an_old_backup_is_behind_and_neither_sealed_nor_signed(restored, story, log):
    public = (log.dir / "checkpoint").read_bytes()
    story.tell(2)

    assert guarding.check_mode(at=timezone.now()) == api.mode() == "behind"
    assert sealing.seal_all(at=timezone.now()) == 0
    assert signing.sign(at=timezone.now()) is None
    assert publishing.sign_and_publish(at=timezone.now()) == 8
    assert (log.dir / "checkpoint").read_bytes() == public
    with pytest.raises(CommandError, match="behind"):
        call_command("seal")


@pytest.mark.parametrize("left", ["signer", "files"])
def test_either_memory_is_enough_to_be_behind(restored, log, left):
    if left == "signer":
        (log.dir / "checkpoint").unlink()
    else:
        log.state.unlink()

    assert guarding.check_mode(at=timezone.now()) == "behind"


def test_a_fork_of_the_same_length_is_behind(restored, story):
    grow(story, 3, public=False)

    assert guarding.check_mode(at=timezone.now()) == "behind"


def test_behind_is_not_left_by_growing(restored, story, log):
    guarding.check_mode(at=timezone.now())
    Head.objects.update(mode="ok")
    grow(story, 9, public=False)

    assert signing.sign(at=timezone.now()) is None
    assert api.mode() == "behind"


def test_a_lost_signer_state_freezes_and_sealing_goes_on(log, story):
    grow(story, 3)
    log.state.unlink()
    story.tell(2)

    assert signing.sign(at=timezone.now()) is None
    assert api.mode() == "frozen"
    assert sealing.seal_all(at=timezone.now()) == 2
    with pytest.raises(signer.NoState):
        signer.signer().sign("tests.shanji.example/ledger", 0, [])


def flip(index):
    entry = bytearray(SealedEntry.objects.get(idx=index).entry)
    entry[100] ^= 1
    with triggers.lifted(connection):
        SealedEntry.objects.filter(idx=index).update(entry=bytes(entry))


def test_t_l19_a_bit_flip_before_signing_is_never_signed(log, story):
    grow(story, 3)
    story.tell(3)
    sealing.seal_all(at=timezone.now())
    memory = log.state.read_bytes()
    flip(5)

    assert publishing.sign_and_publish(at=timezone.now()) == 4
    assert api.mode() == "frozen"
    assert log.state.read_bytes() == memory
    assert [c.size for c in api.checkpoints(9)] == [4]
    assert "entry 5" in Journal.objects.get(kind="mode").text


def test_failure_09_a_bit_flip_in_an_entry_is_not_published(log, story):
    grow(story, 3)
    story.tell(3)
    sealing.seal_all(at=timezone.now())
    signing.sign(at=timezone.now())
    flip(5)

    with pytest.raises(publishing.Damaged, match="entry 5"):
        publishing.sign_and_publish(at=timezone.now())

    assert b"\n4\n" in (log.dir / "checkpoint").read_bytes()


def test_a_flipped_leaf_hash_is_never_signed(log, story):
    grow(story, 3)
    story.tell(3)
    sealing.seal_all(at=timezone.now())
    with triggers.lifted(connection):
        SealedEntry.objects.filter(idx=5).update(leaf=bytes(32))

    assert signing.sign(at=timezone.now()) is None
    assert api.mode() == "frozen"


def test_a_published_file_is_never_written_over(log, story):
    grow(story, 3, public=False)
    (log.dir / "tile/entries/000.p").mkdir(parents=True)
    (log.dir / "tile/entries/000.p/4").write_bytes(b"something else")

    with pytest.raises(publishing.Damaged, match="000.p/4"):
        publishing.sign_and_publish(at=timezone.now())

    assert not (log.dir / "checkpoint").exists()


def test_failure_08_a_log_whose_database_is_lost_is_not_started_over(log, story):
    grow(story, 3)
    with triggers.lifted(connection):
        for model in TABLES:
            model.objects.all().delete()

    with pytest.raises(creating.NotCreated, match="rebuild"):
        creating.create(at=timezone.now())
    (log.dir / "checkpoint").unlink()
    with pytest.raises(creating.NotCreated, match="rebuild"):
        creating.create(at=timezone.now())


def test_creating_twice_is_creating_once(log):
    assert creating.create(at=timezone.now()) is False
    assert api.size() == 1
    assert api.entry(0).body["type"] == "ledger.create"


def test_another_origin_stops(log, settings):
    settings.LEDGER_ORIGIN = "other.example/ledger"

    with pytest.raises(Exception, match="LEDGER_ORIGIN"):
        api.mode()


def test_a_mode_says_which_memory_contradicts_it(restored):
    guarding.check_mode(at=timezone.now())

    line = Journal.objects.get(kind="mode")

    assert (line.size, line.good) == (5, False)
    assert line.text == (
        "behind: the published checkpoint has 8 entries signed by us, the head has 5"
    )


def test_a_checkpoint_that_a_witness_shows_is_a_memory_of_ours_too(restored, log):
    seen = notes.open_checkpoint((log.dir / "checkpoint").read_bytes(), log_key())
    (log.dir / "checkpoint").unlink()
    log.state.unlink()

    assert guarding.check_mode(at=timezone.now()) == "frozen"
    assert guarding.check_mode(at=timezone.now(), seen=[seen]) == "behind"
    assert "a witness has 8 entries" in Journal.objects.order_by("-id")[0].text


def test_fsck_accepts_a_mode_that_the_journal_explains_and_no_other(log, story):
    grow(story, 3)
    log.state.rename(log.state.with_suffix(".away"))
    guarding.check_mode(at=timezone.now())
    log.state.with_suffix(".away").rename(log.state)

    assert fsck.differences(at=timezone.now()) == []
    for flipped in ("ok", "behind", "readonly"):
        Head.objects.update(mode=flipped)
        assert [d["field"] for d in fsck.differences(at=timezone.now())] == ["mode"]
