"""Whether proofs of a case leave anything out: held against the whole log.

Running numbers show a gap in the middle; that the newest entries are there too can only be seen by
who reads the log. Entries after the proofs' own checkpoint are counted, not held against them.
"""

from ledger.core import tiles, tree
from ledger.verify.bundles import VALUES
from ledger.verify.checking import check
from ledger.verify.reports import BundleReport
from ledger.verify.rereading import Entries
from ledger.verify.sources import Source, Unreachable


def compare(
    report: BundleReport,
    source: Source,
    demanded: bytes | None = None,
    *,
    width: int = tiles.WIDTH,
) -> None:
    """Name every entry of the case that the log has and the proofs have not."""
    if report.case is None:
        raise Unreachable("the proofs name no case: take the zip of a portal's page")
    log = check(source, demanded, width=width)
    report.damage += log.damage
    if report.damage:
        return
    if log.origin != report.origin or log.size < report.size:
        report.wrong(VALUES, f"the log is {log.origin} with {log.size} entries, not that proved")
    elif tree.root(log.leaves[: report.size]).hex() != report.root:
        report.wrong(VALUES, f"fork: the log has another root for {report.size} entries")
    else:
        _compare(report, Entries(source, log, width))


def _compare(report: BundleReport, entries: Entries) -> None:
    here, mark = set(report.entries), f'"{report.case}"'.encode()
    report.later = 0
    for index, entry in entries:
        if index in here or mark not in entry:
            continue
        if report.case in dict(entries.body(index, entry)["cases"]):
            if index < report.size:
                report.wrong(VALUES, f"withheld: entry {index} concerns {report.case}", index)
            else:
                report.later += 1
