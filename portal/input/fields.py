"""Form fields over the cleaning rules; every form of the portal uses these and no others for text
and numbers."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ledger.core import codes
from portal.input.cleaning import (
    Unclean,
    clean_amount,
    clean_public_text,
    clean_quantity,
    clean_text,
)


class CleanText(forms.Field):
    """One line of text, or several with `lines`; `public` also refuses personal mobile numbers."""

    widget = forms.TextInput

    def __init__(
        self, *, limit: int = 200, lines: bool = False, public: bool = False, **kwargs: Any
    ) -> None:
        if lines:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        super().__init__(**kwargs)
        self.limit, self.lines = limit, lines
        self.rule = clean_public_text if public else clean_text

    def to_python(self, value: Any) -> str:
        if value in self.empty_values:
            return ""
        try:
            return self.rule(value, limit=self.limit, lines=self.lines)
        except Unclean as unclean:
            raise ValidationError(str(unclean)) from unclean


class CleanQuantity(forms.Field):
    """A whole number of base units; `least` 0 for counts."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def __init__(self, *, least: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.least = least

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        try:
            return clean_quantity(value, least=self.least)
        except Unclean as unclean:
            raise ValidationError(str(unclean)) from unclean


class CleanAmount(forms.Field):
    """Yuan as typed, in fen."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        try:
            return clean_amount(value)
        except Unclean as unclean:
            raise ValidationError(str(unclean)) from unclean


CODE_REASONS = {
    "characters": _(
        "These characters do not occur in a code: 0, O, 1, I and L are never used. "
        "Please look again."
    ),
    "length": _(
        "A code has a letter, a hyphen and ten characters, like G-7K2M9Q4TX5. "
        "Please type all of it."
    ),
    "kind": _(
        "No code begins with this letter. "
        "A gift's code begins with G, a need's with N, a shipment's with S."
    ),
    "check": _(
        "One character is wrong or two are swapped: the check character does not fit. "
        "Please compare with your paper."
    ),
}


class CodeField(forms.Field):
    """A public code as people type it; gives it in its sealed form."""

    widget = forms.TextInput(
        attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}
    )

    def to_python(self, value: Any) -> str:
        if value in self.empty_values:
            return ""
        try:
            return codes.normalise(clean_text(value, limit=60))
        except codes.WrongCode as wrong:
            raise ValidationError(CODE_REASONS[wrong.reason]) from wrong
        except Unclean as unclean:
            raise ValidationError(str(unclean)) from unclean
