"""SIGKILL at every named point of anchoring, and anchors after a lost database."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from ledger import anchoring, fsck, publishing, recovering, sealing, triggers
from ledger.failpoints import POINTS
from ledger.models import SEALED, Anchor, Intent
from ledger.verify.checking import check
from ledger.verify.sources import Folder
from tests.faults.conftest import killed
from tests.ledger.conftest import authorities, authority

__all__ = ["authorities", "authority"]
ANCHOR = [point for point in POINTS if point.startswith("anchor.")]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def published(log, story):
    story.tell(4)
    sealing.seal_all(at=timezone.now())
    return publishing.sign_and_publish(at=timezone.now())


def anchor():
    anchoring.anchor(at=timezone.now())


@pytest.mark.parametrize("point", ANCHOR)
def test_an_anchoring_killed_at_any_point_is_finished_by_the_next(
    log, published, authority, child, point
):
    assert killed(child(anchor, f"{point}=kill"))
    anchor()

    assert Anchor.objects.get().size == published
    assert fsck.differences(at=timezone.now()) == []
    report = check(Folder(log.dir), trusted=authority.ca.read_bytes())
    assert (report.damage, report.anchored["size"]) == ([], published)


def test_anchors_survive_a_lost_database(log, published, authority):
    anchor()
    with triggers.lifted(connection):
        for model in (*SEALED, Intent):
            model._default_manager.all().delete()

    recovering.rebuild(str(log.dir), at=timezone.now())

    assert Anchor.objects.get().size == published
    assert fsck.differences(at=timezone.now()) == []


def test_publishing_everything_again_leaves_anchors_alone(log, published, authority):
    anchor()

    call_command("publish", "--all")

    assert fsck.differences(at=timezone.now()) == []
