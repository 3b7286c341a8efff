"""The signer's memory is lost: only witnesses give it back, and only a quorum of them."""

import shutil

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from ledger import api, guarding, modes, publishing, relearning, releasing, sealing, signer
from ledger.models import Head, Journal
from tests.faults.conftest import copied, killed, restore

pytestmark = pytest.mark.django_db(transaction=True)

ORIGIN = "tests.shanji.example/ledger"


@pytest.fixture
def lost(consortium, log, grow):
    """The memory is gone; the log is frozen and has sealed since."""
    grow(5)
    log.state.unlink()
    grow(2)
    assert api.mode() == "frozen"
    return log


def relearn():
    return relearning.relearn(at=timezone.now())


def test_the_witnesses_give_it_back_and_unfreeze_leaves(lost, whole, capsys):
    uids = [entry.uid for entry in api.entries(1)]

    call_command("create_log", "--from-witnesses")
    call_command("unfreeze", "--reason", "disk replaced")

    assert "remembers 6 entries again" in capsys.readouterr().out
    assert signer.signer().state(ORIGIN).size == 6
    (said,) = [e for e in api.entries() if e.body["type"] == "ledger.unfreeze"]
    assert api.disclosures([said.uid]) == {said.uid: {"reason": "disk replaced"}}
    assert Journal.objects.filter(kind="mode").latest("id").text.startswith("ok: unfrozen")
    whole([*uids, said.uid])


def test_f_27_one_witness_is_not_enough(lost, consortium):
    consortium.newspaper.stop()
    assert relearn() == 6
    lost.state.unlink()
    consortium.audit_firm.stop()

    with pytest.raises(relearning.NotRelearned, match="hospital-union did"):
        relearn()

    assert not lost.state.exists()


def test_without_witnesses_there_is_no_way_back(log, grow):
    grow(2)
    log.state.unlink()

    with pytest.raises(CommandError, match="quorum"):
        call_command("create_log", "--from-witnesses")


def test_a_memory_that_is_there_is_never_replaced(consortium, grow):
    grow(2)

    with pytest.raises(relearning.NotRelearned, match="nothing is lost"):
        relearn()


def test_an_old_database_is_not_what_the_signer_learns(consortium, log, grow):
    grow(3)
    backup = copied()
    grow(3)
    restore(backup)
    log.state.unlink()
    shutil.rmtree(log.dir)

    with pytest.raises(relearning.NotRelearned, match="behind: a witness has 7 entries"):
        relearn()

    assert not log.state.exists()


def test_what_a_witness_shows_without_our_signature_does_not_count(lost, consortium):
    for member in consortium.all:
        for file in member.memory.folder.rglob("*"):
            if file.name == "checkpoint":
                text = file.read_text()
                file.write_text(text.replace("\u2014 tests.shanji", "\u2014 other.shanji"))

    with pytest.raises(relearning.NotRelearned, match="none did"):
        relearn()


def test_unfreeze_refuses_while_the_cause_is_there(lost):
    with pytest.raises(releasing.NotReleased, match=r"not gone: signer.json is missing"):
        releasing.unfreeze("because", at=timezone.now())

    assert api.mode() == "frozen"


@pytest.mark.parametrize(
    ("mode", "said"), [("ok", "not frozen"), ("behind", "rebuild_ledger"), ("readonly", "--leave")]
)
def test_unfreeze_is_for_frozen_alone(log, mode, said):
    Head.objects.update(mode=mode)

    with pytest.raises(CommandError, match=said):
        call_command("unfreeze", "--reason", "because")


def test_frozen_goes_on_sealing(lost, story):
    size = api.size()
    story.tell(3)

    assert sealing.seal_all(at=timezone.now()) == 3
    assert publishing.sign_and_publish(at=timezone.now()) == 6
    assert (api.size(), guarding.check_mode(at=timezone.now())) == (size + 3, "frozen")


@pytest.mark.parametrize("point", ["unfreeze.changed", "unfreeze.committed"])
def test_an_unfreezing_that_is_killed_is_all_or_nothing(log, grow, child, whole, point):
    uids = grow(3)
    modes.change(Head.objects.get(), "frozen", "a test", at=timezone.now())

    status = child(lambda: releasing.unfreeze("mended", at=timezone.now()), f"{point}=kill")

    assert killed(status)
    done = point == "unfreeze.committed"
    assert (api.mode(), api.pending()[0]) == (("ok", 1) if done else ("frozen", 0))
    if not done:
        releasing.unfreeze("mended", at=timezone.now())
    whole(uids + api.pending_uids())
