"""Forms of sign-in, of one's own password, and of the security officer's people and roles."""

import unicodedata
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from portal.accounts.labels import ROLE_LABELS
from portal.accounts.models import Grant, Person
from portal.accounts.roles import UNGRANTED
from portal.input.fields import CleanText, CodeField

LONGEST_PASSWORD = 1000
ROLE_CHOICES = [(role.value, label) for role, label in ROLE_LABELS.items() if role not in UNGRANTED]


class SignIn(AuthenticationForm):
    """Name and password. One sentence for an unknown name, a wrong password and an account that is
    closed."""

    error_messages = {
        "invalid_login": _("The sign-in name or the password is wrong. Please try again."),
        "inactive": _("The sign-in name or the password is wrong. Please try again."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Sign-in name")
        self.fields["password"].label = _("Password")
        _no_longer_than(self.fields["password"])


class OwnPassword(PasswordChangeForm):
    """A new password against the old one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            _no_longer_than(field)


class PersonForm(forms.ModelForm[Person]):
    """Somebody who signs in. A new person needs a password; for a known one an empty field keeps
    the old one."""

    username = CleanText(label=_("Sign-in name"), limit=60)
    name = CleanText(label=_("Name"), limit=60, required=False)
    new_password = forms.CharField(
        label=_("New password"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = Person
        fields = ("username", "name", "email", "is_active")

    def clean_username(self) -> str:
        """As sign-in reads it, so that look-alike forms of one letter are one name."""
        username = unicodedata.normalize("NFKC", self.cleaned_data["username"])
        if any(c.isspace() for c in username):
            raise ValidationError(_("A sign-in name has no blanks. Please use a hyphen or a dot."))
        return username

    def clean_new_password(self) -> str:
        password: str = self.cleaned_data["new_password"]
        if password:
            validate_password(password, self.instance)
        elif not self.instance.pk:
            raise ValidationError(_("Please give a first password."))
        return password


class GrantForm(forms.ModelForm[Grant]):
    """A role for somebody, named by the sign-in name, in an organisation, named by its code."""

    person = forms.ModelChoiceField(
        label=_("Sign-in name"),
        queryset=Person.objects.all(),
        to_field_name="username",
        widget=forms.TextInput(attrs={"class": "vTextField", "autocapitalize": "none"}),
        error_messages={
            "invalid_choice": _(
                "Nobody has this sign-in name. Please look at the list of people, or make the "
                "person there first."
            )
        },
    )
    role = forms.ChoiceField(label=_("Role"), choices=ROLE_CHOICES)
    org = CodeField(label=_("Organisation's code"), help_text=_("Begins with U."))

    class Meta:
        model = Grant
        fields = ("person", "role", "org")

    def clean_org(self) -> str:
        org: str = self.cleaned_data["org"]
        if not org.startswith("U-"):
            raise ValidationError(
                _("This is not an organisation's code: those begin with U. Please look again.")
            )
        return org

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        held = Grant.objects.filter(
            person=given.get("person"), role=given.get("role"), org=given.get("org"), until=None
        )
        if held.exists():
            raise ValidationError(_("This person holds this role there already."))
        return given


def _no_longer_than(field: forms.Field, limit: int = LONGEST_PASSWORD) -> None:
    """A password of a hundred thousand characters is a way to keep the server busy."""
    assert isinstance(field, forms.CharField)
    field.max_length = limit
    field.widget.attrs["maxlength"] = limit
    field.validators.append(MaxLengthValidator(limit))
