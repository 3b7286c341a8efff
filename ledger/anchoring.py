"""Anchors: a foreign authority's time stamp (RFC 3161) of a published checkpoint.

It shows when a checkpoint was there, whatever the log's own keys and clock do later. Asked for the
newest published checkpoint; an answer is kept only if it verifies (nonce, imprint, chain to
ANCHOR_CA_FILE). Published as anchor/<size>.note and anchor/<size>.tsr, once and for ever.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from django.conf import settings

from ledger import asking, guarding, history, publishing, reading
from ledger.core import notes, stamps, tree
from ledger.failpoints import fp
from ledger.models import Anchor, StoredCheckpoint
from ledger.verify import stamping
from ledger.verify.sources import Source

RFC3161 = "rfc3161"
HOURLY = timedelta(minutes=59)
SECONDS = 20.0
QUERY = "application/timestamp-query"


class NotAnchored(RuntimeError):
    """There is no stamp; the text says why and what to do."""


def anchor(*, at: datetime, every: timedelta | None = None) -> Anchor | None:
    """Stamp the newest published checkpoint; None where there is nothing new to stamp.

    `every`: nothing, if the last stamp is younger. Safe to repeat; what a killed run left
    unpublished is published first.
    """
    publish()
    public = guarding.published_checkpoint(*reading.log_keys(reading.head()))
    if not settings.ANCHOR_URL or public is None:
        return None
    stored = StoredCheckpoint.objects.filter(size=public.size).first()
    recent = Anchor.objects.filter(at__gt=at - every).exists() if every else False
    if stored is None or recent or Anchor.objects.filter(size=public.size).exists():
        return None
    token, time = _ask(stored.note.encode())
    fp("anchor.asked")
    row = Anchor.objects.create(
        size=stored.size, kind=RFC3161, note=stored.note, token=token, at=time
    )
    fp("anchor.stored")
    publish()
    return row


def scheduled(*, at: datetime) -> None:
    """Once an hour, with a line in the journal."""
    try:
        made = anchor(at=at, every=HOURLY)
    except NotAnchored as error:
        history.write(history.ANCHOR, at=at, good=False, text=str(error))
        return
    if made:
        history.write(history.ANCHOR, at=at, good=True, text=f"{made.size} entries at {made.at}")


def trusted() -> list[x509.Certificate]:
    try:
        return stamping.certificates(Path(settings.ANCHOR_CA_FILE).read_bytes())
    except (OSError, stamping.WrongStamp) as error:
        raise NotAnchored(f"ANCHOR_CA_FILE cannot be read: {error}") from error


def _ask(note: bytes) -> tuple[bytes, datetime]:
    """(stamp, its time): asked of ANCHOR_URL, and verified."""
    roots, asked = trusted(), stamping.request(note)
    body = asked.as_bytes()
    reply = asking.send(settings.ANCHOR_URL, body, seconds=SECONDS, content_type=QUERY)
    if reply.status != 200:
        said = reply.reason or f"status {reply.status}"
        raise NotAnchored(f"{settings.ANCHOR_URL} gave no time stamp ({said}): asked again later")
    try:
        return reply.body, stamping.verify(reply.body, note, roots, asked)
    except stamping.WrongStamp as error:
        raise NotAnchored(f"the stamp of {settings.ANCHOR_URL} does not hold: {error}") from error


def files() -> Iterator[tuple[str, bytes]]:
    """(path, bytes) of every anchor, the note first."""
    for row in Anchor.objects.order_by("size", "kind"):
        yield f"anchor/{row.size}.note", row.note.encode()
        yield f"anchor/{row.size}.tsr", bytes(row.token)


def publish() -> None:
    """Every anchor's files."""
    with publishing.publisher():
        for path, data in files():
            publishing.write_once(path, data)
            fp("anchor.file")


def differences(log: list[notes.Verifier], leaves: list[bytes]) -> Iterator[dict[str, Any]]:
    """Columns of anchors that do not follow from the entries and the log's keys: for fsck."""
    frontier = tree.Frontier()
    for row in Anchor.objects.order_by("at", "size"):
        for name, reason in _wrong(row, log, leaves, frontier):
            yield {"table": "ledger_anchor", "index": row.size, "field": name, "reason": reason}


def _wrong(
    row: Anchor, log: list[notes.Verifier], leaves: list[bytes], frontier: tree.Frontier
) -> Iterator[tuple[str, str]]:
    """`frontier` goes along: anchors come in the order of their time, and so of their size."""
    if row.kind != RFC3161:
        yield "kind", f"is {row.kind}"
    try:
        signed, _ = notes.open_signed(row.note.encode(), log)
    except notes.WrongNote as error:
        yield "note", str(error)
        return
    for hashed in leaves[frontier.size : signed.size]:
        frontier.append(hashed)
    same = frontier.size == signed.size
    root = frontier.root() if same else tree.root(leaves[: signed.size])
    if signed.size > len(leaves) or signed.root != root:
        yield "note", "the entries do not have the root that was stamped"
    if signed.size != row.size:
        yield "size", f"the note says {signed.size}"
    yield from _wrong_stamp(row)


def _wrong_stamp(row: Anchor) -> Iterator[tuple[str, str]]:
    token, note = bytes(row.token), row.note.encode()
    try:
        time = stamping.time_of(token)
        if settings.ANCHOR_CA_FILE:
            stamping.verify(token, note, trusted())
    except stamping.WrongStamp as error:
        yield "token", str(error)
        return
    except NotAnchored as error:
        yield "token", f"cannot be checked: {error}"
        return
    if not stamps.is_about(token, note):
        yield "token", "is not for the note"
    if time != row.at:
        yield "at", f"the stamp says {time}"


def refill(source: Source) -> int:
    """After a rebuild: the anchors that the files have; those that do not hold stay out."""
    log, made = reading.log_keys(reading.head()), 0
    for path in source.paths() or []:
        size = path.removeprefix("anchor/").removesuffix(".tsr")
        if path != f"anchor/{size}.tsr" or not size.isdigit():
            continue
        note, token = source.read(f"anchor/{size}.note") or b"", source.read(path) or b""
        try:
            signed, _ = notes.open_signed(note, log)
            row = {"note": note.decode(), "token": token, "at": stamping.time_of(token)}
        except (notes.WrongNote, stamping.WrongStamp):
            continue
        if signed.size == int(size) and stamps.is_about(token, note):
            made += Anchor.objects.get_or_create(size=signed.size, kind=RFC3161, defaults=row)[1]
    return made
