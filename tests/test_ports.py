import socket

import pytest

from tests import ports


def test_ports_for_servers_are_none_of_those_that_the_system_hands_out(monkeypatch, tmp_path):
    monkeypatch.setattr(ports, "RANGE", tmp_path / "range")
    ports.RANGE.write_text("12000\t64000\n")

    drawn = [ports.free_ports(4) for _n in range(50)]

    assert all(10_000 <= first <= 11_996 or first > 64_000 for first in drawn)


def test_ports_in_use_are_passed_over(monkeypatch):
    first = ports.free_ports(9)
    monkeypatch.setattr(ports, "LOWEST", first)
    monkeypatch.setattr(ports, "HIGHEST", first + 9)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first + 4))

        assert {ports.free_ports(4) for _n in range(30)} <= {first, first + 5}
        with pytest.raises(AssertionError, match="no 5 free ports"):
            ports.free_ports(5)
