"""What goes over the signer's socket: frames, each a big-endian u32 length and that many bytes.

    question   JSON {"ask": name, ...}
    answer     JSON {"ok": true, ...} or {"ok": false, "why": kind, "refused": sentence}

Questions (bytes as hex, times as microseconds; fields as in `AnySigner`):

    state     origin                        size, frontier: [node, ...]
    keys      origin                        signing: [vkey, ...], prepared
    make_key  origin                        vkey
    create    origin, size, frontier        -
    sign      origin, old_size, leaves: n   {"ok": true, "send": true}; now n leaf hashes follow,
                                            as many in a frame as fit; then the note
    stamp     origin, note, at, vkey        stamp
    prepare   origin, old                   data
    adopt     origin, new                   -
    retire    origin, current               -

One question a connection. A frame is at most 1 MiB: leaf hashes come in as many as it takes, and
the server keeps none of them.
"""

import json
import socket
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from ledger.core import tree

MAX_FRAME = 2**20
_LEAVES = MAX_FRAME // tree.SIZE


class BadFrame(ValueError):
    """Not what this protocol allows, or the other side has gone."""


def send(sock: socket.socket, data: bytes) -> None:
    if len(data) > MAX_FRAME:
        raise BadFrame("longer than a frame may be")
    sock.sendall(len(data).to_bytes(4, "big") + data)


def receive(sock: socket.socket) -> bytes:
    size = int.from_bytes(_exactly(sock, 4), "big")
    if size > MAX_FRAME:
        raise BadFrame("longer than a frame may be")
    return _exactly(sock, size)


def _exactly(sock: socket.socket, size: int) -> bytes:
    parts = []
    while size:
        part = sock.recv(min(size, 2**16))
        if not part:
            raise BadFrame("the other side has gone")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def say(sock: socket.socket, **words: Any) -> None:
    send(sock, json.dumps(words, separators=(",", ":")).encode())


def hear(sock: socket.socket) -> dict[str, Any]:
    try:
        heard = json.loads(receive(sock))
    except (ValueError, RecursionError) as error:
        raise BadFrame(str(error)) from error
    if not isinstance(heard, dict):
        raise BadFrame("is not an object")
    return heard


def send_leaves(sock: socket.socket, leaves: Iterable[bytes]) -> None:
    rest = iter(leaves)
    while part := b"".join(islice(rest, _LEAVES)):
        send(sock, part)


def receive_leaves(sock: socket.socket, count: int) -> Iterator[bytes]:
    while count > 0:
        part = receive(sock)
        if not part or len(part) % tree.SIZE or len(part) // tree.SIZE > count:
            raise BadFrame("is not leaf hashes")
        count -= len(part) // tree.SIZE
        yield from (part[i : i + tree.SIZE] for i in range(0, len(part), tree.SIZE))
