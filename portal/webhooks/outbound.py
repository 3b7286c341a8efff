"""One POST to an address that somebody typed: https by name, to public addresses only (security
T-W08).

The name is resolved once; every address it has must be public, and the connection goes to the very
address that was looked at, so a name that changes its mind (DNS rebinding) gains nothing. The
certificate must be the name's. No redirect is followed, no proxy asked, nothing of the answer read
but its status, and five seconds are all there is.
"""

import re
import socket
import ssl
from dataclasses import dataclass
from http.client import HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Timer

from django.conf import settings
from django.utils.translation import gettext as _

SECONDS = 5.0
LONGEST = 300
ADDRESS = re.compile(r"https://(?P<host>[a-z0-9.-]+)(?P<path>/[!$-;=?-\[\]_a-z~]*)?\Z", re.ASCII)
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
NAME = re.compile(rf"(?=.{{4,253}}\Z)(?:{LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])\Z", re.ASCII)
OWN_USE = (".localhost", ".local", ".internal", ".home.arpa", ".localdomain", ".onion", ".test")
# Global by the registry, but ways into another network: relays, translators, examples.
INSIDE = [
    ip_network(text)
    for text in (
        *("192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4"),
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16"),
    )
]
UNICAST = ip_network("2000::/3")  # all that is given out to the public


class Refused(Exception):
    """We do not send there; the sentence says why."""


@dataclass(frozen=True)
class Answer:
    """`status` 0: there was none; `trouble` says why, in a word that is fit for a table."""

    status: int
    trouble: str = ""

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300


def parts_of(address: str) -> tuple[str, str]:
    """(host, path with query) of an address that a hook may have. Raises Refused."""
    found = ADDRESS.fullmatch(address) if len(address) <= LONGEST else None
    if found is None or not NAME.fullmatch(found["host"]):
        raise Refused(
            _(
                "This is not an address that we send to. It begins with https://, then comes a "
                "host's name in small letters (no number, no port, no sign-in), then a path of "
                "plain characters; at most 300 in all."
            )
        )
    host = found["host"]
    allowed = settings.WEBHOOK_HOSTS
    if f".{host}".endswith(OWN_USE) or (allowed and host not in allowed):
        raise Refused(_("%(host)s is not a host that we send to.") % {"host": host})
    return host, found["path"] or "/"


def is_public(text: str) -> bool:
    """Whether an address belongs to a host that anybody may reach."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if any(address in network for network in settings.WEBHOOK_NETWORKS):  # tests only
        return True
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or address.teredo or address.scope_id
        if inner or address not in UNICAST:
            return False
    return _is_global(address) and not any(
        address in network for network in INSIDE if network.version == address.version
    )


def _is_global(address: IPv4Address | IPv6Address) -> bool:
    special = address.is_multicast or address.is_reserved or address.is_unspecified
    near = address.is_private or address.is_loopback or address.is_link_local
    return address.is_global and not special and not near


def resolve(host: str) -> list[str]:
    """The addresses of a host, all of them public. Raises Refused, or OSError where it has none."""
    found = socket.getaddrinfo(host, settings.WEBHOOK_PORT, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(row[4][0]) for row in found))
    if not addresses or not all(map(is_public, addresses)):
        raise Refused(_("%(host)s leads into a network that is not public.") % {"host": host})
    return addresses


class Pinned(HTTPSConnection):
    """TLS to one address, under the host's name."""

    def __init__(self, host: str, address: str) -> None:
        port = settings.WEBHOOK_PORT
        self.tls = ssl.create_default_context(cafile=settings.WEBHOOK_CA_FILE or None)
        super().__init__(host, port, timeout=SECONDS, context=self.tls)
        self.address = address
        self.plain: socket.socket | None = None
        self.late = False

    def connect(self) -> None:
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        self.plain = socket.socket(family, socket.SOCK_STREAM)
        self.plain.settimeout(SECONDS)
        self.plain.connect((self.address, self.port))  # a literal: nothing is resolved again
        self.sock = self.tls.wrap_socket(self.plain, server_hostname=self.host)

    def cut(self) -> None:
        """However slowly it drips: time is up."""
        self.late = True
        for taken in (self.sock, self.plain):
            if taken is not None and taken.fileno() >= 0:
                socket.socket.shutdown(taken, socket.SHUT_RDWR)


def post(address: str, body: bytes, headers: dict[str, str]) -> Answer:
    """Send once. Never raises for what the other side or the network does."""
    try:
        host, path = parts_of(address)
        addresses = resolve(host)
    except Refused as refusal:
        return Answer(0, str(refusal))
    except OSError as error:
        return Answer(0, type(error).__name__)
    return _sent(Pinned(host, addresses[0]), path, body, headers)


def _sent(connection: Pinned, path: str, body: bytes, headers: dict[str, str]) -> Answer:
    end = Timer(SECONDS, _cut, [connection])
    end.daemon = True
    end.start()
    try:
        connection.request("POST", path, body, {**headers, "Connection": "close"})
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        return Answer(0, type(error).__name__)
    finally:
        end.cancel()
        connection.close()
        if connection.plain is not None:
            connection.plain.close()
    if connection.late:
        return Answer(0, TimeoutError.__name__)
    return Answer(status, "" if 200 <= status < 300 else f"HTTP {status}")


def _cut(connection: Pinned) -> None:
    try:
        connection.cut()
    except OSError:
        return  # it has ended by itself
