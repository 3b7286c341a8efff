"""What carriers' query services say, read from a list: their state numbers mapped to ours, line by
line; nothing is lost, each line says what became of it.

Kuaidi100 and KDNiao number their states differently (domain 7.5). 签收 and 代收 are *delivered*.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from portal.accounts.acting import Actor
from portal.input.tables import Unreadable, read_table
from portal.input.waybills import read_waybill
from portal.shipping.carrying import IN_TRANSIT, CarrierSays, CarrierState
from portal.shipping.models import Shipment
from portal.stages.engine import MoveRefused, advance

ZONE = ZoneInfo("Asia/Shanghai")
MOST = 500  # lines of one list: each may become an entry
KUAIDI100 = {
    "0": CarrierState.MOVING,
    "1": CarrierState.COLLECTED,
    "2": CarrierState.PROBLEM,
    "3": CarrierState.SIGNED,
    "4": CarrierState.REFUSED,
    "5": CarrierState.OUT,
    "6": CarrierState.RETURNING,
    "7": CarrierState.FORWARDED,
    "8": CarrierState.CUSTOMS,
    "14": CarrierState.REFUSED,
}
KDNIAO = {
    "1": CarrierState.COLLECTED,
    "2": CarrierState.MOVING,
    "202": CarrierState.OUT,
    "211": CarrierState.OUT,  # in the locker, not fetched
    "3": CarrierState.SIGNED,
    "301": CarrierState.SIGNED,
    "304": CarrierState.SIGNED_FOR_OTHER,
    "311": CarrierState.SIGNED_FOR_OTHER,
    "4": CarrierState.PROBLEM,
    "404": CarrierState.REFUSED,
    "5": CarrierState.FORWARDED,
    "6": CarrierState.CUSTOMS,
}
WORDS = {
    "揽收": CarrierState.COLLECTED,
    "已揽收": CarrierState.COLLECTED,
    "在途": CarrierState.MOVING,
    "运输中": CarrierState.MOVING,
    "转投": CarrierState.FORWARDED,
    "转寄": CarrierState.FORWARDED,
    "清关": CarrierState.CUSTOMS,
    "派件": CarrierState.OUT,
    "派送中": CarrierState.OUT,
    "派件中": CarrierState.OUT,
    "疑难": CarrierState.PROBLEM,
    "问题件": CarrierState.PROBLEM,
    "签收": CarrierState.SIGNED,
    "已签收": CarrierState.SIGNED,
    "代收": CarrierState.SIGNED_FOR_OTHER,
    "拒收": CarrierState.REFUSED,
    "拒签": CarrierState.REFUSED,
    "退签": CarrierState.REFUSED,
    "退回": CarrierState.RETURNING,
}
SERVICES = {"kuaidi100": KUAIDI100, "kdniao": KDNIAO}
HEADS = {
    "number": {
        "waybill",
        "number",
        "tracking number",
        "运单号",
        "快递单号",
        "单号",
        "logisticcode",
    },
    "state": {"state", "status", "状态", "物流状态", "签收状态", "stateex"},
    "time": {"time", "date", "时间", "更新时间", "accepttime", "ftime"},
}


@dataclass(frozen=True)
class Told:
    """One line of the list: its state and time as understood, the shipment, and what became of
    it."""

    line: int
    number: str
    state: CarrierState | None = None
    said_at: datetime | None = None
    shipment: str = ""
    said: str = ""
    good: bool = False


def state_of(text: str, *, service: str) -> CarrierState | None:
    """A number by the service's table (an unknown three-figure one by its first figure), or a word.

    None for 无轨迹 and for what nobody knows.
    """
    found = text.strip()
    table = SERVICES.get(service, {})
    known = table.get(found) or WORDS.get(found)
    if known is None and found.isascii() and found.isdigit() and len(found) > 2:
        known = table.get(found[0])
    return known


def read_states(data: bytes, *, service: str) -> list[Told]:
    """The lines of a CSV or XLSX list with a heading. Raises Unreadable."""
    lines, _others = read_table(data, lambda cells: len(_columns(cells)))
    head = next((n for n, line in enumerate(lines[:20]) if len(_columns(line.cells)) > 1), None)
    if head is None:
        raise Unreadable(
            _("No heading was found. The list needs at least the columns “waybill” and “state”.")
        )
    columns = _columns(lines[head].cells)
    if not {"number", "state"} <= set(columns):
        raise Unreadable(_("The list needs at least the columns “waybill” and “state”."))
    rows = lines[head + 1 :]
    if len(rows) > MOST:
        raise Unreadable(
            _("The list has more than %(most)d lines. Please split it.") % {"most": MOST}
        )
    return [_read(row.number, row.cells, columns, service) for row in rows]


def _columns(cells: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for n, cell in enumerate(cells):
        for name, heads in HEADS.items():
            if cell.strip().lower() in heads:
                found.setdefault(name, n)
    return found


def _read(line: int, cells: tuple[str, ...], columns: dict[str, int], service: str) -> Told:
    def cell(name: str) -> str:
        at = columns.get(name, len(cells))
        return cells[at].strip() if at < len(cells) else ""

    number = read_waybill(cell("number")[:60], carrier="").number
    state, text = state_of(cell("state"), service=service), cell("time")
    if state is None:
        said = _("the state “%(state)s” means nothing new") % {"state": cell("state")[:40]}
        return Told(line, number, said=said)
    said_at = _time(text)
    if text and said_at is None:
        said = _("the time “%(time)s” cannot be read") % {"time": text[:40]}
        return Told(line, number, state, said=said)
    return Told(line, number, state, said_at)


def _time(text: str) -> datetime | None:
    """As the services write it: in Shanghai's time where no zone stands."""
    try:
        found = parse_datetime(text.replace("/", "-"))
    except ValueError:
        return None
    if found is None:
        return None
    return found if found.tzinfo else found.replace(tzinfo=ZONE)


def apply(rows: Iterable[Told], *, actor: Actor, at: datetime, book: bool) -> Iterator[Told]:
    """What each line means for the actor's shipments; with `book` it is noted, oldest first,
    each in a step of its own. A second time nothing is noted."""
    for row in sorted(rows, key=lambda r: (r.said_at or at, r.line)):
        yield _applied(row, actor=actor, at=at, book=book)


def _applied(row: Told, *, actor: Actor, at: datetime, book: bool) -> Told:
    if row.state is None or row.said:
        return row
    found = [s for s in Shipment.objects.filter(waybill=row.number) if s.reachable_by(actor)]
    if not row.number or not found:
        return _told(row, _("no shipment of yours has this number"))
    shipment = found[-1]
    said = ""
    if shipment.stage not in IN_TRANSIT:
        said = _("it is “%(stage)s”") % {"stage": shipment.stage_label}
    elif shipment.carrier_state == row.state.value:
        said = _("known already")
    if said:
        return _told(row, said, shipment)
    return _noted(row, shipment, actor, at=at) if book else _told(row, "", shipment, good=True)


def _noted(row: Told, shipment: Shipment, actor: Actor, *, at: datetime) -> Told:
    assert row.state is not None, "a line without state ended before"
    facts = CarrierSays(state=row.state, said_at=row.said_at)
    try:
        advance(Shipment, shipment.code, "note_state", actor=actor, facts=facts, at=at)
    except MoveRefused as refused:
        return _told(row, str(refused), shipment)
    return _told(row, _("noted: %(state)s") % {"state": row.state.label}, shipment, good=True)


def _told(row: Told, said: str, shipment: Shipment | None = None, *, good: bool = False) -> Told:
    code = shipment.code if shipment else ""
    said = said or str(row.state.label if row.state else "")
    return Told(row.line, row.number, row.state, row.said_at, code, said, good)
