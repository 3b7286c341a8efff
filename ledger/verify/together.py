"""The entries of a log read by several processes: either all is well, or they say nothing.

Each process follows stretches of the log by themselves: it believes the link to the entry before
and the first number of every case, and gives both back; here the ends are joined. Where anything
is wrong a stretch only says so: what it is, one process says that reads from the beginning.
"""

import multiprocessing
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ledger.core import canonical, rotation, tree
from ledger.verify.entries import Chain, check_disclosures
from ledger.verify.files import Files

STRETCH = 32  # bundles

_here: list[Files] = []  # what this process reads


@dataclass(slots=True)
class Told:
    """What a stretch believed of those before it, and says to those after it."""

    prev: bytes
    first_at: str
    first: dict[str, int]
    leaves: list[bytes]
    last_at: str
    next: dict[str, int]
    uids: set[bytes]
    of_keys: list[dict[str, Any]]  # its entries that speak of the log's keys


class _Stretch(Chain):
    """A chain that begins within the log."""

    def __init__(self, origin: str, first_entry: bytes) -> None:
        super().__init__(origin, balances=False)
        self.first: dict[str, int] = {}
        self.of_keys: list[dict[str, Any]] = []
        body = canonical.parse(first_entry)
        self.prev = self.believed = bytes.fromhex(body["prev"])
        self.first_at = body["at"]

    def _count(self, index: int, body: dict[str, Any]) -> None:
        for code, n in body["cases"]:
            if code not in self.counts:
                self.first[code] = self.counts[code] = n
        super()._count(index, body)

    def _follow_keys(self, body: dict[str, Any]) -> None:
        if body["type"] in (rotation.CREATE, rotation.ROTATE):
            self.of_keys.append(body)

    def told(self, found: list[bytes]) -> Told:
        ends = (self.believed, self.first_at, self.first)
        return Told(*ends, found, self.at, self.counts, self.uids, self.of_keys)


Found = tuple[list[bytes], rotation.Keys]


def read(files: Files, jobs: int, tell: Callable[[int], None]) -> Found | None:
    """Leaf hashes and keys, if entries and level 0 tiles are well and lead to the signed root."""
    starts = range(0, files.bundles(), STRETCH)
    with multiprocessing.Pool(jobs, _here.append, (files,)) as pool:
        found = _join(pool.imap(_follow, starts), tell)
    size = files.head.size
    if found is None or len(found[0]) < size or tree.root(found[0][:size]) != files.head.root:
        return None
    return found


def _join(stretches: Iterable[Told | None], tell: Callable[[int], None]) -> Found | None:
    leaves: list[bytes] = []
    uids: set[bytes] = set()
    counts: dict[str, int] = {}
    keys, prev, at = rotation.Keys(), tree.EMPTY, ""
    for told in stretches:
        if told is None or told.prev != prev or told.first_at < at:
            return None
        if not uids.isdisjoint(told.uids):
            return None
        if any(counts.get(code, 0) != n for code, n in told.first.items()):
            return None
        try:
            for body in told.of_keys:
                keys.follow(body)
        except rotation.WrongRotation:
            return None
        leaves += told.leaves
        uids |= told.uids
        counts |= told.next
        prev, at = told.leaves[-1], told.last_at
        tell(len(leaves))
    return leaves, keys


def _follow(start: int) -> Told | None:
    """One stretch; None if anything in it is wrong."""
    files, damage = _here[-1], list[str]()
    chain, found = None, list[bytes]()
    last = files.bundles() - 1
    for n in range(start, min(start + STRETCH, last + 1)):
        entries = files.entries(n, lambda file, reason: damage.append(file)) or {}
        bundle = files.bundle(n, entries, lambda file, reason: damage.append(file))
        said = bundle.said
        if damage or not said or (n < last and len(said) < files.width):
            return None
        if any(hashes != said[: len(hashes)] for hashes in bundle.all()):
            return None
        try:
            chain = chain or _Stretch(files.head.origin, max(entries.values(), key=len)[0])
        except (ValueError, TypeError, KeyError):
            return None
        chain.follow(entries, bundle, n * files.width)
        check_disclosures(files.source, chain, n, files.width)
        if chain.findings(before=(n + 1) * files.width):
            return None
        found += said
    return chain.told(found) if chain else None
