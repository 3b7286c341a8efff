"""Beside its fields each model says what may be said of them; this module reads those lists and
makes sealed facts of them.

class Disclosure:
    open = ("city", "valid_until")      # sealed in clear, shown for ever
    named = ("notes",)                  # sealed as a commitment, shown while its disclosure exists
    private = ("contact",)              # sealed as a commitment, never shown in public
    personal = ("phone",)               # kept here in clear, sealed (if at all) by a move's facts
    internal = ("id", "version")        # bookkeeping: never sealed, never shown
    rows = {"lines": "lines"}           # sealed name -> related name of rows that are sealed with
    it
    erased_with = ("need__code",)       # look-ups of the codes it is erased with, beside its own

Erasing empties what is named, private or personal.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.apps import apps
from django.core import checks
from django.db import models

LISTS = ("open", "named", "private", "personal", "internal")
ERASABLE = ("named", "private", "personal")
NO_LIST = "disclosure.E001"
UNKNOWN_FIELD = "disclosure.E002"
TWO_LISTS = "disclosure.E003"


@dataclass(frozen=True)
class Sealed:
    """What an instance says, by class, as values of the ledger's JSON profile."""

    open: dict[str, Any] = field(default_factory=dict)
    named: dict[str, Any] = field(default_factory=dict)
    private: dict[str, Any] = field(default_factory=dict)


def listed(model: type[models.Model], name: str) -> tuple[str, ...]:
    """The field names of one list of a model; inherited lists are joined to its own."""
    out: list[str] = []
    for part in model.__mro__:
        for entry in getattr(part.__dict__.get("Disclosure"), name, ()):
            if entry not in out:
                out.append(entry)
    return tuple(out)


def erasable(model: type[models.Model]) -> list[str]:
    """The fields that an erasure empties."""
    return [name for which in ERASABLE for name in listed(model, which)]


def erased_with(model: type[models.Model]) -> list[str]:
    """The look-ups by which the rows of a code are found: its own code, and those of others."""
    own = [f.name for f in model._meta.concrete_fields if f.name == "code"]
    return [*own, *getattr(getattr(model, "Disclosure", None), "erased_with", ())]


def rows_of(model: type[models.Model]) -> dict[str, str]:
    return dict(getattr(getattr(model, "Disclosure", None), "rows", {}))


def collect(instance: models.Model) -> Sealed:
    """The instance's own facts: each list's fields as JSON, and its rows in order of their primary
    key.

    Named and private fields of rows come as one list per field, `<rows>_<field>`, so that their
    number tells nothing.
    """
    model = type(instance)
    out = Sealed(*({n: value_of(instance, n) for n in listed(model, which)} for which in LISTS[:3]))
    for name, related in rows_of(model).items():
        rows = list(getattr(instance, related).order_by("pk"))
        child = getattr(instance, related).model
        out.open[name] = [{n: value_of(row, n) for n in listed(child, "open")} for row in rows]
        for which in ("named", "private"):
            for n in listed(child, which):
                getattr(out, which)[f"{name}_{n}"] = [value_of(row, n) for row in rows]
    return out


def closed_count(model: type[models.Model]) -> int:
    """How many commitments an instance of this model is sealed with."""
    own = len(listed(model, "named")) + len(listed(model, "private"))
    children = (model._meta.get_field(related).related_model for related in rows_of(model).values())
    return own + sum(closed_count(child) for child in children if isinstance(child, type))


def value_of(instance: models.Model, name: str) -> Any:
    """One field as JSON; of another subject its public code, of a keyed row its key."""
    value = getattr(instance, name)
    if isinstance(value, models.Model):
        return getattr(value, "code", None) or value.key  # type: ignore[attr-defined]  # keyed rows carry `key`
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, date):
        return value.isoformat()
    return value


def portal_models() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if m.__module__.startswith("portal.")]


def undecided(model: type[models.Model]) -> list[str]:
    decided = {name for which in LISTS for name in listed(model, which)}
    return [f.name for f in model._meta.concrete_fields if f.name not in decided]


@checks.register("disclosure")
def every_field_is_decided(app_configs: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """`manage.py check` fails for a field in no list, and prints the line to add."""
    return check_models(portal_models())


def check_models(found: Iterable[type[models.Model]]) -> list[checks.CheckMessage]:
    messages: list[checks.CheckMessage] = []
    for model in found:
        where = f"{model._meta.label}"
        messages += [
            checks.Error(
                f"{where}.{name} is in no disclosure list: "
                "nobody has decided what may be said of it.",
                hint=f"In class {model.__name__}, class Disclosure, add one of:  "
                + "  ".join(f'{which} = (…, "{name}")' for which in LISTS),
                id=NO_LIST,
            )
            for name in undecided(model)
        ]
        known = {f.name for f in model._meta.concrete_fields}
        every = [name for which in LISTS for name in listed(model, which)]
        messages += [
            checks.Error(f"{where}: Disclosure names the unknown field {name!r}.", id=UNKNOWN_FIELD)
            for name in every
            if name not in known and not isinstance(getattr(model, name, None), property)
        ]
        messages += [
            checks.Error(f"{where}.{name} is in two disclosure lists.", id=TWO_LISTS)
            for name in sorted({n for n in every if every.count(n) > 1})
        ]
    return messages
