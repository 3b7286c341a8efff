"""Where an organisation wants to be told what was sealed, and how far it has been told."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Hook(models.Model):
    """An address of an organisation. `next` is the index of the entry that it is told of next:
    messages go out in the order of the ledger, and none is lost while the address is away."""

    org = models.CharField(_("organisation"), max_length=12)
    address = models.CharField(_("address"), max_length=300)
    follows = models.JSONField(_("follows"), default=list, blank=True)
    box = models.BinaryField()
    made_at = models.DateTimeField(_("since"))
    next = models.BigIntegerField(_("next entry"))
    next_at = models.DateTimeField(_("next attempt"))
    attempts = models.PositiveIntegerField(_("failed in a row"), default=0)
    trouble = models.CharField(_("trouble"), max_length=200, blank=True)
    told_at = models.DateTimeField(_("last told"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        constraints = [
            models.UniqueConstraint(fields=["org", "address"], name="webhooks_hook_once"),
            models.CheckConstraint(condition=Q(next__gte=0), name="webhooks_hook_next"),
        ]
        indexes = [models.Index(fields=["stopped_at", "next_at"], name="webhooks_due")]

    class Disclosure:
        internal = (
            *("id", "org", "address", "follows", "box", "made_at", "next", "next_at", "attempts"),
            *("trouble", "told_at", "stopped_at"),
        )

    def __str__(self) -> str:
        return f"{self.org} → {self.address}"
