"""The demonstration's witnesses are processes of their own, and two of three are its quorum."""

import signal
import socket

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from ledger import publishing
from ledger.verify import __main__ as verify
from portal.demo import running, witnesses
from tests.ports import free_ports

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_signals():
    """Running children changes how this process takes signals; the next test has its own."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.fixture
def made(log, settings, tmp_path):
    settings.VAR, settings.PORT = tmp_path, free_ports(5)
    settings.WITNESSES = str(witnesses.make())
    return settings


def test_g5_real_witness_processes_cosign_and_a_killed_one_is_not_missed(made):
    with running.together(witnesses.modules()) as children:
        assert running.wait_for_ports(witnesses.ports(), children, seconds=30)
        children[0].kill()
        children[0].wait()

        assert publishing.sign_and_publish(at=timezone.now()) == 1

    note = (made.LEDGER_DIR / "checkpoint").read_text()
    names = [line.split(" ")[1] for line in note.splitlines()[4:]]
    assert names == [made.LEDGER_ORIGIN, *(f"{n}.demo.shanji.example" for n in witnesses.NAMES[1:])]
    assert verify.main([str(made.LEDGER_DIR), "--max-age", "60"]) == 0


def test_keys_are_kept_and_ports_follow(made):
    before = (made.VAR / "witnesses" / "policy").read_text()
    keys = [file.read_bytes() for file in sorted(made.VAR.glob("witnesses/*.key"))]
    made.PORT += 10

    after = witnesses.make().read_text()

    assert [file.read_bytes() for file in sorted(made.VAR.glob("witnesses/*.key"))] == keys
    assert after != before
    assert after.replace(str(made.PORT + 1), "").split()[2] == before.split()[2]


def test_a_witness_that_cannot_start_is_noticed(made):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", made.PORT + 2))
        taken.listen()

        with running.together(witnesses.modules()) as children:
            ended = running.wait_for_ports([made.PORT + 1, made.PORT + 4], children, seconds=30)

    assert ended is False


def test_a_port_in_use_is_said_before_anything_is_made(made):
    made.DEMO = True
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", made.PORT + 3))
        taken.listen()

        with pytest.raises(CommandError, match=f"In use: port {made.PORT + 3}"):
            call_command("demo", "--data-only")
