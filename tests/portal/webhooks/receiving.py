"""A receiver of webhooks on this machine, with a certificate of its own for an invented host."""

import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "hooks.receiver.example"


def certificate(folder, host=HOST):
    """(path of key and certificate, path of the certificate) for this host alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    own = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "both.pem").write_bytes(own + made)
    (folder / "certificate.pem").write_bytes(made)
    return folder / "both.pem", folder / "certificate.pem"


class Receiver(ThreadingHTTPServer):
    """`taken`: (path, headers, body) of every POST; `status`: what it answers."""

    daemon_threads = True

    def __init__(self, folder):
        super().__init__(("127.0.0.1", 0), Handler)
        both, self.ca = certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(both)
        self.tls, self.taken, self.status, self.location = context, [], 204, ""
        self.connections, self.drip = 0, False
        threading.Thread(target=self.serve_forever, args=[0.01], daemon=True).start()

    def get_request(self):
        plain, address = super().get_request()
        self.connections += 1
        return self.tls.wrap_socket(plain, server_side=True), address

    def handle_error(self, request, client_address):
        """Who asked has hung up: he was to."""


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((self.path, dict(self.headers.items()), body))
        if self.server.drip:
            self.dripping()
            return
        self.send_response(self.server.status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def dripping(self):
        for sign in b"HTTP/1.1 204 " + b"x" * 1000:
            self.wfile.write(bytes([sign]))
            self.wfile.flush()
            threading.Event().wait(0.02)

    def log_message(self, *args):
        """No line for each message."""
