"""What lies beside the log: the key of receipts, which entry 0 names too, and time stamps."""

from ledger.verify.reports import LogReport
from ledger.verify.rereading import Entries
from ledger.verify.sources import Source, Unreachable

RECEIPT_KEY = "receipt.vkey"


def check(source: Source, report: LogReport, width: int) -> None:
    """Name what contradicts the entries; of a damaged log nothing can be said."""
    if not report.leaves or report.size > len(report.leaves):
        return
    try:
        first = Entries(source, report, width).first()
    except (Unreachable, ValueError):
        return  # the damage has been named
    named = first["data"].get("receipt_vkey", "")
    right = f"{named}\n".encode() if named else None
    if source.read(RECEIPT_KEY) != right:
        report.wrong(RECEIPT_KEY, "is not the key that entry 0 names")
