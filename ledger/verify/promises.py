"""Whether a receipt was kept: the event stands in the log, with the content that was promised.

The whole log is verified first: only then does "not found" mean that it is not there. Who may sign
receipts says entry 0, not the file that is served. Sealed but not published counts as not there.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

from ledger.core import leaf, notes, receipt, tiles
from ledger.verify.checking import check
from ledger.verify.reports import ReceiptReport
from ledger.verify.rereading import Entries
from ledger.verify.sources import Source, Unreachable

FILE = "receipt"


def is_receipt(path: Path) -> bool:
    """Whether a file begins as a receipt does; anything else are proofs, or nothing."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(receipt.FIRST) + 1) == receipt.FIRST.encode() + b"\n"


def check_receipt(
    path: Path,
    source: Source,
    demanded: bytes | None = None,
    *,
    now: datetime,
    width: int = tiles.WIDTH,
) -> ReceiptReport:
    """Verify a receipt against a whole log. Unreachable: it is none, or cannot be read."""
    with path.open("rb") as file:
        data = file.read(receipt.MAX_BYTES + 1)
    try:
        promised = receipt.parse(data)
    except receipt.WrongReceipt as error:
        raise Unreachable(f"{path.name}: {error}") from error
    log = check(source, demanded, width=width)
    report = ReceiptReport(
        origin=log.origin,
        size=log.size,
        root=log.root,
        damage=list(log.damage),
        uid=promised.uid,
        seal_by=leaf.time_text(promised.seal_by),
    )
    if not report.damage:
        _judge(report, promised, data, Entries(source, log, width), now)
    return report


def _judge(
    report: ReceiptReport, promised: receipt.Receipt, data: bytes, entries: Entries, now: datetime
) -> None:
    mark = f'"uid":"{promised.uid}"'.encode()
    found = None
    for index, entry in entries:
        if index == 0 and not _is_signed(report, promised, data, entries.body(0, entry)):
            return
        if mark in entry and (body := entries.body(index, entry))["uid"] == promised.uid:
            found = index, body
            break
    if found:
        report.index, body = found
        same = receipt.content_of(body) == promised.content
        report.verdict = "kept" if same else "other content"
        if not same:
            report.wrong(FILE, "another content was sealed than was promised", report.index)
    else:
        report.verdict = "not due yet" if now < promised.seal_by else "broken"


def _is_signed(
    report: ReceiptReport, promised: receipt.Receipt, data: bytes, first: dict[str, Any]
) -> bool:
    """By the key that entry 0 names, for this very log."""
    report.verdict = "forged"
    if promised.origin != report.origin:
        report.wrong(FILE, f"is of another log: {promised.origin}")
        return False
    try:
        receipt.verify(data, notes.parse_vkey(str(first["data"].get("receipt_vkey"))))
    except (notes.WrongNote, receipt.WrongReceipt) as error:
        report.wrong(FILE, f"the log's key of receipts did not sign it: {error}")
        return False
    return True
