"""Ports for servers that a test starts by number."""

import random
import socket
from pathlib import Path

LOWEST, HIGHEST = 10_000, 65_000
RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")


def free_port():
    return free_ports(1)


def free_ports(count):
    """The first of so many free ports in a row on loopback.

    None of those that the system itself hands out: between our look and the server's start any
    connection of another test could be given one. Drawn, so that tests side by side do not meet.
    """
    low, high = map(int, RANGE.read_text().split()) if RANGE.exists() else (32_768, 65_535)
    ours = [n for n in range(LOWEST, HIGHEST - count + 1) if n + count <= low or n > high]
    random.SystemRandom().shuffle(ours)
    for first in ours:
        if _are_free(range(first, first + count)):
            return first
    raise AssertionError(f"no {count} free ports in a row")


def _are_free(ports):
    trials = [socket.socket() for _port in ports]
    try:
        for port, trial in zip(ports, trials, strict=True):
            trial.bind(("127.0.0.1", port))
    except OSError:
        return False
    finally:
        for trial in trials:
            trial.close()
    return True
