"""The chain of entries: what each must say in its place, and what disclosures must open."""

from typing import Any

from ledger.core import canonical, commitments, leaf, postings, rotation, tiles, tree
from ledger.verify.files import Bundle, Taken
from ledger.verify.sources import Source


class Chain:
    """Follows the entries bundle by bundle, and keeps what it finds."""

    def __init__(self, origin: str, *, balances: bool) -> None:
        self.origin, self.balances = origin, balances
        self.prev, self.at = tree.EMPTY, ""
        self.uids: set[bytes] = set()
        self.counts: dict[str, int] = {}
        self.holdings: dict[postings.Key, int] = {}
        self.digests: dict[int, list[str]] = {}  # of the newest bundle
        self.keys = rotation.Keys()
        self.count = 0
        self._found: list[tuple[int, dict[str, Any]]] = []

    def findings(self, *, before: int) -> list[dict[str, Any]]:
        """What is wrong with entries; of those after a damaged one nothing can be said."""
        return [found for needed, found in self._found if needed <= before]

    def wrong(self, file: str, entry: int | None, reason: str, *, needed: int) -> None:
        """`needed`: how many entries must be undamaged for this to be true."""
        self._found.append((needed, {"file": file, "entry": entry, "reason": reason}))

    def follow(self, entries: Taken, bundle: Bundle, start: int) -> None:
        self.digests = {}
        if not entries:
            return
        path = max(entries, key=lambda path: len(entries[path]))
        hashes = bundle.entries[path]
        for index, (entry, hashed) in enumerate(zip(entries[path], hashes, strict=True), start):
            try:
                body = leaf.validate(
                    entry, log=self.origin, seq=index, prev=self.prev, last_at=self.at
                )
                self._count(index, body)
            except (leaf.BadLeaf, postings.Short, rotation.WrongRotation) as error:
                self.wrong(path, index, str(error), needed=index)
            self.prev = hashed
            self.count = index + 1

    def _count(self, index: int, body: dict[str, Any]) -> None:
        self.at = body["at"]
        self.digests[index] = body["_sd"]
        uid = bytes.fromhex(body["uid"])
        if uid in self.uids:
            raise leaf.BadLeaf("uid", "was sealed before")
        self.uids.add(uid)
        leaf.number_cases(body, self.counts)
        self._follow_keys(body)
        if self.balances and "postings" in body["data"]:
            rows = [postings.Posting.from_json(row) for row in body["data"]["postings"]]
            postings.apply(self.holdings, rows)

    def _follow_keys(self, body: dict[str, Any]) -> None:
        self.keys.follow(body)


def check_disclosures(source: Source, chain: Chain, n: int, width: int) -> None:
    """Each value listed for bundle n opens a digest of its entry."""
    path = f"disclosures/{tiles.number(n)}"
    data = source.read(path)
    if data is None:
        return
    try:
        _open_all(data, chain, n)
    except ValueError as error:
        chain.wrong(path, None, str(error), needed=n * width + width)


def _open_all(data: bytes, chain: Chain, n: int) -> None:
    listed = canonical.parse(data.removesuffix(b"\n"))
    match listed:
        case {"bundle": bundle, "disclosures": list(rows), "v": 1, **rest}:
            if bundle != n or rest or not data.endswith(b"\n") or rows != sorted(rows):
                raise ValueError("is not the list of this bundle")
        case _:
            raise ValueError("is not a list of disclosures")
    for row in rows:
        match row:
            case [int(seq), str(text)]:
                commitments.read(text)
                if commitments.digest(text) not in chain.digests.get(seq, ()):
                    raise ValueError(f"a value is not that of entry {seq}")
            case _:
                raise ValueError("is not a list of [seq, disclosure]")
