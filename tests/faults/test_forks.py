"""Who rewrites everything he has, and signs it with the real key, still has no witnesses."""

import shutil

import pytest
from django.db import connection
from django.utils import timezone

from ledger import api, guarding, publishing, sealing, triggers, witnessing
from ledger.core import notes
from ledger.models import (
    CaseCount,
    CaseNumber,
    Cosignature,
    Disclosure,
    Head,
    Journal,
    SealedEntry,
    StoredCheckpoint,
    TileHash,
)
from ledger.verify import __main__ as verify

TABLES = [Head, SealedEntry, CaseNumber, CaseCount, TileHash, StoredCheckpoint, Cosignature]
TABLES += [Disclosure]

pytestmark = pytest.mark.django_db(transaction=True)


def grow(story, count):
    story.tell(count)
    sealing.seal_all(at=timezone.now())
    return publishing.sign_and_publish(at=timezone.now())


@pytest.fixture
def rewrite(log, consortium, story, tmp_path):
    """rewrite(): tables, signer's memory and public files as they were at 5 entries; the world has
    seen 8. Returns the files that it saw."""
    grow(story, 4)
    rows = [list(model.objects.all()) for model in TABLES]
    memory = log.state.read_bytes()
    grow(story, 3)

    def rewound():
        seen = tmp_path / "seen"
        shutil.copytree(log.dir, seen)
        shutil.rmtree(log.dir)
        log.state.write_bytes(memory)
        with triggers.lifted(connection):
            for model, before in zip(TABLES, rows, strict=True):
                model.objects.all().delete()
                model.objects.bulk_create(before)
        return seen

    return rewound


@pytest.mark.parametrize(
    ("count", "said"), [(1, "has cosigned size 8"), (3, "answered 422"), (5, "answered 422")]
)
def test_failure_11_a_rewritten_history_gets_no_cosignature(rewrite, story, log, count, said):
    seen = rewrite()
    shown = witnessing.sightings(Head.objects.get())

    assert grow(story, count) == 5  # what both histories begin with is witnessed

    assert api.mode() == "frozen"
    assert not Cosignature.objects.filter(size__gt=5).exists()
    ours = StoredCheckpoint.objects.get(size=5 + count).note
    theirs = (seen / "checkpoint").read_text()
    lines = Journal.objects.filter(kind="witness", good=False)
    assert len(lines) == 3
    for line in lines:
        assert said in line.text
        assert ours in line.text
        assert theirs.partition("\n\n")[0] in line.text
    assert [one.size for one in shown] == [8] * 3
    assert guarding.check_mode(at=timezone.now(), seen=shown) == "behind"


def test_failure_11_the_reader_who_remembers_convicts_it(
    rewrite, story, log, tmp_path, capsys, settings
):
    """With a policy of his own he fools a new reader, but none that kept a checkpoint."""
    seen = rewrite()
    kept = tmp_path / "kept"
    assert verify.main([str(seen), "--remember", str(kept)]) == 0
    settings.WITNESSES = ""
    assert grow(story, 5) == 10

    assert verify.main([str(log.dir)]) == 0
    assert verify.main([str(log.dir), "--remember", str(kept)]) == 1
    assert verify.main([str(log.dir), "--policy", str(seen / "policy")]) == 1

    out = capsys.readouterr().out
    assert "fork" in out
    assert (seen / "checkpoint").read_text() in out
    assert notes.parse_note((log.dir / "checkpoint").read_bytes())[0] in out
    assert "quorum" in out
