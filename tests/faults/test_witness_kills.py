"""SIGKILL and errors at every point of asking the witnesses, and again within the recovery."""

import pytest
from django.utils import timezone

from ledger import api, publishing, sealing, signing
from ledger.core import notes, witness
from ledger.failpoints import POINTS, FailpointReached
from ledger.models import StoredCheckpoint
from ledger.proving import consistency
from tests.faults.conftest import killed

COSIGN = [point for point in POINTS if point.startswith("cosign.")]
PAIRS = [(first, second) for first in COSIGN for second in ("", *COSIGN)]

pytestmark = pytest.mark.django_db(transaction=True)


def publish():
    publishing.sign_and_publish(at=timezone.now())


@pytest.fixture
def tell(log, story, consortium):
    """tell(): three more entries; one witness knows more than our tables say it does."""

    def told():
        old = api.size()
        story.tell(1)
        uids = [*api.pending_uids()]
        sealing.seal_all(at=timezone.now())
        note = signing.sign(at=timezone.now()).note.encode()
        known = notes.parse_checkpoint(
            consortium.newspaper.memory.shown(
                witness.checkpoint_path("tests.shanji.example/ledger")
            )
            .partition(b"\n\n")[0]
            .decode()
            + "\n"
        )
        assert known.size == old
        request = witness.make_request(old, consistency(old, old + 1), note)
        assert consortium.newspaper.memory.add_checkpoint(request, now=9).status == 200
        story.tell(2)
        uids += api.pending_uids()
        sealing.seal_all(at=timezone.now())
        return uids

    publish()
    return told


def published():
    return api.published().size


@pytest.mark.parametrize("first", COSIGN)
def test_killed_at_any_point_and_again_in_the_recovery(tell, child, whole, first):
    uids, before = [], published()
    for second in ("", *COSIGN):
        uids += tell()

        assert killed(child(publish, f"{first}=kill")), (first, second)
        if second:
            child(publish, f"{second}=kill")  # it may have been past that point
        assert published() in (before, api.size())

        whole(uids)
        assert published() == api.size() > before
        before = published()
    assert len(uids) == 3 * (len(COSIGN) + 1)


@pytest.mark.parametrize("point", COSIGN)
def test_an_error_at_any_point_is_tried_again(tell, whole, settings, point):
    before, uids = published(), tell()
    settings.FAILPOINTS = f"{point}=raise"

    with pytest.raises(FailpointReached):
        publish()

    settings.FAILPOINTS = ""
    assert published() == before
    whole(uids)
    assert published() == api.size()


def test_there_are_points_enough():
    assert (len(COSIGN), len(PAIRS)) == (7, 56)


def test_a_witness_killed_and_restarted_goes_on(consortium, story, whole):
    """Its memory is a file: what it cosigned before, it holds to."""
    publish()
    for member in consortium.all:
        member.stop()
        member.memory.take_up()
        member.start()
    story.tell(3)
    uids = api.pending_uids()
    sealing.seal_all(at=timezone.now())

    whole(uids)

    assert StoredCheckpoint.objects.count() == 2
    assert published() == 4
