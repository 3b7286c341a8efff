"""One question to one witness over HTTP: five seconds in all, 64 KiB, no redirects, no exceptions.

Questions run in threads of their own that touch no database, so nobody waits longer than he wants
to; an answer that comes late is found by the next round.
"""

import socket
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Thread, Timer
from urllib.parse import urlsplit

from ledger.core import witness

SECONDS = 5.0


@dataclass(frozen=True)
class Reply:
    """`status` 0: there was no answer; `reason` says why."""

    status: int
    body: bytes = b""
    reason: str = ""


def send(
    address: str,
    body: bytes | None = None,
    *,
    seconds: float = SECONDS,
    content_type: str = "text/plain; charset=utf-8",
) -> Reply:
    """POST if there is a body, else GET. `seconds` for everything together."""
    parts = urlsplit(address)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=seconds)
    end = Timer(seconds, _cut, [connection])
    end.daemon = True
    end.start()
    try:
        return _exchange(connection, parts.path or "/", body, content_type)
    except (OSError, HTTPException, ValueError) as error:
        return Reply(0, reason=str(error) or type(error).__name__)
    finally:
        end.cancel()
        connection.close()


def _exchange(
    connection: HTTPConnection, path: str, body: bytes | None, content_type: str
) -> Reply:
    connection.connect()
    connection.witness_socket = connection.sock  # type: ignore[attr-defined]  # an answer takes it
    headers = {"Content-Type": content_type, "Connection": "close"}
    connection.request("GET" if body is None else "POST", path, body, headers)
    response = connection.getresponse()
    data = response.read(witness.MAX_ANSWER + 1)
    if len(data) > witness.MAX_ANSWER:
        return Reply(0, reason="its answer is too long")
    return Reply(response.status, data)


def _cut(connection: HTTPConnection) -> None:
    """However slowly it drips: time is up."""
    taken: socket.socket | None = getattr(connection, "witness_socket", None)
    try:
        if taken:
            taken.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it has ended by itself


class Question:
    """An exchange under way, in a thread of its own."""

    def __init__(self, address: str, body: bytes | None = None) -> None:
        self.reply = Reply(0, reason="no answer in time")
        self.end = time.monotonic() + SECONDS + 0.5
        self._thread = Thread(target=self._ask, args=(address, body), daemon=True)
        self._thread.start()

    def _ask(self, address: str, body: bytes | None) -> None:
        self.reply = send(address, body, seconds=SECONDS)

    def over(self) -> bool:
        """Answered, or not to be waited for any more."""
        return not self._thread.is_alive() or time.monotonic() > self.end

    def wait(self, until: float) -> None:
        """At most until then (monotonic)."""
        self._thread.join(max(0.0, min(until, self.end) - time.monotonic()))
