"""What was read from a list becomes drafts: organisations only listed, one notice for each hospital.

Nothing becomes public here. A coordinator publishes each draft with the notice's address. The same
list imported again finds its drafts and makes none.
"""

import uuid
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from portal.accounts.acting import Actor
from portal.input.once import Once, once
from portal.needs.models import Need
from portal.needs.reading import Outcome, Reading, ReadRow
from portal.needs.stages import AskedLine, Written
from portal.organisations.models import Organisation
from portal.organisations.stages import Entered, KnownFrom
from portal.stages import engine

MOST_LINES = 150  # of one notice: it must fit into one entry


@dataclass
class Imported:
    """What an import made: codes of new organisations and of the drafts (new or known before)."""

    organisations: list[str] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
    lines: dict[int, tuple[str, int]] = field(default_factory=dict)  # file line -> (need, line no)


def place(reading: Reading, *, actor: Actor, source: str, at: datetime) -> Imported:
    """Make drafts of every row that was placed or changed; refused rows stay in the report.

    `source` is the notice's address where the file's rows name none. Each hospital is a
    transaction of its own; what stops half way is completed by importing again.
    """
    done = Imported()
    for hospital, rows in by_hospital(reading).items():
        org = _hospital(rows[0], hospital, actor=actor, source=source, at=at, done=done)
        for notice in _notices(rows):
            lines = tuple(asked(row) for row in notice)
            need = engine.begin(
                Need,
                "write",
                actor=actor,
                facts=Written(lines=lines, send=False),
                at=at,
                once=_once(hospital, lines, actor),
                hospital=org,
            )
            done.needs.append(need.code)
            done.lines |= {row.line: (need.code, no) for no, row in enumerate(notice, start=1)}
    return done


def by_hospital(reading: Reading) -> dict[str, list[ReadRow]]:
    """The rows that can be placed, by hospital, in the order of the file."""
    found: dict[str, list[ReadRow]] = {}
    for row in reading.rows:
        if row.outcome is not Outcome.REFUSED:
            found.setdefault(row.hospital, []).append(row)
    return found


def without(reading: Reading, *, hospitals: Collection[str]) -> Reading:
    """The same reading without some hospitals' rows."""
    return replace(reading, rows=tuple(r for r in reading.rows if r.hospital not in hospitals))


def _notices(rows: Iterable[ReadRow]) -> Iterator[list[ReadRow]]:
    """A notice names an item once: what a list names again goes into a further notice."""
    notices: list[dict[str, ReadRow]] = []
    for row in rows:
        fitting = (n for n in notices if row.variant not in n and len(n) < MOST_LINES)
        notice = next(fitting, None)
        if notice is None:
            notices.append(notice := {})
        notice[row.variant] = row
    yield from (list(notice.values()) for notice in notices)


def asked(row: ReadRow) -> AskedLine:
    """A row as the line of a notice."""
    written = " ".join(filter(None, (row.item_as_written, row.specification_as_written)))
    return AskedLine(
        variant=row.variant,
        quantity_kind=row.quantity_kind,
        quantity=row.quantity,
        as_written=written[:500],
    )


def _hospital(
    row: ReadRow, name: str, *, actor: Actor, source: str, at: datetime, done: Imported
) -> Organisation:
    known = Organisation.objects.filter(legal_name=name, kind=Organisation.Kind.HOSPITAL).first()
    if known is not None:
        return known
    org = engine.begin(
        Organisation,
        "enter",
        actor=actor,
        facts=Entered(known_from=KnownFrom.NOTICE, source=row.source or source),
        at=at,
        kind=Organisation.Kind.HOSPITAL,
        legal_name=name,
        province=row.province,
        city=row.city,
        district=row.district,
    )
    done.organisations.append(org.code)
    return org


def _once(hospital: str, lines: tuple[AskedLine, ...], actor: Actor) -> Once:
    """The key is made of what is asked, so that the same list leads to the same draft."""
    content = {"hospital": hospital, "lines": [repr(line) for line in lines]}
    key = uuid.uuid5(uuid.NAMESPACE_OID, repr(content))
    return once(key=str(key), action="need.import", who=actor.org, content=content)
