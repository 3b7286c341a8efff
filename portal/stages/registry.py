"""Fills the register of tables when Django has loaded, and refuses a table whose effects, choices
or constraint are missing."""

from django.apps import apps
from django.db import models

from portal.stages.engine import room
from portal.stages.models import Subject
from portal.stages.table import Lifecycle, TableWrong, register


def check_and_register(model: type[Subject]) -> None:
    """Make the model's table known. Raises TableWrong, naming what is missing."""
    table = model.lifecycle
    known = {c.name for c in model._meta.constraints if isinstance(c, models.CheckConstraint)}
    if f"{table.key}_stage_known" not in known:
        raise TableWrong(f"{table.key}: {model.__name__} lacks stage_known(…) in its constraints")
    for move in table.moves:
        if move.effect and not hasattr(room(model, "commands"), move.effect):
            raise TableWrong(f"{table.key}.{move.name}: commands has no {move.effect}")
        names = [s.choices for s in _specs(table, move.name) if isinstance(s.choices, str)]
        for name in [move.initial, *names] if move.initial else names:
            if not hasattr(room(model, "queries"), name):
                raise TableWrong(f"{table.key}.{move.name}: queries has no {name}")
    register(table)


def subjects() -> list[type[Subject]]:
    """Every kind of subject, by the key of its table."""
    found = [m for m in apps.get_models() if issubclass(m, Subject)]
    return sorted(found, key=lambda m: m.lifecycle.key)


def model_of(key: str) -> type[Subject]:
    return next(m for m in subjects() if m.lifecycle.key == key)


def _specs(table: Lifecycle, move: str):  # type: ignore[no-untyped-def]  # Spec rows, flat
    for spec in table.move(move).facts.specs():
        yield spec
        if spec.rows is not None:
            yield from spec.rows.specs()
