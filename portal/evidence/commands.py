"""Sending, publishing, keeping and withdrawing photos and papers, sealed in entries."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

import ledger.api as ledger
from portal.accounts.acting import Actor, accounts_of
from portal.accounts.roles import MODERATOR, PUBLISHER
from portal.evidence import boxes, queries
from portal.evidence.limits import BYTES_OF_ONE, FILES_OF_ONE, MIB, Unfit
from portal.evidence.making import Examined
from portal.evidence.models import File, Shelf, Shows, Stage

REVIEWERS = (MODERATOR, PUBLISHER)
ADD, PUBLISH = "evidence.add", "evidence.publish"
COPY = "copy_sha256"  # the named field of `evidence.publish`
CONCERNED = 900  # codes in one entry
CLASSES = ((MIB // 2, "small"), (2 * MIB, "medium"))
EVENTS = {  # what `data` holds besides media and shows: open facts, and the names of closed ones
    ADD: (("size_class", "repeats"), ("actor", "length", "photo_sha256")),
    PUBLISH: (("added",), ("actor", COPY)),
}


class Refused(Exception):
    """It is not done; the text says why, fit for the page."""


@contextmanager
def _reached() -> Iterator[None]:
    """Where the store is away: a sentence, before anything is recorded."""
    try:
        yield
    except boxes.Away as away:
        raise Refused(
            _(
                "The place where photos and papers are kept cannot be reached at the moment. "
                "Nothing was done with the files; what was recorded stays. Please try again in a "
                "few minutes."
            )
        ) from away


@_reached()
def attach(
    *, code: str, found: Sequence[Examined], shows: Shows, by: Actor, at: datetime
) -> list[File]:
    """Keep these files about the thing with this code, each with an entry of its own.

    Outermost call: durable. The same file again changes nothing. Unfit: too many or too much.
    """
    if ledger.closed():
        raise Refused(_("Nothing can be recorded at the moment. Please try again later."))
    codes = concerned(code)
    stored = [(one, _store(one, code=code)) for one in found]
    try:
        with transaction.atomic(durable=True):
            return [
                _attach(one, closed, code=code, codes=codes, shows=shows, by=by, at=at)
                for one, closed in stored
            ]
    except Unfit:
        for _one, closed in stored:
            _drop(closed)
        raise


def concerned(code: str) -> list[str]:
    """The gifts on whose pages it will stand, and itself: what its sealed entries concern."""
    gifts = {c for c in ledger.concerned_by(ledger.about(code)) if c.startswith("G-")}
    return [code, *sorted(gifts - {code})[:CONCERNED]]


def _store(one: Examined, *, code: str) -> dict[str, str]:
    """The bytes first: a row never names what is not there."""
    parts = {"original": one.data, "copy": one.copy, "thumb": one.thumb}
    return {
        name: boxes.put(boxes.CLOSED, boxes.close(data, code=code))
        for name, data in parts.items()
        if data
    }


def _drop(closed: dict[str, str]) -> None:
    for name in closed.values():
        boxes.drop(boxes.CLOSED, name)


def _attach(
    one: Examined,
    closed: dict[str, str],
    *,
    code: str,
    codes: list[str],
    shows: Shows,
    by: Actor,
    at: datetime,
) -> File:
    known = File.objects.filter(code=code, sha256=one.sha256).first()
    if known is not None:
        _drop(closed)
        return known
    _make_room(code, size=len(one.data))
    seen = queries.earlier(sha256=one.sha256, alike=one.alike, codes=codes)
    file = File(
        code=code,
        stage=Stage.WAITING,
        shows=shows,
        media=one.media,
        size=len(one.data),
        sha256=one.sha256,
        alike=one.alike,
        taken=one.taken,
        repeats=seen[0][0] if seen else queries.NEW,
        codes=codes,
        closed=closed,
        person_id=by.person_id,
        who=by.who,
        role=str(by.role),
        org=by.org,
        at=at,
    )
    file.uid = _submit(
        ADD,
        file,
        by=by,
        at=at,
        data={"size_class": _class(file.size), "repeats": file.repeats},
        private={"photo_sha256": file.sha256, "length": file.size},
    )
    file.save()
    return file


def _submit(
    kind: str,
    file: File,
    *,
    by: Actor,
    at: datetime,
    data: dict[str, Any],
    named: dict[str, Any] | None = None,
    private: dict[str, Any] | None = None,
) -> str:
    told = {
        "media": file.media,
        "shows": str(file.shows),
        "recorded_at": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "actor_role": str(by.role),
        "actor_org": by.org,
    }
    return ledger.submit(
        type=kind,
        case=file.code,
        codes={*file.codes, *([by.org] if by.org else [])},
        data=told | data,
        named=named,
        private={**(private or {}), "actor": by.who},
        at=at,
    )


def _class(size: int) -> str:
    return next((name for most, name in CLASSES if size <= most), "large")


def _make_room(code: str, *, size: int) -> None:
    """One more file; the database itself counts, so that two at once cannot pass together."""
    Shelf.objects.get_or_create(code=code)
    rows = Shelf.objects.filter(code=code, files__lt=FILES_OF_ONE, size__lte=BYTES_OF_ONE - size)
    if not rows.update(files=F("files") + 1, size=F("size") + size):
        raise Unfit(
            _("At most %(files)s files and %(size)s MiB are kept about %(code)s.")
            % {"files": FILES_OF_ONE, "size": BYTES_OF_ONE // MIB, "code": code}
        )


@_reached()
def publish(*, pk: int, by: Actor, at: datetime) -> File:
    """A second person has looked at it: its public copy stands on the pages from now on.

    Outermost call: durable. The digest of the copy is sealed as a named value, so that it can be
    erased.
    """
    with transaction.atomic(durable=True):
        file = _looked_at(pk, by=by, at=at)
        if file.shows == Shows.RECEIPT:
            raise Refused(
                _(
                    "An official receipt names its donor and is looked up by its number, so it is "
                    "never published. Please keep it."
                )
            )
        copy, thumb = (_opened(file, part) for part in ("copy", "thumb"))
        file.copy_sha256 = boxes.put(boxes.PUBLIC, copy)
        file.thumb_sha256 = boxes.put(boxes.PUBLIC, thumb) if thumb else ""
        named = {COPY: file.copy_sha256}
        file.published = _submit(PUBLISH, file, by=by, at=at, data={"added": file.uid}, named=named)
        file.stage = Stage.PUBLISHED
        file.save()
        return file


def _opened(file: File, part: str) -> bytes:
    name = file.closed.get(part)
    if not name:
        return b""
    try:
        with _reached():
            return boxes.open_(boxes.get(boxes.CLOSED, name), code=file.code)
    except (boxes.Lost, boxes.Damaged) as bad:
        raise Refused(
            _("The stored file is damaged or lost. Please ask for it to be sent again.")
        ) from bad


def original(file: File) -> bytes:
    """The file as it was sent, for those who look at it."""
    return _opened(file, "original")


def copy(file: File) -> bytes:
    """What would be published."""
    return _opened(file, "copy")


@transaction.atomic(durable=True)
def keep(*, pk: int, by: Actor, at: datetime) -> File:
    """A second person has looked at it: it stays, and is not published."""
    file = _looked_at(pk, by=by, at=at)
    file.stage = Stage.KEPT
    file.save()
    return file


def _looked_at(pk: int, *, by: Actor, at: datetime) -> File:
    file = File.objects.select_for_update(of=("self",)).get(pk=pk)
    if by.role not in REVIEWERS or by.person_id is None:
        raise Refused(_("Only moderation and publishing decide what is shown."))
    if file.person_id in accounts_of(by.person_id):
        raise Refused(_("You sent this yourself: somebody else has to look at it."))
    if file.stage != Stage.WAITING:
        raise Refused(_("Somebody has already decided about this file."))
    file.reviewer_id, file.reviewed_at = by.person_id, at
    return file


def withdraw(*, pk: int, by: Actor, at: datetime) -> File:
    """Take a published copy back: digest and copy are erased; the pages say so.

    Outermost call: durable. The encrypted original stays for auditors.
    """
    if by.role not in REVIEWERS:
        raise Refused(_("Only moderation and publishing decide what is shown."))
    with transaction.atomic(durable=True):
        file = File.objects.select_for_update(of=("self",)).get(pk=pk)
        if file.stage != Stage.PUBLISHED:
            raise Refused(_("This file is not published."))
        shown = file.copy_sha256, file.thumb_sha256
        file.stage, file.copy_sha256, file.thumb_sha256 = Stage.WITHDRAWN, "", ""
        file.save()
        ledger.erase([file.published], only=[COPY], at=at)
    ledger.republish([file.published])
    try:
        _hide(*shown, of=file)
    except boxes.Away as away:
        raise Refused(
            _(
                "It is withdrawn, but its place cannot be reached at the moment: the bytes "
                "are deleted by the nightly check."
            )
        ) from away
    return file


def _hide(*shown: str, of: File) -> None:
    """Delete the public bytes of a file, if no other published file has the same."""
    others = File.objects.filter(stage=Stage.PUBLISHED).exclude(pk=of.pk)
    for sha256 in filter(None, shown):
        if not others.filter(Q(copy_sha256=sha256) | Q(thumb_sha256=sha256)).exists():
            boxes.drop(boxes.PUBLIC, sha256)


def erase(code: str) -> int:
    """Delete every byte that is kept about a thing; how many files that were.

    Called beside the erasure of the code: what a kill left is deleted when it is repeated.
    """
    found = list(File.objects.filter(code=code).exclude(stage=Stage.ERASED))
    for file in found:
        _hide(file.copy_sha256, file.thumb_sha256, of=file)
        _drop(file.closed)
        file.stage, file.closed = Stage.ERASED, {}
        file.save(update_fields=["stage", "closed"])
    return len(found)
