"""python -m ledger.verify TARGET [--policy FILE] [--remember FILE] [--max-age SECONDS] [--json]
                              [--balances] [--jobs N]
python -m ledger.verify RECEIPT|PROOFS --log TARGET [--policy FILE] [--json]

TARGET is a folder of published files, the address of a log, or proofs: the zip of a portal, one
`.tlog-proof` beside its `.entry`, or a folder of these. Exit 0: all is well. 1: damage, a rollback
or a fork, and every damaged file or entry is named. 2: the target or the policy cannot be read.

With --log a receipt is checked: 0 if its event stands in the log as promised, or is not due yet;
1 if other content was sealed, or the log never signed it; 3 if the promise is broken. Proofs of a
case are held against the whole log: 1 names every entry of the case that they leave out.
"""

import argparse
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from ledger.verify import ageing, bundles, promises, proving, remembering, withheld
from ledger.verify.checking import check
from ledger.verify.reports import BundleReport, LogReport, ReceiptReport, Report
from ledger.verify.sources import Unreachable, open_source

UNKNOWN_MAKER = (
    "CAREFUL: checked by the policy that came with the proofs. Whoever makes up proofs makes up\n"
    "their policy too, so this proves nothing about who made them. Get the policy elsewhere and\n"
    "name it with --policy.\n"
)


def main(words: list[str] | None = None) -> int:
    options = _options(words)
    try:
        report = _report(options)
    except (Unreachable, OSError) as error:
        return _say_unreadable(str(error), as_json=options.json)
    if options.json:
        sys.stdout.write(json.dumps(report.as_json()) + "\n")
    else:
        _say(report)
    broken = isinstance(report, ReceiptReport) and report.verdict == "broken"
    return 1 if report.damage else 3 if broken else 0


def _options(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m ledger.verify", description=__doc__)
    parser.add_argument("target", help="a folder of published files, an address, or proofs")
    parser.add_argument("--policy", type=Path, help="whose signatures you demand; else as served")
    parser.add_argument(
        "--remember", type=Path, help="keeps the last good checkpoint; refuses rollback and fork"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--balances", action="store_true", help="replay the postings too")
    parser.add_argument(
        "--max-age",
        type=int,
        metavar="SECONDS",
        help="refuses a checkpoint that the quorum cosigned longer ago",
    )
    parser.add_argument(
        "--anchor-ca", type=Path, metavar="FILE", help="certificates whose time stamps you trust"
    )
    parser.add_argument("--log", help="TARGET is a receipt, or proofs: hold it against this log")
    parser.add_argument("--jobs", type=int, default=1, help="so many processes read a whole log")
    parser.add_argument(
        "--progress",
        action="store_true",
        default=sys.stderr.isatty(),
        help="say how far it is, as on a terminal",
    )
    options = parser.parse_args(words)
    if options.log and (options.remember or options.balances):
        parser.error("--remember and --balances do not go with a receipt")
    options.proofs = bundles.is_bundle(options.target) and not (
        options.log and promises.is_receipt(Path(options.target))
    )
    if options.max_age is not None and (options.proofs or options.log):
        parser.error("--max-age needs the whole log: proofs and receipts may be old")
    if options.proofs and (options.remember or options.balances):
        parser.error("--remember and --balances need the whole log, not proofs of some entries")
    return options


def _report(options: argparse.Namespace) -> Report:
    demanded = options.policy.read_bytes() if options.policy else None
    if options.proofs:
        proved = proving.check(bundles.read(options.target), demanded)
        if options.log:
            withheld.compare(proved, open_source(options.log), demanded)
        return proved
    if options.log:
        log = open_source(options.log)
        return promises.check_receipt(Path(options.target), log, demanded, now=datetime.now(UTC))
    trusted = options.anchor_ca.read_bytes() if options.anchor_ca else None
    report = check(
        open_source(options.target),
        demanded,
        balances=options.balances,
        trusted=trusted,
        jobs=options.jobs,
        progress=Progress() if options.progress else lambda done, size: None,
    )
    if options.max_age is not None:
        ageing.check(report, most=options.max_age, now=int(time.time()))
    if options.remember:
        remembering.compare(options.remember, report)
        if not report.damage:
            remembering.keep(options.remember, report.note)
    return report


class Progress:
    """One line on the terminal, written over itself, a few times a second."""

    def __init__(self) -> None:
        self.said = 0.0

    def __call__(self, done: int, size: int) -> None:
        now = time.monotonic()
        if done < size and now - self.said < 0.2:
            return
        self.said = now
        end = "\n" if done >= size else ""
        percent = 100 * done // max(size, 1)
        sys.stderr.write(f"\r{percent:3d} % {done:,} of {size:,} entries{end}")
        sys.stderr.flush()


def _say_unreadable(reason: str, *, as_json: bool) -> int:
    if as_json:
        sys.stdout.write(json.dumps({"ok": False, "unreadable": reason}) + "\n")
    else:
        sys.stderr.write(f"cannot be read: {reason}\n")
    return 2


def _say(report: Report) -> None:
    for found in report.damage:
        entry = "" if found["entry"] is None else f" entry {found['entry']}"
        sys.stdout.write(f"DAMAGED {found['file']}{entry}: {found['reason']}\n")
    if isinstance(report, BundleReport):
        _say_proofs(report)
    elif isinstance(report, ReceiptReport):
        _say_receipt(report)
    elif isinstance(report, LogReport):
        _say_log(report)


def _say_log(report: LogReport) -> None:
    for title, note in zip(("REMEMBERED", "FOUND"), report.evidence, strict=False):
        sys.stdout.write(f"\n{title}\n{note}")
    if report.damage:
        return
    sys.stdout.write(f"{report.origin}: {report.size} entries, root {report.root}\n")
    if report.ahead:
        sys.stdout.write(f"{report.ahead} more are being published\n")
    if report.anchored:
        size, at = report.anchored["size"], report.anchored["at"]
        sys.stdout.write(f"{size} entries were there at {at}, says a time stamp that you trust\n")
    elif report.anchors:
        sys.stdout.write(f"{report.anchors} time stamps, not checked: give --anchor-ca FILE\n")
    if report.holdings is not None:
        sys.stdout.write(f"balances hold ({report.holdings} holdings)\n")


def _say_receipt(report: ReceiptReport) -> None:
    found = {
        "kept": f"kept: it stands at {report.index}, as promised",
        "not due yet": f"not due yet: it is promised by {report.seal_by}",
        "broken": f"BROKEN PROMISE: it was promised by {report.seal_by}, and is not there",
    }
    if report.verdict in found:
        sys.stdout.write(f"{report.origin}: {report.size} entries, root {report.root}\n")
        sys.stdout.write(f"event {report.uid}\n{found[report.verdict]}\n")


def _say_proofs(report: BundleReport) -> None:
    if not report.damage:
        stand = ", ".join(map(str, report.entries))
        sys.stdout.write(f"{report.origin}: {report.size} entries, root {report.root}\n")
        sys.stdout.write(f"proved to stand in it: {stand}\n")
        if report.case is None:
            sys.stdout.write("no case is named, so whether one was left out was not checked\n")
        else:
            last = len(report.entries) - 1
            sys.stdout.write(
                f"all of {report.case} from number 0 to {last}, none left out between\n"
            )
        if report.later is not None:
            sys.stdout.write("held against the log: none of its entries of the case is left out")
            sys.stdout.write(f"; {report.later} came later\n" if report.later else "\n")
        if report.not_yet:
            later = ", ".join(map(str, report.not_yet))
            sys.stdout.write(f"said to be sealed later, not proved here: {later}\n")
        if report.values:
            sys.stdout.write(f"{report.values} values that may be erased are those sealed\n")
    if not report.own_policy:
        sys.stdout.write(UNKNOWN_MAKER)


if __name__ == "__main__":
    sys.exit(main())
