"""The part of fsck outside the tables: signer's memory, keys, published files byte by byte."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Max

from ledger import anchoring, cosigned, publishing, reading, receipts, signer, vault
from ledger.core import notes, policy, rotation, tiles, tree
from ledger.models import Cosignature, Head, SealedEntry, StoredCheckpoint
from ledger.verify.sources import Folder

PROMISE = timedelta(seconds=60)  # a signed checkpoint is public by then


def _difference(table: str, index: object, field: str, reason: str) -> dict[str, Any]:
    return {"table": table, "index": index, "field": field, "reason": reason}


def memory(head: Head, leaves: list[bytes]) -> Iterator[dict[str, Any]]:
    """The signer's memory is a part of the log; its keys are the log's."""
    ours = signer.signer()
    name = ours.state_file.name if isinstance(ours, signer.Signer) else "signer"
    try:
        state = ours.state(head.origin)
        if isinstance(ours, signer.Signer) and (wrong := _own_file(head, ours)):
            yield _difference("signer", name, wrong, "is not as the signer writes it")
        if state.size > len(leaves) or state.root() != tree.root(leaves[: state.size]):
            yield _difference("signer", name, "root", f"is not that of our first {state.size}")
    except signer.SignerRefused as refusal:
        yield _difference("signer", name, "state", str(refusal))
    if not isinstance(ours, signer.Signer) or ours.key_file.exists():
        yield from _keys(head, ours)
    yield from _receipt_key(head)


def _own_file(head: Head, ours: signer.Signer) -> str:
    states = ours.states()
    if ours.state_file.read_bytes() != signer.state_bytes(states):
        return "bytes"
    known = (head.vkey, *rotation.split(head.retired))
    return "" if states[head.origin].vkey in known else "vkey"


def _keys(head: Head, ours: signer.AnySigner) -> Iterator[dict[str, Any]]:
    """Only where the keys are: who serves pages has none. Two sign while one takes over."""
    log = [head.vkey, *rotation.split(head.retired)]
    try:
        held = ours.keys(head.origin)
    except signer.SignerRefused as error:
        yield _difference("key", "log.key", "key", str(error))
        return
    handed_on = held.prepared == head.vkey and held.signing == log[1:2]  # adopted by `sign`
    if held.signing not in (log[:1], log[:2]) and not handed_on:
        yield _difference("key", "log.key", "key", "is not the log's")


def _receipt_key(head: Head) -> Iterator[dict[str, Any]]:
    try:
        if receipts.read_key(head.origin).verifier.vkey != head.receipt_vkey and head.receipt_vkey:
            yield _difference("key", "receipt.key", "key", "is not the one that entry 0 names")
    except FileNotFoundError:
        return  # who publishes need not have it
    except (notes.WrongNote, ValueError) as error:
        yield _difference("key", "receipt.key", "key", str(error))


def files(
    head: Head, leaves: list[bytes], rules: policy.Policy, *, at: datetime, width: int
) -> Iterator[dict[str, Any]]:
    """Every file of LEDGER_DIR is what the tables give, none is missing, none is unknown."""
    folder = publishing.folder()
    source = Folder(folder) if folder.is_dir() else None
    present = set(source.paths()) if source else set()
    anchors = dict(anchoring.files())
    met = cosigned.newest_met(rules)
    newest, size = met[0] if met else None, 0
    for path in sorted(present):
        assert source is not None
        data = source.read(path)
        if path == "checkpoint":
            size, found = _published(rules, data or b"", newest, at)
            yield from found
        elif path == "policy":
            rights = _policies(head, [source.read("checkpoint") or b"", met[1] if met else b""])
            if data not in rights:
                yield _difference("file", path, "bytes", _wrong(data, rights[0]))
        elif path.startswith("disclosures/"):
            sizes = {size, newest.size if newest else 0}  # a killed publisher is between the two
            rights = [_right_disclosures(path, one, width) for one in sorted(sizes)]
            if data not in rights:
                yield _difference("file", path, "bytes", _wrong(data, rights[0]))
        elif path in anchors:
            if data != anchors[path]:
                yield _difference("file", path, "bytes", _wrong(data, anchors[path]))
        elif data != (right := _right(path, head, len(leaves), width)):
            yield _difference("file", path, "bytes", _wrong(data, right))
    if newest and "checkpoint" not in present and _since(newest) + PROMISE < at:
        yield _difference("file", "checkpoint", "bytes", "is missing")
    if size:
        wanted = {tiles.path(tile, width) for tile in tiles.of_size(0, size, width)}
        wanted |= {"policy"} | _listed(size, width)
        wanted |= anchors.keys()
        wanted |= {"receipt.vkey"} if head.receipt_vkey else set()
        for path in sorted(wanted - present):
            yield _difference("file", path, "bytes", "is missing")


def _published(
    rules: policy.Policy, data: bytes, newest: StoredCheckpoint | None, at: datetime
) -> tuple[int, list[dict[str, Any]]]:
    """The published size, and whether it is one of ours with the quorum and not too old."""
    stored = cosigned.stored_of(data, rules)
    if stored is None or newest is None:
        reason = "is no checkpoint that was stored, or the quorum has not signed it"
        return (newest.size if newest else 0), [_difference("file", "checkpoint", "bytes", reason)]
    if stored.size < newest.size and _since(newest) + PROMISE < at:
        reason = f"says {stored.size}, {newest.size} was witnessed more than 60 s ago"
        return stored.size, [_difference("file", "checkpoint", "bytes", reason)]
    return stored.size, []


def _since(stored: StoredCheckpoint) -> datetime:
    """When it could be published: signed, and the last of its cosignatures there."""
    last = Cosignature.objects.filter(size=stored.size).aggregate(last=Max("at"))["last"] or 0
    return max(stored.signed_at, datetime.fromtimestamp(last, UTC))


def _right(path: str, head: Head, size: int, width: int) -> bytes | None:
    """What the tables give for a path; None if no such file belongs there."""
    if path == "receipt.vkey":
        return f"{head.receipt_vkey}\n".encode() if head.receipt_vkey else None
    tile = tiles.parse_path(path, width)
    unit = width ** max(tile.level, 0) if tile else 1
    if tile is None or (tile.n * width + tile.width) * unit > size:
        return None
    start = tile.n * width
    if tile.level != tiles.ENTRIES:
        return b"".join(reading.hashes(tile.level, start, start + tile.width))
    return tiles.bundle([entry for *_, entry in reading.sealed(start, start + tile.width)])


def _policies(head: Head, shown: list[bytes]) -> list[bytes | None]:
    """Those that may be published with these notes: a killed publisher is between the two."""
    found = list[bytes | None]()
    for note in shown:
        try:
            found.append(cosigned.policy_text(head, note))
        except (policy.WrongPolicy, notes.WrongNote):
            continue  # the operator's file, or the checkpoint, is named itself
    return found or [None]


def _right_disclosures(path: str, size: int, width: int) -> bytes | None:
    tile = tiles.parse_path(path.replace("disclosures", "tile/0", 1), width)
    if tile is None or tile.width < width:
        return None
    try:
        return publishing.disclosures_bytes(tile.n, size=size, width=width) or None
    except (vault.Sealed, publishing.Damaged):
        return None  # its rows are named themselves


def _listed(size: int, width: int) -> set[str]:
    """The disclosure files that must be there."""
    uids = publishing.named_uids()
    indexes = SealedEntry.objects.filter(uid__in=uids, idx__lt=size).values_list("idx", flat=True)
    return {f"disclosures/{tiles.number(index // width)}" for index in indexes}


def _wrong(data: bytes | None, right: bytes | None) -> str:
    return "is no file of a log" if right is None else _where(data or b"", right)


def _where(data: bytes, right: bytes) -> str:
    place = next(
        (i for i, (a, b) in enumerate(zip(data, right, strict=False)) if a != b),
        min(len(data), len(right)),
    )
    return f"differs from the tables at byte {place}"
