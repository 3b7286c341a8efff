"""Partial tiles whose full tile has been there for a day go; who still asks finds the full one."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from ledger import durable, publishing
from ledger.failpoints import fp

KEPT = timedelta(days=1)


def drop_partials(*, at: datetime) -> int:
    """Remove them from LEDGER_DIR; how many files that were."""
    with publishing.publisher():
        folder = publishing.folder() / "tile"
        return sum(_drop(parts, at) for parts in sorted(folder.rglob("*.p")) if parts.is_dir())


def _drop(parts: Path, at: datetime) -> int:
    full = parts.with_suffix("")
    if not full.is_file() or datetime.fromtimestamp(full.stat().st_mtime, UTC) > at - KEPT:
        return 0
    files = list(parts.iterdir())
    for file in files:
        file.unlink()
        fp("tidy.file")
    parts.rmdir()
    fp("tidy.folder")
    durable.sync_folder(parts.parent)
    return len(files)
