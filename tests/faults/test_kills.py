"""SIGKILL at every named point of seal and publish: nothing lost, nothing doubled, all verifies."""

import signal

import pytest
from django.utils import timezone

from ledger import api, publishing, sealing, signer
from ledger.failpoints import POINTS, FailpointReached, fp
from tests.faults.conftest import killed

SEAL = [point for point in POINTS if point.startswith("seal.")]
PUBLISH = [point for point in POINTS if point.startswith(("sign.", "publish."))]

pytestmark = pytest.mark.django_db(transaction=True)


def seal():
    sealing.seal_all(at=timezone.now())


def publish():
    publishing.sign_and_publish(at=timezone.now())


def tell(story, count):
    story.tell(count)
    return api.pending_uids()


@pytest.mark.parametrize("point", SEAL)
def test_failure_01_a_sealer_killed_at_any_point_loses_and_doubles_nothing(
    log, story, child, whole, point
):
    uids = tell(story, 5)

    assert killed(child(seal, f"{point}=kill"))

    whole(uids)


@pytest.mark.parametrize("point", PUBLISH)
def test_failure_01_a_publisher_killed_at_any_point_publishes_the_same(
    log, story, child, whole, point
):
    first = tell(story, 3)
    seal()
    publish()
    second = tell(story, 4)
    seal()

    assert killed(child(publish, f"{point}=kill"))
    third = tell(story, 2)  # the tree grows before the rerun

    whole(first + second + third)


@pytest.mark.parametrize("point", PUBLISH)
def test_a_publisher_killed_twice_in_its_first_round(log, story, child, whole, point):
    uids = tell(story, 3)
    seal()

    assert killed(child(publish, f"{point}=kill"))
    child(publish, f"{point}=kill")  # within the recovery

    whole(uids)


@pytest.mark.parametrize("point", ["seal.entries", "seal.head", "seal.deleted"])
def test_a_sealer_that_fails_leaves_everything_as_it_was(log, story, whole, settings, point):
    uids = tell(story, 5)
    settings.FAILPOINTS = f"{point}=raise"

    with pytest.raises(FailpointReached):
        seal()

    settings.FAILPOINTS = ""
    assert api.size() == 1
    assert api.pending_uids() == uids
    whole(uids)


def test_a_signature_that_was_stored_and_never_published_is_given_again(log, story, child):
    tell(story, 3)
    seal()
    child(publish, "sign.signed=kill")

    publish()

    assert signer.signer().state("tests.shanji.example/ledger").size == 4
    assert [c.size for c in api.checkpoints(5)] == [4]


def test_the_kill_matrix_has_eighty_points():
    assert len(POINTS) == len(set(POINTS)) >= 80


def test_without_failpoints_a_point_does_nothing():
    fp("seal.locked")


@pytest.mark.parametrize(
    "point",
    [
        pytest.param(point, marks=pytest.mark.long if n % 8 else pytest.mark.services)
        for n, point in enumerate(SEAL + PUBLISH)
    ],
)
def test_the_real_commands_survive_a_kill(log, story, manage, whole, point):
    uids = tell(story, 4)
    command = "seal" if point in SEAL else "publish"
    if command == "publish":
        assert manage("seal").returncode == 0

    assert manage(command, f"{point}=kill").returncode == -signal.SIGKILL
    assert manage("seal").returncode == 0
    assert manage("publish").returncode == 0

    whole(uids)
