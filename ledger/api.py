"""The only door to the ledger: say what happened, read what is sealed.

`submit` writes one intent in the transaction of the change it tells of; the sealer gives it its
place. What is in `data` is public for ever; `named` and `private` values are sealed as salted
digests and can be erased. Nothing read here is newer than what is sealed.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import BinaryField, Min, Value

from ledger import erasing, history, modes, proving, reading, receipts, vault
from ledger.core import canonical, commitments, leaf, notes
from ledger.cosigned import Witnessed
from ledger.doorbell import ring_once
from ledger.erasing import StillRead
from ledger.failpoints import fp
from ledger.history import Signed
from ledger.models import (
    NAMED,
    PRIVATE,
    CaseNumber,
    Disclosure,
    Erased,
    Intent,
    Journal,
    SealedEntry,
    StoredCheckpoint,
)
from ledger.modes import Standing
from ledger.reading import NoLog
from ledger.receipts import NoReceipt

__all__ = [
    "Entry",
    "NoLog",
    "NoReceipt",
    "NotSealable",
    "Standing",
    "StillRead",
    "Witnessed",
    "submit",
]

MAX_NAME = 100


class NotSealable(ValueError):
    """The event is outside what an entry can hold; the text names the field."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A sealed entry: `leaf` is its hash, `raw` the very bytes, `body` what they say."""

    index: int
    uid: str
    leaf: bytes
    raw: bytes
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Published:
    """What the world has: the newest published checkpoint with all its signatures, its policy."""

    note: bytes
    policy: bytes
    size: int


def submit(
    *,
    type: str,  # noqa: A002 -- the field's name
    case: str,
    codes: Iterable[str],
    data: dict[str, Any],
    named: dict[str, Any] | None = None,
    private: dict[str, Any] | None = None,
    corrects: str | None = None,
    at: datetime,
) -> str:
    """Write the event with its change; returns its uid (a UUIDv7 of `at`).

    Runs inside the transaction of the change. NotSealable: outside the JSON profile, longer than
    65,535 bytes as sealed, more than 1,000 codes, a wrong type or code.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("submit belongs into the change's transaction")
    uid = leaf.new_uid(at)
    rows = [*_commit(uid, NAMED, named or {}), *_commit(uid, PRIVATE, private or {})]
    if len({row.name for row in rows}) != len(rows):
        raise NotSealable("a field is named and private at once")
    try:
        draft = leaf.draft(
            uid=uid,
            type=type,
            case=case,
            codes=codes,
            data=data,
            sd=commitments.padded(row.digest for row in rows),
            log=settings.LEDGER_ORIGIN,
            corrects=corrects or "",
        )
    except leaf.BadLeaf as error:
        raise NotSealable(str(error)) from error
    Intent.objects.create(
        uid=uid,
        type=draft.type,
        case=draft.case,
        codes=draft.codes,
        data=draft.data,
        sd=draft.sd,
        corrects=draft.corrects,
        created_at=at,
    )
    if rows:
        Disclosure.objects.bulk_create(rows)
    nudge()
    return uid


def _commit(uid: str, sort: str, values: dict[str, Any]) -> Iterator[Disclosure]:
    for name, value in values.items():
        if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME:
            raise NotSealable(f"{name!r} is no name of a field")
        try:
            text = commitments.disclosure(commitments.salt(), name, value)
        except canonical.NotCanonical as error:
            raise NotSealable(f"{name}: {error}") from error
        digest = commitments.digest(text)
        enc = vault.close(uid, digest, sort, text)
        yield Disclosure(uid=uid, digest=digest, sort=sort, name=name, disclosure_enc=enc)


def nudge() -> None:
    """Ask for sealing once this transaction has committed; once for all its events."""
    if all(call[1] is not _ring for call in connection.run_on_commit):
        transaction.on_commit(_ring, robust=True)


def _ring() -> None:
    ring_once("ledger.seal")


def entries(start: int = 0, stop: int | None = None) -> Iterator[Entry]:
    """The sealed entries start..stop in order, read in chunks."""
    for row in reading.sealed(start, size() if stop is None else stop):
        yield Entry(*row, canonical.parse(row[3]))


def entry(index: int) -> Entry | None:
    return next(entries(index, index + 1), None)


def entries_at(indexes: Iterable[int]) -> list[Entry]:
    """The sealed entries at these indexes, in order; one query."""
    rows = SealedEntry.objects.filter(idx__in=list(indexes)).order_by("idx")
    return [
        Entry(row.idx, row.uid, bytes(row.leaf), raw := bytes(row.entry), canonical.parse(raw))
        for row in rows
    ]


def published() -> Published | None:
    """The newest published checkpoint; None before the first."""
    folder = Path(settings.LEDGER_DIR)
    try:
        note, policy = (folder / "checkpoint").read_bytes(), (folder / "policy").read_bytes()
    except FileNotFoundError:
        return None
    return Published(note, policy, notes.parse_checkpoint(notes.parse_note(note)[0]).size)


def proof(index: int, size: int) -> list[bytes]:
    """The sibling hashes of an entry in the tree of `size`, from the leaf up."""
    return proving.paths([index], size)[index]


def proofs(indexes: Iterable[int], size: int) -> dict[int, list[bytes]]:
    """{index: proof} of many entries; one query per tile level."""
    return proving.paths(indexes, size)


def index_of(uids: Iterable[str]) -> dict[str, int]:
    """{uid: index} of those that are sealed; one query."""
    return dict(SealedEntry.objects.filter(uid__in=list(uids)).values_list("uid", "idx"))


def concerned_by(uids: Iterable[str]) -> set[str]:
    """The codes of the cases that these events concern, sealed or waiting; two queries."""
    wanted = list(uids)
    places = SealedEntry.objects.filter(uid__in=wanted).values("idx")
    sealed = CaseNumber.objects.filter(idx__in=places).values_list("code", flat=True)
    waiting = Intent.objects.filter(uid__in=wanted).values_list("codes", flat=True)
    return {*sealed, *(code for text in waiting for code in canonical.parse(text.encode()))}


def disclosures(uids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """{uid: {name: value}} of the named values that still exist; one query."""
    return _open(Disclosure.objects.filter(uid__in=list(uids), sort=NAMED).order_by("uid", "name"))


def shown(uids: Iterable[str]) -> tuple[dict[str, dict[str, Any]], dict[str, set[str]]]:
    """(`disclosures`, `erased`) of these events, in one query: what a page shows of them."""
    wanted, nothing = list(uids), Value(b"", output_field=BinaryField())
    there = Disclosure.objects.filter(uid__in=wanted, sort=NAMED)
    gone = Erased.objects.filter(uid__in=wanted).annotate(
        digest=Value(""), sort=Value(""), disclosure_enc=nothing
    )
    columns = ("uid", "name", "digest", "sort", "disclosure_enc")
    rows: list[Disclosure] = []
    names: dict[str, set[str]] = defaultdict(set)
    both = there.order_by().values_list(*columns).union(gone.values_list(*columns), all=True)
    for row in both:
        told = dict(zip(columns, row, strict=True))
        if told["digest"]:
            rows.append(Disclosure(**told))
        else:
            names[told["uid"]].add(told["name"])
    return _open(rows), dict(names)


def named(name: str) -> dict[str, Any]:
    """{uid: value} of every named value of this name that still exists; one query."""
    rows = Disclosure.objects.filter(name=name, sort=NAMED).order_by("uid")
    return {uid: values[name] for uid, values in _open(rows).items()}


def disclosures_all(uid: str) -> dict[str, Any]:
    """{name: value} of an event, private ones too: for auditors."""
    return _open(Disclosure.objects.filter(uid=uid).order_by("name")).get(uid, {})


def disclosure_texts(uids: Iterable[str]) -> dict[str, list[str]]:
    """{uid: disclosures as made} of the named values that still exist: each opens its digest."""
    found: dict[str, list[str]] = defaultdict(list)
    rows = Disclosure.objects.filter(uid__in=list(uids), sort=NAMED).order_by("uid", "name")
    for row, text in _texts(rows):
        found[row.uid].append(text)
    return dict(found)


def _open(rows: Iterable[Disclosure]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for row, text in _texts(rows):
        found[row.uid][row.name] = commitments.read(text)[2]
    return dict(found)


def _texts(rows: Iterable[Disclosure]) -> Iterator[tuple[Disclosure, str]]:
    """What does not open as what the row says it is, is not shown."""
    for row in rows:
        try:
            sort, text = vault.open_(row.uid, row.digest, bytes(row.disclosure_enc))
        except vault.Sealed:
            continue  # damaged: not shown, and fsck names it
        if sort == row.sort and commitments.digest(text) == row.digest:
            yield row, text


def receipt(uid: str) -> bytes:
    """The signed promise to seal this event, or that it was sealed. NoReceipt: see receipts.py."""
    return receipts.issue(uid)


about = erasing.about
erased = erasing.erased
erasures = erasing.newest
republish = erasing.republish
scrub = erasing.scrub


def erase(
    uids: Collection[str],
    *,
    only: Collection[str] = (),
    keep: Collection[str] = (),
    also: bool = False,
    at: datetime,
) -> Counter[str]:
    """Erase the named and private values of these events: salt and value, for ever.

    In the transaction of what goes elsewhere (`also`); if anything goes, `person.erase` is
    submitted, which tells of nobody. After the commit: `republish` and `scrub`.
    """
    counts = erasing.delete(uids, only=only, keep=keep, at=at)
    if counts or also:
        data = {"recorded_at": leaf.time_text(at), "actor_role": "system", "actor_org": ""}
        submit(type="person.erase", case="", codes=[], data=data, at=at)
        fp("erase.event")
    return counts


def checkpoints(limit: int) -> list[StoredCheckpoint]:
    """The newest signed checkpoints, newest first."""
    return list(StoredCheckpoint.objects.order_by("-size")[:limit])


def signed(limit: int, *, below: int | None = None) -> list[Signed]:
    """Signed tree heads, largest first, and who cosigned each when."""
    return history.signed(limit, below=below)


def journal(*kinds: str) -> dict[str, Journal]:
    """{kind: its newest line}: fsck, drill, mode and the like."""
    return history.newest(*kinds)


def witnessed() -> Witnessed:
    """The size that a quorum has witnessed; since when, and by how many, more is waiting."""
    return modes.standing().witnessed


standing = modes.standing
closed = modes.closed
mode_since = modes.since


def mode() -> str:
    """ok, behind, frozen or readonly."""
    return reading.head().mode


def size() -> int:
    """How many entries are sealed; 0 while there is no log."""
    try:
        return reading.head().size
    except NoLog:
        return 0


def pending() -> tuple[int, datetime | None]:
    """(how many events wait to be sealed, when the oldest of them was written)."""
    return Intent.objects.count(), Intent.objects.aggregate(oldest=Min("created_at"))["oldest"]


def pending_uids() -> list[str]:
    """The uids that wait to be sealed, oldest first."""
    return list(Intent.objects.order_by("id").values_list("uid", flat=True))
