"""Where the bytes are: originals encrypted, published copies in clear, each named by its SHA-256.

One small interface over the storage `evidence` of the settings, a folder or whatever else Django
can store into: `put`, `get`, `drop`, `names`. What is stored is never written over.
"""

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage, storages

from ledger.vault import keys

CLOSED, PUBLIC = "closed", "public"  # encrypted; shown to all
MAGIC = b"SJ1\n"
NONCE, KEY, TAG = 12, 32, 16
WRAPPED = NONCE + KEY + TAG


class Lost(Exception):
    """There is no such file."""


class Damaged(Exception):
    """The bytes are not those that were stored."""


class Folder(FileSystemStorage):
    """Files that survive a power cut once `save` has come back; readable by this user alone."""

    def _save(self, name: str, content: File[Any]) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        scratch = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(scratch, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(content.read())
            file.flush()
            os.fsync(file.fileno())
        os.replace(scratch, path)
        held = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(held)
        finally:
            os.close(held)
        return name


class Away(Exception):
    """The store cannot be reached or takes nothing; what is in it is not touched by that."""


@contextmanager
def _storage() -> Iterator[Storage]:
    """The folder or bucket of this site. Away: the disk or the network fails."""
    try:
        yield storages["evidence"]
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Away(str(error)) from error


def _path(shelf: str, sha256: str) -> str:
    return f"{shelf}/{sha256[:2]}/{sha256}"


def put(shelf: str, data: bytes) -> str:
    """Store the bytes; their SHA-256. Stored twice, they are there once. Away."""
    sha256 = hashlib.sha256(data).hexdigest()
    path = _path(shelf, sha256)
    with _storage() as storage:
        if not storage.exists(path):
            storage.save(path, ContentFile(data))
    return sha256


def get(shelf: str, sha256: str) -> bytes:
    """The bytes as they were stored. Lost, Damaged, Away."""
    try:
        with _storage() as storage, storage.open(_path(shelf, sha256)) as file:
            data: bytes = file.read()
    except FileNotFoundError as absent:
        raise Lost(sha256) from absent
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Damaged(sha256)
    return data


def folder() -> Path | None:
    """Where the shelves lie on this machine; None where a bucket holds them."""
    storage = storages["evidence"]
    return Path(storage.location) if isinstance(storage, FileSystemStorage) else None


def drop(shelf: str, sha256: str) -> None:
    """Delete the bytes, if they are there. Away."""
    with _storage() as storage:
        storage.delete(_path(shelf, sha256))


def stored_at(shelf: str, sha256: str) -> datetime:
    with _storage() as storage:
        return storage.get_modified_time(_path(shelf, sha256))


def names() -> Iterator[tuple[str, str]]:
    """(shelf, SHA-256) of all that is stored."""
    for shelf in (CLOSED, PUBLIC):
        for folder in _listed(shelf, folders=True):
            for name in _listed(f"{shelf}/{folder}", folders=False):
                yield shelf, name


def _listed(path: str, *, folders: bool) -> list[str]:
    """A bucket has no folders of its own: where nothing is stored there is none."""
    try:
        with _storage() as storage:
            return sorted(storage.listdir(path)[0 if folders else 1])
    except FileNotFoundError:
        return []


def close(data: bytes, *, code: str) -> bytes:
    """Encrypted under a key of its own, which the field key encrypts; bound to the code it is
    about."""
    own, nonce, outer = (secrets.token_bytes(n) for n in (KEY, NONCE, NONCE))
    about = MAGIC + code.encode()
    wrapped = outer + keys()[0].encrypt(outer, own, about)
    return MAGIC + wrapped + nonce + AESGCM(own).encrypt(nonce, data, about)


def open_(data: bytes, *, code: str) -> bytes:
    """What was closed. Damaged: another key, another code, other bytes."""
    about, start = MAGIC + code.encode(), len(MAGIC)
    if data[:start] != MAGIC:
        raise Damaged(code)
    wrapped, rest = data[start : start + WRAPPED], data[start + WRAPPED :]
    for key in keys():
        try:
            own = AESGCM(key.decrypt(wrapped[:NONCE], wrapped[NONCE:], about))
            return own.decrypt(rest[:NONCE], rest[NONCE:], about)
        except (InvalidTag, ValueError):
            continue
    raise Damaged(code)
