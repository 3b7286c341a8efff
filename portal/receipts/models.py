"""Hospital receipts: one for each shipment, sealed under the shipment's code."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.acting import Actor
from portal.accounts.roles import AUDITOR
from portal.receipts.stages import RECEIPT
from portal.shipping.models import Shipment, ShipmentLine
from portal.stages.models import Subject, stage_known


class Receipt(Subject):
    """What the hospital says came of one shipment."""

    lifecycle = RECEIPT

    shipment = models.OneToOneField(Shipment, on_delete=models.PROTECT, verbose_name=_("shipment"))

    class Meta:
        verbose_name = _("hospital receipt")
        verbose_name_plural = _("hospital receipts")
        constraints = [stage_known(RECEIPT)]

    class Disclosure:
        internal = ("shipment",)

    def reachable_by(self, actor: Actor) -> bool:
        return actor.role == AUDITOR or self.shipment.reachable_by(actor)


class ReceiptLine(models.Model):
    """accepted + rejected + missing = shipped + surplus, none negative."""

    receipt = models.ForeignKey(
        Receipt, on_delete=models.PROTECT, related_name="lines", verbose_name=_("receipt")
    )
    shipment_line = models.OneToOneField(
        ShipmentLine, on_delete=models.PROTECT, verbose_name=_("shipment line")
    )
    accepted = models.BigIntegerField(_("accepted"))
    rejected = models.BigIntegerField(_("rejected"))
    missing = models.BigIntegerField(_("missing"))
    surplus = models.BigIntegerField(_("surplus"))
    reason = models.CharField(_("reason"), max_length=12, blank=True)

    class Meta:
        verbose_name = _("receipt line")
        verbose_name_plural = _("receipt lines")
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted__gte=0, rejected__gte=0, missing__gte=0, surplus__gte=0),
                name="receipts_line_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(rejected=0, missing=0, surplus=0) | ~Q(reason=""),
                name="receipts_line_reason_given",
            ),
        ]

    class Disclosure:
        internal = (
            "id",
            "receipt",
            "shipment_line",
            "accepted",
            "rejected",
            "missing",
            "surplus",
            "reason",
        )
