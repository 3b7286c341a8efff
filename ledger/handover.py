"""What sealing does with `key.rotate` (core/rotation.py): the head names the new key at once.

So no checkpoint that holds the entry is signed before the signer has adopted the key that it
names: `sign` looks at the head.
"""

from datetime import datetime

from ledger.core import canonical, rotation
from ledger.core.leaf import Draft
from ledger.failpoints import fp
from ledger.history import ROTATION, write
from ledger.models import Head, Intent


def take(head: Head, drafts: dict[int, Draft], *, at: datetime) -> None:
    """Move `head` to the keys that the batch {id of the intent: draft} hands the log on to.

    A rotation that does not fit any more, as after a database was set back, would be damage in the
    log: it leaves batch and outbox, and the journal says so.
    """
    rotations = [number for number, draft in drafts.items() if draft.type == rotation.ROTATE]
    for number in rotations:
        retired = rotation.split(head.retired)
        try:
            data = canonical.parse(drafts[number].data.encode())
            new = rotation.check(data, origin=head.origin, current=head.vkey, retired=retired)
        except rotation.WrongRotation as error:
            Intent.objects.filter(id=number).delete()
            del drafts[number]
            write(ROTATION, at=at, good=False, text=f"put aside: {error}")
            continue
        head.retired = rotation.join([head.vkey, *retired])
        head.vkey = new.vkey
        fp("rotate.taken")
