"""Every stored byte against what was sealed: damaged, lost, wrong, or belonging to nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import ledger.api as ledger
from portal.evidence import boxes
from portal.evidence.commands import COPY
from portal.evidence.models import File, Stage, State

STRAY = "stray"
OLD = timedelta(hours=1)  # younger ones may belong to a transaction that is not done


@dataclass(frozen=True)
class Finding:
    """What is wrong, with which part of which file, about what."""

    code: str
    file: int
    part: str
    sha256: str
    what: str

    def __str__(self) -> str:
        return f"{self.code or '-'} file {self.file or '-'} {self.part} {self.sha256}: {self.what}"


@dataclass(frozen=True)
class Report:
    files: int
    findings: list[Finding]

    @property
    def damage(self) -> list[Finding]:
        return [found for found in self.findings if found.what != STRAY]


def scrub(*, at: datetime) -> Report:
    """Read everything, note of each file how it is, and tidy public bytes that nothing shows."""
    findings: list[Finding] = []
    count = 0
    for file in File.objects.exclude(stage=Stage.ERASED).order_by("pk").iterator(chunk_size=200):
        found = list(_of(file))
        state = found[0].what if found else State.GOOD.value
        if state != file.state:
            File.objects.filter(pk=file.pk).update(state=state)
        findings += found
        count += 1
    return Report(files=count, findings=[*findings, *_strays(at=at)])


def _of(file: File) -> Iterator[Finding]:
    """Public parts first: they decide what the pages say."""
    named = ledger.disclosures_all(file.published).get(COPY) if file.published else None
    if file.stage == Stage.PUBLISHED:
        yield from _public(file, "copy", file.copy_sha256, sealed=named)
        if file.thumb_sha256:
            yield from _public(file, "thumb", file.thumb_sha256, sealed=file.thumb_sha256)
    for part in ("original", "copy", "thumb"):
        if name := file.closed.get(part):
            yield from _closed(file, part, name)
        elif part != "thumb" or file.is_picture:
            yield Finding(file.code, file.pk, part, "", State.LOST)


def _public(file: File, part: str, name: str, *, sealed: object) -> Iterator[Finding]:
    try:
        boxes.get(boxes.PUBLIC, name)
    except boxes.Lost:
        yield Finding(file.code, file.pk, f"public {part}", name, State.LOST)
    except boxes.Damaged:
        yield Finding(file.code, file.pk, f"public {part}", name, State.DAMAGED)
    else:
        if sealed != name:
            yield Finding(file.code, file.pk, f"public {part}", name, State.WRONG)


def _closed(file: File, part: str, name: str) -> Iterator[Finding]:
    """The original must be what was sealed, under the code it was sealed for."""
    try:
        stored = boxes.get(boxes.CLOSED, name)
    except boxes.Lost:
        yield Finding(file.code, file.pk, part, name, State.LOST)
        return
    except boxes.Damaged:
        yield Finding(file.code, file.pk, part, name, State.DAMAGED)
        return
    try:
        data = boxes.open_(stored, code=file.code)
    except boxes.Damaged:
        yield Finding(file.code, file.pk, part, name, State.WRONG)
        return
    if part == "original":
        sealed = ledger.disclosures_all(file.uid)
        told = sealed.get("photo_sha256"), sealed.get("length")
        if told != (sha256(data).hexdigest(), len(data)):
            yield Finding(file.code, file.pk, part, name, State.WRONG)


def _strays(*, at: datetime) -> Iterator[Finding]:
    """Stored, but of no file: public ones are deleted, encrypted ones are named."""
    known = set()
    for file in File.objects.exclude(stage=Stage.ERASED).iterator(chunk_size=500):
        known |= {(boxes.CLOSED, name) for name in file.closed.values()}
        if file.stage == Stage.PUBLISHED:
            known |= {(boxes.PUBLIC, file.copy_sha256), (boxes.PUBLIC, file.thumb_sha256)}
    for shelf, name in boxes.names():
        if (shelf, name) in known or at - boxes.stored_at(shelf, name) < OLD:
            continue
        if shelf == boxes.PUBLIC:
            boxes.drop(shelf, name)
        yield Finding("", 0, shelf, name, STRAY)
