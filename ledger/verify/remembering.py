"""The last good checkpoint, kept by the reader: a log that goes back or forks is refused."""

import os
import tempfile
from pathlib import Path

from ledger.core import notes, tree
from ledger.verify.reports import LogReport
from ledger.verify.sources import Unreachable


def compare(file: Path, report: LogReport) -> None:
    """Name a contradiction between what is remembered and what was found, with both notes."""
    if not report.note or not file.exists():
        return
    known = file.read_bytes()
    reason = _contradiction(known, report, str(file))
    if reason:
        report.wrong("checkpoint", reason)
        report.evidence = [known.decode(), report.note.decode()]


def _contradiction(known: bytes, report: LogReport, name: str) -> str:
    try:
        text, lines = notes.parse_note(known)
        old = notes.parse_checkpoint(text)
    except notes.WrongNote as error:
        raise Unreachable(f"{name}: {error}") from error
    if old.origin != report.origin:
        return f"another log: remembered is {old.origin}"
    keys = {(key.name, key.id) for key in report.keys}
    if not any((line.name, line.id) in keys for line in lines):
        return "another key: the policy does not know the one that signed what is remembered"
    try:
        notes.open_note(known, report.keys)
    except notes.WrongNote as error:
        raise Unreachable(f"{name}: {error}") from error
    if report.size < old.size:
        return f"rollback: {report.size} entries, remembered are {old.size}"
    if report.size == old.size and report.root != old.root.hex():
        return f"fork: another root than the one remembered for {old.size} entries"
    # of damaged files nothing can be recomputed; they are refused as damaged
    if not report.damage and tree.root(report.leaves[: old.size]) != old.root:
        return f"fork: its first {old.size} entries do not lead to the remembered root"
    return ""


def keep(file: Path, note: bytes) -> None:
    """In place of what was remembered, whole or not at all."""
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as new:
            new.write(note)
            new.flush()
            os.fsync(new.fileno())
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
