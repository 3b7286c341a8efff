"""The anchors of a log: anchor/<size>.note, a checkpoint, and anchor/<size>.tsr, its time stamp.

Each note must be this log's, with the root that its entries have at that size; each stamp must be
for exactly these bytes. Whether stamps are genuine is checked for readers who name the certificates
they trust.
"""

import re
from collections.abc import Iterable
from importlib import import_module

from ledger.core import notes, stamps, tree
from ledger.verify.reports import LogReport
from ledger.verify.sources import Source, Unreachable

_PATH = re.compile(r"anchor/(0|[1-9][0-9]{0,18})\.(note|tsr)", re.ASCII)


def is_known(path: str) -> bool:
    return _PATH.fullmatch(path) is not None


def check(
    source: Source, listed: Iterable[str], report: LogReport, trusted: bytes | None = None
) -> None:
    """Name every anchor that does not hold. `trusted`: PEM certificates, else not looked at."""
    found: dict[int, set[str]] = {}
    for size, kind in (m.groups() for m in map(_PATH.fullmatch, listed) if m):
        found.setdefault(int(size), set()).add(kind)
    frontier = tree.Frontier()
    for size, kinds in sorted(found.items()):
        for hashed in report.leaves[frontier.size : size]:
            frontier.append(hashed)
        for kind in {"note", "tsr"} - kinds:
            report.wrong(f"anchor/{size}.{kind}", "is missing")
        if kinds == {"note", "tsr"} and _note(source, size, report, frontier):
            _stamp(source, size, report, trusted)


def _note(source: Source, size: int, report: LogReport, frontier: tree.Frontier) -> bool:
    path = f"anchor/{size}.note"
    try:
        signed, _ = notes.open_signed(source.read(path) or b"", report.keys)
    except notes.WrongNote as error:
        report.wrong(path, str(error))
        return False
    if signed.size != size:
        report.wrong(path, f"is of size {signed.size}")
    elif frontier.size < size:
        report.wrong(path, f"is of {size} entries, the log has {frontier.size}: cut, or a fork")
    elif signed.root != frontier.root():
        report.wrong(path, f"is of another log: the first {size} entries have another root")
    else:
        return True
    return False


def _stamp(source: Source, size: int, report: LogReport, trusted: bytes | None) -> None:
    path = f"anchor/{size}.tsr"
    token, note = source.read(path) or b"", source.read(f"anchor/{size}.note") or b""
    if not stamps.is_about(token, note):
        report.wrong(path, f"is not a stamp of anchor/{size}.note")
        return
    report.anchors += 1
    if trusted is None:
        return
    try:
        stamping = import_module("ledger.verify.stamping")
    except ModuleNotFoundError as error:
        raise Unreachable("time stamps need the package rfc3161-client") from error
    try:
        at = stamping.verify(token, note, stamping.certificates(trusted))
    except stamping.WrongStamp as error:
        report.wrong(path, f"the stamp does not hold: {error}")
        return
    report.anchored = {"size": size, "at": at.isoformat()}
