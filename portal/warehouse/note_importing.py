"""What a goods-in note says, booked: for a consignment that was announced, or for a gift of which
something came unannounced.

Each row becomes a batch of the line it belongs to. A note that is too long for one entry is counted
in parts: what is not in a part stays to come, is announced anew and counted next. The same note
again books nothing: a row counts as there if a counted line of the gift has its item, batch, expiry
and figures, each line for one row only.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.accounts.acting import Actor
from portal.catalogue.models import Variant
from portal.catalogue.queries import variants_by_key
from portal.input.once import Once, once
from portal.needs.cells import Outcome
from portal.needs.notes import Note
from portal.pledges.models import Pledge
from portal.pledges.queries import unsent_lines
from portal.stages import engine
from portal.stages.engine import MoveRefused, NotYours
from portal.warehouse.models import Arrival, ArrivalLine, Warehouse
from portal.warehouse.note_reading import NoteReading, NoteRow
from portal.warehouse.stages import (
    Announced,
    AnnouncedLine,
    Carrier,
    Counted,
    CountedBatch,
    CountedLine,
    CountReason,
)

IN_ONE = 30  # rows in one count: with their postings they must fit into one entry
COUNTABLE = ("announced", "arrived")
UNCOUNTED = ("announced", "arrived", "recount")


@dataclass
class Target:
    """A line that rows can belong to: of a consignment, or of a gift with something left to send.
    `key` is its number there."""

    key: int
    variant: Variant
    left: int
    rows: list[NoteRow] = field(default_factory=list)

    @property
    def here(self) -> int:
        return sum(row.accepted + row.rejected for row in self.rows)


@dataclass
class Noted:
    """What an import did or would do: the rows with what was said of them, by line of the file
    where each went, which were there before, and the consignments that were counted."""

    rows: dict[int, NoteRow] = field(default_factory=dict)
    where: dict[int, tuple[str, str]] = field(default_factory=dict)  # (consignment, lot)
    again: set[int] = field(default_factory=set)
    refused: dict[int, str] = field(default_factory=dict)  # by the move itself
    counted: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Sheet:
    """A note as read, and what it is for: a consignment, or a gift and the house it came to."""

    reading: NoteReading
    pledge: Pledge
    arrival: Arrival | None = None
    house: Warehouse | None = None
    missing: bool = False  # what the note does not have is missing; else it is still to come


def foresee(sheet: Sheet) -> Noted:
    """What `book` would do, without doing it."""
    done = Noted()
    _place(sheet, done)
    return done


def book(sheet: Sheet, *, actor: Actor, at: datetime) -> Noted:
    """Count what was placed or changed; refused rows stay in the report. Each part is a
    transaction of its own; what stops half way is completed by importing again."""
    done = Noted()
    targets = [target for target in _place(sheet, done) if target.rows]
    parts = list(_parts(targets))
    arrival = sheet.arrival
    for n, part in enumerate(parts):
        rows = [row for target in part for row in target.rows]
        try:
            if sheet.arrival is None:
                arrival = _announce(sheet, part, actor=actor, at=at)
            assert arrival is not None, "a note is for a consignment or for a gift"
            last = n == len(parts) - 1
            arrival = _count(sheet, arrival, part, last=last, actor=actor, at=at, done=done)
        except NotYours:
            raise
        except MoveRefused as refusal:
            left = (row.line for later in parts[n:] for target in later for row in target.rows)
            done.refused |= dict.fromkeys(left, str(refusal))
            break
        assert all(row.line in done.where for row in rows), "every counted row has its lot"
    return done


def _place(sheet: Sheet, done: Noted) -> list[Target]:
    """Give each row to the line it belongs to."""
    targets = _targets(sheet)
    there = _there(sheet.pledge)
    known = variants_by_key({row.variant for row in sheet.reading.rows if row.variant})
    seen: dict[tuple[object, ...], int] = {}
    for row in sheet.reading.rows:
        done.rows[row.line] = row
        if row.outcome is Outcome.REFUSED:
            continue
        if there[_key(known.get(row.variant), row)]:
            done.where[row.line] = there[_key(known.get(row.variant), row)].pop(0)
            done.again.add(row.line)
            continue
        target = _target(row, targets)
        if target is None:
            code = "not_in_consignment" if sheet.arrival else "not_in_gift"
            done.rows[row.line] = row.noted(Note(code, {"item": row.item}))
            continue
        told = _told(row, target, seen)
        done.rows[row.line] = told
        target.rows.append(told)
    return targets


def _told(row: NoteRow, target: Target, seen: dict[tuple[object, ...], int]) -> NoteRow:
    """The row with what is to be said of where it goes."""
    notes = []
    if target.variant.key != row.variant:
        notes.append(Note("other_variant", {"written": row.written}))
    alike = (row.variant, row.accepted, row.rejected, row.batch, row.expiry, row.serials)
    if (first := seen.setdefault(alike, row.line)) != row.line:
        notes.append(Note("same_again", {"line": str(first)}))
    return row.noted(*notes)


def _targets(sheet: Sheet) -> list[Target]:
    if sheet.arrival is not None:
        lines = sheet.arrival.lines.select_related("lot__variant__item").order_by("no")
        return [Target(line.no, line.lot.variant, line.announced) for line in lines]
    unsent = unsent_lines(sheet.pledge).select_related("variant__item").order_by("no")
    return [Target(line.no, line.variant, line.quantity - line.sent) for line in unsent]


def _target(row: NoteRow, targets: list[Target]) -> Target | None:
    """The line of this variant, else of this item; of several the first that is not full yet."""
    same = [t for t in targets if t.variant.key == row.variant]
    same = same or [t for t in targets if t.variant.item.key == row.item]
    roomy = (t for t in same if t.here + row.accepted + row.rejected <= t.left)
    return next(roomy, same[-1] if same else None)


def _key(variant: Variant | None, row: NoteRow) -> tuple[object, ...]:
    item = variant.item_id if variant else 0
    return (item, row.batch, row.expiry, row.accepted, row.rejected)


def _there(pledge: Pledge) -> dict[tuple[object, ...], list[tuple[str, str]]]:
    """The counted lines of a gift by what a row would say of them."""
    counted = ArrivalLine.objects.filter(arrival__pledge=pledge)
    counted = counted.exclude(arrival__stage__in=UNCOUNTED)
    wanted = ("lot", "arrival", "pledge_line__variant")
    found: dict[tuple[object, ...], list[tuple[str, str]]] = defaultdict(list)
    for line in counted.select_related(*wanted).order_by("pk"):
        lot, item = line.lot, line.pledge_line.variant.item_id
        key = (item, lot.batch, lot.expiry, line.accepted, line.rejected)
        found[key].append((line.arrival.code, lot.code))
    return found


def _parts(targets: list[Target]) -> Iterator[list[Target]]:
    """Whole lines together, so many rows in one count."""
    part: list[Target] = []
    for target in targets:
        if part and sum(len(t.rows) for t in (*part, target)) > IN_ONE:
            yield part
            part = []
        part.append(target)
    if part:
        yield part


def _announce(sheet: Sheet, part: list[Target], *, actor: Actor, at: datetime) -> Arrival:
    """What came unannounced, recorded as sent: at most what was promised; more is found."""
    assert sheet.house is not None, "goods of a gift come to a house"
    rows = tuple(AnnouncedLine(line=t.key, quantity=min(t.here, t.left)) for t in part)
    facts = Announced(warehouse=sheet.house.code, carrier=Carrier.OTHER, lines=rows)
    sending = _once("arrival.announce:note", sheet.pledge, part)
    return engine.begin(
        Arrival, "announce", actor=actor, facts=facts, at=at, once=sending, pledge=sheet.pledge
    )


def _count(
    sheet: Sheet,
    arrival: Arrival,
    part: list[Target],
    *,
    last: bool,
    actor: Actor,
    at: datetime,
    done: Noted,
) -> Arrival | None:
    """Count one part; the consignment that the rest was announced as, if there is a rest."""
    facts = _facts(sheet, arrival, part, last=last)
    sending = _once(f"arrival.count:{arrival.code}", sheet.pledge, part)
    counted = engine.advance(
        Arrival, arrival.code, "count", actor=actor, facts=facts, at=at, once=sending
    )
    done.counted.append(counted.code)
    for target in part:
        _where(counted, target, done)
    rest = Arrival.objects.filter(pledge=sheet.pledge, stage="announced", opened_at=at)
    return rest.filter(pk__gt=counted.pk).order_by("-pk").first()


def _facts(sheet: Sheet, arrival: Arrival, part: list[Target], *, last: bool) -> Counted:
    """The rows as the facts of a count. Of a gift's own part the lines stand in the part's order;
    a consignment's are known by the gift's line, which a rest announced anew keeps."""
    lines = list(arrival.lines.select_related("pledge_line").order_by("no"))
    own = _own_lines(sheet, lines, part)
    rows, batches = [], []
    for line in lines:
        target = own.get(line.no)
        here = target.here if target else 0
        missing = sheet.missing and last
        later = 0 if missing else max(line.announced - here, 0)
        first, *more = target.rows if target else [NoteRow(line=0)]
        reason = CountReason.SURPLUS if here > line.announced else CountReason.NONE
        reason = CountReason.SHORT if missing and here < line.announced else reason
        said = next((row.reason for row in (first, *more) if row.reason), reason)
        rows.append(CountedLine(**_said(line, first, said), later=later))
        batches += [CountedBatch(**_said(line, row, said)) for row in more]
    return Counted(lines=tuple(rows), batches=tuple(batches))


def _said(line: ArrivalLine, row: NoteRow, reason: CountReason) -> dict[str, Any]:
    """One row of the note as a row of facts."""
    return {
        "line": line.no,
        "accepted": row.accepted,
        "rejected": row.rejected,
        "reason": reason,
        "batch": row.batch,
        "expiry": row.expiry,
        "serials": row.serials,
    }


def _own_lines(sheet: Sheet, lines: list[ArrivalLine], part: list[Target]) -> dict[int, Target]:
    """Which line of this very consignment each target is: its numbers change when a rest is
    announced anew, the gift's lines do not."""
    if sheet.arrival is None:
        by_gift = {target.key: target for target in part}
    else:
        first = dict(sheet.arrival.lines.values_list("no", "pledge_line__no"))
        by_gift = {first[target.key]: target for target in part}
    return {
        line.no: by_gift[line.pledge_line.no] for line in lines if line.pledge_line.no in by_gift
    }


def _where(arrival: Arrival, target: Target, done: Noted) -> None:
    """Each row's lot: the line's first, then those of its further batches, in order."""
    lines = arrival.lines.select_related("lot", "pledge_line__variant").order_by("no")
    for row in target.rows:
        for line in lines:
            taken = (arrival.code, line.lot.code) in done.where.values()
            said = (line.lot.batch, line.lot.expiry, line.accepted, line.rejected)
            same = said == (row.batch, row.expiry, row.accepted, row.rejected)
            if same and not taken and line.pledge_line.variant_id == target.variant.pk:
                done.where[row.line] = (arrival.code, line.lot.code)
                break


def _once(action: str, gift: Pledge, part: list[Target]) -> Once:
    """Made of what the rows say, so that two who import a note at once book it once."""
    content = {"gift": gift.code, "rows": repr([target.rows for target in part])}
    key = uuid.uuid5(uuid.NAMESPACE_OID, repr(content))
    return once(key=str(key), action=action, who="note", content=content)
