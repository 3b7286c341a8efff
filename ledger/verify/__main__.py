"""python -m ledger.verify TARGET [--policy FILE] [--json] [--balances]

TARGET is a folder of published files or the address of a log. Exit 0: all is well. 1: damage, and
every damaged file or entry is named. 2: the target or the policy cannot be read.
"""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from ledger.verify.checking import Report, check
from ledger.verify.sources import Unreachable, open_source


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ledger.verify", description=__doc__)
    parser.add_argument("target", help="a folder of published files, or an address")
    parser.add_argument("--policy", type=Path, help="whose signatures you demand; else as served")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--balances", action="store_true", help="replay the postings too")
    options = parser.parse_args(words)
    try:
        demanded = options.policy.read_bytes() if options.policy else None
        report = check(open_source(options.target), demanded, balances=options.balances)
    except (Unreachable, OSError) as error:
        return _say_unreadable(str(error), as_json=options.json)
    if options.json:
        sys.stdout.write(json.dumps({"ok": not report.damage, **asdict(report)}) + "\n")
    else:
        _say(report)
    return 1 if report.damage else 0


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
    if not report.damage:
        sys.stdout.write(f"{report.origin}: {report.size} entries, root {report.root}\n")
        if report.ahead:
            sys.stdout.write(f"{report.ahead} more are being published\n")
        if report.holdings is not None:
            sys.stdout.write(f"balances hold ({report.holdings} holdings)\n")


if __name__ == "__main__":
    sys.exit(main())
