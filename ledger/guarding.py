"""The mode of the log: whether it may seal and sign, judged by all that the world has seen.

behind   the head is smaller than, or contradicts, anything that carries our own signature:
         signer state, published checkpoint, stored checkpoint. Nothing is sealed or signed.
frozen   the head contains all that, but a signature would be unsafe: the signer's state is
         missing, or the new leaf hashes do not lead to the head's root. Sealing goes on.
"""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import transaction

from ledger import reading
from ledger.core import notes, tiles, tree
from ledger.models import BEHIND, FROZEN, OK, READONLY, Head
from ledger.signer import SignerRefused, signer

_WORSE = {OK: 0, FROZEN: 1, BEHIND: 2, READONLY: 3}


def published_checkpoint(log: notes.Verifier) -> notes.Checkpoint | None:
    """The public checkpoint file, if it carries our signature."""
    try:
        data = Path(settings.LEDGER_DIR, "checkpoint").read_bytes()
        return notes.open_checkpoint(data, log)
    except (FileNotFoundError, notes.WrongNote):
        return None  # nothing of ours: publishing writes it anew


def guard(head: Head, *, width: int = tiles.WIDTH) -> str:
    """The mode that head, signer's state and checkpoints allow: ok, frozen or behind."""
    seen, mode = list(_signed_by_us(head)), OK
    try:
        state = signer().state(head.origin)
        seen.append((state.size, state.root()))
    except SignerRefused:
        mode = FROZEN
    for size, root in seen:
        if size > head.size or _root(size, width) != root:
            return BEHIND
    if mode == OK and _continued(state, head) != bytes(head.root):
        return FROZEN
    return mode


def _signed_by_us(head: Head) -> Iterator[tuple[int, bytes]]:
    log = notes.parse_vkey(head.vkey)
    if public := published_checkpoint(log):
        yield public.size, public.root
    if newest := reading.newest_checkpoint():
        stored = notes.open_checkpoint(newest.note.encode(), log)
        yield stored.size, stored.root


def _root(size: int, width: int) -> bytes | None:
    try:
        return reading.frontier(size, width=width).root()
    except ValueError:
        return None  # hashes are missing


def _continued(state: tree.Frontier, head: Head) -> bytes:
    frontier = tree.Frontier(state.size, state.hashes)
    for leaf in reading.leaves(frontier.size, head.size):
        frontier.append(leaf)
    return frontier.root()


def check_mode(*, width: int = tiles.WIDTH) -> str:
    """Guard, and write the mode if it is worse than the one the head has; what it is now."""
    with transaction.atomic(durable=True):
        head = Head.objects.select_for_update().first()
        return guarded(head, width) if head else READONLY


def guarded(head: Head, width: int) -> str:
    found = head.mode if head.mode == READONLY else guard(head, width=width)
    if _WORSE[found] > _WORSE[head.mode]:
        Head.objects.filter(id=1).update(mode=found)
        head.mode = found
    return head.mode
