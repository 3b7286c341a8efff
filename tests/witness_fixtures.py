"""Witnesses for tests: real ones on loopback, a consortium of three, and a hostile one."""

import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace

import pytest
from django.utils import timezone

from ledger import publishing, signing, witnessing
from ledger.core import notes, tree, witness
from ledger.models import Cosignature, Head
from ledger.witness.memory import Memory
from ledger.witness.serving import Server

NAMES = ("hospital-union", "audit-firm", "newspaper")


def key_of(name):
    return notes.SigningKey(name, sha256(f"test key of {name}".encode()).digest())


@contextmanager
def served(server):
    """The server in a thread; its address."""
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class ToyLog:
    """A log in memory: leaves, signed notes, requests to witnesses."""

    origin: str = "toy.example/log"
    leaves: list = field(default_factory=list)
    seed: str = "toy log"

    @property
    def key(self):
        return notes.SigningKey(self.origin, sha256(self.seed.encode()).digest())

    def grow(self, count, *, word="leaf"):
        start = len(self.leaves)
        self.leaves += [tree.leaf_hash(f"{word} {i}".encode()) for i in range(start, start + count)]
        return self

    def checkpoint(self, size=None):
        size = len(self.leaves) if size is None else size
        return notes.Checkpoint(self.origin, size, tree.root(self.leaves[:size]))

    def note(self, size=None):
        return self.key.sign(self.checkpoint(size).text())

    def proof(self, old, size=None):
        size = len(self.leaves) if size is None else size
        return tree.consistency_proof(tree.reader(self.leaves), old, size)

    def request(self, old, size=None):
        return witness.make_request(old, self.proof(old, size), self.note(size).encode())


@dataclass
class Member:
    """One witness of the consortium: its server may be stopped and started again."""

    name: str
    memory: Memory
    port: int = 0
    running: object = None
    address: str = ""

    def start(self):
        server = Server("127.0.0.1", self.port, self.memory, seconds=2)
        self.port = server.server_port
        self.running = served(server)
        self.address = self.running.__enter__()

    def stop(self):
        if self.running:
            self.running.__exit__(None, None, None)
            self.running = None


class Hostile(ThreadingHTTPServer):
    """Answers add-checkpoint as `mode` says: a function of (handler, body)."""

    daemon_threads = True

    def __init__(self):
        self.mode: Callable = None
        self.asked: list[bytes] = []
        self.shown: bytes | None = None
        super().__init__(("127.0.0.1", 0), HostileHandler)

    def handle_error(self, request, client_address):
        """The client went away, as it should."""


class HostileHandler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(body)
        self.server.mode(self, body)

    def do_GET(self):
        answer(self, 200 if self.server.shown else 404, self.server.shown or b"")

    def log_message(self, *args):
        """Nothing is written down."""


def answer(handler, status, body=b"", **headers):
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def wait_for(true, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture(autouse=True)
def nobody_rests():
    """What this process knows of witnesses is each test's own."""
    witnessing._members.clear()


@pytest.fixture
def publish_witnessed(settings, tmp_path):
    """publish_witnessed(width): sign, have three keys cosign without a network, publish."""
    rules = [f"witness {n} {witness.cosigner(key_of(n)).vkey}" for n in NAMES]
    members = f"group members 2 {' '.join(NAMES)}"
    (tmp_path / "policy").write_text("\n".join([*rules, members, "quorum members", ""]))
    settings.WITNESSES = str(tmp_path / "policy")

    def publish(width=256):
        stored = signing.sign(at=timezone.now(), width=width)
        text, time_ = stored.note.partition("\n\n")[0] + "\n", int(time.time())
        for name in NAMES:
            line = witness.cosign(key_of(name), text, time=time_)
            Cosignature.objects.create(size=stored.size, witness=name, line=line, at=time_)
        return publishing.publish(width=width)

    return publish


@pytest.fixture
def consortium(log, settings, tmp_path):
    """Three running witnesses of this test's log, two of which are the quorum."""
    vkey = notes.parse_vkey(Head.objects.get().vkey)
    members = []
    for name in NAMES:
        memory = Memory(tmp_path / "witnesses" / name, key_of(f"{name}.example"), [vkey])
        memory.take_up()
        members.append(Member(name, memory))
    try:
        for member in members:
            member.start()
        write_policy(settings, tmp_path, members)
        yield SimpleNamespace(**{m.name.replace("-", "_"): m for m in members}, all=members)
    finally:
        for member in members:
            member.stop()


def write_policy(settings, folder, members, *, quorum=2):
    """The operator's policy file of these witnesses."""
    lines = [f"witness {m.name} {witness.cosigner(m.memory.key).vkey} {m.address}" for m in members]
    names = " ".join(m.name for m in members)
    rules = "\n".join([*lines, f"group members {quorum} {names}", "quorum members", ""])
    file = folder / "policy"
    file.write_text(rules)
    settings.WITNESSES = str(file)
