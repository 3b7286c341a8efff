"""SIGKILL at every named point of an erasure: done again, nothing is left and all verifies."""

import json

import pytest
from django.db import transaction
from django.utils import timezone

from ledger import api, fsck, publishing, sealing
from ledger.core import commitments
from ledger.failpoints import POINTS
from ledger.models import Disclosure
from ledger.verify.checking import check
from ledger.verify.sources import Folder
from tests.faults.conftest import killed

ERASE = [point for point in POINTS if point.startswith("erase.")]

pytestmark = pytest.mark.django_db(transaction=True)


def erase(uids):
    with transaction.atomic():
        api.erase(uids, at=timezone.now())
    api.republish(uids)


def published(log):
    """The names that stand in the disclosure files."""
    files = [file for file in (log.dir / "disclosures").rglob("*") if file.is_file()]
    rows = [text for file in files for _seq, text in json.loads(file.read_bytes())["disclosures"]]
    return {commitments.read(text)[2] for text in rows}


@pytest.mark.parametrize("point", ERASE)
def test_an_erasure_killed_at_any_point_is_finished_by_the_next(log, story, child, point):
    uids = story.tell(7)
    sealing.seal_all(at=timezone.now())
    publishing.sign_and_publish(at=timezone.now())
    assert published(log) == {"张三0", "张三3", "张三6"}
    gone = uids[:4]

    assert killed(child(lambda: erase(gone), f"{point}=kill"))
    erase(gone)
    sealing.seal_all(at=timezone.now())
    publishing.sign_and_publish(at=timezone.now())

    assert not Disclosure.objects.filter(uid__in=gone).exists()
    assert published(log) == {"张三6"}
    assert [e.body["type"] for e in api.entries()].count("person.erase") == 1
    assert fsck.differences(at=timezone.now()) == []
    assert check(Folder(log.dir), balances=True).damage == []


def test_fsck_knows_the_files_of_what_is_sealed_and_not_published_yet(log, story):
    story.tell(4)
    sealing.seal_all(at=timezone.now())
    publishing.sign_and_publish(at=timezone.now())
    story.tell(4)
    sealing.seal_all(at=timezone.now())

    assert fsck.differences(at=timezone.now()) == []
