"""Warehouses, arrivals with their lines, lots, allocations."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.acting import Actor
from portal.accounts.roles import AUDITOR, CHARITY, DONOR, HOSPITAL
from portal.catalogue.models import Item, Variant
from portal.needs.models import NeedLine
from portal.organisations.models import Organisation
from portal.pledges.models import Pledge, PledgeLine
from portal.stages.models import Subject, different, stage_known
from portal.warehouse.stages import ALLOCATION, ARRIVAL, WAREHOUSE_TABLE, Carrier, Verdict


class Warehouse(Subject):
    """A house of one charity where goods are counted in and kept."""

    lifecycle = WAREHOUSE_TABLE

    org = models.ForeignKey(Organisation, on_delete=models.PROTECT, verbose_name=_("organisation"))
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=120)
    province = models.CharField(_("province"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("warehouse")
        verbose_name_plural = _("warehouses")
        constraints = [stage_known(WAREHOUSE_TABLE)]

    class Disclosure:
        open = ("org", "name_zh", "name_en", "province", "city")

    def __str__(self) -> str:
        return self.name_zh

    def reachable_by(self, actor: Actor) -> bool:
        return actor.role == AUDITOR or (actor.role in CHARITY and actor.org == self.org.code)


class Arrival(Subject):
    """One consignment of one gift to one warehouse."""

    lifecycle = ARRIVAL

    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, verbose_name=_("gift"))
    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, verbose_name=_("warehouse"), null=True
    )
    carrier = models.CharField(_("carrier"), max_length=10, blank=True)
    waybill = models.CharField(_("waybill number"), max_length=60, blank=True)
    consignee = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, verbose_name=_("addressed to"), null=True
    )
    slot_on = models.DateField(_("expected on"), null=True, blank=True)
    slot = models.CharField(_("time of day"), max_length=10, blank=True)
    counted_by = models.BigIntegerField(null=True, editable=False)
    inspected_by = models.BigIntegerField(null=True, editable=False)
    taken_by = models.BigIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("arrival")
        verbose_name_plural = _("arrivals")
        constraints = [
            stage_known(ARRIVAL),
            different("counted_by", "inspected_by", name="warehouse_arrival_count_quality"),
            different("inspected_by", "taken_by", name="warehouse_arrival_quality_custody"),
            different("counted_by", "taken_by", name="warehouse_arrival_count_custody"),
        ]

    class Disclosure:
        personal = ("waybill",)
        internal = (
            *("pledge", "warehouse", "carrier", "consignee", "slot_on", "slot"),
            *("counted_by", "inspected_by", "taken_by"),
        )
        erased_with = ("pledge__code",)

    @property
    def carrier_label(self) -> str:
        return str(Carrier(self.carrier).label) if self.carrier else ""

    def reachable_by(self, actor: Actor) -> bool:
        if actor.role == DONOR:
            return actor.by_link == self.pledge.code
        if actor.role == HOSPITAL:
            return self.consignee is not None and actor.org == self.consignee.code
        if self.warehouse is None:  # being opened: the warehouse is chosen in the same step
            return actor.role in CHARITY
        return actor.role == AUDITOR or (
            actor.role in CHARITY and actor.org == self.warehouse.org.code
        )


class Lot(models.Model):
    """Goods of one gift and one variant that are kept together; its code is on the box."""

    code = models.CharField(_("code"), max_length=12, unique=True)
    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, verbose_name=_("gift"))
    variant = models.ForeignKey(
        Variant, on_delete=models.PROTECT, verbose_name=_("item and standard")
    )
    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, null=True, verbose_name=_("warehouse")
    )
    batch = models.CharField(_("batch number"), max_length=60, blank=True)
    expiry = models.DateField(_("expiry date"), null=True, blank=True)
    community_only = models.BooleanField(_("community use only"), default=False)

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")

    class Disclosure:
        personal = ("batch",)
        internal = ("id", "code", "pledge", "variant", "warehouse", "expiry", "community_only")
        erased_with = ("arrivalline__arrival__code",)

    def __str__(self) -> str:
        return self.code


class ArrivalLine(models.Model):
    """What was announced of one gift line and what was counted: announced + surplus = accepted +
    rejected + missing."""

    arrival = models.ForeignKey(
        Arrival, on_delete=models.PROTECT, related_name="lines", verbose_name=_("arrival")
    )
    no = models.PositiveIntegerField(_("line"))
    pledge_line = models.ForeignKey(
        PledgeLine, on_delete=models.PROTECT, verbose_name=_("gift line")
    )
    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, verbose_name=_("lot"))
    announced = models.BigIntegerField(_("announced"))
    pack = models.BigIntegerField(_("in one pack, as announced"), default=0)
    accepted = models.BigIntegerField(_("accepted"), default=0)
    rejected = models.BigIntegerField(_("rejected"), default=0)
    missing = models.BigIntegerField(_("missing"), default=0)
    surplus = models.BigIntegerField(_("surplus"), default=0)
    verdict = models.CharField(_("verdict"), max_length=10, blank=True)

    class Meta:
        verbose_name = _("arrival line")
        verbose_name_plural = _("arrival lines")
        constraints = [
            models.UniqueConstraint(fields=["arrival", "no"], name="warehouse_arrival_line_once"),
            models.CheckConstraint(
                condition=Q(
                    announced__gte=0,
                    accepted__gte=0,
                    rejected__gte=0,
                    missing__gte=0,
                    surplus__gte=0,
                ),
                name="warehouse_arrival_line_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(accepted=0, rejected=0, missing=0, surplus=0)
                | Q(announced=F("accepted") + F("rejected") + F("missing") - F("surplus")),
                name="warehouse_arrival_line_adds_up",
            ),
        ]

    class Disclosure:
        internal = (
            "id",
            "arrival",
            "no",
            "pledge_line",
            "lot",
            "announced",
            "pack",
            "accepted",
            "rejected",
            "missing",
            "surplus",
            "verdict",
        )

    def __str__(self) -> str:
        return f"{self.arrival_id}/{self.no}"

    @property
    def verdict_label(self) -> str:
        return str(Verdict(self.verdict).label) if self.verdict else "-"


class Serial(models.Model):
    """One piece of an item whose pieces are told apart, by the number on its label."""

    LONGEST = 60

    item = models.ForeignKey(Item, on_delete=models.PROTECT, verbose_name=_("item"))
    lot = models.ForeignKey(
        Lot, on_delete=models.PROTECT, related_name="serials", verbose_name=_("lot")
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
        Lot, on_delete=models.PROTECT, related_name="cold_logs", verbose_name=_("lot")
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


class Allocation(Subject):
    """Stock set aside for one need line, with its reason."""

    lifecycle = ALLOCATION

    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, null=True, verbose_name=_("warehouse")
    )
    need_line = models.ForeignKey(
        NeedLine, on_delete=models.PROTECT, null=True, verbose_name=_("need line")
    )
    org = models.CharField(_("organisation"), max_length=12)
    proposed_by = models.BigIntegerField(null=True, editable=False)
    approved_by = models.BigIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        constraints = [
            stage_known(ALLOCATION),
            different("proposed_by", "approved_by", name="warehouse_allocation_approver"),
        ]

    class Disclosure:
        internal = ("warehouse", "need_line", "org", "proposed_by", "approved_by")

    def reachable_by(self, actor: Actor) -> bool:
        return actor.role == AUDITOR or (actor.role in CHARITY and actor.org == self.org)


class AllocationLine(models.Model):
    """So much of one lot."""

    allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, related_name="lines")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT)
    quantity = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0), name="warehouse_allocation_line_positive"
            )
        ]

    class Disclosure:
        internal = ("id", "allocation", "lot", "quantity")
