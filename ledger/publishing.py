"""Publishing: plain files under LEDGER_DIR, `checkpoint` last.

    checkpoint  policy  receipt.vkey
    tile/<L>/<N>[.p/<W>]  tile/entries/<N>[.p/<W>]  disclosures/<N>
    anchor/<size>.note  anchor/<size>.tsr          by anchoring.py

One publisher at a time (file lock). Every entry read is hashed again against its leaf hash, every
tile hash against the tile below, and the root against the signed one, before the checkpoint goes
out. The same path has the same bytes for ever, but for checkpoint, policy and disclosures; a
smaller checkpoint never replaces a larger one.

disclosures/<N> (N as in tiles) holds the named values of bundle N that still exist, canonical
JSON and LF: {"bundle":N,"disclosures":[[<seq>,"<disclosure>"],...],"v":1}, sorted. It is written
again when they change, and goes when none is left.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from ledger import cosigned, durable, guarding, reading, signing, vault, witnessing
from ledger.core import canonical, notes, tiles, tree
from ledger.failpoints import fp
from ledger.models import NAMED, Disclosure, Head, SealedEntry

SCRATCH = ".new"


class Damaged(RuntimeError):
    """What is stored, or was published, is not what was sealed; nothing is published over it."""


def sign_and_publish(
    *,
    at: datetime,
    width: int = tiles.WIDTH,
    patience: float = witnessing.PATIENCE,
    everything: bool = False,
) -> int:
    """One round: sign the head if it may be signed, ask the witnesses, publish what the quorum has
    cosigned. The published size."""
    signing.sign(at=at, width=width)
    witnessing.cosign(at=at, width=width, patience=patience)
    return publish(width=width, everything=everything)


def folder() -> Path:
    return Path(settings.LEDGER_DIR)


@contextmanager
def publisher() -> Iterator[None]:
    """The publish lock, beside the folder: the folder holds public files only."""
    with durable.locked(folder().with_name(folder().name + ".lock")):
        fp("publish.locked")
        yield


def publish(*, width: int = tiles.WIDTH, everything: bool = False) -> int:
    """Publish the newest checkpoint that the quorum has cosigned, with all its lines; idempotent.

    Without a quorum the public checkpoint stays as it is. `everything`: compare all files, not
    only the new.
    """
    with publisher():
        try:
            head = reading.head()
        except reading.NoLog:
            return 0
        log = reading.log_keys(head)
        public = guarding.published_checkpoint(*log)
        known = public.size if public else 0
        found = cosigned.newest_met(cosigned.demanded(head), since=known)
        if found is None:  # no quorum yet, an older database, or a slower publisher
            clear_scratch()
            return known
        stored, note = found
        checkpoint, _ = notes.open_signed(stored.note.encode(), log)
        if everything or public is None or known < checkpoint.size or not _is_public(head, note):
            _write_files(head, note, checkpoint, 0 if everything else known, width)
        clear_scratch()
        fp("publish.cleared")
        return checkpoint.size


def _is_public(head: Head, note: bytes) -> bool:
    """Whether policy and checkpoint, the files that change, are these."""
    wanted = {"policy": cosigned.policy_text(head, note), "checkpoint": note}
    files = {name: folder() / name for name in wanted}
    return all(file.exists() and file.read_bytes() == wanted[n] for n, file in files.items())


def _write_files(
    head: Head, note: bytes, checkpoint: notes.Checkpoint, done: int, width: int
) -> None:
    for tile in tiles.of_size(done, checkpoint.size, width):
        if tile.level == tiles.ENTRIES:
            write_once(tiles.path(tile, width), bundle_bytes(tile, head.origin, width))
            fp("publish.bundle")
        else:
            write_once(tiles.path(tile, width), tile_bytes(tile, done, width))
            fp("publish.tile")
    fp("publish.tiles")
    if reading.frontier(checkpoint.size, width=width).root() != checkpoint.root:
        raise Damaged(f"the stored tree of size {checkpoint.size} has not the signed root")
    fp("publish.rooted")
    for n in range(done // width, -(-checkpoint.size // width)):
        write_disclosures(n, size=checkpoint.size, width=width)
        fp("publish.disclosure")
    fp("publish.disclosures")
    if head.receipt_vkey:
        write_once("receipt.vkey", f"{head.receipt_vkey}\n".encode())
    fp("publish.receipt")
    write_over("policy", cosigned.policy_text(head, note))
    fp("publish.policy")
    fp("publish.checkpoint")
    write_over("checkpoint", note)
    fp("publish.published")


def bundle_bytes(tile: tiles.Tile, origin: str, width: int) -> bytes:
    """The bundle from the stored entries, each hashed again."""
    start = tile.n * width
    entries = []
    for index, _uid, leaf, entry in reading.sealed(start, start + tile.width):
        if tree.leaf_hash(entry) != leaf:
            raise Damaged(f"entry {index} of {origin} does not have its leaf hash")
        entries.append(entry)
    if len(entries) != tile.width:
        raise Damaged(f"entries are missing in {start} to {start + tile.width}")
    return tiles.bundle(entries)


def tile_bytes(tile: tiles.Tile, done: int, width: int) -> bytes:
    """The tile from the stored hashes; those that are new since size `done` from their children."""
    start = tile.n * width
    row = reading.hashes(tile.level, start, start + tile.width)
    if len(row) != tile.width:
        raise Damaged(f"hashes of level {tile.level} are missing")
    if tile.level:
        for n in range(max(start, done // width**tile.level), start + tile.width):
            below = reading.hashes(tile.level - 1, n * width, (n + 1) * width)
            if len(below) != width or tree.perfect(below) != row[n - start]:
                raise Damaged(f"hash {n} of level {tile.level} is not that of its children")
    return b"".join(row)


def disclosures_bytes(n: int, *, size: int, width: int = tiles.WIDTH) -> bytes:
    """The named values of bundle n below `size` that still exist; empty if there are none."""
    stop = min((n + 1) * width, size)
    entries = SealedEntry.objects.filter(idx__gte=n * width, idx__lt=stop)
    index = dict(entries.values_list("uid", "idx"))
    found = []
    for row in Disclosure.objects.filter(uid__in=list(index), sort=NAMED):
        sort, text = vault.open_(row.uid, row.digest, bytes(row.disclosure_enc))
        if sort != NAMED:
            raise Damaged(f"a disclosure of entry {index[row.uid]} is not named")
        found.append([index[row.uid], text])
    if not found:
        return b""
    return canonical.encode({"bundle": n, "disclosures": sorted(found), "v": 1}) + b"\n"


def named_uids() -> QuerySet[Disclosure, str]:
    """The uids of events with named values, as a subquery."""
    return Disclosure.objects.filter(sort=NAMED).values_list("uid", flat=True)


def write_disclosures(n: int, *, size: int, width: int = tiles.WIDTH) -> None:
    """Bring disclosures/<n> up to date, or remove it."""
    path = f"disclosures/{tiles.number(n)}"
    if data := disclosures_bytes(n, size=size, width=width):
        write_over(path, data)
    else:
        (folder() / path).unlink(missing_ok=True)


def write_once(path: str, data: bytes) -> None:
    """A file that never changes: refuses (Damaged) to put other bytes in its place."""
    target = folder() / path
    try:
        old = target.read_bytes()
    except FileNotFoundError:
        write_over(path, data)
        return
    if old != data:
        raise Damaged(f"{path} is already published with other bytes")


def write_over(path: str, data: bytes) -> None:
    target, scratch = folder() / path, folder() / SCRATCH
    if target.exists() and target.read_bytes() == data:
        return
    durable.make_folder(scratch)
    durable.write(target, data, scratch=scratch)


def clear_scratch() -> None:
    """What a killed publisher left: temporary files, never public."""
    scratch = folder() / SCRATCH
    if scratch.is_dir():
        for left in scratch.iterdir():
            left.unlink()
        scratch.rmdir()
