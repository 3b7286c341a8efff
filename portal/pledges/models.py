"""Gifts of goods and their lines."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ledger.core.postings import place
from portal.accounts.acting import Actor
from portal.accounts.roles import AUDITOR, CLOCK, COORDINATOR, DONOR
from portal.catalogue.models import Variant
from portal.needs.models import NeedLine
from portal.pledges.designation import FREE, described
from portal.pledges.diversion import DIVERSION, DiversionReason
from portal.pledges.stages import PLEDGE, DeclineReason
from portal.stages.models import Subject, different, stage_known


class Pledge(Subject):
    """One gift of goods, followed under its code through every split."""

    lifecycle = PLEDGE

    visibility = models.CharField(_("name on the public page"), max_length=10)
    donor_name = models.CharField(_("name to show"), max_length=200, blank=True)
    contact = models.CharField(_("contact"), max_length=200, blank=True)
    designation = models.CharField(_("whom it is for"), max_length=30, default=FREE)
    region = models.CharField(_("region it is for"), max_length=80, blank=True)
    related_to = models.CharField(_("related hospital"), max_length=12, blank=True)
    own_product = models.BooleanField(_("the donor makes it"), default=False)
    announced_by = models.DateField(_("announced in public, by"), null=True, blank=True)
    campaign = models.CharField(_("campaign"), max_length=12, blank=True)
    decline_reason = models.CharField(_("reason for declining"), max_length=20, blank=True)
    decline_note = models.TextField(_("note to the donor"), blank=True)
    release_proposed_by = models.BigIntegerField(null=True, editable=False)
    released_by = models.BigIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("gift")
        verbose_name_plural = _("gifts")
        constraints = [
            stage_known(PLEDGE),
            different("release_proposed_by", "released_by", name="pledges_release_second_person"),
        ]

    class Disclosure:  # sealed by the facts of the moves that write it, not by the subject
        personal = ("donor_name", "contact", "decline_note")
        internal = (
            *("visibility", "designation", "region", "related_to", "own_product"),
            *("announced_by", "campaign", "decline_reason", "release_proposed_by", "released_by"),
        )

    @property
    def outside(self) -> str:
        """The place of the books from which its goods come: its donor, or the supplier that a
        spending paid."""
        return place("purchase" if self.code.startswith("P") else "donor", self.code)

    @property
    def designation_label(self) -> str:
        return described(self.designation, self.region)

    @property
    def decline_label(self) -> str:
        return str(DeclineReason(self.decline_reason).label) if self.decline_reason else ""

    def reachable_by(self, actor: Actor) -> bool:
        if actor.role == DONOR:
            return self.pk is None or actor.by_link == self.code
        return actor.role in (COORDINATOR, AUDITOR, CLOCK)


class Diversion(Subject):
    """Whether a designated gift may be used otherwise: the charity's question and the donor's
    answer, under the gift's code."""

    lifecycle = DIVERSION

    pledge = models.OneToOneField(
        Pledge, on_delete=models.PROTECT, related_name="diversion", verbose_name=_("gift")
    )
    old_use = models.CharField(_("agreed use"), max_length=30)
    old_region = models.CharField(max_length=80, blank=True)
    new_use = models.CharField(_("new use"), max_length=30)
    new_region = models.CharField(max_length=80, blank=True)
    reason = models.CharField(_("reason"), max_length=20)
    note = models.TextField(_("reason in words"), blank=True)
    asked_at = models.DateTimeField(_("asked"), null=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    reminders = models.PositiveIntegerField(_("reminders"), default=0)

    class Meta:
        verbose_name = _("diversion")
        verbose_name_plural = _("diversions")
        constraints = [stage_known(DIVERSION)]

    class Disclosure:  # sealed by the facts of its moves
        personal = ("note",)
        internal = (
            *("pledge", "old_use", "old_region", "new_use", "new_region", "reason"),
            *("asked_at", "reminded_at", "reminders"),
        )

    def reachable_by(self, actor: Actor) -> bool:
        if actor.role == DONOR:
            return actor.by_link == self.code
        return actor.role in (COORDINATOR, AUDITOR, CLOCK)

    @property
    def old_label(self) -> str:
        return described(self.old_use, self.old_region)

    @property
    def new_label(self) -> str:
        return described(self.new_use, self.new_region)

    @property
    def reason_label(self) -> str:
        return str(DiversionReason(self.reason).label)


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
    maker = models.CharField(_("maker"), max_length=200, blank=True)
    batch = models.CharField(_("batch"), max_length=200, blank=True)
    made_on = models.DateField(_("made on"), null=True, blank=True)
    expiry = models.DateField(_("expiry date"), null=True, blank=True)
    packs = models.BigIntegerField(_("boxes or packs"), null=True, blank=True)
    registration = models.CharField(_("registration number"), max_length=200, blank=True)
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

    class Disclosure:  # sealed by the facts of the registering move
        personal = ("maker", "batch", "registration")
        erased_with = ("pledge__code",)
        internal = (
            *("id", "pledge", "no", "variant", "quantity", "need_line", "need_version"),
            *("made_on", "expiry", "packs", "sent", "arrived"),
        )

    def __str__(self) -> str:
        return f"{self.pledge_id}/{self.no}"
