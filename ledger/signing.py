"""Signing the head: guarded (guarding.py), asked of the signer, stored; only then let out."""

from datetime import datetime

from django.db import transaction

from ledger import modes, reading
from ledger.core import notes, tiles
from ledger.failpoints import fp
from ledger.guarding import guarded
from ledger.models import FROZEN, OK, Head, StoredCheckpoint
from ledger.signer import SignerAway, SignerRefused, signer


def sign(*, at: datetime, width: int = tiles.WIDTH) -> StoredCheckpoint | None:
    """Sign the head as it is, once it is safe; None if the mode forbids it. Idempotent."""
    with transaction.atomic(durable=True):
        head = Head.objects.select_for_update().first()
        fp("sign.locked")
        if head is None or guarded(head, width, at=at) != OK:
            return None
        fp("sign.guarded")
        try:
            checkpoint = _sign_head(head, at)
        except SignerAway:
            return None  # the guard says so, if it stays away
        except SignerRefused as refusal:
            modes.worsen(head, FROZEN, str(refusal), at=at)
            return None
        fp("sign.stored")
    fp("sign.committed")
    return checkpoint


def _sign_head(head: Head, at: datetime) -> StoredCheckpoint:
    known = StoredCheckpoint.objects.filter(size=head.size).first()
    if known:
        return known
    ours = signer()
    if head.vkey not in ours.keys(head.origin).signing:  # the log was handed on since
        ours.adopt(head.origin, head.vkey)
    old_size = ours.state(head.origin).size
    note = ours.sign(head.origin, old_size, list(reading.leaves(old_size, head.size)))
    fp("sign.signed")
    checkpoint = notes.open_checkpoint(note.encode(), notes.parse_vkey(head.vkey))
    if (checkpoint.size, checkpoint.root) != (head.size, bytes(head.root)):
        raise SignerRefused("the signer signed another tree than the head's; nothing is published")
    return StoredCheckpoint.objects.create(
        size=head.size, note=note, signed_at=at, stamp=ours.stamp(head.origin, note, at, head.vkey)
    )
