"""Every subject went only where its table leads, and every public step has its one event."""

from collections import Counter, defaultdict
from collections.abc import Iterator

import ledger.api as ledger
from portal.oversight.differences import Difference, difference, of
from portal.stages.models import Subject, Trail
from portal.stages.registry import subjects
from portal.stages.table import Lifecycle, lifecycle


def stages_were_reached_by_moves() -> Iterator[Difference]:
    """I21: a subject's stage is the target of its last move, and its version counts its moves."""
    last = {(step.lifecycle, step.code): step for step in _steps()}
    taken = Counter((step.lifecycle, step.code) for step in _steps())
    for subject in _subjects():
        key = (subject.lifecycle.key, subject.code)
        step = last.get(key)
        if step is None or subject.stage != step.target:
            led_to = step.target if step else "nowhere"
            yield of(subject, "stage", f"is {subject.stage}, its last move led to {led_to}")
        if subject.version != taken[key] + 1:
            yield of(subject, "version", f"is {subject.version} after {taken[key]} moves")


def moves_are_in_the_table() -> Iterator[Difference]:
    """I21: each move began where the one before had led, and its table allows it to that role."""
    at: dict[tuple[str, str], str] = defaultdict(str)
    for step in _steps():
        key = (step.lifecycle, step.code)
        why = _not_allowed(lifecycle(step.lifecycle), step, came_from=at[key])
        if why:
            yield of(step, "move", why)
        at[key] = step.target


def public_versions_have_one_event() -> Iterator[Difference]:
    """I9: each version from `public_from` on has exactly one event, sealed or waiting; earlier ones
    and moves that are never sealed have none."""
    sealed = {entry.uid: (entry.body["type"], entry.body["case"]) for entry in ledger.entries()}
    waiting, seen = set(ledger.pending_uids()), Counter(step.uid for step in _steps() if step.uid)
    public: set[tuple[str, str]] = set()
    for step in _steps():
        table = lifecycle(step.lifecycle)
        if table is None or step.move not in table.by_name:
            continue  # named by I21
        key = (step.lifecycle, step.code)
        if step.target in table.public_from:
            public.add(key)
        wanted = key in public and table.move(step.move).sealed
        if wanted != bool(step.uid):
            yield of(step, "uid", "has no event" if wanted else "has an event before it is public")
        elif wanted and step.uid not in waiting:
            said = (table.event(table.move(step.move)), step.code)
            if sealed.get(step.uid, said) != said or step.uid not in sealed:
                yield of(step, "uid", f"no entry says {said[0]} of {said[1]}")
        if step.uid and seen[step.uid] > 1:
            yield of(step, "uid", f"{seen[step.uid]} moves share this event")
    yield from _events_without_a_move(set(seen))


def entries_are_counted() -> Iterator[Difference]:
    """I12: entries are numbered from 0 without a gap, and so are those of each code."""
    numbers: Counter[str] = Counter()
    for expected, entry in enumerate(ledger.entries()):
        if not entry.index == entry.body["seq"] == expected:
            reason = f"says seq {entry.body['seq']}, it is the entry {expected}"
            yield difference("ledger_entry", entry.index, "seq", reason)
        for code, n in entry.body["cases"]:
            if n != numbers[code]:
                reason = f"{code}: says {n} earlier entries, there are {numbers[code]}"
                yield difference("ledger_entry", entry.index, "cases", reason)
            numbers[code] += 1


def _events_without_a_move(known: set[str]) -> Iterator[Difference]:
    for entry in ledger.entries():
        key = entry.body["type"].partition(".")[0]
        if lifecycle(key) is not None and entry.uid not in known:
            yield difference("ledger_entry", entry.index, "uid", "no move led to this entry")


def _not_allowed(table: Lifecycle | None, step: Trail, *, came_from: str) -> str:
    if table is None or step.move not in table.by_name:
        return f"{step.lifecycle} has no move {step.move}"
    move = table.move(step.move)
    if step.source != came_from:
        return f"began at {step.source or 'nothing'}, it was {came_from or 'nothing'}"
    if step.source not in move.source and not (move.opens and not step.source):
        return f"{step.move} does not begin at {step.source or 'nothing'}"
    if step.target not in move.targets:
        return f"{step.move} does not lead to {step.target}"
    if move.by and not move.within and step.role not in move.by:
        return f"{step.role} may not take {step.move}"
    return ""


def _steps() -> Iterator[Trail]:
    return Trail.objects.order_by("pk").iterator()


def _subjects() -> Iterator[Subject]:
    for model in subjects():
        yield from model.objects.order_by("pk").iterator()  # type: ignore[attr-defined]  # every model has its manager
