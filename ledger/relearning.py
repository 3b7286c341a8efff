"""The signer's memory anew, from the witnesses: when its disk is lost and the key is not.

The witnesses remember what we signed last. A quorum of them must show it, each with our own
signature and its own under it; all that they show, all that is stored and published, must be in
this database. The memory begins at the largest of these sizes. It is never taken from the
database alone: that may be an old copy.
"""

from dataclasses import dataclass
from datetime import datetime

from ledger import cosigned, guarding, history, reading, signer
from ledger.asking import Question
from ledger.core import notes, policy, tiles, witness
from ledger.models import BEHIND, Head


class NotRelearned(RuntimeError):
    """The memory was not made; the text says why."""


@dataclass(frozen=True)
class Shown:
    """What a witness showed, with its cosignature and our signature verified."""

    name: str
    checkpoint: notes.Checkpoint


def relearn(*, at: datetime, width: int = tiles.WIDTH) -> int:
    """Make the signer's memory; its size. The mode stays: `unfreeze` leaves it."""
    head = reading.head()
    _must_be_lost(head)
    try:
        rules = cosigned.demanded(head)
    except policy.WrongPolicy as error:
        raise NotRelearned(str(error)) from error
    shown = _ask(rules, head)
    answered = {rules.witnesses[one.name].vkey for one in shown}
    if rules.quorum == "none" or not rules.met(answered):
        names = ", ".join(one.name for one in shown) or "none"
        raise NotRelearned(f"the quorum of the policy must show what was signed last; {names} did")
    seen = [one.checkpoint for one in shown]
    verdict = guarding.judge(head, seen=seen, width=width)
    if verdict.mode == BEHIND:
        raise NotRelearned(f"this database is behind: {verdict.why}; run rebuild_ledger first")
    known = [checkpoint.size for checkpoint in seen]
    if newest := reading.newest_checkpoint():
        known.append(newest.size)
    size = max(known)
    signer.signer().create(head.origin, reading.frontier(size, width=width))
    names = ", ".join(f"{one.name} ({one.checkpoint.size})" for one in shown)
    history.write("rebuild", at=at, good=True, text=f"signer's memory at {size}, shown by {names}")
    return size


def _must_be_lost(head: Head) -> None:
    try:
        size = signer.signer().state(head.origin).size
    except signer.NoState:
        return
    raise NotRelearned(f"the signer remembers {size} entries: nothing is lost")


def _ask(rules: policy.Policy, head: Head) -> list[Shown]:
    path = witness.checkpoint_path(head.origin)
    asked = {name: Question(f"{to}/{path}") for name, to in rules.may_ask().items()}
    found = []
    for name, question in asked.items():
        question.wait(question.end)
        if question.reply.status == 200:
            found += _read(name, question.reply.body, rules.witnesses[name], head)
    return found


def _read(name: str, note: bytes, key: notes.Verifier, head: Head) -> list[Shown]:
    """Nothing, if it lacks our signature or the witness's own, or is of another log."""
    log = reading.log_keys(head)
    try:
        checkpoint, verified = notes.open_signed(note, log, [key])
    except notes.WrongNote:
        return []
    right = key.vkey in verified and checkpoint.origin == head.origin
    return [Shown(name, checkpoint)] if right else []
