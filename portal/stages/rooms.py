"""The rooms of a part that its table names: its `commands` and its `queries`."""

from importlib import import_module
from typing import Any

from portal.stages.models import Subject
from portal.stages.table import Move


def room(model: type[Subject], name: str) -> Any:
    """A room (`commands`, `queries`) of the part that a model lives in."""
    return import_module(f"{model.__module__.rpartition('.')[0]}.{name}")


def effect_of(model: type[Subject], row: Move) -> Any:
    """The function in the part's `commands` that the table names."""
    return getattr(room(model, "commands"), row.effect)
