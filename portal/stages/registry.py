"""Fills the register of tables when Django has loaded; a system check finds what a table names and
its part lacks: effect, choices, first values, the constraint."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core import checks
from django.db import models

from portal.stages.facts import Spec
from portal.stages.models import Subject
from portal.stages.rooms import room
from portal.stages.table import Lifecycle

MISSING_ROOM = "stages.E001"


def subjects() -> list[type[Subject]]:
    """Every kind of subject, by the key of its table."""
    found = [m for m in apps.get_models() if issubclass(m, Subject)]
    return sorted(found, key=lambda m: m.lifecycle.key)


@checks.register("stages")
def tables_are_furnished(app_configs: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """What the tables name exists in their parts; each lack is named."""
    return [checks.Error(lack, id=MISSING_ROOM) for model in subjects() for lack in lacks(model)]


def lacks(model: type[Subject]) -> Iterator[str]:
    """Everything a table names that its part does not have."""
    table = model.lifecycle
    known = {c.name for c in model._meta.constraints if isinstance(c, models.CheckConstraint)}
    if f"{table.key}_stage_known" not in known:
        yield f"{table.key}: {model.__name__} lacks stage_known(…) in its constraints"
    for move in table.moves:
        if move.effect and not hasattr(room(model, "commands"), move.effect):
            yield f"{table.key}.{move.name}: commands has no {move.effect}"
        names = [s.choices for s in flat_specs(table, move.name) if isinstance(s.choices, str)]
        for name in [move.initial, *names] if move.initial else names:
            if not hasattr(room(model, "queries"), name):
                yield f"{table.key}.{move.name}: queries has no {name}"


def flat_specs(table: Lifecycle, move: str) -> Iterator[Spec]:
    """The facts of a move and of its rows, one after the other."""
    for spec in table.move(move).facts.specs():
        yield spec
        if spec.rows is not None:
            yield from spec.rows.specs()
