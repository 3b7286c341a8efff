"""What witnesses have said: the policy that names them, their lines, the note that goes out.

The published note is the stored one (the log's own lines) and, in the order of the policy, the
newest line of each witness. It goes out only when these lines meet the quorum; until then the
public checkpoint stays as it is.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count, Subquery
from django.db.models.expressions import Combinable

from ledger.core import notes, policy
from ledger.models import Cosignature, Head, StoredCheckpoint

NOBODY = "quorum none\n"


def policy_text(head: Head, note: bytes) -> bytes:
    """The policy to publish with this checkpoint: our keys, the newest that signed it first, and
    the operator's rules. A key that has signed nothing public is none that readers may demand."""
    vkeys = _vkeys(head)
    signed = notes.open_note(note, [notes.parse_vkey(vkey) for vkey in vkeys])[1]
    first = next(place for place, vkey in enumerate(vkeys) if vkey in signed)
    return policy.write(*vkeys[first:], rules=_rules()).encode()


def demanded(head: Head) -> policy.Policy:
    """The same, read; WrongPolicy names the operator's file."""
    return demanded_of(_vkeys(head))


def demanded_of(vkeys: Iterable[str]) -> policy.Policy:
    try:
        found = policy.parse(policy.write(*vkeys, rules=_rules()).encode())
        found.may_ask()
    except policy.WrongPolicy as error:
        raise policy.WrongPolicy(f"{settings.WITNESSES or 'policy'}: {error}") from error
    return found


def _vkeys(head: Head) -> list[str]:
    return [head.vkey, *head.retired.split()]


def _rules() -> str:
    if not settings.WITNESSES:
        return NOBODY
    try:
        text = Path(settings.WITNESSES).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise policy.WrongPolicy(f"{settings.WITNESSES}: {error}") from error
    lines = text.splitlines(keepends=True)  # a published policy names the log as well
    return "".join(line for line in lines if not line.startswith("log "))


def lines(
    stored: StoredCheckpoint, rows: Iterable[Cosignature], rules: policy.Policy
) -> dict[str, str]:
    """{vkey: newest line that verifies} of the witnesses of this checkpoint, in policy order."""
    text = stored.note.partition("\n\n")[0] + "\n"  # a malformed one is for fsck to name
    found: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: -row.at):
        key = rules.witnesses.get(row.witness)
        if key and key.vkey not in found and verifies(row.line, text, key) == row.at:
            found[key.vkey] = row.line
    order = [key.vkey for key in rules.witnesses.values()]
    return {vkey: found[vkey] for vkey in order if vkey in found}


def verifies(line: str, text: str, key: notes.Verifier) -> int | None:
    """The time of this witness's line under this text; None if it is not right."""
    try:
        signed = notes.parse_line(line.removesuffix("\n"))
        if (signed.name, signed.id, signed.line()) == (key.name, key.id, line):
            return key.verify(text, signed.signature)
    except notes.WrongNote:
        return None
    return None


def newest_met(rules: policy.Policy, *, since: int = 0) -> tuple[StoredCheckpoint, bytes] | None:
    """The largest checkpoint from `since` on that meets the quorum, and its whole note."""
    found: dict[int, list[Cosignature]] = {}
    for row in Cosignature.objects.filter(size__gte=since):
        found.setdefault(row.size, []).append(row)
    for stored in StoredCheckpoint.objects.filter(size__gte=since).order_by("-size").iterator():
        under = lines(stored, found.get(stored.size, []), rules)
        if rules.met(under):
            return stored, whole(stored, under.values())
    return None


def whole(stored: StoredCheckpoint, under: Iterable[str]) -> bytes:
    return "".join([stored.note, *under]).encode()


def stored_of(note: bytes, rules: policy.Policy) -> StoredCheckpoint | None:
    """The stored checkpoint that this public note shows: its own bytes, and with them lines of
    ours in their order, one of each witness, that meet the quorum. None if it is anything else."""
    for stored in StoredCheckpoint.objects.filter(size=_size(note)):
        wanted = set(note.decode().removeprefix(stored.note).splitlines(keepends=True))
        rows = [row for row in Cosignature.objects.filter(size=stored.size) if row.line in wanted]
        under = lines(stored, rows, rules)
        if whole(stored, under.values()) == note and rules.met(under):
            return stored
    return None


def _size(note: bytes) -> int:
    try:
        return notes.parse_checkpoint(notes.parse_note(note)[0]).size
    except notes.WrongNote:
        return -1


def differences(rules: policy.Policy) -> Iterator[dict[str, Any]]:
    """Columns of the cosignatures that do not follow from the line, the policy, the checkpoint."""
    texts = {
        stored.size: stored.note.partition("\n\n")[0] + "\n"
        for stored in StoredCheckpoint.objects.all()
    }
    for row in Cosignature.objects.order_by("size", "witness", "at").iterator():
        if wrong := _wrong(row, rules, texts):
            yield {
                "table": "ledger_cosignature",
                "index": row.size,
                "field": wrong,
                "reason": f"{row.witness} did not say this of this checkpoint at this time",
            }


def _wrong(row: Cosignature, rules: policy.Policy, texts: dict[int, str]) -> str:
    """The column, or "". A witness that left keeps its line in the policy, outside the group."""
    said = row.line.split(" ")[1:2]
    names = {name for name, key in rules.witnesses.items() if [key.name] == said}
    if row.witness not in names:
        return "witness" if names or row.witness not in rules.witnesses else "line"
    key = rules.witnesses[row.witness]
    time = verifies(row.line, texts.get(row.size, ""), key)
    if time is not None:
        return "" if time == row.at else "at"
    elsewhere = any(verifies(row.line, text, key) for text in texts.values())
    return "size" if elsewhere else "line"


class Witnessed(NamedTuple):
    """How far the world has witnessed the log; all zero for a log without witnesses.

    `size`: of the published checkpoint that the quorum cosigned. `since`: when the oldest
    checkpoint beyond it was signed, None while there is none. `have` of `of` witnesses: how many
    cosigned, at most, one beyond it.
    """

    size: int = 0
    since: datetime | None = None
    have: int = 0
    of: int = 0


def witnessed_size() -> int:
    """Two small files: the published size, if the published policy demands a quorum."""
    folder = Path(settings.LEDGER_DIR)
    try:
        rules, note = (folder / "policy").read_bytes(), (folder / "checkpoint").read_bytes()
    except FileNotFoundError:
        return 0
    return 0 if NOBODY.encode() in rules else max(0, _size(note))


def beyond(size: int) -> list[Combinable]:
    """Columns for a query of the one head row: since when, and how many at most, beyond `size`."""
    if not settings.WITNESSES:
        return []
    waiting = StoredCheckpoint.objects.filter(size__gt=size).order_by("size").values("signed_at")
    rows = Cosignature.objects.filter(size__gt=size).values("size")
    most = rows.annotate(n=Count("witness", distinct=True)).order_by("-n").values("n")
    return [Subquery(waiting[:1]), Subquery(most[:1])]


def witnessed(size: int, since: datetime | None = None, have: int | None = None) -> Witnessed:
    """What these columns say."""
    if not settings.WITNESSES:
        return Witnessed()
    return Witnessed(size, since, have or 0, _members())


def _members() -> int:
    """How many witnesses the operator names; a file that cannot be read is publishing's to say, a
    page is shown all the same."""
    try:
        return sum(line.startswith("witness ") for line in _rules().splitlines())
    except policy.WrongPolicy:
        return 0
