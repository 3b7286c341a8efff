"""The manifest of a backup: what belongs to it, byte by byte. Written last; without it there is
no backup.

    {"manifest": {...}, "sha256": "<of the canonical text of the manifest>"}

`files` gives length and SHA-256 of every file by its path. `tree_size` and `root` are those of the
database, `checkpoint` is the public one's size at the same moment, so never more.
"""

import json
import re
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from pathlib import Path
from typing import Any

from ledger import durable
from portal.keeping.refusing import Broken

NAME = "manifest.json"
VERSION = 1
_INSIDE = re.compile(
    r"database\.[a-z0-9]+|erased|(ledger|media)(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+", re.ASCII
)

Files = dict[str, tuple[int, str]]  # {path: (bytes, SHA-256 in hex)}


@dataclass(frozen=True)
class Manifest:
    """What a backup holds, and of which log and release."""

    made_at: str  # ISO 8601, UTC
    release: str
    origin: str
    tree_size: int
    root: str  # hex, of tree_size entries
    checkpoint: int | None  # None: nothing was public yet
    database: str  # sqlite or postgresql
    server: str  # its version
    migrations: list[str]  # applied, as app.name
    bucket: str  # where photos and papers are instead, if they are not in the backup
    files: Files
    damaged: list[str]  # what was damaged already when it was copied
    v: int = VERSION

    def write(self, folder: Path) -> None:
        plain = asdict(self)
        told = {"manifest": plain, "sha256": _digest(plain)}
        text = json.dumps(told, sort_keys=True, indent=1, ensure_ascii=False)
        durable.write(folder / NAME, f"{text}\n".encode(), mode=0o600)


def _digest(plain: dict[str, Any]) -> str:
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def read(folder: Path) -> Manifest:
    """The manifest of this backup. Broken: absent, cut, changed, or of a later release's kind."""
    try:
        told = json.loads((folder / NAME).read_bytes())
        plain = told["manifest"]
        if _digest(plain) != told["sha256"]:
            raise Broken(f"{NAME} is damaged: it does not have its own SHA-256")
    except FileNotFoundError as absent:
        raise Broken(f"{NAME} is missing: the backup {folder.name} is incomplete") from absent
    except (ValueError, KeyError, TypeError) as error:
        raise Broken(f"{NAME} is damaged: {error}") from error
    if plain["v"] != VERSION or plain.keys() != {field.name for field in fields(Manifest)}:
        raise Broken(f"{NAME} is of another kind ({plain['v']}): use the release that wrote it")
    files = {path: (size, digest) for path, (size, digest) in plain.pop("files").items()}
    if outside := [path for path in files if not _INSIDE.fullmatch(path)]:
        raise Broken(f"{NAME} names what no backup holds: {outside[0]}")
    return Manifest(files=files, **plain)


def check(folder: Path, manifest: Manifest) -> None:
    """Read every file of the backup. Broken names each that is missing or not as it was."""
    wrong = [said for path in sorted(manifest.files) if (said := _wrong(folder, path, manifest))]
    if wrong:
        more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        raise Broken(f"the backup {folder.name} is damaged: {'; '.join(wrong[:5])}{more}")


def _wrong(folder: Path, path: str, manifest: Manifest) -> str:
    size, digest = manifest.files[path]
    try:
        length, found = measured(folder / path)
    except OSError as error:
        return f"{path}: {error.strerror}"
    if length != size:
        return f"{path} has {length} bytes instead of {size}"
    return "" if found == digest else f"{path} has other bytes than were written"


def measured(file: Path) -> tuple[int, str]:
    """Length and SHA-256 (hex) of what is in the file now."""
    digest = sha256()
    with open(file, "rb") as opened:
        while data := opened.read(1 << 20):
            digest.update(data)
        return opened.tell(), digest.hexdigest()
