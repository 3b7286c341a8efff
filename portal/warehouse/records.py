"""What is kept beside a lot: the numbers of its pieces, and what loggers wrote on its way."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.catalogue.models import Item


class Serial(models.Model):
    """One piece of an item whose pieces are told apart, by the number on its label."""

    LONGEST = 60

    item = models.ForeignKey(Item, on_delete=models.PROTECT, verbose_name=_("item"))
    lot = models.ForeignKey(
        "warehouse.Lot", on_delete=models.PROTECT, related_name="serials", verbose_name=_("lot")
    )
    number = models.CharField(_("serial number"), max_length=LONGEST, blank=True)

    class Meta:
        verbose_name = _("serial number")
        verbose_name_plural = _("serial numbers")
        constraints = [
            models.UniqueConstraint(
                fields=["item", "number"], condition=~Q(number=""), name="warehouse_serial_once"
            )
        ]

    class Disclosure:
        personal = ("number",)
        internal = ("id", "item", "lot")
        erased_with = ("lot__arrivalline__arrival__code",)

    def __str__(self) -> str:
        return self.number


class ColdLog(models.Model):
    """What a logger wrote of one lot on its way; temperatures in tenths of a degree Celsius."""

    lot = models.ForeignKey(
        "warehouse.Lot", on_delete=models.PROTECT, related_name="cold_logs", verbose_name=_("lot")
    )
    digest = models.CharField(_("SHA-256 of the readings"), max_length=64)
    readings = models.TextField(_("readings"))
    count = models.PositiveIntegerField(_("number of readings"))
    began = models.DateTimeField(_("first reading"))
    ended = models.DateTimeField(_("last reading"))
    lowest = models.IntegerField(_("lowest"))
    highest = models.IntegerField(_("highest"))
    floor = models.IntegerField(_("not below"))
    ceiling = models.IntegerField(_("not above"))
    minutes_outside = models.PositiveIntegerField(_("minutes outside the range"))

    class Meta:
        verbose_name = _("temperature log")
        verbose_name_plural = _("temperature logs")
        constraints = [
            models.UniqueConstraint(fields=["lot", "digest"], name="warehouse_cold_log_once")
        ]

    class Disclosure:
        internal = (
            *("id", "lot", "digest", "readings", "count", "began", "ended", "lowest", "highest"),
            *("floor", "ceiling", "minutes_outside"),
        )

    def __str__(self) -> str:
        return f"{self.lot} {self.began:%Y-%m-%d}"
