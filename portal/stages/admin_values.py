"""How the workbench shows the values of a row: by the labels of its facts, in yuan, in groups of
three, and a link only where it may be followed."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.utils import (
    display_for_field,
    display_for_value,
    label_for_field,
    lookup_field,
)
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from portal.input.amounts import yuan
from portal.stages.facts import Facts, Spec
from portal.stages.table import Lifecycle

EMPTY: tuple[object, ...] = (None, "", [], {}, ())
IN_HEAD = ("code", "at_stage", "stage", "since", "opened_at", "public_since")
Told = tuple[object, Any]
Shows = Callable[[Any], Any]
Shown = str | Shows


def specs(table: Lifecycle) -> dict[str, Spec]:
    """The facts of a kind of thing and of its rows by name, as its last move declares them."""
    found: dict[str, Spec] = {}
    for facts in (move.facts for move in table.moves):
        found.update(_specs_of(facts))
    return found


def _specs_of(facts: type[Facts]) -> Iterable[tuple[str, Spec]]:
    for spec in facts.specs():
        yield spec.name, spec
        if spec.rows is not None:
            yield from _specs_of(spec.rows)


def readable(
    model: type[models.Model], names: Iterable[str], table: Lifecycle, request: HttpRequest
) -> list[Shown]:
    """These names, each column of the table as something to read; others (methods) as they are."""
    facts = specs(table)
    return [_readable(model, name, facts.get(name), request) for name in names]


def filled(obj: models.Model | None, names: Iterable[str]) -> list[str]:
    """Without the columns in which nothing stands."""
    if obj is None:
        return list(names)
    return [name for name in names if getattr(obj, name, "-") not in EMPTY]


def about(page: admin.ModelAdmin[Any], request: HttpRequest, obj: models.Model) -> list[Told]:
    """What somebody has to know of a subject to take a move of it: label and value of each filled
    column, without what the head of the page says already."""
    shown: list[Any] = list(page.get_fields(request, obj))
    names = [name for name in shown if getattr(name, "__name__", name) not in IN_HEAD]
    asked = ["goods", *names] if hasattr(page, "goods") else names
    return [(label_for_field(name, page.model, page), _value(page, name, obj)) for name in asked]


def _value(page: admin.ModelAdmin[Any], name: Any, obj: models.Model) -> Any:
    field, _attr, value = lookup_field(name, obj, page)
    if field is not None:
        return display_for_field(value, field, "–")
    return display_for_value(value, "–")


def _readable(
    model: type[models.Model], name: str, spec: Spec | None, request: HttpRequest
) -> Shown:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return name
    label, shows = _way_of(field, spec, request)
    if shows is None:
        return name
    return _named(name, label, lambda obj: shows(getattr(obj, name)))


def _way_of(field: Any, spec: Spec | None, request: HttpRequest) -> tuple[object, Shows | None]:
    """Its label, and how one value of it is shown; None where Django's own way will do."""
    label: object = field.verbose_name
    if isinstance(field, models.ForeignKey):
        return label, partial(_link, request=request)
    if isinstance(field, models.BooleanField):
        return label, _yes
    if spec is not None and isinstance(spec.choices, type):
        return spec.label, partial(_label, spec.choices)
    if spec is not None and spec.kind == "amount":
        return spec.label, _yuan
    plain = isinstance(field, models.IntegerField) and not field.choices
    return label, _grouped if plain else None


def _named(name: str, label: object, shows: Shows) -> Shows:
    """A column for Django's admin: it reads name and label off the function."""
    shows.__name__ = name
    shows.short_description = label  # type: ignore[attr-defined]  # Django's own way of saying it
    return shows


def may_open(request: HttpRequest, row: models.Model) -> bool:
    """Whether this row's page in the workbench would let the reader in."""
    try:
        return admin.site.get_model_admin(type(row)).has_view_permission(request, row)
    except NotRegistered:
        return False


def _link(row: models.Model | None, request: HttpRequest) -> Any:
    if row is None:
        return "–"
    if not may_open(request, row):
        return str(row)
    opts = row._meta
    address = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row.pk])
    return format_html('<a href="{}">{}</a>', address, row)


def _yes(value: bool | None) -> str:
    return "–" if value is None else _("Yes") if value else _("No")


def _label(choices: type[StrEnum], value: Any) -> Any:
    if value not in {member.value for member in choices}:
        return value
    return getattr(choices(value), "label", value)


def _yuan(value: int | None) -> str:
    return "–" if value is None else yuan(value)


def _grouped(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"
