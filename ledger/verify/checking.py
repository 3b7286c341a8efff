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

from collections.abc import Callable, Sequence

from ledger.core import notes, policy, rotation, tiles, tree
from ledger.verify import anchors, extras, lineage, signed, together
from ledger.verify.entries import Chain, check_disclosures
from ledger.verify.files import Bundle, Files
from ledger.verify.reports import LogReport
from ledger.verify.sources import Source, Unreachable

PLAIN = ("checkpoint", "policy", "receipt.vkey")
Progress = Callable[[int, int], None]  # (entries done, entries in all)


def check(
    source: Source,
    demanded: bytes | None = None,
    *,
    balances: bool = False,
    trusted: bytes | None = None,
    width: int = tiles.WIDTH,
    jobs: int = 1,
    progress: Progress = lambda done, size: None,
) -> LogReport:
    """Verify a whole log. `demanded`: the reader's own policy; else the one published with it.

    `trusted`: certificates (PEM) of the authorities whose time stamps count.
    `jobs`: so many processes read the entries. Where one of them finds anything wrong, and for
    balances, everything is read once more by this one: the report is the same.
    """
    report, listed = LogReport(), source.paths()
    checkpoint = source.read("checkpoint")
    served = source.read("policy")
    if checkpoint is None and served is None and not listed:
        raise Unreachable("there is no log: neither checkpoint nor policy")
    rules = signed.rules(report, served, demanded)
    if rules is not None and (head := _checkpoint(report, rules, checkpoint, source, width)):
        log = _Log(Files(source, listed, head, width), report, progress)
        log.check(balances=balances, jobs=jobs)
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


class _Log:
    """Bundles, tiles and disclosures of one log."""

    def __init__(self, files: Files, report: LogReport, progress: Progress) -> None:
        self.files, self.report, self.progress = files, report, progress
        self.head, self.width = files.head, files.width

    def check(self, *, balances: bool, jobs: int) -> None:
        found = None
        if jobs > 1 and not balances:
            found = together.read(self.files, jobs, self._tell)
        leaves, keys = found or self._alone(balances=balances)
        self.report.leaves = leaves
        self.report.ahead = max(0, len(leaves) - self.head.size)
        self._check_upper(leaves)
        if keys is not None:
            self._check_signer(keys)

    def _tell(self, done: int) -> None:
        self.progress(min(done, self.head.size), self.head.size)

    def _alone(self, *, balances: bool) -> tuple[list[bytes], rotation.Keys | None]:
        """Leaf hashes, and keys (None of a damaged log); names what is wrong up to level 0."""
        chain = Chain(self.head.origin, balances=balances)
        bundles: list[Bundle] = []
        while (entries := self.files.entries(len(bundles), self.report.wrong)) is not None:
            n = len(bundles)
            bundle = self.files.bundle(n, entries, self.report.wrong)
            chain.follow(entries, bundle, n * self.width)
            check_disclosures(self.files.source, chain, n, self.width)
            bundles.append(bundle)
            self._tell(chain.count)
        leaves = self._truth(bundles)
        damaged = self._compare(bundles, leaves)
        self.report.damage += chain.findings(before=damaged)
        if balances:
            self.report.holdings = len(chain.holdings)
        return leaves, chain.keys if damaged >= self.head.size else None

    def _check_signer(self, keys: rotation.Keys) -> None:
        report = self.report
        assert report.rules is not None
        if wrong := lineage.wrong_signer(keys, report.rules, self.head, report.note):
            report.wrong("checkpoint", wrong)
        report.keys = list(dict.fromkeys([*report.keys, *keys.keys]))

    def _truth(self, bundles: list[Bundle]) -> list[bytes]:
        """The leaf hashes that lead to the signed root; those of the bundles if none do."""
        size, first, second = self.head.size, list[bytes](), list[bytes]()
        for bundle in bundles:
            said, tiled = bundle.said, bundle.tiled
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
            said, tiled = bundle.said, bundle.tiled
            above = max(self._upper(1, n // self.width, 0).values(), key=len, default=[])
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
            right = leaves[start : start + self.width]
            for path, hashes in bundle.entries.items():
                wrong = self._differs(path, hashes, right)
                if wrong is not None or not hashes:
                    damaged = min(damaged, start + (wrong or 0))
            if not bundle.entries:
                damaged = min(damaged, start)
            for path, hashes in bundle.hashes.items():
                self._differs(path, hashes, right)
        return damaged

    def _differs(self, path: str, said: Sequence[bytes], right: Sequence[bytes]) -> int | None:
        if said == right[: len(said)]:
            return None
        for place, (mine, true) in enumerate(zip(said, right, strict=False)):
            if mine != true:
                tile = tiles.parse_path(path, self.width)
                first = tile.n * self.width if tile and tile.level <= 0 else None
                entry = None if first is None else first + place
                self.report.wrong(path, f"hash {place} is not the log's", entry)
                return place
        self.report.wrong(path, "goes beyond the entries")
        return len(right)

    def _upper(self, level: int, n: int, needed: int) -> dict[str, list[bytes]]:
        return self.files.load(level, n, needed, tiles.unpack, self.report.wrong)

    def _check_upper(self, leaves: list[bytes]) -> None:
        """The tiles of level 1, 2, ...: each hash from its children."""
        row, level = leaves, 0
        highest = max(self.files.levels())
        while len(row) >= self.width or level < highest:
            level += 1
            full = len(row) // self.width
            row = [tree.perfect(row[i * self.width : (i + 1) * self.width]) for i in range(full)]
            count = self.head.size // self.width**level
            for n in sorted(self.files.numbers(level) | set(range(-(-count // self.width)))):
                start = n * self.width
                needed = min(count - start, self.width)
                for path, hashes in self._upper(level, n, needed).items():
                    # of a full tile in place of a partial one, what came later says nothing here
                    shown = hashes if self.files.known is not None else hashes[:needed]
                    self._differs(path, shown, row[start : start + self.width])
