"""Where the public files are read from: a folder, or an address."""

import urllib.error
import urllib.request
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from ledger.core.addresses import is_loopback

MAX_FILE = 256 * 65_537
SCRATCH = ".new"  # where a publisher keeps its temporary files


class Unreachable(RuntimeError):
    """The target cannot be read at all."""


class Source(Protocol):
    def read(self, path: str) -> bytes | None:
        """The file, or None if there is none."""

    def paths(self) -> list[str] | None:
        """All files there are; None where that cannot be asked."""


class Folder:
    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise Unreachable(f"{folder} is not a folder")
        self.folder = folder

    def read(self, path: str) -> bytes | None:
        try:
            return (self.folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            raise Unreachable(f"{path}: {error}") from error

    def paths(self) -> list[str]:
        files = (file for file in self.folder.rglob("*") if file.is_symlink() or file.is_file())
        names = (file.relative_to(self.folder).as_posix() for file in files)
        return sorted(name for name in names if not name.startswith(f"{SCRATCH}/"))


class Address:
    """An https address; plain http on this machine only."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme != "https" and not (
            parts.scheme == "http" and is_loopback(parts.hostname or "")
        ):
            raise Unreachable(f"{address}: only https, or http on this machine")
        self.address = address.rstrip("/")

    def read(self, path: str) -> bytes | None:
        try:
            with urllib.request.urlopen(  # noqa: S310 -- the scheme was checked
                f"{self.address}/{path}", timeout=30
            ) as answer:
                data: bytes = answer.read(MAX_FILE + 1)
        except urllib.error.HTTPError as error:
            if error.code in (404, 410):
                return None
            raise Unreachable(f"{path}: {error}") from error
        except OSError as error:
            raise Unreachable(f"{path}: {error}") from error
        if len(data) > MAX_FILE:
            raise Unreachable(f"{path}: longer than any file of a log")
        return data

    def paths(self) -> None:
        return None


def open_source(target: str) -> Source:
    if target.startswith(("http://", "https://")):
        return Address(target)
    return Folder(Path(target))
