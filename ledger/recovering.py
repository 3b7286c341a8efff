"""Rebuilding the log's tables from published files: out of `behind`, or of a lost database.

The files are verified whole, must be this log, and must contain all that the signer, the database
and the witnesses know to be signed: what is missing there is missing for ever, and the log stays
behind. Then, in one transaction, the tables are filled anew. Entries that this database sealed and
the files lack (sealed since an old backup was put back) return to the outbox with their values.

The mode is `behind` until the pages of settings.LEDGER_REBUILT are made anew too: who is killed
between runs the command again.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from ledger import anchoring, cosigned, guarding, modes, publishing, reading, refilling, vault
from ledger.core import canonical, notes, policy, tiles, witness
from ledger.failpoints import fp
from ledger.models import BEHIND, READONLY, Head, Journal, StoredCheckpoint
from ledger.signer import SignerRefused, signer
from ledger.verify.checking import check
from ledger.verify.reports import LogReport
from ledger.verify.sources import Source, open_source


class NotRebuilt(RuntimeError):
    """Nothing was changed; the text says what is wrong and what to do."""


@dataclass
class Rebuilt:
    """What was done. `back`: events that wait in the outbox again. `erasures`: how many were sealed
    after what this database had. `differences`: rows of other tables that are not what the log
    says; nothing here can mend them."""

    size: int
    mode: str = BEHIND
    back: int = 0
    values_added: int = 0
    values_removed: int = 0
    erasures: int = 0
    differences: int = 0


def rebuild(
    target: str,
    *,
    at: datetime,
    demanded: bytes | None = None,
    seen: Iterable[notes.Checkpoint] = (),
    keep_named: bool = False,
    width: int = tiles.WIDTH,
) -> Rebuilt:
    """Verify the files of `target` and make the tables say what they say. Safe to repeat.

    `keep_named`: the files carry no disclosures; keep the named values that are here.
    """
    vault.make_key(Path(settings.FIELD_KEY_FILE))
    source, seen = open_source(target), list(seen)
    with publishing.publisher():
        report = _verified(source, demanded or _own_policy(), width)
        fp("rebuild.verified")
        with transaction.atomic(durable=True):
            done = _replace(source, report, at, seen, keep_named=keep_named, width=width)
            fp("rebuild.before_commit")
        fp("rebuild.committed")
    for name in settings.LEDGER_REBUILT:
        import_string(name)()
    fp("rebuild.pages")
    done.mode = _leave(target, at, seen, width)
    fp("rebuild.left")
    done.differences = sum(len(import_string(name)()) for name in settings.LEDGER_CHECKS)
    return done


def _own_policy() -> bytes:
    """A policy of the log's own key: as the signer has it, or as this database says."""
    vkeys = list(Head.objects.values_list("vkey", flat=True))
    try:
        vkeys[:0] = signer().keys(settings.LEDGER_ORIGIN).signing
    except SignerRefused as error:
        if not vkeys:
            raise NotRebuilt(
                f"the log's key is not known here ({error}): name whom to trust with --policy"
            ) from error
    return policy.write(*dict.fromkeys(vkeys)).encode()


def _verified(source: Source, demanded: bytes, width: int) -> LogReport:
    report = check(source, demanded, width=width)
    if report.origin not in ("", settings.LEDGER_ORIGIN):
        raise NotRebuilt(f"these are files of another log: {report.origin}")
    if report.damage:
        first = "; ".join(f"{one['file']}: {one['reason']}" for one in report.damage[:3])
        more = f" and {len(report.damage) - 3} more" if len(report.damage) > 3 else ""
        raise NotRebuilt(
            f"the files are damaged ({first}{more}): take those of a mirror, or mend these"
        )
    try:
        state = signer().state(settings.LEDGER_ORIGIN)
    except SignerRefused:
        return report  # found again, and said, when the mode is set
    if state.size > report.size:
        raise NotRebuilt(
            f"the signer signed {state.size} entries, the files have {report.size}: entries"
            f" {report.size} to {state.size - 1} are missing; look for files that have them"
        )
    return report


def _replace(
    source: Source,
    report: LogReport,
    at: datetime,
    seen: list[notes.Checkpoint],
    *,
    keep_named: bool,
    width: int,
) -> Rebuilt:
    head = Head.objects.select_for_update().first()
    had = head.size if head else report.size
    fp("rebuild.locked")
    lost = refilling.surplus(report.leaves[: report.size])
    tables = refilling.Tables(width)
    tables.refill(refilling.entries(source, report.size, width))
    if (tables.frontier.size, tables.frontier.root().hex()) != (report.size, report.root):
        raise NotRebuilt("the files changed while they were read; run the command again")
    if fork := refilling.contradicted(tables):
        raise NotRebuilt(
            f"this database holds a checkpoint of {fork.size} entries, signed by us, that the"
            f" files do not contain. Keep both:\n{fork.note}\n{report.note.decode()}"
        )
    head = _head(head, tables)
    _store_checkpoint(head, report, at)
    anchoring.refill(source)
    fp("rebuild.checkpoint")
    done = Rebuilt(size=report.size, back=refilling.outbox(lost))
    fp("rebuild.outbox")
    if not keep_named:
        done.values_added, done.values_removed = refilling.values(source, report.size, width, at=at)
    done.erasures = _erasures(had, report.size)
    fp("rebuild.values")
    modes.worsen(head, BEHIND, "the tables are being rebuilt", at=at)
    verdict = guarding.judge(head, seen=seen, width=width)
    if verdict.mode == BEHIND:
        raise NotRebuilt(f"the files are not enough: {verdict.why}")
    return done


def _erasures(start: int, stop: int) -> int:
    """How many of these entries say that somebody was erased; of whom, they do not."""
    entries = (canonical.parse(entry) for *_, entry in reading.sealed(start, stop))
    return sum(body["type"] == "person.erase" for body in entries)


def _head(head: Head | None, tables: refilling.Tables) -> Head:
    """The one row as the entries give it; the mode it has, or `ok` for the guard to judge."""
    head = head or Head(origin=settings.LEDGER_ORIGIN, mode=modes.explained())
    tables.write(head)
    fp("rebuild.head")
    return head


def _store_checkpoint(head: Head, report: LogReport, at: datetime) -> None:
    note = witness.own_lines(report.note, reading.log_keys(head)).decode()
    if not StoredCheckpoint.objects.filter(size=report.size).exists():
        with suppress(SignerRefused):  # without its word for the time there is no row; frozen then
            stamp = signer().stamp(head.origin, note, at, head.vkey)
            StoredCheckpoint.objects.create(size=report.size, note=note, signed_at=at, stamp=stamp)
    refilling.cosignatures(report.note, report.size, cosigned.demanded(head))


def _leave(target: str, at: datetime, seen: list[notes.Checkpoint], width: int) -> str:
    """The mode the guard allows now; an operator's `readonly` stays."""
    with transaction.atomic(durable=True):
        head = Head.objects.select_for_update().get()
        fp("rebuild.leaving")
        verdict = guarding.judge(head, seen=seen, width=width)
        Journal.objects.create(
            kind="rebuild", at=at, size=head.size, good=True, text=f"from {target}"
        )
        if head.mode != READONLY:
            modes.change(head, verdict.mode, f"rebuilt; {verdict.why}", at=at)
    return head.mode
