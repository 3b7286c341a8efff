"""Which addresses are asked: https, or plain http on this machine. Nothing is resolved here."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def fit(address: str) -> bool:
    """An absolute address without user, query or fragment."""
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or parts.query or parts.fragment or "@" in parts.netloc:
        return False
    if any(c <= " " or c > "~" for c in address):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
