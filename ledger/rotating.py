"""Handing the log on to a new key. Every step may be repeated: a killed rotation is resumed.

prepare   the signer makes the next key beside its own; both sign the words of `key.rotate`
submit    under the head's lock, so there is one entry whoever else rotates
seal      in the same transaction the head names the new key (handover.py)
adopt     from now on the signer signs with both; `sign` asks for it too, whenever the head
          names a key that is only prepared
publish   a checkpoint with both lines, and the policy with the new key first
retire    by hand, once readers and witnesses have the new policy: the old line goes
"""

from datetime import datetime

from django.db import transaction

from ledger import api, guarding, history, publishing, reading, sealing
from ledger.core import canonical, leaf, notes, rotation, tiles
from ledger.failpoints import fp
from ledger.models import OK, Head, Intent
from ledger.signer import signer


class NotRotated(RuntimeError):
    """The log keeps its key, or its second one; the text says what to do."""


def rotate(*, at: datetime, width: int = tiles.WIDTH) -> str:
    """Begin and finish; the new vkey. NotRotated while another rotation is under way."""
    if under_way():
        raise NotRotated("A rotation is under way: run rotate_key --resume.")
    _check_mode(at, width)
    _hand_on(at, width)
    return _finish(at, width)


def resume(*, at: datetime, width: int = tiles.WIDTH) -> str:
    """Finish what was begun; "" if nothing was."""
    if not under_way():
        return ""
    _check_mode(at, width)
    head = reading.head()
    held = signer().keys(head.origin)
    if head.vkey != (held.prepared or held.signing[0]):
        _hand_on(at, width)
    return _finish(at, width)


def under_way() -> bool:
    """A key waits, an entry waits, or no stored checkpoint has the newest key's line yet."""
    head = reading.head()
    held = signer().keys(head.origin)
    if held.prepared or held.signing[0] != head.vkey:
        return True
    waits = Intent.objects.filter(type=rotation.ROTATE).exists()
    return waits or (bool(head.retired) and not _is_signed(head.vkey))


def _is_signed(vkey: str) -> bool:
    newest = reading.newest_checkpoint()
    try:
        return newest is not None and bool(
            notes.open_checkpoint(newest.note.encode(), notes.parse_vkey(vkey))
        )
    except notes.WrongNote:
        return False


def _check_mode(at: datetime, width: int) -> None:
    mode = guarding.check_mode(at=at, width=width)
    if mode != OK:
        raise NotRotated(f"The log is {mode}: that has to be mended first.")


def _hand_on(at: datetime, width: int) -> None:
    head = reading.head()
    data = signer().prepare(head.origin, head.vkey)
    fp("rotate.prepared")
    _submit(data, at)
    fp("rotate.recorded")
    sealing.seal_all(at=at, width=width)
    fp("rotate.sealed")
    if reading.head().vkey != data["new"]:
        raise NotRotated(
            "Recorded, but not sealed yet: the worker will do it; then run rotate_key --resume."
        )


def _submit(data: dict[str, str], at: datetime) -> None:
    with transaction.atomic(durable=True):
        head = Head.objects.select_for_update().get()
        fp("rotate.locked")
        if head.vkey == data["new"]:
            return
        for waiting in Intent.objects.filter(type=rotation.ROTATE):
            if canonical.parse(waiting.data.encode())["new"] == data["new"]:
                return
            waiting.delete()  # to a key that the signer has no more
        always = {"recorded_at": leaf.time_text(at), "actor_role": "system", "actor_org": ""}
        api.submit(type=rotation.ROTATE, case="", codes=[], data={**always, **data}, at=at)
        fp("rotate.submitted")


def _finish(at: datetime, width: int) -> str:
    head = reading.head()
    signer().adopt(head.origin, head.vkey)
    publishing.sign_and_publish(at=at, width=width)
    fp("rotate.published")
    history.write(history.ROTATION, at=at, good=True, text=f"handed on to {head.vkey}")
    fp("rotate.told")
    return head.vkey


def retire(*, at: datetime, width: int = tiles.WIDTH) -> str:
    """End the overlap; the vkey that signs alone now."""
    if under_way():
        raise NotRotated("A rotation is under way: run rotate_key --resume.")
    _check_mode(at, width)
    head, ours = reading.head(), signer()
    if len(ours.keys(head.origin).signing) == 1:
        raise NotRotated("One key signs; there is none to retire.")
    if guarding.published_checkpoint(notes.parse_vkey(head.vkey)) is None:
        raise NotRotated(
            "No checkpoint with the new key's line is published yet: run publish, and wait until"
            " the witnesses have cosigned it."
        )
    ours.retire(head.origin, head.vkey)
    history.write(history.ROTATION, at=at, good=True, text="the key before it is retired")
    return head.vkey
