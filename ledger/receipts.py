"""Receipts at commit time: signed by the web process, with a key of its own (core/receipt.py)."""

from pathlib import Path
from secrets import token_bytes

from django.conf import settings

from ledger import durable, reading
from ledger.core import canonical, leaf, notes, receipt
from ledger.models import Intent, SealedEntry


class NoReceipt(LookupError):
    """There is no such event, or this host has not the key that signs receipts."""


def make_key(origin: str) -> notes.SigningKey:
    """The receipt key of a new log; one that is there is kept."""
    path = Path(settings.RECEIPT_KEY_FILE)
    if not path.exists():
        new = notes.SigningKey(receipt.key_name(origin), token_bytes(32))
        durable.write_secret(path, new.skey.encode() + b"\n")
    return read_key(origin)


def read_key(origin: str) -> notes.SigningKey:
    """The key of RECEIPT_KEY_FILE; WrongNote if it is not this log's, OSError if it is not here."""
    key = notes.parse_skey(Path(settings.RECEIPT_KEY_FILE).read_text().strip())
    if key.name != receipt.key_name(origin):
        raise notes.WrongNote(f"the key is for {key.name}")
    return key


def issue(uid: str) -> bytes:
    """The receipt of an event, waiting or sealed: the same bytes whenever it is asked for."""
    head = reading.head()
    promised = _promised(uid, head.origin)
    if promised is None:
        raise NoReceipt(f"there is no event {uid}")
    try:
        key = read_key(head.origin)
    except (OSError, notes.WrongNote) as error:
        raise NoReceipt("the key of receipts is not here") from error
    if key.verifier.vkey != head.receipt_vkey:
        raise NoReceipt("the key of receipts is not the one that the log names")
    return key.sign(promised.text()).encode()


def _promised(uid: str, origin: str) -> receipt.Receipt | None:
    """From the outbox first: what is sealed meanwhile is found behind it."""
    intent = Intent.objects.filter(uid=uid).first()
    if intent is not None:
        recorded = canonical.parse(intent.data.encode())["recorded_at"]
        draft = leaf.Draft(
            uid=uid,
            type=intent.type,
            case=intent.case,
            codes=intent.codes,
            data=intent.data,
            sd=intent.sd,
            corrects=intent.corrects,
        )
        return receipt.Receipt(origin, uid, draft.content(origin), recorded)
    entry = SealedEntry.objects.filter(uid=uid).first()
    if entry is None:
        return None
    body = canonical.parse(bytes(entry.entry))
    return receipt.Receipt(origin, uid, receipt.content_of(body), body["data"]["recorded_at"])
