"""What a gift may be for, other than a place: one closed list for forms, checks and pages."""

from django.utils.translation import gettext_lazy as _

PURPOSES = {
    "isolation": _("For isolation wards and intensive care"),
    "fever_clinic": _("For fever clinics"),
    "medical": _("For any use inside hospitals"),
    "community": _("For the community outside hospitals"),
}
