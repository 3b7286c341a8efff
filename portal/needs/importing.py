"""What was read from a list becomes drafts: organisations only listed, a notice for each hospital.

Nothing becomes public here. A coordinator publishes each draft with the notice's address, which is
kept with it. The same list imported again finds its drafts and makes none; a mended list adds only
what is new in it.
"""

import uuid
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils.translation import gettext as _

from portal.accounts.acting import Actor
from portal.catalogue.queries import variants_by_key
from portal.input.addresses import clean_address
from portal.input.cleaning import Unclean
from portal.input.once import Once, answered, once
from portal.needs.models import Need, NeedLine
from portal.needs.reading import Outcome, Reading, ReadRow
from portal.needs.register import Known, hospital_in_register
from portal.needs.stages import AskedLine, Written
from portal.organisations.models import Organisation
from portal.organisations.stages import Entered, KnownFrom
from portal.stages import engine
from portal.stages.engine import MoveRefused, NotYours

MOST_LINES = 150  # of one notice: it must fit into one entry


@dataclass
class Imported:
    """What an import made and found: codes of new organisations, of the drafts (new or known
    before), of the new drafts alone; and what is to be said of lines of the file."""

    organisations: list[str] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    lines: dict[int, tuple[str, int]] = field(default_factory=dict)  # file line -> (need, line no)
    again: set[int] = field(default_factory=set)  # file lines that were there before
    refused: dict[int, str] = field(default_factory=dict)  # file line -> why
    said: dict[int, list[str]] = field(default_factory=dict)  # file line -> how it was changed


@dataclass(frozen=True)
class Notice:
    """Rows that become one draft, and the address they come from."""

    rows: tuple[ReadRow, ...]
    source: str
    sending: Once
    known: str = ""  # the draft that these very rows led to before


@dataclass
class Planned:
    """One hospital of the file with what will be made for it; `refusal`: nothing, and why."""

    rows: list[ReadRow]
    name: str
    city: str
    known: Organisation | None = None
    refusal: str = ""
    notices: list[Notice] = field(default_factory=list)


def place(reading: Reading, *, actor: Actor, source: str, at: datetime) -> Imported:
    """Make drafts of every row that was placed or changed; refused rows stay in the report.

    `source` is the notice's address where the file's rows name none. Each hospital is a
    transaction of its own; what stops half way is completed by importing again.
    """
    done = Imported()
    for planned in _plan(reading, source=source, done=done):
        try:
            _make(planned, actor=actor, at=at, done=done)
        except NotYours:
            raise
        except MoveRefused as refusal:
            left = [row for row in planned.rows if row.line not in done.lines]
            done.refused |= {row.line: str(refusal) for row in left}
    return done


def foresee(reading: Reading, *, source: str) -> Imported:
    """What `place` would do, without doing it: new lines stand under no code yet."""
    done = Imported()
    for planned in _plan(reading, source=source, done=done):
        if planned.known is None:
            done.organisations.append("")
        for notice in planned.notices:
            _note(notice, notice.known, made=not notice.known, done=done)
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


def asked(row: ReadRow) -> AskedLine:
    """A row as the line of a notice."""
    said = (row.item_as_written, row.specification_as_written, row.quantity_as_written)
    written = " ".join(filter(None, said))
    return AskedLine(
        variant=row.variant,
        quantity_kind=row.quantity_kind,
        quantity=row.quantity,
        as_written=written[:500],
    )


def _plan(reading: Reading, *, source: str, done: Imported) -> Iterator[Planned]:
    """Hospital by hospital, what is new in the file; what was there before or cannot be taken goes
    into the report at once."""
    rows = [row for row in reading.rows if row.outcome is not Outcome.REFUSED]
    in_catalogue = variants_by_key({row.variant for row in rows})
    taken: dict[str, str] = {}  # credit code -> hospital, within this file
    for planned in _by_place(rows, done):
        known = hospital_in_register(planned.rows, city=planned.city, taken=taken)
        planned.known, planned.refusal = known.organisation, known.refusal
        _hear(known, planned, done)
        fresh = []
        for row in planned.rows:
            if why := planned.refusal or _not_taken(row, in_catalogue):
                done.refused[row.line] = why
            else:
                fresh.append(_with_source(row, source, done))
        planned.rows = _not_there_yet(fresh, planned.known, done)
        if planned.known is None and planned.rows and not any(r.source for r in planned.rows):
            why = _("Please give the address of the notice this list comes from.")
            done.refused |= {row.line: why for row in planned.rows}
            planned.rows = []
        planned.notices = list(_notices(planned))
        if planned.notices:
            yield planned


def _by_place(rows: list[ReadRow], done: Imported) -> list[Planned]:
    """The rows by hospital. Two hospitals of one name in two cities are two; but where the name
    itself says the city, a line with another city is of the same hospital, and that is said."""
    found: dict[tuple[str, str], Planned] = {}
    cities: dict[str, list[str]] = {}
    for row in rows:
        if row.city and row.city not in cities.setdefault(row.hospital, []):
            cities[row.hospital].append(row.city)
    for row in rows:
        named = [c for c in cities.get(row.hospital, []) if c.removesuffix("市") in row.hospital]
        city = named[0] if named else row.city or next(iter(cities.get(row.hospital, [])), "")
        if row.city and city != row.city:
            sentence = _("The line says %(city)s; by its name the hospital is in %(meant)s.")
            done.said.setdefault(row.line, []).append(sentence % {"city": row.city, "meant": city})
        key = (row.hospital, city)
        found.setdefault(key, Planned(rows=[], name=row.hospital, city=city)).rows.append(row)
    return list(found.values())


def _hear(known: Known, planned: Planned, done: Imported) -> None:
    for row in planned.rows if known.remark else ():
        if row.credit_code:
            done.said.setdefault(row.line, []).append(known.remark)


def _not_taken(row: ReadRow, in_catalogue: Collection[str]) -> str:
    if row.variant in in_catalogue:
        return ""
    return _("This item is not in the catalogue of this site yet: it must be loaded first.")


def _with_source(row: ReadRow, source: str, done: Imported) -> ReadRow:
    """The row with the address of its notice: its own, else the one given for the file."""
    if not row.source:
        return replace(row, source=source)
    try:
        return replace(row, source=clean_address(row.source))
    except Unclean:
        sentence = _("The source is not the address of a web page and was left out.")
        done.said.setdefault(row.line, []).append(sentence)
        return replace(row, source=source)


def _not_there_yet(
    rows: list[ReadRow], hospital: Organisation | None, done: Imported
) -> list[ReadRow]:
    """The rows that no notice of this hospital has; a line counts for one row only."""
    if hospital is None:
        return rows
    lines = NeedLine.objects.filter(need__hospital=hospital).select_related("need", "variant")
    there = list(lines.order_by("need_id", "no"))
    left = []
    for row in rows:
        line = next((line for line in there if _same(row, line)), None)
        if line is None:
            left.append(row)
            continue
        there.remove(line)
        done.lines[row.line] = (line.need.code, line.no)
        done.again.add(row.line)
        _once_each(done.needs, line.need.code)
    return left


def _same(row: ReadRow, line: NeedLine) -> bool:
    wanted = asked(row)
    return (
        (line.variant.key, line.quantity_kind, line.quantity, line.as_written)
        == (wanted.variant, wanted.quantity_kind, wanted.quantity, wanted.as_written)
    ) and (not row.source or line.need.source in ("", row.source))


def _notices(planned: Planned) -> Iterator[Notice]:
    """One for each address. A notice names an item once: what a list names again goes into a
    further one."""
    notices: list[tuple[str, dict[str, ReadRow]]] = []
    for row in planned.rows:
        fitting = (
            rows
            for source, rows in notices
            if source == row.source and row.variant not in rows and len(rows) < MOST_LINES
        )
        rows = next(fitting, None)
        if rows is None:
            notices.append((row.source, rows := {}))
        rows[row.variant] = row
    seen: Counter[str] = Counter()
    for source, by_variant in notices:
        rows_of = tuple(by_variant.values())
        sending = _once(planned, rows_of, source, seen)
        yield Notice(rows=rows_of, source=source, sending=sending, known=answered(sending))


def _make(planned: Planned, *, actor: Actor, at: datetime, done: Imported) -> None:
    org = planned.known or _enter(planned, actor=actor, at=at, done=done)
    for notice in planned.notices:
        need = engine.begin(
            Need,
            "write",
            actor=actor,
            facts=Written(lines=tuple(asked(row) for row in notice.rows), send=False),
            at=at,
            once=notice.sending,
            hospital=org,
            source=notice.source,
        )
        _note(notice, need.code, made=not notice.known, done=done)


def _note(notice: Notice, code: str, *, made: bool, done: Imported) -> None:
    done.lines |= {row.line: (code, no) for no, row in enumerate(notice.rows, start=1)}
    if made:
        done.made.append(code)
    else:
        done.again.update(row.line for row in notice.rows)
    if made or code not in done.needs:
        done.needs.append(code)


def _enter(planned: Planned, *, actor: Actor, at: datetime, done: Imported) -> Organisation:
    first = planned.rows[0]
    org = engine.begin(
        Organisation,
        "enter",
        actor=actor,
        facts=Entered(
            known_from=KnownFrom.NOTICE,
            source=next(row.source for row in planned.rows if row.source),
        ),
        at=at,
        kind=Organisation.Kind.HOSPITAL,
        legal_name=planned.name,
        credit_code=next((row.credit_code for row in planned.rows if row.credit_code), None),
        province=first.province,
        city=planned.city,
        district=first.district,
    )
    done.organisations.append(org.code)
    return org


def _once(planned: Planned, rows: tuple[ReadRow, ...], source: str, seen: Counter[str]) -> Once:
    """The key is made of what is asked, so that the same list leads to the same draft whoever
    imports it; the same content twice in one file is told apart by its number."""
    lines = [repr(asked(row)) for row in rows]
    content = {"hospital": [planned.name, planned.city], "source": source, "lines": lines}
    seen[repr(content)] += 1
    numbered = {**content, "no": seen[repr(content)]}
    key = uuid.uuid5(uuid.NAMESPACE_OID, repr(numbered))
    return once(key=str(key), action="need.import", who="import", content=numbered)


def _once_each(codes: list[str], code: str) -> None:
    if code not in codes:
        codes.append(code)
