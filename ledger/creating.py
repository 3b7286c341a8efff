"""Making a log: keys, the signer's memory, the head, and `ledger.create` as its first entry."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from ledger import api, guarding, receipts, sealing, signer, vault
from ledger.core import canonical, leaf, notes, tree
from ledger.models import OK, Head


class NotCreated(RuntimeError):
    """There is a log already, or remains of one; the text says what to do."""


def create(*, at: datetime, width: int = 256) -> bool:
    """Make the log of LEDGER_ORIGIN where none is; whether it was made now.

    A killed attempt is continued. Keys that exist are kept; a signer that has signed before, or a
    public checkpoint, belongs to a log whose database is lost, and is never started over.
    """
    origin = settings.LEDGER_ORIGIN
    if canonical.text(origin) != f'"{origin}"':
        raise NotCreated(f"LEDGER_ORIGIN {origin!r} cannot stand in an entry")
    vault.make_key(Path(settings.FIELD_KEY_FILE))
    log = notes.parse_vkey(signer.signer().make_key(origin))
    receipt_vkey = receipts.make_key(origin).verifier.vkey
    if head := Head.objects.first():
        if (head.origin, head.vkey) != (origin, log.vkey):
            raise NotCreated(f"this database holds the log {head.origin} of another key")
        return False
    _start_memory(origin, log)
    with transaction.atomic(durable=True):
        Head.objects.create(
            origin=origin,
            vkey=log.vkey,
            receipt_vkey=receipt_vkey,
            size=0,
            root=tree.EMPTY,
            frontier=b"",
            last=tree.EMPTY,
            at=leaf.time_text(at),
            mode=OK,
        )
        data = {"recorded_at": leaf.time_text(at), "actor_role": "system", "actor_org": ""}
        data |= {"vkey": log.vkey, "receipt_vkey": receipt_vkey}
        api.submit(type="ledger.create", case="", codes=[], data=data, at=at)
    sealing.seal_all(at=at, width=width)
    return True


def _start_memory(origin: str, log: notes.Verifier) -> None:
    if guarding.published_checkpoint(log):
        raise NotCreated(f"{settings.LEDGER_DIR} holds this log: rebuild its database from there")
    memory = signer.signer()
    try:
        if memory.state(origin).size:
            raise NotCreated(
                f"the signer has already signed for {origin}: the database of that log is lost;"
                " rebuild it from the published files"
            )
    except signer.NoState:
        memory.create(origin)
