"""The key's word for when it signed: u64 microseconds and a signature over them and the note."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ledger.core import notes

if TYPE_CHECKING:
    from ledger.models import StoredCheckpoint

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def stamp(key: notes.SigningKey, note: str, at: datetime) -> bytes:
    return _time(at) + key.sign_bytes(_text(note, at).encode())


def check_stamp(log: notes.Verifier, checkpoint: "StoredCheckpoint") -> str:
    """The wrong column of a checkpoint's time, or "" """
    given, at = bytes(checkpoint.stamp), checkpoint.signed_at
    if given[:8] != _time(at):
        return "signed_at"
    try:
        log.verify(_text(checkpoint.note, at), given[8:])
    except notes.WrongNote:
        return "stamp"
    return ""


def micros(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def moment(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


def _time(at: datetime) -> bytes:
    return micros(at).to_bytes(8, "big")


def _text(note: str, at: datetime) -> str:
    return f"shanji checkpoint signed at v1\n{micros(at)}\n{note}"
