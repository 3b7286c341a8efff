"""People who sign in, which role each holds in which organisation (known here by its code only),
and secret links."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.labels import ROLE_LABELS
from portal.accounts.roles import STAFF, UNGRANTED, Role


class People(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(username=username)


class Person(AbstractBaseUser):
    """Somebody who signs in. There is no superuser: what a person may do follows from the roles
    granted."""

    username = models.CharField(_("sign-in name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=60, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    joined_at = models.DateTimeField(_("since"))

    objects: ClassVar[People] = People()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    class Disclosure:
        personal = ("username", "name", "email", "password", "last_login")
        internal = ("id", "is_active", "joined_at")

    def __str__(self) -> str:
        return self.username

    @property
    def roles(self) -> set[str]:
        """The roles held now, anywhere; read once for each time the person is loaded."""
        if not hasattr(self, "_roles"):
            self._roles = set(self.grant_set.filter(until=None).values_list("role", flat=True))
        return self._roles

    @property
    def is_staff(self) -> bool:
        """Whether the person may enter the admin: anybody but hospital staff."""
        return bool(self.roles & STAFF)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Nothing is decided by Django's permissions: each admin says itself which roles see it."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff


class Grant(models.Model):
    """A role somebody holds in an organisation. Withdrawn by setting `until`, never deleted."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, verbose_name=_("person"))
    role = models.CharField(
        _("role"),
        max_length=20,
        choices=[(role.value, label) for role, label in ROLE_LABELS.items()],
    )
    org = models.CharField(_("organisation"), max_length=12)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("role grant")
        verbose_name_plural = _("role grants")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "org"],
                condition=Q(until=None),
                name="accounts_grant_once",
            ),
            models.CheckConstraint(
                condition=Q(role__in=sorted(role.value for role in set(Role) - UNGRANTED)),
                name="accounts_grant_role_known",
            ),
        ]

    class Disclosure:
        internal = ("id", "person", "role", "org", "since", "until")

    def __str__(self) -> str:
        return f"{self.person_id} {self.role} {self.org}"


class Link(models.Model):
    """A secret link: only the SHA-256 of its token is kept; bound to one purpose and one code."""

    purpose = models.CharField(max_length=20)
    code = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["purpose", "code"], name="accounts_link_of")]

    class Disclosure:
        internal = ("id", "purpose", "code", "digest", "made_at", "ends_at", "ended")
