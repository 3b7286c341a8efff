"""The checked table: stages, moves and facts as plain frozen records, without Django and without
I/O.

A part writes its table once in its own `stages.py`; database constraint, form, address, buttons,
permission, event type and
schema, timeline text, diagram and tests are derived from it. The table is checked when it is built:
a wrong one stops the
server with a sentence that names the row.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from portal.stages.facts import Facts, FactWrong

Label = object  # str or a lazy translation; shown by str()

OWED_BY = ("", "hospital", "donor", "org")
PUBLIC_STAGES = (
    "start",
    "match",
    "store",
    "allocate",
    "deliver",
    "confirm",
)  # domain D6, in this order
RESERVED = frozenset({"recorded_at", "occurred_at", "actor_role", "actor_org", "stage", "postings"})


class TableWrong(Exception):
    """The table contradicts itself; the text names the lifecycle, the row and what to mend."""


@dataclass(frozen=True)
class Stage:
    """Where a subject is: an adjective, its label, one plain sentence, and the public stage (D6) it
    belongs to. `watched_by`: roles whose worklist shows it though they have no move there.
    `owed_by`: who owes the next step, where the public board says how long it has been owed:
    "hospital", "donor", or "org", the organisation whose subject it is."""

    key: str
    label: Label
    text: Label
    public: str = "start"
    detour: bool = False
    ends: bool = False
    watched_by: tuple[str, ...] = ()
    owed_by: str = ""


@dataclass(frozen=True)
class Move:
    """How a subject gets from stage to stage: a verb. `source` empty means it opens the lifecycle.

    `target` may be several stages: then the effect chooses one of them (`step.target = ...`).
    `effect` names a function in the
    part's `commands`, `initial` one in its `queries` that fills the form. `sealed=False` never
    submits (picking, drafts).
    `seals_subject` adds the subject's own open fields to the entry (the move that makes it public
    does so always).
    `evidence=True`: its form asks for photos and papers, kept before the move is taken: the effect
    may ask for them.
    `within=True`: taken only by `follow`, as the consequence of an upper part's move; it has no
    form of its own.
    `corrects`: moves whose entry no longer stands as it is once this one is taken: its own table's
    by name, another's as "pledge.register". The new entry names the last of them, and stands in the
    public list of corrections (R5).
    """

    name: str
    target: str | tuple[str, ...]
    by: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    label: Label = ""
    done: Label = ""
    facts: type[Facts] = Facts
    effect: str = ""
    initial: str = ""
    sealed: bool = True
    seals_subject: bool = False
    within: bool = False
    evidence: bool = False
    corrects: tuple[str, ...] = ()

    @property
    def targets(self) -> tuple[str, ...]:
        return (self.target,) if isinstance(self.target, str) else self.target

    @property
    def opens(self) -> bool:
        return not self.source


@dataclass(frozen=True)
class Lifecycle:
    """One kind of subject: its key, its code's kind letter, its stages and moves, and from which
    stage on it is public. `told`: donors get news by mail of the public stages it brings."""

    key: str
    kind: str
    label: Label
    stages: tuple[Stage, ...]
    moves: tuple[Move, ...]
    public_from: tuple[str, ...]
    told: bool = True

    def __post_init__(self) -> None:
        for problem in problems(self):
            raise TableWrong(f"{self.key}: {problem}")

    @cached_property
    def by_key(self) -> dict[str, Stage]:
        return {stage.key: stage for stage in self.stages}

    @cached_property
    def by_name(self) -> dict[str, Move]:
        return {move.name: move for move in self.moves}

    def stage(self, key: str) -> Stage:
        return self.by_key[key]

    def move(self, name: str) -> Move:
        return self.by_name[name]

    @cached_property
    def opening(self) -> Move:
        return next(move for move in self.moves if move.opens)

    def moves_from(self, stage: str, role: str) -> list[Move]:
        """The moves this role may take from this stage by a form of its own, in the table's
        order."""
        return [m for m in self.moves if stage in m.source and role in m.by and not m.within]

    def may(self, *, stage: str | None, move: str, role: str) -> bool:
        """Whether the table allows it; `stage=None` asks for an opening. The only rule there is."""
        row = self.by_name[move]
        return role in row.by and (row.opens if stage is None else stage in row.source)

    def event(self, move: Move) -> str:
        return f"{self.key}.{move.name}"


def problems(lifecycle: Lifecycle) -> Iterator[str]:
    """Everything that is wrong with a table, as sentences."""
    keys = [stage.key for stage in lifecycle.stages]
    names = [move.name for move in lifecycle.moves]
    for twice in sorted({key for key in keys if keys.count(key) > 1}):
        yield f"the stage {twice!r} stands twice"
    for twice in sorted({name for name in names if names.count(name) > 1}):
        yield f"the move {twice!r} stands twice"
    for stage in lifecycle.stages:
        yield from _stage_problems(stage)
    for key in lifecycle.public_from:
        if key not in keys:
            yield f"public_from names the unknown stage {key!r}"
    for move in lifecycle.moves:
        yield from _move_problems(move, keys)
        for name in {name for name in move.corrects if "." not in name} - {*names}:
            yield f"the move {move.name!r} corrects the unknown move {name!r}"
    openings = [move.name for move in lifecycle.moves if move.opens]
    if len(openings) != 1:
        yield (
            f"exactly one move opens it (an empty source), not {openings}; "
            "an opening may lead to several stages"
        )
    reached = {target for move in lifecycle.moves for target in move.targets}
    for key in keys:
        if key not in reached:
            yield f"no move leads to the stage {key!r}"


def _stage_problems(stage: Stage) -> Iterator[str]:
    if stage.public not in PUBLIC_STAGES:
        yield f"the stage {stage.key!r} names the unknown public stage {stage.public!r}"
    if stage.owed_by not in OWED_BY:
        yield f"the stage {stage.key!r} is owed by the unknown {stage.owed_by!r}"


def _move_problems(move: Move, keys: list[str]) -> Iterator[str]:
    for key in (*move.source, *move.targets):
        if key not in keys:
            yield f"the move {move.name!r} names the unknown stage {key!r}"
    if not move.by and not move.within:
        yield f"nobody may take the move {move.name!r}: fill in by=(...)"
    try:
        specs = move.facts.specs()
    except FactWrong as wrong:
        yield f"the move {move.name!r}: {wrong}"
        return
    for spec in specs:
        if spec.name in RESERVED:
            yield (
                f"the move {move.name!r} names a fact {spec.name!r}, "
                "a word the entry keeps for itself"
            )


_REGISTRY: dict[str, Lifecycle] = {}


def register(lifecycle: Lifecycle) -> None:
    """Make a table known by its key; twice the same key for two tables is refused."""
    known = _REGISTRY.setdefault(lifecycle.key, lifecycle)
    if known is not lifecycle:
        raise TableWrong(f"two tables are called {lifecycle.key!r}")


def lifecycle(key: str) -> Lifecycle | None:
    """The registered table, or None for a type this release does not know (shown by its key, never
    dropped)."""
    return _REGISTRY.get(key)


def lifecycles() -> list[Lifecycle]:
    return [_REGISTRY[key] for key in sorted(_REGISTRY)]


def corrections() -> list[str]:
    """The types of event that correct an earlier one."""
    found = ((table, move) for table in lifecycles() for move in table.moves)
    return [table.event(move) for table, move in found if move.corrects]
