"""What the public files must show, from nothing but these files and a policy.

    checkpoint    signed as the policy demands, and by the key that the entries name (lineage.py)
    entries       canonical, each in its place (log, seq, prev, at), every uid once, the numbers
                  of every case without a gap; with balances: no place below zero
    tree          the entries lead to the signed root; every bundle and tile, partial ones that
                  remain too, holds exactly its part
    disclosures   each opens a digest of its entry
    receipt.vkey  the key that entry 0 names
    anchors       each a checkpoint of this log, with a time stamp of just that
    nothing else  unknown files are named

Bundles and tiles say the leaf hashes twice: where they differ, the one that does not lead to the
signed root is named. Entries beyond the checkpoint are those of a publisher at work; they are
checked against each other and counted as `ahead`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.core import notes, policy, rotation, tiles, tree
from ledger.verify import anchors, extras, lineage, signed
from ledger.verify.entries import Chain, check_disclosures
from ledger.verify.reports import LogReport
from ledger.verify.sources import Source, Unreachable

PLAIN = ("checkpoint", "policy", "receipt.vkey")


@dataclass
class Bundle:
    """One number of the log: every bundle and level 0 tile there is for it."""

    entries: dict[str, list[bytes]]
    hashes: dict[str, list[bytes]]

    def said(self, files: dict[str, list[bytes]]) -> list[bytes]:
        return max(files.values(), key=len, default=[])


def check(
    source: Source,
    demanded: bytes | None = None,
    *,
    balances: bool = False,
    trusted: bytes | None = None,
    width: int = tiles.WIDTH,
) -> LogReport:
    """Verify a whole log. `demanded`: the reader's own policy; else the one published with it.

    `trusted`: certificates (PEM) of the authorities whose time stamps count.
    """
    report, listed = LogReport(), source.paths()
    checkpoint = source.read("checkpoint")
    served = source.read("policy")
    if checkpoint is None and served is None and not listed:
        raise Unreachable("there is no log: neither checkpoint nor policy")
    rules = signed.rules(report, served, demanded)
    if rules is not None and (head := _checkpoint(report, rules, checkpoint, source, width)):
        _Files(source, listed, report, head, width).check(balances=balances)
        extras.check(source, report, width)
        anchors.check(source, listed or [], report, trusted)
    for path in listed or []:
        if path not in PLAIN and not _is_known(path, width) and not anchors.is_known(path):
            report.wrong(path, "is no file of a log")
    return report


def _checkpoint(
    report: LogReport, rules: policy.Policy, note: bytes | None, source: Source, width: int
) -> notes.Checkpoint | None:
    if note is None:
        report.wrong("checkpoint", "is missing")
        return None
    try:
        rules = lineage.extended(rules, source, note, width)
        checkpoint, met = signed.checkpoint(rules, note)
    except notes.WrongNote as error:
        report.wrong("checkpoint", str(error))
        return None
    if not met:
        report.wrong("checkpoint", "the quorum of the policy has not signed it")
    report.about(checkpoint)
    report.note, report.keys, report.rules = note, rules.logs, rules
    return checkpoint


def _is_known(path: str, width: int) -> bool:
    number = path.removeprefix("disclosures/")
    plain = f"tile/0/{number}" if number != path and ".p/" not in number else path
    return tiles.parse_path(plain, width) is not None


class _Files:
    """Bundles, tiles and disclosures of one log."""

    def __init__(
        self,
        source: Source,
        listed: list[str] | None,
        report: LogReport,
        head: notes.Checkpoint,
        width: int,
    ) -> None:
        self.source, self.report, self.head, self.width = source, report, head, width
        self.known: dict[tuple[int, int], list[tiles.Tile]] | None = None
        if listed is not None:
            self.known = {}
            for tile in filter(None, (tiles.parse_path(path, width) for path in listed)):
                self.known.setdefault((tile.level, tile.n), []).append(tile)

    def check(self, *, balances: bool) -> None:
        chain = Chain(self.head.origin, balances=balances)
        bundles: list[Bundle] = []
        while (bundle := self._bundle(len(bundles))) is not None:
            chain.follow(bundle, len(bundles) * self.width)
            check_disclosures(self.source, chain, len(bundles), self.width)
            bundles.append(bundle)
        leaves = self.report.leaves = self._truth(bundles)
        self.report.ahead = max(0, len(leaves) - self.head.size)
        damaged = self._compare(bundles, leaves)
        self.report.damage += chain.findings(before=damaged)
        self._check_upper(leaves)
        self._check_signer(chain.keys)
        if balances:
            self.report.holdings = len(chain.holdings)

    def _check_signer(self, keys: rotation.Keys) -> None:
        report = self.report
        assert report.rules is not None
        if wrong := lineage.wrong_signer(keys, report.rules, self.head, report.note):
            report.wrong("checkpoint", wrong)
        report.keys = list(dict.fromkeys([*report.keys, *keys.keys]))

    def _candidates(self, level: int, n: int) -> list[tiles.Tile]:
        """All there are; of an address the one the size needs, or the full one."""
        if self.known is not None:
            return self.known.get((level, n), [])
        count = self.head.size // self.width ** max(level, 0)
        part = min(count - n * self.width, self.width)
        both = [tiles.Tile(level, n, part), tiles.Tile(level, n, self.width)]
        return both[: 1 if part == self.width else 2] if part > 0 else []

    def _load(self, level: int, n: int, needed: int) -> dict[str, list[bytes]]:
        """{path: entries or hashes}; names what is missing or cannot be read."""
        found: dict[str, list[bytes]] = {}
        for tile in self._candidates(level, n):
            path = tiles.path(tile, self.width)
            data = self.source.read(path)
            if data is None:
                continue
            found[path] = []
            try:
                read = tiles.unbundle if level == tiles.ENTRIES else tiles.unpack
                found[path] = read(data, tile.width)
            except ValueError as error:
                self.report.wrong(path, str(error))
            if self.known is None:
                break
        if needed > 0 and not any(
            tile.width >= needed and tiles.path(tile, self.width) in found
            for tile in self._candidates(level, n)
        ):
            wanted = tiles.Tile(level, n, min(needed, self.width))
            self.report.wrong(tiles.path(wanted, self.width), "is missing")
        return found

    def _bundle(self, n: int) -> Bundle | None:
        needed = min(self.head.size - n * self.width, self.width)
        entries = self._load(tiles.ENTRIES, n, needed)
        hashes = self._load(0, n, needed)
        return Bundle(entries, hashes) if entries or hashes or needed > 0 else None

    def _truth(self, bundles: list[Bundle]) -> list[bytes]:
        """The leaf hashes that lead to the signed root; those of the bundles if none do."""
        size, first, second = self.head.size, [], []
        for bundle in bundles:
            said = [tree.leaf_hash(entry) for entry in bundle.said(bundle.entries)]
            tiled = bundle.said(bundle.hashes)
            first += said + tiled[len(said) :]
            second += tiled + said[len(tiled) :]
        if len(first) >= size:
            for leaves in (first, second):
                if tree.root(leaves[:size]) == self.head.root:
                    return leaves
            if mixed := self._mixed(bundles):
                return mixed
            self.report.wrong("checkpoint", "the files do not lead to its root")
        return first

    def _mixed(self, bundles: list[Bundle]) -> list[bytes]:
        """Bundle by bundle what the tile above agrees with, where several are damaged."""
        leaves: list[bytes] = []
        for n, bundle in enumerate(bundles):
            said = [tree.leaf_hash(entry) for entry in bundle.said(bundle.entries)]
            tiled = bundle.said(bundle.hashes)
            above = max(self._upper(1, n // self.width).values(), key=len, default=[])
            place = n % self.width
            agrees = place < len(above) and len(said) == self.width
            if agrees and tree.perfect(said) == above[place]:
                leaves += said
            else:
                leaves += tiled + said[len(tiled) :]
        right = tree.root(leaves[: self.head.size]) == self.head.root
        return leaves if right else []

    def _compare(self, bundles: list[Bundle], leaves: list[bytes]) -> int:
        """Name every bundle and level 0 tile that is not the truth; the first damaged entry."""
        damaged = len(bundles) * self.width
        for n, bundle in enumerate(bundles):
            start = n * self.width
            for path, entries in bundle.entries.items():
                wrong = self._differs(path, [tree.leaf_hash(e) for e in entries], leaves[start:])
                if wrong is not None or not entries:
                    damaged = min(damaged, start + (wrong or 0))
            if not bundle.entries:
                damaged = min(damaged, start)
            for path, hashes in bundle.hashes.items():
                self._differs(path, hashes, leaves[start : start + self.width])
        return damaged

    def _differs(self, path: str, said: Sequence[bytes], right: Sequence[bytes]) -> int | None:
        for place, (mine, true) in enumerate(zip(said, right, strict=False)):
            if mine != true:
                tile = tiles.parse_path(path, self.width)
                first = tile.n * self.width if tile and tile.level <= 0 else None
                entry = None if first is None else first + place
                self.report.wrong(path, f"hash {place} is not the log's", entry)
                return place
        if len(said) > len(right):
            self.report.wrong(path, "goes beyond the entries")
            return len(right)
        return None

    def _upper(self, level: int, n: int) -> dict[str, list[bytes]]:
        return self._load(level, n, 0)

    def _check_upper(self, leaves: list[bytes]) -> None:
        """The tiles of level 1, 2, ...: each hash from its children."""
        row, level = leaves, 0
        levels = {level for level, _ in self.known or {}} | {0}
        while len(row) >= self.width or level < max(levels):
            level += 1
            full = len(row) // self.width
            row = [tree.perfect(row[i * self.width : (i + 1) * self.width]) for i in range(full)]
            count = self.head.size // self.width**level
            numbers = {n for at, n in self.known or {} if at == level}
            for n in sorted(numbers | set(range(-(-count // self.width)))):
                start = n * self.width
                needed = min(count - start, self.width)
                for path, hashes in self._load(level, n, needed).items():
                    # of a full tile in place of a partial one, what came later says nothing here
                    shown = hashes if self.known is not None else hashes[:needed]
                    self._differs(path, shown, row[start : start + self.width])
