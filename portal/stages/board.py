"""What waits for this person, made from the tables: the stages from which his roles may move."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse

from portal.stages.admin import SubjectAdmin
from portal.stages.table import Lifecycle
from portal.stages.workbench import place


@dataclass(frozen=True)
class Waiting:
    """So many subjects at a stage, what brings them further, what the stage says, and where."""

    kind: object
    stage: object
    count: int
    moves: tuple[object, ...]
    says: object
    address: str


def waiting(request: HttpRequest) -> list[Waiting]:
    """Every stage with subjects that this person may move on; one query for each kind."""
    found = []
    for page in _pages():
        model = page.model
        roles = {actor.role for actor in page.capacities(request)}
        table = model.lifecycle
        moves = {s.key: tuple(onward(table, s.key, roles)) for s in table.stages if not s.ends}
        watched = {s.key for s in table.stages if roles & set(s.watched_by)}
        wanted = [key for key, labels in moves.items() if labels or key in watched]
        if not wanted:
            continue
        rows = page.get_queryset(request).filter(stage__in=wanted).order_by()
        counts = dict(rows.values_list("stage").annotate(Count("pk")))
        address = reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist")
        found += [
            Waiting(
                table.label,
                table.stage(key).label,
                counts[key],
                moves[key],
                table.stage(key).text,
                f"{address}?stage={key}",
            )
            for key in wanted
            if counts.get(key)
        ]
    return [*found, *_others(request)]


def _others(request: HttpRequest) -> Iterator[Waiting]:
    """What waits on pages of what has no stages of a table: they say so themselves (`waits`)."""
    for page in admin.site._registry.values():  # noqa: SLF001 -- Django gives no other way
        asks = getattr(page, "waits", None)
        count, stage, address = asks(request) if asks is not None else (0, "", "")
        if count:
            yield Waiting(page.opts.verbose_name_plural, stage, count, (), "", address)


def onward(table: Lifecycle, stage: str, roles: set[str]) -> Iterator[object]:
    """The moves that bring it further; taking back, cancelling and whatever may leave it where it
    is wait for nobody."""
    for move in table.moves:
        further = {t for t in move.targets if t != stage and not table.stage(t).detour}
        leads = further and stage not in move.targets and not move.within
        if stage in move.source and roles & set(move.by) and leads:
            yield move.label


def openings(request: HttpRequest) -> list[tuple[str, object]]:
    """The opening moves this person may take, as (address, label)."""
    return [opening for page in _pages() for opening in page.openings(request)]


def _pages() -> list[SubjectAdmin]:
    """The lists of subjects, in the order of the work."""
    pages = [p for p in admin.site._registry.values() if isinstance(p, SubjectAdmin)]  # noqa: SLF001 -- Django gives no other way
    return sorted(pages, key=lambda page: place(page.opts.label_lower))
