"""The form by which an organisation registers where it wants to be told."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.input.fields import CleanText
from portal.webhooks.commands import MOST_CODES
from portal.webhooks.outbound import LONGEST


class HookForm(forms.Form):
    """`orgs`: for whom this person may register one."""

    org = forms.ChoiceField(label=_("Organisation"))
    address = CleanText(
        label=_("Address"),
        limit=LONGEST,
        help_text=_("https:// and a host's name: messages are posted there, signed."),
    )
    follows = CleanText(
        label=_("Codes to follow"),
        limit=MOST_CODES * 20,
        lines=True,
        required=False,
        help_text=_("Gifts, needs, shipments, funds …; empty: all that concerns the organisation."),
    )

    def __init__(self, *args: Any, orgs: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["org"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = orgs

    def codes(self) -> list[str]:
        typed: str = self.cleaned_data["follows"]
        return typed.replace(",", " ").replace("，", " ").split()
