"""The witness over HTTP: two addresses, short requests, no patience with slow clients."""

import socket
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import BoundedSemaphore, Timer
from typing import Any

from ledger.core import witness
from ledger.witness.memory import Answer, Lost, Memory

AT_ONCE = 32
SECONDS = 10.0  # for a whole request


class Server(ThreadingHTTPServer):
    """Port 0 takes a free one; `server_port` says which."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, host: str, port: int, memory: Memory, *, seconds: float = SECONDS) -> None:
        self.memory, self.seconds = memory, seconds
        self.places = BoundedSemaphore(AT_ONCE)
        super().__init__((host, port), Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self.places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is a bug and is shown."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    server: Server
    server_version, sys_version = "witness", ""

    def setup(self) -> None:
        super().setup()
        self.connection.settimeout(self.server.seconds)
        self.end = Timer(self.server.seconds, _cut, [self.connection])
        self.end.daemon = True
        self.end.start()

    def finish(self) -> None:
        self.end.cancel()
        super().finish()

    def do_POST(self) -> None:
        if self.path != "/add-checkpoint":
            self._answer(Answer(404, "nothing is here\n"))
            return
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit():
            self._answer(Answer(400, "say the length of the request\n"))
        elif len(length) > 9 or int(length) > witness.MAX_REQUEST:
            self._answer(Answer(413, "the request is too long\n"))
        else:
            data = self.rfile.read(int(length))
            if len(data) == int(length):
                self._answer(self.server.memory.add_checkpoint(data, now=int(time.time())))

    def do_GET(self) -> None:
        try:
            note = self.server.memory.shown(self.path.removeprefix("/"))
        except Lost as lost:
            self._answer(Answer(500, f"{lost}\n"))
            return
        self._answer(
            Answer(404, "nothing is here\n") if note is None else Answer(200, note.decode())
        )

    def _answer(self, answer: Answer) -> None:
        body = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Refusals only: who runs a witness wants to know that a log forked."""
        if str(code) in ("403", "404", "422", "500"):
            super().log_request(code, size)

    def log_error(self, format: str, *args: Any) -> None:  # noqa: A002 -- the base class says so
        """Of clients that are slow or confused nothing is written down."""


def _cut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it has ended by itself
