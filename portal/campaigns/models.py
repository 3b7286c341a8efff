"""Campaigns: what 慈善法 Art. 24 asks of a fundraising plan, under one code."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.acting import Actor
from portal.accounts.roles import AUDITOR, COORDINATOR, FINANCE, PUBLISHER
from portal.campaigns.stages import CAMPAIGN
from portal.input.speaking import english
from portal.organisations.models import Organisation
from portal.stages.models import Subject, different, stage_known


class Campaign(Subject):
    """One fundraising plan of one verified organisation."""

    lifecycle = CAMPAIGN

    org = models.ForeignKey(Organisation, on_delete=models.PROTECT, verbose_name=_("organisation"))
    title_zh = models.CharField(_("Chinese title"), max_length=200, blank=True)
    title_en = models.CharField(_("English title"), max_length=200, blank=True)
    purpose = models.TextField(_("purpose"), blank=True)
    starts_on = models.DateField(_("first day"), null=True)
    ends_on = models.DateField(_("last day"), null=True)
    area = models.CharField(_("where it raises money"), max_length=200, blank=True)
    in_charge = models.CharField(_("person in charge"), max_length=200, blank=True)
    office = models.CharField(_("office address"), max_length=200, blank=True)
    ways = models.TextField(_("ways to give"), blank=True)
    account_holder = models.CharField(_("holder of the account"), max_length=200, blank=True)
    account_bank = models.CharField(_("bank"), max_length=200, blank=True)
    account_number = models.CharField(_("account number"), max_length=40, blank=True)
    beneficiaries = models.TextField(_("who benefits"), blank=True)
    use = models.TextField(_("use"), blank=True)
    cost = models.TextField(_("cost"), blank=True)
    remainder = models.TextField(_("remainder"), blank=True)
    platform = models.CharField(_("page on a designated platform"), max_length=1000, blank=True)
    emergency = models.BooleanField(_("for an emergency"), default=False)
    filing_number = models.CharField(_("filing number"), max_length=200, blank=True)
    pause_reason = models.CharField(_("why it takes no gifts"), max_length=20, blank=True)
    planned_by = models.BigIntegerField(null=True, editable=False)
    filed_by = models.BigIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [
            stage_known(CAMPAIGN),
            different("planned_by", "filed_by", name="campaigns_filed_by_a_second_person"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="campaigns_ends_after_it_begins",
            ),
        ]

    class Disclosure:
        open = (
            *("org", "title_zh", "title_en", "starts_on", "ends_on", "area", "emergency"),
            *("account_holder", "account_bank", "account_number", "platform"),
        )
        named = (
            *("purpose", "in_charge", "office", "ways"),
            *("beneficiaries", "use", "cost", "remainder"),
        )
        internal = ("filing_number", "pause_reason", "planned_by", "filed_by")

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self.title_en if english() else self.title_zh

    def reachable_by(self, actor: Actor) -> bool:
        if actor.role in (COORDINATOR, PUBLISHER, FINANCE):
            return actor.org == self.org.code
        return actor.role == AUDITOR
