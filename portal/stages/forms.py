"""One form for every move, made from the move's facts; rows of facts become a formset."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from portal.disclosure.classes import PRIVATE
from portal.input.cleaning import ASK_AGAIN
from portal.input.fields import CleanAmount, CleanQuantity, CleanText
from portal.input.once import Once, fresh_key, once
from portal.stages.facts import Facts, Spec
from portal.stages.form_parts import Part, parts, row_parts
from portal.stages.table import Move

MOST_ROWS = 300
Choices = Callable[
    [str], Iterable[tuple[str, Any]]
]  # name in the part's queries -> (value, label) pairs


class FreeRows(list[dict[str, Any]]):
    """First values of rows that may be changed, left out and added to."""


class MoveForm(forms.Form):
    """The facts of one move as a bound or unbound form.

    `choices(name)` gives the choices a fact names; `initial` may hold rows (lists of dicts): those
    rows are fixed (`<rows>_without` names facts of theirs that are not asked for), each with a
    `caption` to show, unless they are FreeRows; without initial rows there are empty ones to fill
    and a button for more.
    """

    once = forms.CharField(required=False, widget=forms.HiddenInput)
    sure = forms.BooleanField(required=False, label=_("Yes, this large number is right"))

    def __init__(
        self,
        move: Move,
        *,
        choices: Choices,
        data: QueryDict | None = None,
        initial: dict[str, Any] | None = None,
        blank_rows: int = 3,
    ) -> None:
        initial = dict(initial or {})
        super().__init__(data, initial={"once": fresh_key(), **initial})
        self.move, self.choices = move, choices
        self.rows: dict[str, forms.BaseFormSet[Any]] = {}
        self.fixed = {
            spec.name
            for spec in move.facts.specs()
            if spec.rows and _is_fixed(initial.get(spec.name))
        }
        for spec in move.facts.specs():
            if spec.rows is None:
                self.fields[spec.name] = form_field(spec, choices)
            else:
                self.rows[spec.name] = self._formset(
                    spec,
                    data,
                    initial.get(spec.name),
                    blank_rows if spec.required else 0,  # what may be left out begins empty
                    without=frozenset(initial.get(f"{spec.name}_without", ())),
                )
        self.asks_again = False

    def _formset(
        self,
        spec: Spec,
        data: QueryDict | None,
        initial: list[dict[str, Any]] | None,
        blank_rows: int,
        *,
        without: frozenset[str],
    ) -> forms.BaseFormSet[Any]:
        assert spec.rows is not None
        fixed = _is_fixed(initial)
        row_form = type(
            "RowForm",
            (RowForm,),
            {
                "facts": spec.rows,
                "choices": staticmethod(self.choices),
                "fixed": fixed,
                "sent": not self.wants_more,
                "without": without,
            },
        )
        kind: Any = forms.formset_factory(
            row_form,
            extra=0 if fixed else blank_rows,
            max_num=MOST_ROWS,
            absolute_max=MOST_ROWS + 1,
            validate_max=True,
        )
        # fixed rows are the server's, not the client's: what is sent cannot change their number
        sent = (
            _with_counts(data, spec.name, len(initial or ())) if fixed else _with_total(data, spec)
        )
        # free rows are compared with nothing: a row sent back unchanged is still a row
        rows: forms.BaseFormSet[Any] = kind(
            sent, initial=initial if fixed or data is None else None, prefix=spec.name
        )
        rows.legend, rows.fixed = spec.label, fixed  # type: ignore[attr-defined]  # for the page
        return rows

    @property
    def wants_more(self) -> str:
        """The name of the rows for which the button "more lines" was pressed; nothing is checked
        then."""
        wanted = self.data.get("more", "") if self.is_bound else ""
        names = (spec.name for spec in self.move.facts.specs() if spec.rows)
        return wanted if wanted in names else ""

    def full_clean(self) -> None:
        """Who asks for more lines has not sent the form yet: the page must not call it wrong."""
        if self.wants_more:
            self._errors, self.cleaned_data = ErrorDict(), {}
            return
        super().full_clean()

    def is_valid(self) -> bool:
        if self.wants_more:
            return False
        rows_fine = (
            min([rows.is_valid() for rows in self.rows.values()], default=True)
            if self.is_bound
            else False
        )
        fine = super().is_valid() and rows_fine
        if fine:
            fine = self._numbers_meant() and self._rows_given()
        return fine

    def parts(self) -> list[Part]:
        """What the page shows, in the order in which one thinks of it."""
        return parts(self, self.rows, self.move.facts)

    def facts(self) -> Facts:
        """The facts as declared; only after `is_valid()`."""
        values: dict[str, Any] = {}
        for spec in self.move.facts.specs():
            if spec.rows is None:
                values[spec.name] = fact_value(spec, self.cleaned_data.get(spec.name))
            else:
                values[spec.name] = tuple(self._row_facts(spec))
        return self.move.facts.from_values(values)

    def sending(self, *, action: str, who: str) -> Once:
        """The idempotency key of this very content."""
        assert isinstance(self.data, QueryDict), "only a form that was sent has a sending"
        own = {"once", "csrfmiddlewaretoken", "sure"}
        content = {name: self.data.getlist(name) for name in self.data if name not in own}
        return once(key=self.data.get("once", ""), action=action, who=who, content=content)

    def _filled(self, spec: Spec) -> list["RowForm"]:
        formset = self.rows[spec.name]
        return [f for f in formset.forms if spec.name in self.fixed or f.has_changed()]

    def _row_facts(self, spec: Spec) -> Iterable[Facts]:
        assert spec.rows is not None
        for row in self._filled(spec):
            yield spec.rows.from_values(
                {s.name: fact_value(s, row.cleaned_data.get(s.name)) for s in spec.rows.specs()}
            )

    def _rows_given(self) -> bool:
        for spec in self.move.facts.specs():
            if spec.rows is not None and spec.required and not self._filled(spec):
                self.add_error(None, ValidationError(_("Please fill in at least one line.")))
                return False
        return True

    def _numbers_meant(self) -> bool:
        """Above a million the form asks once more (security T-D03)."""
        values = [
            v // 100 if v and isinstance(f.fields.get(name), CleanAmount) else v
            for f in (self, *(r for rows in self.rows.values() for r in rows.forms))
            for name, v in f.cleaned_data.items()
        ]
        largest = max(
            (v for v in values if isinstance(v, int) and not isinstance(v, bool)), default=0
        )
        if largest <= ASK_AGAIN or self.cleaned_data.get("sure"):
            return True
        self.asks_again = True
        text = _(
            "%(number)s is a very large number. "
            "If it is right, tick “Yes, this large number is right” and send again."
        )
        self.add_error("sure", ValidationError(text, params={"number": f"{largest:,}"}))
        return False


class RowForm(forms.Form):
    """One row of facts; `caption` says what the row is about where the rows are given."""

    facts: type[Facts]
    choices: Choices
    fixed: bool  # a row to fill must be able to stay empty, even where there is one choice only
    without: frozenset[str] = frozenset()  # facts that are not asked for here: their usual value
    sent: bool  # not when more lines were asked for: then nothing is checked

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for spec in (s for s in self.facts.specs() if s.name not in self.without):
            self.fields[spec.name] = form_field(
                spec, type(self).choices, may_stay_empty=not self.fixed
            )
        self.caption = self.initial.get("caption", "")

    def parts(self) -> Part:
        """Its fields, and those that are folded away."""
        return row_parts(self, self.facts)

    def full_clean(self) -> None:
        if not self.sent:
            self._errors, self.cleaned_data = ErrorDict(), {}
            return
        super().full_clean()


WIDGETS: dict[str, tuple[type[forms.Field], Callable[[], forms.Widget] | None]] = {
    "yes": (forms.BooleanField, None),
    "day": (forms.DateField, lambda: forms.DateInput(attrs={"type": "date"})),
    "time": (
        forms.DateTimeField,
        lambda: forms.DateTimeInput(attrs={"type": "datetime-local"}),
    ),
}


def form_field(spec: Spec, choices: Choices, *, may_stay_empty: bool = False) -> forms.Field:
    """The form field of one fact."""
    shared: dict[str, Any] = {
        "label": spec.label,
        "required": spec.asked and spec.kind != "yes",
        "help_text": spec.help,
    }
    if not spec.required and spec.default not in (None, ""):
        shared["initial"] = spec.default
    if spec.choices is not None:
        shared.pop("initial", None)
        return _choice_field(spec, choices, shared, may_stay_empty)
    if spec.kind in WIDGETS:
        field, widget = WIDGETS[spec.kind]
        return field(**shared | ({"widget": widget()} if widget else {}))
    if spec.kind == "hidden":
        shared["widget"] = forms.HiddenInput()
    if spec.kind == "amount":
        return CleanAmount(**shared)
    if issubclass(spec.of, int):
        return CleanQuantity(least=0 if spec.kind in ("count", "hidden") else 1, **shared)
    lines = spec.kind == "note"
    return CleanText(limit=spec.limit, lines=lines, public=spec.disclosure is not PRIVATE, **shared)


def _choice_field(
    spec: Spec, choices: Choices, shared: dict[str, Any], may_stay_empty: bool
) -> forms.Field:
    if isinstance(spec.choices, str):
        pairs = list(choices(spec.choices))
    else:
        assert spec.choices is not None
        pairs = [(member.value, getattr(member, "label", member.value)) for member in spec.choices]
    if spec.asked and not spec.required:
        pairs = [(value, label) for value, label in pairs if value != ""]
    default = spec.default.value if isinstance(spec.default, StrEnum) else spec.default
    choosing = may_stay_empty or len(pairs) != 1
    blank = choosing if spec.required else default in (None, "")
    if blank and all(value != "" for value, _label in pairs):
        pairs = [("", _("Please choose") if spec.asked else _("None")), *pairs]
    field = forms.ChoiceField(
        choices=pairs, initial=default if not spec.required else None, **shared
    )
    field.answered = all(value != "" for value, _label in pairs)  # type: ignore[attr-defined]  # for the page: nobody has to be told that it may stay empty
    return field


def fact_value(spec: Spec, value: Any) -> Any:
    """What the form gave, as the fact's own type; an empty optional one is its default."""
    if value in (None, "") and not spec.required:
        return spec.default
    if isinstance(spec.choices, type):
        return spec.choices(value)
    return (
        int(value)
        if issubclass(spec.of, int) and spec.kind != "yes" and value is not None
        else value
    )


def _is_fixed(rows: list[dict[str, Any]] | None) -> bool:
    return bool(rows) and not isinstance(rows, FreeRows)


def _with_counts(data: QueryDict | None, prefix: str, count: int) -> QueryDict | None:
    if data is None:
        return None
    fixed = data.copy()
    fixed[f"{prefix}-TOTAL_FORMS"] = fixed[f"{prefix}-INITIAL_FORMS"] = str(count)
    return fixed


def _with_total(data: QueryDict | None, spec: Spec) -> QueryDict | None:
    """Rows to fill: as many as were sent (a broken count is none), and five more if asked for;
    these stand at their usual choices."""
    if data is None:
        return None
    grown, prefix = data.copy(), spec.name
    sent = data.get(f"{prefix}-TOTAL_FORMS", "")
    total = min(int(sent), MOST_ROWS) if sent.isascii() and sent.isdigit() and len(sent) < 5 else 0
    more = min(total + 5, MOST_ROWS) if data.get("more") == prefix else total
    grown[f"{prefix}-TOTAL_FORMS"] = str(more)
    grown[f"{prefix}-INITIAL_FORMS"] = "0"
    chosen = [s for s in spec.rows.specs() if isinstance(s.default, StrEnum)] if spec.rows else []
    for n in range(total, more):
        grown.update({f"{prefix}-{n}-{s.name}": s.default.value for s in chosen})
    return grown
