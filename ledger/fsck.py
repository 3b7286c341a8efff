"""Re-derive everything and say exactly what differs: {table, index, field, reason}.

From the stored bytes of the entries follow leaf hashes, chain, times, uids, case numbers, case
counts, tile hashes, head, checkpoints and disclosures; from these the published files, byte by
byte (audit.py). One snapshot of the tables. Then the checks of settings.LEDGER_CHECKS.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from ledger import (
    anchoring,
    audit,
    cosigned,
    guarding,
    history,
    modes,
    publishing,
    reading,
    sealing,
    signer,
    vault,
)
from ledger.core import commitments, leaf, notes, policy, rotation, tiles, tree
from ledger.models import (
    CaseCount,
    CaseNumber,
    Disclosure,
    Head,
    Intent,
    StoredCheckpoint,
    TileHash,
)

Difference = dict[str, Any]
Row = tuple[Any, ...]


def difference(table: str, index: object, field: str, reason: str) -> Difference:
    return {"table": table, "index": index, "field": field, "reason": reason}


@dataclass
class Derived:
    """What the stored entries say everything else must be."""

    size: int = 0
    last: bytes = tree.EMPTY
    at: str = ""
    keys: rotation.Keys = field(default_factory=rotation.Keys)
    receipt_vkey: str = ""
    leaves: list[bytes] = field(default_factory=list)
    uids: dict[str, int] = field(default_factory=dict)
    digests: dict[str, frozenset[str]] = field(default_factory=dict)
    cases: set[Row] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def vkey(self) -> str:
        return self.keys.current

    @property
    def retired(self) -> str:
        return self.keys.retired


def check(*, at: datetime) -> list[Difference]:
    """All that differs, and a line in the journal that says how it went."""
    found = differences(at=at)
    history.write(history.CHECK, at=at, good=not found, text=f"{len(found)} differences")
    return found


def differences(*, at: datetime, width: int = tiles.WIDTH) -> list[Difference]:
    """All that differs, now; empty when all is well. NoLog where there is no log."""
    if not Head.objects.exists():
        raise reading.NoLog("There is no log in this database yet: run manage.py create_log.")
    with transaction.atomic(), publishing.publisher():
        if connection.vendor == "postgresql" and not connection.savepoint_ids:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        head = Head.objects.get()
        derived = Derived()
        found = [*_entries(derived, settings.LEDGER_ORIGIN)]
        rules = _demanded(derived, found)
        found += [
            *_head(derived, head, width),
            *_cases(derived),
            *_hashes(derived, width),
            *_checkpoints(derived),
            *cosigned.differences(rules),
            *anchoring.differences(_log_keys(derived), derived.leaves),
            *_disclosures(derived),
            *_intents(derived, head.origin),
            *audit.memory(head, derived.leaves),
            *audit.files(head, derived.leaves, rules, at=at, width=width),
        ]
    for name in settings.LEDGER_CHECKS:
        found += import_string(name)()
    return found


def _entries(derived: Derived, origin: str) -> Iterator[Difference]:
    for index, uid, stored_leaf, entry in reading.all_sealed():
        place = derived.size
        if index != place:
            reason = f"found where entry {place} is expected"
            yield difference("ledger_entry", index, "idx", reason)
        try:
            body = leaf.validate(
                entry, log=origin, seq=place, prev=derived.last, last_at=derived.at
            )
            _note(derived, place, body)
            if uid != body["uid"]:
                yield difference("ledger_entry", index, "uid", "is not that of the entry")
        except leaf.BadLeaf as error:
            yield difference("ledger_entry", index, "entry", str(error))
        derived.last = tree.leaf_hash(entry)
        if derived.last != stored_leaf:
            yield from _which(index, entry, stored_leaf, derived.last)
        derived.leaves.append(derived.last)
        derived.size += 1


def _demanded(derived: Derived, found: list[Difference]) -> policy.Policy:
    """The operator's policy; one that cannot be read is found, and demands nothing."""
    try:
        return cosigned.demanded_of([derived.vkey, *derived.retired.split()])
    except policy.WrongPolicy as error:
        found.append(difference("policy", 0, "bytes", str(error)))
        return policy.Policy(quorum="none")


def _log_keys(derived: Derived) -> list[notes.Verifier]:
    """Every key that the entries name; none if they name nonsense, which is found elsewhere."""
    try:
        return [notes.parse_vkey(vkey) for vkey in (derived.vkey, *derived.retired.split())]
    except notes.WrongNote:
        return []


def _which(index: int, entry: bytes, stored: bytes, computed: bytes) -> Iterator[Difference]:
    """Leaf hash and bytes differ: the next entry's `prev`, or the head, says which is right."""
    following = next(reading.sealed(index + 1, index + 2), None)
    said = b'"prev":"%s"'
    if following:
        right = said % stored.hex().encode() in following[3]
        entry_right = said % computed.hex().encode() in following[3]
    else:
        last = bytes(Head.objects.get().last)
        right, entry_right = last == stored, last == computed
    if not right:
        yield difference("ledger_entry", index, "leaf", "is not the hash of the entry")
    if not entry_right:
        yield difference("ledger_entry", index, "entry", "does not have its leaf hash")


def _note(derived: Derived, place: int, body: dict[str, Any]) -> None:
    derived.at = body["at"]
    if place == 0:
        derived.receipt_vkey = str(body["data"].get("receipt_vkey", ""))
    if body["uid"] in derived.uids:
        raise leaf.BadLeaf("uid", "was sealed before")
    derived.uids[body["uid"]] = place
    derived.digests[body["uid"]] = frozenset(body["_sd"])
    derived.cases |= {(code, n, place) for code, n in body["cases"]}
    leaf.number_cases(body, derived.counts)
    try:
        derived.keys.follow(body)
    except rotation.WrongRotation as error:
        raise leaf.BadLeaf("data", str(error)) from error


def _head(derived: Derived, head: Head, width: int) -> Iterator[Difference]:
    frontier = tree.Frontier()
    for hashed in derived.leaves:
        frontier.append(hashed)
    expected = {
        "id": 1,
        "origin": settings.LEDGER_ORIGIN,
        "vkey": derived.vkey,
        "retired": derived.retired,
        "receipt_vkey": derived.receipt_vkey,
        "size": derived.size,
        "root": frontier.root(),
        "frontier": frontier.encode(),
        "last": derived.last,
        "at": derived.at or head.at,
    }
    for name, value in expected.items():
        stored = getattr(head, name)
        if (bytes(stored) if isinstance(value, bytes) else stored) != value:
            yield difference("ledger_head", 1, name, "is not what the entries give")
    try:
        allowed = modes.worse(guarding.guard(head, width=width), modes.explained())
    except (notes.WrongNote, ValueError) as error:
        yield difference("ledger_head", 1, "mode", f"cannot be derived: {error}")
        return
    if head.mode != allowed:
        yield difference("ledger_head", 1, "mode", f"is {head.mode}, should be {allowed}")


def _cases(derived: Derived) -> Iterator[Difference]:
    cases = CaseNumber.objects.values_list("code", "n", "idx")
    yield from compare("ledger_case", ("code", "n", "idx"), derived.cases, cases, index=2)
    counts = CaseCount.objects.values_list("code", "n")
    yield from compare("ledger_case_count", ("code", "n"), derived.counts.items(), counts, index=0)


def _hashes(derived: Derived, width: int) -> Iterator[Difference]:
    expected, row, level = set[Row](), derived.leaves, 0
    while len(row) >= width:
        level += 1
        row = [tree.perfect(row[i * width : (i + 1) * width]) for i in range(len(row) // width)]
        expected |= {(level, n, hashed) for n, hashed in enumerate(row)}
    stored = [(a, n, bytes(h)) for a, n, h in TileHash.objects.values_list("level", "n", "hash")]
    yield from compare("ledger_hash", ("level", "n", "hash"), expected, stored, index=1)


def compare(
    table: str, columns: tuple[str, ...], right: Iterable[Row], stored: Iterable[Row], *, index: int
) -> Iterator[Difference]:
    """Rows that are missing or too many; of a pair that differs in one column, that column."""
    expected, found = set(right), set(stored)
    missing, surplus = expected - found, found - expected
    for row in sorted(surplus, key=repr):
        twin, name = _twin(row, missing, columns)
        if twin is None:
            yield difference(table, row[index], "row", "follows from no entry")
            continue
        missing.discard(twin)
        place = columns.index(name)
        reason = f"is {_show(row[place])}, the entries give {_show(twin[place])}"
        yield difference(table, twin[index], name, reason)
    for row in sorted(missing, key=repr):
        yield difference(table, row[index], "row", "is missing")


def _twin(row: Row, missing: set[Row], columns: tuple[str, ...]) -> tuple[Row | None, str]:
    for other in missing:
        differing = [c for c, a, b in zip(columns, row, other, strict=True) if a != b]
        if len(differing) == 1:
            return other, differing[0]
    return None, ""


def _show(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def _checkpoints(derived: Derived) -> Iterator[Difference]:
    if not derived.keys.keys:
        yield difference("ledger_entry", 0, "entry", "does not name the log's key")
        return
    frontier = tree.Frontier()
    for row in StoredCheckpoint.objects.order_by("size"):
        try:
            signed, key = _signed(derived, row.note.encode())
        except notes.WrongNote as error:
            yield difference("ledger_checkpoint", row.size, "note", str(error))
            continue
        if signed.size != row.size:
            yield difference("ledger_checkpoint", row.size, "size", f"the note says {signed.size}")
        if wrong := signer.check_stamp(key, row):
            yield difference("ledger_checkpoint", row.size, wrong, "is not as it was signed")
        for hashed in derived.leaves[frontier.size : signed.size]:
            frontier.append(hashed)
        if (frontier.size, frontier.root()) != (signed.size, signed.root):
            reason = "the entries do not have the signed root"
            yield difference("ledger_checkpoint", row.size, "note", reason)


def _signed(derived: Derived, note: bytes) -> tuple[notes.Checkpoint, notes.Verifier]:
    """The checkpoint and the key that its size needs; each line is one of the log's keys."""
    signed, verified = notes.open_signed(note, derived.keys.keys)
    if len(verified) != len(notes.parse_note(note)[1]):
        raise notes.WrongNote("a line is not the log's")
    key = derived.keys.at(signed.size)
    if key is None or key.vkey not in verified:
        raise notes.WrongNote(f"the key that signs {signed.size} entries has not signed it")
    return signed, key


def _disclosures(derived: Derived) -> Iterator[Difference]:
    waiting = dict(Intent.objects.values_list("uid", "sd"))
    for row in Disclosure.objects.order_by("uid", "digest").iterator(chunk_size=2000):
        index = derived.uids.get(row.uid, row.uid)
        if row.uid not in derived.uids and row.uid not in waiting:
            yield difference("ledger_disclosure", index, "uid", "no event has it")
        elif row.digest not in derived.digests.get(row.uid, waiting.get(row.uid, "")):
            yield difference("ledger_disclosure", index, "digest", "is not in the entry")
        elif wrong := _wrong_value(row):
            yield difference("ledger_disclosure", index, wrong, "is not what was committed to")


def _wrong_value(row: Disclosure) -> str:
    try:
        sort, text = vault.open_(row.uid, row.digest, bytes(row.disclosure_enc))
    except (vault.Sealed, OSError):
        return "disclosure_enc"
    if commitments.digest(text) != row.digest:
        return "disclosure_enc"
    if sort != row.sort:
        return "class"
    return "" if commitments.read(text)[1] == row.name else "name"


def _intents(derived: Derived, origin: str) -> Iterator[Difference]:
    """What waits will seal, and is not sealed yet."""
    for intent in Intent.objects.order_by("id").iterator(chunk_size=2000):
        if intent.uid in derived.uids:
            yield difference("ledger_intent", intent.id, "uid", "is sealed already")
        try:
            leaf.check_draft(sealing.draft_of(intent), log=origin)
        except leaf.BadLeaf as error:
            yield difference("ledger_intent", intent.id, error.field, error.reason)
