"""A time-stamping authority on this machine: `openssl ts` behind a small HTTP server."""

import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CNF = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
[stamping]
extendedKeyUsage = critical,timeStamping
"""
NEW = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


def openssl(*words, **options):
    words = ["openssl", *map(str, words)]
    return subprocess.run(words, check=True, capture_output=True, timeout=20, **options).stdout


class Authority:
    """Keys and certificates in a folder; `mode` says how it answers."""

    def __init__(self, folder):
        self.folder, self.ca, self.mode = folder, folder / "ca.pem", "good"
        self.asked, self.last = 0, b""
        folder.mkdir()
        (folder / "ts.cnf").write_text(CNF.format(folder=folder))
        (folder / "serial").write_text("01\n")
        root = ["-x509", "-subj", "/CN=Invented Root", "-days", "30"]
        openssl("req", *NEW, *root, "-keyout", folder / "ca.key", "-out", self.ca)
        asks = ["-subj", "/CN=Invented Authority", "-out", folder / "tsa.csr"]
        openssl("req", *NEW, *asks, "-keyout", folder / "tsa.key")
        by = ["-CA", self.ca, "-CAkey", folder / "ca.key", "-days", "30", "-CAcreateserial"]
        usage = ["-extfile", folder / "ts.cnf", "-extensions", "stamping"]
        out = ["-in", folder / "tsa.csr", "-out", folder / "tsa.pem"]
        openssl("x509", "-req", *by, *usage, *out)

    def reply(self, query):
        (self.folder / "q.tsq").write_bytes(query)
        out = self.folder / "r.tsr"
        cnf = ["-config", self.folder / "ts.cnf", "-queryfile", self.folder / "q.tsq"]
        openssl("ts", "-reply", *cnf, "-out", out)
        return out.read_bytes()

    def answer(self, query):
        """(status, body) as the mode wants it."""
        self.asked += 1
        if self.mode == "broken":
            return 500, b""
        return 200, getattr(self, self.mode)(query)

    def good(self, query):
        self.last = self.reply(query)
        return self.last

    def replay(self, query):
        """A stamp of the same bytes, asked for by somebody else before."""
        return self.last

    def garbage(self, query):
        return b"\x30\x03\x02\x01\x00" * 3

    def refusal(self, query):
        return self.reply(b"\x30\x00")

    def flipped(self, query):
        data = bytearray(self.reply(query))
        data[-1] ^= 1
        return bytes(data)

    def endless(self, query):
        return b"x" * 10_000_000

    def slow(self, query):
        time.sleep(1)
        return b""


class Serving(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, authority):
        super().__init__(("127.0.0.1", 0), Handler)
        self.authority = authority
        self.address = f"http://127.0.0.1:{self.server_port}/tsr"
        threading.Thread(target=self.serve_forever, args=[0.01], daemon=True).start()

    def handle_error(self, request, client_address):
        """Who asked has hung up: he was to."""


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        assert self.headers["Content-Type"] == "application/timestamp-query"
        query = self.rfile.read(int(self.headers["Content-Length"]))
        status, body = self.server.authority.answer(query)
        self.send_response(status)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """No line for each question."""
