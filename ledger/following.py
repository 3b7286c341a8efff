"""A mirror's tables from its verified copy of another portal's files: what is new is added.

The copy was verified as a whole (mirroring.py); here the entries must lead to the root of its
checkpoint once more. The mode is `readonly` from the first entry on: a mirror seals and signs
nothing. Afterwards the parts named in settings.LEDGER_FOLLOWED make their pages, and those in
settings.LEDGER_CHECKS hold them against the entries; the outcome stands in the journal.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from ledger import anchoring, modes, reading, refilling, vault
from ledger.core import policy, tiles, witness
from ledger.models import READONLY, Cosignature, Head, Journal, StoredCheckpoint
from ledger.verify import signed
from ledger.verify.sources import Folder, Source

MIRROR = "this is a mirror"


class NotFollowed(RuntimeError):
    """The tables are as they were; the text says why, and what to do."""


@dataclass(frozen=True)
class Followed:
    """`size` of the log here, `new` entries, `differences` that the parts found afterwards."""

    size: int
    new: int
    differences: int


def follow(folder: Path, *, at: datetime, width: int = tiles.WIDTH) -> Followed:
    """Bring the tables up to the copy in `folder`, and the pages with them. Safe to repeat."""
    vault.make_key(Path(settings.FIELD_KEY_FILE))
    source = Folder(folder)
    with transaction.atomic(durable=True):
        known = Head.objects.select_for_update().first()
        before = known.size if known else 0
        size = _append(known, source, at, width)
    for name in settings.LEDGER_FOLLOWED:
        import_string(name)()
    found = [one for name in settings.LEDGER_CHECKS for one in import_string(name)()]
    Journal.objects.create(kind="fsck", at=at, size=size, good=not found, text=str(found[:1] or ""))
    return Followed(size, size - before, len(found))


def is_mirror() -> bool:
    """Whether what is in this database was followed, or there is nothing yet."""
    line = modes.newest()
    return not Head.objects.exists() or (line is not None and line.text.endswith(MIRROR))


def _append(known: Head | None, source: Source, at: datetime, width: int) -> int:
    if not is_mirror():
        raise NotFollowed("this database holds a log of its own: a mirror needs another one")
    rules = policy.parse(_read(source, "policy"))
    note = _read(source, "checkpoint")
    checkpoint = signed.checkpoint(rules, note)[0]
    if checkpoint.origin != settings.LEDGER_ORIGIN:
        raise NotFollowed(f"the copy is of another log: set LEDGER_ORIGIN to {checkpoint.origin}")
    tables = refilling.Tables(width)
    start = tables.resume(known) if known else 0
    tables.append(refilling.entries(source, checkpoint.size, width, start=start))
    if (tables.frontier.size, tables.frontier.root()) != (checkpoint.size, checkpoint.root):
        raise NotFollowed("the entries do not lead to the checkpoint: remove the copy, run again")
    head = known or Head(origin=checkpoint.origin, mode=modes.explained())
    tables.write(head)
    _store(head, note, rules, at)
    anchoring.refill(source)
    refilling.values(source, checkpoint.size, width, at=at)
    modes.worsen(head, READONLY, MIRROR, at=at)
    return checkpoint.size


def _read(source: Source, path: str) -> bytes:
    data = source.read(path)
    if data is None:
        raise NotFollowed(f"{path} is missing in the copy")
    return data


def _store(head: Head, note: bytes, rules: policy.Policy, at: datetime) -> None:
    """The checkpoint with its witnesses; when it was signed, only they can say here."""
    size = head.size
    refilling.cosignatures(note, size, rules)
    if not StoredCheckpoint.objects.filter(size=size).exists():
        times = Cosignature.objects.filter(size=size).values_list("at", flat=True)
        own = witness.own_lines(note, reading.log_keys(head)).decode()
        signed_at = datetime.fromtimestamp(min(times), UTC) if times else at
        StoredCheckpoint.objects.create(size=size, note=own, signed_at=signed_at, stamp=b"")
