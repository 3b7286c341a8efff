"""Temperature logs kept and sealed: the readings first, then the move that tells their digest,
their extremes and how long they were outside what the goods can bear."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from portal.accounts.acting import Actor
from portal.catalogue.queries import cold_range, described
from portal.input.once import Once, once
from portal.stages import engine
from portal.stages.engine import MoveRefused, Step
from portal.warehouse.cold_reading import Log
from portal.warehouse.goods_in import name_gift
from portal.warehouse.models import Arrival, ColdLog, Lot
from portal.warehouse.stages import ColdLogged


def log_cold(subject: Arrival, facts: ColdLogged, step: Step) -> None:
    """Nothing moves: the entry says what was read of which lot."""
    if not ColdLog.objects.filter(lot__arrivalline__arrival=subject, digest=facts.digest).exists():
        raise MoveRefused(_("There is no such log here. Please send the file again."))
    step.target = subject.stage
    step.concern(facts.lot)
    name_gift(subject, step)


def keep(arrival: Arrival, lot: Lot, log: Log, *, actor: Actor, at: datetime) -> ColdLog:
    """Keep and seal a log of one lot; the same log again changes nothing.

    Outermost call: durable. MoveRefused: no range is known of these goods, or it is too late.
    """
    allowed = cold_range(lot.variant)
    if allowed is None:
        raise MoveRefused(
            _("The catalogue says no temperatures for %(item)s, so a log cannot be judged.")
            % {"item": described(lot.variant)}
        )
    floor, ceiling = 10 * allowed[0], 10 * allowed[1]
    own = _summary(log, floor=floor, ceiling=ceiling)
    row, new = ColdLog.objects.get_or_create(lot=lot, digest=log.digest, defaults=own)
    try:
        engine.advance(
            Arrival,
            arrival.code,
            "log_cold",
            actor=actor,
            facts=_facts(row, log),
            at=at,
            once=_once(arrival, row),
        )
    except MoveRefused:
        if new:
            row.delete()
        raise
    return row


def _summary(log: Log, *, floor: int, ceiling: int) -> dict[str, Any]:
    return {
        "readings": log.text,
        "count": len(log.readings),
        "began": log.readings[0][0],
        "ended": log.readings[-1][0],
        "lowest": log.lowest,
        "highest": log.highest,
        "floor": floor,
        "ceiling": ceiling,
        "minutes_outside": log.minutes_outside(floor, ceiling),
    }


def degrees(tenths: int) -> str:
    """`-18.5 °C`."""
    return f"{'-' if tenths < 0 else ''}{abs(tenths) // 10}.{abs(tenths) % 10} °C"


def _facts(row: ColdLog, log: Log) -> ColdLogged:
    return ColdLogged(
        lot=row.lot.code,
        digest=row.digest,
        readings=row.count,
        skipped=log.skipped,
        began=row.began,
        ended=row.ended,
        lowest=row.lowest,
        highest=row.highest,
        floor=row.floor,
        ceiling=row.ceiling,
        minutes_outside=row.minutes_outside,
        longest_gap=log.longest_gap,
    )


def _once(arrival: Arrival, row: ColdLog) -> Once:
    action = f"arrival.log_cold:{arrival.code}"
    return once(key="", action=action, who="log", content={"lot": row.lot.code, "log": row.digest})
