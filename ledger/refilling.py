"""The ledger's tables from verified files: entries, case numbers, tile hashes, checkpoint, values.

Everything happens in the caller's transaction, with the append-only triggers lifted there and
back before it commits. Other bytes than those verified lead to another root and are refused.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Min

from ledger import bulk, reading, triggers, vault
from ledger.core import canonical, commitments, leaf, notes, policy, rotation, tiles, tree
from ledger.failpoints import fp
from ledger.models import (
    NAMED,
    CaseCount,
    CaseNumber,
    Cosignature,
    Disclosure,
    Erased,
    Head,
    Intent,
    SealedEntry,
    StoredCheckpoint,
    TileHash,
)
from ledger.verify.sources import Source

AT_ONCE = 2000
REFILLED = (SealedEntry, CaseNumber, CaseCount, TileHash)


def entries(source: Source, size: int, width: int, *, start: int = 0) -> Iterator[bytes]:
    """The entries from `start` below `size`, from full bundles and the newest partial one."""
    for n in range(start // width, -(-size // width)):
        part = min(width, size - n * width)
        for found in (part, width, *range(part + 1, width)):
            data = source.read(tiles.path(tiles.Tile(tiles.ENTRIES, n, found), width))
            if data is not None:
                yield from tiles.unbundle(data, found)[max(start - n * width, 0) : part]
                break


def surplus(leaves: list[bytes]) -> list[dict[str, Any]]:
    """What this database sealed otherwise than the files: whole entries only, in order."""
    start, found = 0, []
    for index, _uid, stored, entry in reading.all_sealed():
        if 0 <= index < len(leaves) and stored == leaves[index] and index == start:
            start += 1
        elif tree.leaf_hash(entry) == stored:
            found.append(canonical.parse(entry))
    return found


class Tables:
    """Refills the tables entry by entry; afterwards it knows what the head must be."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.frontier, self.last, self.at = tree.Frontier(), tree.EMPTY, ""
        self.counts: dict[str, int] = {}
        self.keys, self.receipt_vkey = rotation.Keys(), ""

    def refill(self, found: Iterable[bytes]) -> None:
        triggers.drop(connection)  # a rollback brings them back
        for model in REFILLED:
            model._default_manager.all().delete()
        fp("rebuild.emptied")
        self.append(found)
        triggers.create(connection)
        fp("rebuild.refilled")

    def append(self, found: Iterable[bytes]) -> None:
        """Add these entries after those that are there."""
        entries = iter(found)
        while chunk := list(islice(entries, AT_ONCE)):
            self._insert(chunk)
            fp("rebuild.entries")
        bulk.upsert(CaseCount, sorted(self.counts.items()))

    def resume(self, head: Head) -> int:
        """Go on after what this head says is there; its size."""
        self.frontier = tree.Frontier.decode(head.size, bytes(head.frontier))
        self.last, self.at = bytes(head.last), head.at
        vkeys = [head.vkey, *head.retired.split()]
        keys = [notes.parse_vkey(vkey) for vkey in reversed(vkeys)]
        self.keys = rotation.Keys(keys, [0] * len(keys))
        self.receipt_vkey = head.receipt_vkey
        return head.size

    def write(self, head: Head) -> None:
        """The one row as these entries give it."""
        head.vkey, head.retired = self.keys.current, self.keys.retired
        head.receipt_vkey = self.receipt_vkey
        head.size, head.root = self.frontier.size, self.frontier.root()
        head.frontier, head.last, head.at = self.frontier.encode(), self.last, self.at
        head.save()

    def _insert(self, chunk: Iterable[bytes]) -> None:
        sealed, cases, hashes = bulk.Rows(), bulk.Rows(), bulk.Rows()
        for entry in chunk:
            index, body = self.frontier.size, json.loads(entry)
            self.keys.follow(body)
            if index == 0:
                self.receipt_vkey = str(body["data"].get("receipt_vkey", ""))
            self.last, self.at = tree.leaf_hash(entry), body["at"]
            sealed.append((index, body["uid"], self.last, entry))
            for code, n in body["cases"]:
                cases.append((code, n, index))
                self.counts[code] = n + 1
            done = self.frontier.append(self.last)
            for height, level in tiles.completed(done, self.frontier.size, self.width):
                hashes.append((level, (self.frontier.size >> height) - 1, done[height]))
        bulk.insert(SealedEntry, sealed)
        bulk.insert(CaseNumber, cases)
        bulk.insert(TileHash, hashes)


def cosignatures(note: bytes, size: int, rules: policy.Policy) -> None:
    """Keep the lines of the policy's witnesses under the published note; all were verified."""
    text, signatures = notes.parse_note(note)
    by_id = {(key.name, key.id): (name, key) for name, key in rules.witnesses.items()}
    for signed in signatures:
        name, key = by_id.get((signed.name, signed.id), ("", None))
        if key is not None and (at := key.verify(text, signed.signature)) is not None:
            row = {"size": size, "witness": name, "at": at}
            Cosignature.objects.get_or_create(**row, defaults={"line": signed.line()})


def contradicted(tables: Tables) -> StoredCheckpoint | None:
    """A stored checkpoint of ours that the refilled tree does not contain."""
    for row in StoredCheckpoint.objects.order_by("size"):
        signed = notes.parse_checkpoint(notes.parse_note(row.note.encode())[0])
        if signed.size > tables.frontier.size:
            return row
        if reading.frontier(signed.size, width=tables.width).root() != signed.root:
            return row
    return None


def values(source: Source, size: int, width: int, *, at: datetime) -> tuple[int, int]:
    """Make the named values those that the files list; (how many came, how many went)."""
    came = went = 0
    for n in range(-(-size // width)):
        data = source.read(f"disclosures/{tiles.number(n)}")
        listed = canonical.parse(data.removesuffix(b"\n"))["disclosures"] if data else []
        rows = SealedEntry.objects.filter(idx__gte=n * width, idx__lt=(n + 1) * width)
        uids = dict(rows.values_list("idx", "uid"))
        wanted = {(uids[seq], commitments.digest(text)): text for seq, text in listed}
        have = Disclosure.objects.filter(uid__in=list(uids.values()))
        known = {(row.uid, row.digest): row.sort for row in have}
        gone = [row for row in have if row.sort == NAMED and (row.uid, row.digest) not in wanted]
        went += len(gone)
        _erase(gone, at)
        new = [_disclosure(*key, text) for key, text in wanted.items() if key not in known]
        came += len(Disclosure.objects.bulk_create(new))
    return came, went


def _erase(rows: list[Disclosure], at: datetime) -> None:
    """They were erased, or made private, since this copy of the database."""
    for row in rows:
        Disclosure.objects.filter(uid=row.uid, digest=row.digest).delete()
        Erased.objects.get_or_create(uid=row.uid, name=row.name, defaults={"at": at})


def _disclosure(uid: str, digest: str, text: str) -> Disclosure:
    name = commitments.read(text)[1]
    enc = vault.close(uid, digest, NAMED, text)
    return Disclosure(uid=uid, digest=digest, sort=NAMED, name=name, disclosure_enc=enc)


def outbox(lost: list[dict[str, Any]]) -> int:
    """Sealed events go back to the outbox, before all that waits; what is sealed leaves it.

    Ids below all others keep the order: what waited was written after what was sealed.
    """
    sealed = SealedEntry.objects.values("uid")
    Intent.objects.filter(uid__in=sealed).delete()
    found = SealedEntry.objects.filter(uid__in=[body["uid"] for body in lost])
    again = set(found.values_list("uid", flat=True))
    back = [body for body in lost if body["uid"] not in again]
    lowest = min(Intent.objects.aggregate(lowest=Min("id"))["lowest"] or 1, 1)
    Intent.objects.bulk_create(
        _intent(body, lowest - len(back) + place) for place, body in enumerate(back)
    )
    return len(back)


def _intent(body: dict[str, Any], place: int) -> Intent:
    return Intent(
        id=place,
        uid=body["uid"],
        type=body["type"],
        case=body["case"],
        codes=canonical.text([code for code, _n in body["cases"]]),
        data=canonical.text(body["data"]),
        sd=canonical.text(body["_sd"]),
        corrects=body.get("corrects", ""),
        by=body.get("by", ""),
        sig=body.get("sig", ""),
        created_at=leaf.parse_time(body["data"]["recorded_at"]),
    )
