import os
import signal
import socket
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from portal.demo import running
from tests.ports import free_port

RUN = """
import signal
import sys
from portal.demo import running
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
site, *other = sys.argv[1:]
try:
    with running.together([["http.server", "--bind", "127.0.0.1", site], other]) as children:
        assert running.wait_for_page(f"http://127.0.0.1:{site}/", children[:1], seconds=20)
        print("child", children[0].pid, flush=True)
        running.wait_until_one_ends(children)
except KeyboardInterrupt:
    sys.exit(0)
sys.exit(1)
"""
LONG = ["http.server", "--bind", "127.0.0.1", "0"]
SHORT = ["timeit", "-n", "1", "-r", "1", "pass"]


@pytest.fixture
def run(tmp_path):
    """A parent with two children: a web server, and whatever is asked for."""
    parents = []

    def run(other):
        parent = subprocess.Popen(
            [sys.executable, "-c", RUN, str(free_port()), *other],
            env={**os.environ, "PYTHONPATH": os.getcwd()},
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        parents.append(parent)
        return parent

    yield run
    for parent in parents:
        parent.kill()
        parent.wait()
        parent.stdout.close()


def pid_of_child(parent):
    return next(int(line.split()[1]) for line in parent.stdout if line.startswith("child "))


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_whoever_stops_the_parent_stops_all(run, how):
    parent = run(LONG)
    child = pid_of_child(parent)

    parent.send_signal(how)

    assert parent.wait(20) == 0
    assert not is_running(child)


def test_when_one_child_ends_all_end_and_the_exit_code_says_so(run):
    parent = run(SHORT)
    child = pid_of_child(parent)

    assert parent.wait(20) == 1
    assert not is_running(child)


def test_the_demonstration_does_not_start_where_it_was_not_asked_for():
    with pytest.raises(CommandError, match="DEMO=1 only"):
        call_command("demo")


def test_a_port_in_use_is_not_free():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        assert running.port_is_free(server.getsockname()[1]) is False


def test_waiting_for_a_page_ends_when_its_server_has_ended():
    child = subprocess.Popen([sys.executable, "-m", *SHORT], stdout=subprocess.DEVNULL)

    assert running.wait_for_page(f"http://127.0.0.1:{free_port()}/", [child], seconds=20) is False
