"""What the opening of a warehouse asks beside its move's facts."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.input.fields import CleanText


class WarehouseForm(forms.Form):
    """The house's own fields: all of them public."""

    name_zh = CleanText(limit=80, public=True, label=_("Chinese name"))
    name_en = CleanText(limit=120, public=True, label=_("English name"))
    province = CleanText(limit=20, public=True, required=False, label=_("Province"))
    city = CleanText(limit=40, public=True, required=False, label=_("City"))
