"""Children of one command that live and end together."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn
from urllib.error import URLError
from urllib.request import urlopen

Child = subprocess.Popen[bytes]


def port_is_free(port: int) -> bool:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@contextmanager
def together(modules: Iterable[Sequence[str]]) -> Iterator[list[Child]]:
    """One `python -m` each; all are stopped when the block is left, however it is left.

    Each has a process group of its own: Ctrl-C reaches only us, and we tell them.
    """
    signal.signal(signal.SIGTERM, _leave)  # else a plain kill would leave the children behind
    children: list[Child] = []
    try:
        for module in modules:
            children.append(subprocess.Popen([sys.executable, "-m", *module], process_group=0))  # noqa: PERF401 -- if one fails, stop these
        yield children
    finally:
        _stop(children)


def wait_for_page(url: str, children: list[Child], *, seconds: float) -> bool:
    """Whether the page answers in time, while all children live."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and all(child.poll() is None for child in children):
        try:
            with urlopen(url, timeout=2):  # noqa: S310 -- our own server on this machine
                return True
        except (URLError, OSError):
            time.sleep(0.2)
    return False


def wait_for_ports(ports: Iterable[int], children: list[Child], *, seconds: float) -> bool:
    """Whether something listens on all of them in time, while all children live."""
    end, waiting = time.monotonic() + seconds, list(ports)
    while time.monotonic() < end and all(child.poll() is None for child in children):
        waiting = [port for port in waiting if port_is_free(port)]
        if not waiting:
            return True
        time.sleep(0.1)
    return False


def wait_until_one_ends(children: list[Child]) -> None:
    while all(child.poll() is None for child in children):
        time.sleep(0.3)


def _stop(children: list[Child]) -> None:
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
    raise KeyboardInterrupt
