"""In which order the page of a move asks for its facts: as declared, but first what its facts put
first; what is rarely wanted is folded away.

The order of a form is no fact: what is sealed and its schema do not change with it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from portal.stages.facts import Facts

SURE = "sure"  # asked for again, so it stands last


@dataclass(frozen=True)
class Part:
    """A field, rows, or a title with fields that are folded away until they are wanted; of a row
    also those that are seen."""

    field: forms.BoundField | None = None
    rows: forms.BaseFormSet[Any] | None = None
    title: object = ""
    fields: tuple[forms.BoundField, ...] = ()
    seen: tuple[forms.BoundField, ...] = ()

    @property
    def open(self) -> bool:
        """What holds an error, or something typed, is not folded away."""
        return any(f.errors or _typed(f) for f in self.fields)


def parts(
    form: forms.BaseForm, rows: Mapping[str, forms.BaseFormSet[Any]], facts: type[Facts]
) -> list[Part]:
    """The visible parts of a move's form, each field once, also one that the page added."""
    title, folded = facts.folds
    names = _order(form, facts)
    found = [
        Part(rows=rows[name]) if name in rows else Part(field=form[name])
        for name in names
        if name not in folded and (name in rows or not form[name].is_hidden)
    ]
    aside = tuple(form[name] for name in folded if name in form.fields)
    return [*found, Part(title=title, fields=aside)] if aside else found


def row_parts(row: forms.BaseForm, facts: type[Facts]) -> Part:
    """The fields of one row that are always seen, and those folded away under its title."""
    title, folded = facts.folds
    seen = [field for field in row.visible_fields() if field.name not in folded]
    names = [field.name for field in seen]
    seen.sort(key=lambda field: _place(field.name, facts.asks_first, names))
    aside = tuple(row[name] for name in folded if name in row.fields)
    return Part(title=title if aside else "", fields=aside, seen=tuple(seen))


def _place(name: str, first: tuple[str, ...], names: list[str]) -> int:
    return first.index(name) if name in first else len(first) + names.index(name)


def _order(form: forms.BaseForm, facts: type[Facts]) -> Iterable[str]:
    declared = [spec.name for spec in facts.specs()]
    added = [name for name in form.fields if name not in declared and name != SURE]
    asked = [name for name in declared if name in form.fields or name not in added]
    last = [SURE] if getattr(form, "asks_again", False) else []
    return dict.fromkeys([*facts.asks_first, *asked, *added, *last])


def _typed(field: forms.BoundField) -> bool:
    value = field.value()
    return value not in (None, "", False, field.field.initial)
