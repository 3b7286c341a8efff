"""Hospital receipts: one for each shipment, sealed under the shipment's code."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.acting import Actor
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
        return self.shipment.reachable_by(actor)


class ReceiptLine(models.Model):
    """accepted + rejected + missing = shipped + surplus, none negative; and what became of each
    afterwards."""

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
    later = models.BigIntegerField(_("came later"), default=0)
    found = models.BigIntegerField(_("found in the warehouse"), default=0)
    settled = models.BigIntegerField(_("rejected, handed on or destroyed"), default=0)
    back = models.BigIntegerField(_("back, waiting for inspection"), default=0)
    issued = models.BigIntegerField(_("issued to wards"), default=0)

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
            models.CheckConstraint(
                condition=Q(later__gte=0, found__gte=0, settled__gte=0, back__gte=0, issued__gte=0),
                name="receipts_line_after_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(missing__gte=F("later") + F("found")),
                name="receipts_line_found_within_missing",
            ),
            models.CheckConstraint(
                condition=Q(rejected__gte=F("settled"), settled__gte=F("back")),
                name="receipts_line_settled_within_rejected",
            ),
            models.CheckConstraint(
                condition=Q(issued__lte=F("accepted") + F("later")),
                name="receipts_line_issued_within_accepted",
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
            *("later", "found", "settled", "back", "issued"),
        )

    @property
    def held(self) -> int:
        """Found beyond what was sent and kept aside until the sender has explained it."""
        waiting = self.receipt.stage == "discrepancy"
        return min(self.surplus, self.accepted) if waiting else 0

    @property
    def lacking(self) -> int:
        """What was missing and has neither come nor been found since."""
        return self.missing - self.later - self.found

    @property
    def usable(self) -> int:
        """What the hospital has confirmed for good and may give to its wards."""
        return self.accepted + self.later - self.held
