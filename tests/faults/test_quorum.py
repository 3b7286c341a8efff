"""Dead witnesses: with a quorum the log goes on, without one the public checkpoint waits."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ledger import api, fsck, publishing, sealing
from ledger.models import Cosignature

pytestmark = pytest.mark.django_db(transaction=True)


def grow(story, at, count=2):
    story.tell(count)
    assert sealing.seal_all(at=at) == count
    return publishing.sign_and_publish(at=at)


def health(client):
    told = client.get("/healthz").json()
    return told["mode"], told["tree_size"], told.get("witnesses"), told.get("since")


def test_t_l20_one_of_three_killed_the_log_goes_on(consortium, story, log, client):
    now = timezone.now()
    assert grow(story, now) == 3
    consortium.newspaper.stop()

    assert grow(story, now + timedelta(seconds=5)) == 5

    assert api.published().size == 5
    assert health(client) == ("ok", 5, None, None)
    assert sorted(Cosignature.objects.filter(size=5).values_list("witness", flat=True)) == [
        "audit-firm",
        "hospital-union",
    ]


def test_t_l20_two_of_three_killed_the_checkpoint_waits_and_catches_up(
    consortium, story, log, client, settings
):
    settings.LEDGER_CHECKS = []
    now = timezone.now()
    grow(story, now)
    public = (log.dir / "checkpoint").read_bytes()
    files = {path for path in log.dir.rglob("*") if path.is_file()}
    consortium.newspaper.stop()
    consortium.audit_firm.stop()

    waiting = now + timedelta(seconds=5)
    for seconds in (5, 10, 20):
        assert grow(story, now + timedelta(seconds=seconds)) == 3

    assert (log.dir / "checkpoint").read_bytes() == public
    assert {path for path in log.dir.rglob("*") if path.is_file()} == files
    assert health(client) == ("ok", 9, "1 of 3", waiting.isoformat())
    assert fsck.differences(at=timezone.now() + timedelta(minutes=5)) == []

    consortium.audit_firm.start()
    again = now + timedelta(minutes=2)

    assert publishing.sign_and_publish(at=again) == 9
    assert health(client) == ("ok", 9, None, None)
    assert fsck.differences(at=timezone.now()) == []


def test_without_any_quorum_nothing_is_ever_published(consortium, story, log, client):
    for member in consortium.all:
        member.stop()

    assert grow(story, timezone.now()) == 0

    assert not (log.dir / "checkpoint").exists()
    assert health(client)[2] == "0 of 3"


def test_a_log_that_takes_witnesses_on_keeps_its_checkpoint_until_they_sign(
    log, story, settings, request, client
):
    assert grow(story, timezone.now()) == 3
    old = (log.dir / "policy").read_bytes()
    members = request.getfixturevalue("consortium")
    for member in members.all[1:]:
        member.stop()

    assert grow(story, timezone.now()) == 3
    assert (log.dir / "policy").read_bytes() == old
    assert health(client)[2] == "1 of 3"
    members.newspaper.start()
    later = timezone.now() + timedelta(minutes=6)

    assert publishing.sign_and_publish(at=later) == 5
    assert b"quorum members" in (log.dir / "policy").read_bytes()
