"""A receiver, and a resolver that knows its invented host."""

import socket
from ipaddress import ip_network

import pytest

from tests.portal.webhooks.receiving import HOST, Receiver


@pytest.fixture
def names(monkeypatch):
    """Host -> lists of addresses, one for each time that it is asked for; the last stays."""
    known = {HOST: [["127.0.0.1"]]}

    def getaddrinfo(host, port, *args, **kwargs):
        turns = known.get(host)
        if turns is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        now = turns.pop(0) if len(turns) > 1 else turns[0]
        return [
            (
                socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (address, port, *([0, 0] * (":" in address))),
            )
            for address in now
        ]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return known


@pytest.fixture
def receiver(tmp_path, settings, names):
    """It listens on this machine, which only the tests' own network lets us reach."""
    with Receiver(tmp_path) as server:
        settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.1/32")]
        settings.WEBHOOK_PORT = server.server_port
        settings.WEBHOOK_CA_FILE = str(server.ca)
        yield server
        server.shutdown()
