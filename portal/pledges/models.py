"""Gifts of goods and their lines."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.acting import Actor
from portal.accounts.roles import AUDITOR, COORDINATOR, DONOR
from portal.catalogue.models import Variant
from portal.needs.models import NeedLine
from portal.pledges.stages import PLEDGE, Visibility
from portal.stages.models import Subject, stage_known


class Pledge(Subject):
    """One gift of goods, followed under its code through every split."""

    lifecycle = PLEDGE

    visibility = models.CharField(_("name on the public page"), max_length=10)
    donor_name = models.CharField(_("name to show"), max_length=200, blank=True)
    contact = models.CharField(_("contact"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("gift")
        verbose_name_plural = _("gifts")
        constraints = [stage_known(PLEDGE)]

    class Disclosure:  # sealed by the facts of the registering move, not by the subject
        personal = ("donor_name", "contact")
        internal = ("visibility",)

    @property
    def visibility_label(self) -> str:
        return str(Visibility(self.visibility).label)

    def reachable_by(self, actor: Actor) -> bool:
        if actor.role == DONOR:
            return self.pk is None or actor.by_link == self.code
        return actor.role in (COORDINATOR, AUDITOR)


class PledgeLine(models.Model):
    """One item of a gift. `sent` counts what was announced or shipped, `received` what the
    warehouse or a hospital counted."""

    pledge = models.ForeignKey(
        Pledge, on_delete=models.PROTECT, related_name="lines", verbose_name=_("gift")
    )
    no = models.PositiveIntegerField(_("line"))
    variant = models.ForeignKey(
        Variant, on_delete=models.PROTECT, verbose_name=_("item and standard")
    )
    quantity = models.BigIntegerField(_("quantity"))
    need_line = models.ForeignKey(
        NeedLine, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("need line")
    )
    need_version = models.PositiveIntegerField(_("version of the need"), null=True, blank=True)
    sent = models.BigIntegerField(_("sent"), default=0)
    arrived = models.BigIntegerField(_("arrived"), default=0)

    class Meta:
        verbose_name = _("gift line")
        verbose_name_plural = _("gift lines")
        constraints = [
            models.UniqueConstraint(fields=["pledge", "no"], name="pledges_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="pledges_line_positive"),
            models.CheckConstraint(
                condition=Q(sent__gte=0, sent__lte=F("quantity")), name="pledges_line_sent_within"
            ),
            models.CheckConstraint(
                condition=Q(arrived__gte=0, arrived__lte=F("sent")),
                name="pledges_line_arrived_within",
            ),
        ]

    class Disclosure:
        internal = (
            *("id", "pledge", "no", "variant", "quantity", "need_line", "need_version"),
            *("sent", "arrived"),
        )

    def __str__(self) -> str:
        return f"{self.pledge_id}/{self.no}"
