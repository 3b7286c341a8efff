"""On a mirror: the published copies of another portal, each taken only if it has its sealed digest.

The thumbnails' digests are not sealed: the mirror makes its own from the copies.
"""

import hashlib
from collections.abc import Iterable

from django.conf import settings

import ledger.api as ledger
from ledger.verify.sources import Address, Unreachable
from portal.evidence import boxes
from portal.evidence.commands import COPY, PUBLISH
from portal.evidence.limits import Unfit
from portal.evidence.making import copied
from portal.evidence.models import File, Stage, State
from portal.evidence.sniffing import PDF


def fetch_all() -> int:
    """Bring files and rows up to what is disclosed now; how many copies came. Safe to repeat.

    What cannot be fetched, or is not what was sealed, is a row that says so; the next round asks
    again.
    """
    shown = ledger.named(COPY)
    rows = {row.published: row for row in File.objects.exclude(published="")}
    for uid, row in rows.items():
        if uid not in shown:
            _forget(row)
    wanted = [uid for uid in shown if uid not in rows or rows[uid].state != State.GOOD]
    indexes = ledger.index_of(wanted)
    entries = {entry.uid: entry for entry in ledger.entries_at(indexes.values())}
    return sum(_fetch(entries[uid], shown[uid], rows.get(uid)) for uid in indexes)


def _fetch(entry: ledger.Entry, sha256: str, row: File | None) -> bool:
    told = entry.body["data"]
    if entry.body["type"] != PUBLISH:
        return False
    row = row or File(
        code=entry.body["case"],
        stage=Stage.PUBLISHED,
        shows=told["shows"],
        media=told["media"],
        size=0,
        repeats="",
        copy_sha256=sha256,
        who="",
        role=told["actor_role"],
        org=told["actor_org"],
        at=told["recorded_at"],
        uid="",
        published=entry.uid,
    )
    data = _read(sha256)
    if data is None or hashlib.sha256(data).hexdigest() != sha256:
        row.state = State.LOST if data is None else State.WRONG
    else:
        row.size, row.state = len(data), State.GOOD
        boxes.put(boxes.PUBLIC, data)
        row.thumb_sha256 = _thumb(data, row.media)
    row.save()
    return row.state == State.GOOD


def _read(sha256: str) -> bytes | None:
    try:
        return Address(f"{settings.MIRROR_OF}/files").read(sha256)
    except Unreachable:
        return None


def _thumb(data: bytes, media: str) -> str:
    """Its digest; of a paper, or of a picture that does not open, none."""
    if media == PDF:
        return ""
    try:
        thumb = copied(data, "image/jpeg").thumb
    except Unfit:
        return ""
    return boxes.put(boxes.PUBLIC, thumb) if thumb else ""


def _forget(row: File) -> None:
    """It was withdrawn or erased: the bytes go, unless another published file has the same."""
    digests, pk = {row.copy_sha256, row.thumb_sha256} - {""}, row.pk
    row.delete()
    for sha256 in _of_nobody(digests, but=pk):
        boxes.drop(boxes.PUBLIC, sha256)


def _of_nobody(digests: Iterable[str], *, but: int) -> set[str]:
    others = File.objects.exclude(pk=but).values_list("copy_sha256", "thumb_sha256")
    return set(digests) - {digest for pair in others for digest in pair}
