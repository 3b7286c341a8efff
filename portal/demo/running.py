"""Children of one command that live and end together."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from types import FrameType
from typing import NoReturn
from urllib.error import URLError
from urllib.request import urlopen


def port_is_free(port: int) -> bool:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def start(modules: Iterable[Sequence[str]]) -> list[subprocess.Popen[bytes]]:
    """One `python -m` each, in a process group of its own: Ctrl-C reaches only us, we tell them."""
    return [subprocess.Popen([sys.executable, "-m", *args], process_group=0) for args in modules]


def wait_for_page(url: str, children: list[subprocess.Popen[bytes]], *, seconds: float) -> bool:
    """Whether the page answers in time, while all children live."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and all(child.poll() is None for child in children):
        try:
            with urlopen(url, timeout=2):  # noqa: S310 -- our own server on this machine
                return True
        except (URLError, OSError):
            time.sleep(0.2)
    return False


def until_one_ends(children: list[subprocess.Popen[bytes]]) -> int:
    """Wait until we are told to stop or a child ends; stop all. 0 when told, 1 otherwise."""
    signal.signal(signal.SIGTERM, _leave)  # else a plain kill would leave the children behind
    try:
        while all(child.poll() is None for child in children):
            time.sleep(0.3)
    except (KeyboardInterrupt, SystemExit):
        return 0
    finally:
        stop(children)
    return 1


def stop(children: list[subprocess.Popen[bytes]]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not orphan anybody
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(15)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)
