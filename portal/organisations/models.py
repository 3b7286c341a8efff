"""Organisations: hospitals, charities, donors that are organisations, authorities."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.acting import Actor
from portal.accounts.roles import AUDITOR, AUTHORITY, COORDINATOR, SYSTEM
from portal.organisations.stages import ORGANISATION, Channel
from portal.stages.models import Subject, stage_known


class Organisation(Subject):
    """A legal person with its unified social credit code; a natural person is never one."""

    class Kind(models.TextChoices):
        HOSPITAL = "hospital", _("Hospital")
        CHARITY = "charity", _("Charity")
        DONOR = "donor", _("Donor organisation")
        AUTHORITY = "authority", _("Authority")
        AUDITOR = "auditor", _("Audit firm")

    lifecycle = ORGANISATION

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    legal_name = models.CharField(_("legal name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)
    credit_code = models.CharField(
        _("unified social credit code"), max_length=18, null=True, blank=True, unique=True
    )
    province = models.CharField(_("province"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=40, blank=True)
    district = models.CharField(_("district"), max_length=40, blank=True)
    level = models.CharField(_("level and kind"), max_length=60, blank=True)
    channel = models.CharField(_("acceptance channel"), max_length=10, default=Channel.DIRECT)
    channel_body = models.CharField(_("body that accepts gifts for it"), max_length=12, blank=True)
    designated = models.BooleanField(_("in the designated register"), default=False)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            stage_known(ORGANISATION),
            models.CheckConstraint(
                condition=models.Q(channel=Channel.DIRECT.value, channel_body="")
                | models.Q(channel=Channel.BODY.value) & ~models.Q(channel_body=""),
                name="organisations_channel_names_its_body",
            ),
        ]
        indexes = [models.Index(fields=["legal_name"], name="organisations_name")]

    class Disclosure:
        open = (
            "kind",
            "legal_name",
            "name_en",
            "credit_code",
            "province",
            "city",
            "district",
            "level",
        )
        internal = ("designated", "channel", "channel_body")  # sealed by the moves that write it

    def __str__(self) -> str:
        return self.legal_name

    def reachable_by(self, actor: Actor) -> bool:
        return actor.role in (AUTHORITY, COORDINATOR, SYSTEM, AUDITOR)
