"""Files that a crash leaves whole: temporary file, fsync, rename, fsync of the folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write(path: Path, data: bytes, *, scratch: Path | None = None, mode: int = 0o644) -> None:
    """Put the file there whole or not at all. `scratch`: a folder of the same file system."""
    make_folder(path.parent)
    temporary = (scratch or path.parent) / f".{path.name}.{os.getpid()}.new"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with open(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    sync_folder(path.parent)


def write_secret(path: Path, data: bytes) -> None:
    write(path, data, mode=0o600)


def make_folder(folder: Path) -> None:
    """With its parents, each known to its own parent after a crash."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One process at a time; the lock goes with the process that held it."""
    make_folder(path.parent)
    with open(path, "ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
