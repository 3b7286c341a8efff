"""The roles' names as people read them."""

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role

ROLE_LABELS = {
    Role.HOSPITAL: _("Hospital"),
    Role.COORDINATOR: _("Charity coordinator"),
    Role.WAREHOUSE: _("Warehouse"),
    Role.QUALITY: _("Quality inspection"),
    Role.DISPATCHER: _("Dispatch"),
    Role.FINANCE: _("Finance"),
    Role.PUBLISHER: _("Publishing"),
    Role.MODERATOR: _("Moderation"),
    Role.AUTHORITY: _("Coordinating authority"),
    Role.AUDITOR: _("Auditor"),
    Role.SECURITY: _("Security officer"),
    Role.DONOR: _("Donor"),
    Role.CARRIER: _("Carrier"),
    Role.CLOCK: _("Clock"),
    Role.SYSTEM: _("Portal"),
}


def role_label(role: str) -> str:
    """The role's name; an unknown one by its key, never dropped."""
    return str(ROLE_LABELS[Role(role)]) if role in set(Role) else role
