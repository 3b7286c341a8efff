"""What an organisation says of itself when it is entered."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.input.fields import CleanText
from portal.input.uscc import WrongCreditCode, check_uscc
from portal.organisations.models import Organisation


class Entry(forms.ModelForm[Organisation]):
    """The organisation's own fields; its credit code is checked and stands once in the register."""

    legal_name = CleanText(label=_("Legal name"), limit=120, public=True)
    name_en = CleanText(label=_("English name"), limit=160, public=True, required=False)
    credit_code = CleanText(
        label=_("Unified social credit code"),
        limit=40,
        required=False,
        help_text=_("18 characters. Required when the organisation applies itself."),
    )
    province = CleanText(label=_("Province"), limit=20, public=True, required=False)
    city = CleanText(label=_("City"), limit=40, public=True, required=False)
    district = CleanText(label=_("District"), limit=40, public=True, required=False)
    level = CleanText(label=_("Level and kind"), limit=60, public=True, required=False)

    class Meta:
        model = Organisation
        fields = (
            "kind",
            "legal_name",
            "name_en",
            "credit_code",
            "province",
            "city",
            "district",
            "level",
        )

    def clean_credit_code(self) -> str | None:
        """None rather than empty: many organisations without a code may stand beside each other."""
        if not self.cleaned_data["credit_code"]:
            return None
        try:
            code = check_uscc(self.cleaned_data["credit_code"])
        except WrongCreditCode as wrong:
            raise ValidationError(str(wrong)) from wrong
        known = Organisation.objects.filter(credit_code=code).first()
        if known is not None:
            raise ValidationError(
                _("%(name)s (%(code)s) has this credit code already. Please use that entry."),
                params={"name": known.legal_name, "code": known.code},
            )
        return code

    def validate_unique(self) -> None:
        """Asked above, with the name of the one that has it."""

    def clean(self) -> dict[str, Any]:
        return self.cleaned_data
