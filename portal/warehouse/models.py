"""Warehouses, arrivals with their lines, lots, allocations."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.acting import Actor
from portal.accounts.roles import AUDITOR, CHARITY, CLOCK, DONOR, HOSPITAL
from portal.balance.models import Holding
from portal.catalogue.models import Variant
from portal.needs.models import NeedLine
from portal.organisations.models import Organisation
from portal.pledges.models import Pledge, PledgeLine
from portal.stages.models import Subject, different, stage_known
from portal.warehouse.records import ColdLog, Serial
from portal.warehouse.stages import ALLOCATION, ARRIVAL, WAREHOUSE_TABLE, Carrier, Verdict, Window
from portal.warehouse.stock_board import STATEMENT
from portal.warehouse.stock_table import LOT

__all__ = ["ColdLog", "Serial"]  # and below


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
    def slot_label(self) -> str:
        """`2026-03-05 · 9 to 12 o'clock`, or nothing."""
        return f"{self.slot_on:%Y-%m-%d} · {Window(self.slot).label}" if self.slot_on else ""

    @property
    def carrier_label(self) -> str:
        return str(Carrier(self.carrier).label) if self.carrier else ""

    def prepare(self, facts: Any) -> None:
        """What a spending bought has lines of its own, opened with its first consignment."""
        if facts.spend and self.pledge_id is None:
            from portal.warehouse.buying import opened  # noqa: PLC0415 -- it imports this module

            self.pledge = opened(facts.spend, at=self.opened_at)

    def reachable_by(self, actor: Actor) -> bool:
        if actor.role == DONOR:
            return self.pledge_id is not None and actor.by_link == self.pledge.code
        if actor.role == HOSPITAL:
            return self.consignee is not None and actor.org == self.consignee.code
        if self.warehouse is None:  # being opened: the warehouse is chosen in the same step
            return actor.role in CHARITY
        return actor.role == AUDITOR or (
            actor.role in CHARITY and actor.org == self.warehouse.org.code
        )


class Lot(Subject):
    """Goods of one gift and one variant that are kept together; its code is on the box.

    `before`: the stage it goes back to when what was `asked` is decided. `origin`: the lot it was
    parted from.
    """

    lifecycle = LOT

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
    bin = models.CharField(_("bin"), max_length=200, blank=True)
    stocked_at = models.DateTimeField(_("in stock since"), null=True, blank=True)
    near = models.CharField(_("expires"), max_length=6, blank=True, editable=False)
    before = models.CharField(max_length=20, blank=True, editable=False)
    asked = models.JSONField(default=dict, blank=True, editable=False)
    asked_by = models.BigIntegerField(null=True, editable=False)
    counted_by = models.BigIntegerField(null=True, editable=False)
    sent_to = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("sent to")
    )
    sent_by = models.BigIntegerField(null=True, editable=False)
    origin = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="parts", editable=False
    )

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        constraints = [stage_known(LOT)]

    class Disclosure:
        personal = ("batch", "bin")
        internal = (
            *("pledge", "variant", "warehouse", "expiry", "community_only", "stocked_at"),
            *("near", "before", "asked", "asked_by", "counted_by", "sent_to", "sent_by", "origin"),
        )
        erased_with = ("arrivalline__arrival__code", "origin__arrivalline__arrival__code")

    @property
    def is_free(self) -> bool:
        """Whether it may be given out: nobody holds it back, though part of it may be asked for."""
        return "kept" in (self.stage, self.before)

    def reachable_by(self, actor: Actor) -> bool:
        if actor.role == HOSPITAL:
            places = [f"{name}:{actor.org}" for name in ("received", "held")]
            return Holding.objects.filter(lot=self.code, place__in=places, amount__gt=0).exists()
        if self.pk is None:  # being opened: whoever announces or moves the goods
            return True
        if actor.role in (AUDITOR, CLOCK):
            return True
        house = self.warehouse
        return house is not None and actor.role in CHARITY and actor.org == house.org.code


class RecallAnswer(models.Model):
    """What a hospital says it still has of a recalled lot, and what it has used."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="answers")
    hospital = models.CharField(max_length=12)
    at = models.DateTimeField()
    aside = models.BigIntegerField()
    used = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "hospital"], name="warehouse_recall_answer_once"
            ),
            models.CheckConstraint(
                condition=Q(aside__gte=0, used__gte=0), name="warehouse_recall_answer_positive"
            ),
        ]

    class Disclosure:
        internal = ("id", "lot", "hospital", "at", "aside", "used")


class Statement(Subject):
    """What one warehouse had, got and gave in one window of time; sealed by the clock, once: `slot`
    is the warehouse and the number of the window. `totals`: {item: [all that came, all that
    went]}."""

    lifecycle = STATEMENT

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT)
    slot = models.CharField(max_length=40, unique=True)
    totals = models.JSONField(default=dict)

    class Meta:
        constraints = [stage_known(STATEMENT)]

    class Disclosure:
        internal = ("warehouse", "slot", "totals")

    def reachable_by(self, actor: Actor) -> bool:
        return actor.role in (AUDITOR, CLOCK)


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
