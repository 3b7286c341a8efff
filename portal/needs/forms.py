"""Whose need is written, when the charity writes it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.organisations.models import Organisation
from portal.organisations.queries import hospitals


class ForHospital(forms.Form):
    """The hospital that asks."""

    hospital = forms.ModelChoiceField(
        queryset=Organisation.objects.none(), to_field_name="code", label=_("Hospital")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hospital"].queryset = hospitals()  # type: ignore[attr-defined]  # a ModelChoiceField
