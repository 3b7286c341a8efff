"""Copies of files that are whole or not there: a temporary name, fsync, rename."""

import os
from hashlib import sha256
from pathlib import Path

from ledger import durable

SCRATCH = ".part"


def copy(source: Path, target: Path, *, mode: int = 0o600) -> tuple[int, str]:
    """Copy the bytes; length and SHA-256 of what was written. FileNotFoundError: no such source."""
    with open(source, "rb") as file:
        make_folder(target.parent, mode)
        part = target.with_name(target.name + SCRATCH)
        digest, size = sha256(), 0
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with open(descriptor, "wb") as out:
            while data := file.read(1 << 20):
                out.write(data)
                digest.update(data)
                size += len(data)
            out.flush()
            os.fsync(out.fileno())
    os.replace(part, target)
    return size, digest.hexdigest()


def link(source: Path, target: Path) -> bool:
    """Give the file a second name; False where the file system cannot, or not once more."""
    make_folder(target.parent)
    try:
        os.link(source, target)
    except OSError:
        return False
    return True


def make_folder(folder: Path, mode: int = 0o600) -> None:
    """With its parents; for this user alone if the files in it are."""
    if not folder.is_dir():
        make_folder(folder.parent, mode)
        folder.mkdir(mode=0o700 if mode == 0o600 else 0o777, exist_ok=True)


def settle(folder: Path) -> None:
    """Every name in the folder and below survives a power cut."""
    for place, _folders, _files in os.walk(folder):
        durable.sync_folder(Path(place))
