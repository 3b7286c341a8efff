"""Release orders, shipments and what they carry."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.acting import Actor
from portal.accounts.roles import AUDITOR, AUTHORITY, CARRIER, CHARITY, CLOCK, DONOR, HOSPITAL
from portal.needs.models import NeedLine
from portal.organisations.models import Organisation
from portal.pledges.models import Pledge
from portal.shipping.capacity import CAPACITY
from portal.shipping.issuing import URGENT
from portal.shipping.stages import RELEASE, SHIPMENT
from portal.stages.models import Subject, different, stage_known
from portal.warehouse.models import Allocation, Lot, Warehouse


class Release(Subject):
    """Nothing leaves a warehouse without one: whole allocations for one hospital."""

    lifecycle = RELEASE

    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, null=True, verbose_name=_("warehouse")
    )
    hospital = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, verbose_name=_("hospital")
    )
    allocations = models.ManyToManyField(Allocation, verbose_name=_("allocations"))
    org = models.CharField(_("organisation"), max_length=12)
    receiving_unit = models.CharField(_("receiving unit"), max_length=200, blank=True)
    taker = models.CharField(_("who takes it"), max_length=200, blank=True)
    slot = models.DateTimeField(_("time at the gate"), null=True, blank=True)

    class Meta:
        verbose_name = _("release order")
        verbose_name_plural = _("release orders")
        constraints = [stage_known(RELEASE)]

    class Disclosure:
        personal = ("receiving_unit", "taker")
        internal = ("warehouse", "hospital", "org", "slot")

    def reachable_by(self, actor: Actor) -> bool:
        return actor.role == AUDITOR or (actor.role in CHARITY and actor.org == self.org)


class UrgentIssue(Subject):
    """Goods that left without a release order; the public list is made of these."""

    lifecycle = URGENT

    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, null=True, verbose_name=_("warehouse")
    )
    need_line = models.ForeignKey(
        NeedLine, on_delete=models.PROTECT, null=True, verbose_name=_("need line")
    )
    org = models.CharField(_("organisation"), max_length=12)

    class Meta:
        verbose_name = _("issue without order")
        verbose_name_plural = _("issued without order")
        constraints = [stage_known(URGENT)]

    class Disclosure:
        internal = ("warehouse", "need_line", "org")

    def reachable_by(self, actor: Actor) -> bool:
        return actor.role == AUDITOR or (actor.role in CHARITY and actor.org == self.org)


class UrgentLine(models.Model):
    """So much of one lot that left without order."""

    issue = models.ForeignKey(UrgentIssue, on_delete=models.PROTECT, related_name="lines")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, verbose_name=_("lot"))
    quantity = models.BigIntegerField(_("quantity"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0), name="shipping_urgent_line_positive"
            )
        ]

    class Disclosure:
        internal = ("id", "issue", "lot", "quantity")


class Capacity(Subject):
    """Transport that a carrier offers: from where to where, when, how much, with which permits;
    entered by the charity `org`, or by a carrier itself with its link (`entered_by`: who that was);
    taken by one shipment."""

    SAID = ("firm", "contact", "origin", "to", "first", "last", "kg", "litres", "dangerous", "cold")

    lifecycle = CAPACITY

    carrier = models.CharField(_("carrier"), max_length=10, blank=True)
    firm = models.CharField(_("firm or team"), max_length=200, blank=True)
    contact = models.CharField(_("whom to call"), max_length=200, blank=True)
    origin = models.CharField(_("from"), max_length=80, blank=True)
    to = models.CharField(_("to"), max_length=80, blank=True)
    first = models.DateField(_("first day"), null=True)
    last = models.DateField(_("last day"), null=True)
    kg = models.BigIntegerField(_("weight in kg"), default=0)
    litres = models.BigIntegerField(_("volume in litres"), default=0)
    dangerous = models.BooleanField(_("permit for dangerous goods"), default=False)
    cold = models.BooleanField(_("cold chain"), default=False)
    org = models.CharField(_("organisation"), max_length=12)
    entered_by = models.CharField(max_length=40, blank=True, editable=False)

    class Meta:
        verbose_name = _("offer of transport")
        verbose_name_plural = _("offers of transport")
        constraints = [
            stage_known(CAPACITY),
            models.CheckConstraint(
                condition=Q(kg__gte=0, litres__gte=0), name="shipping_capacity_not_negative"
            ),
        ]

    class Disclosure:
        personal = ("firm", "contact")
        internal = (
            *("carrier", "origin", "to", "first", "last", "kg", "litres", "dangerous", "cold"),
            *("org", "entered_by"),
        )

    def reachable_by(self, actor: Actor) -> bool:
        if actor.role == CARRIER:  # its own only: each carrier has a link of its own
            return actor.org == self.org and actor.who == self.entered_by
        mine = actor.role in CHARITY and actor.org == self.org
        return actor.role in (AUDITOR, CLOCK) or mine


class Shipment(Subject):
    """One consignment to one hospital; `org` ships it, or the donor himself (`gift`) on the direct
    lane."""

    lifecycle = SHIPMENT

    hospital = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, verbose_name=_("hospital")
    )
    release = models.OneToOneField(
        Release, on_delete=models.PROTECT, null=True, verbose_name=_("release order")
    )
    urgent = models.OneToOneField(
        UrgentIssue, on_delete=models.PROTECT, null=True, verbose_name=_("issue without order")
    )
    gift = models.ForeignKey(
        Pledge, on_delete=models.PROTECT, null=True, verbose_name=_("gift, direct lane")
    )
    offer = models.OneToOneField(
        Capacity, on_delete=models.PROTECT, null=True, verbose_name=_("offer of transport")
    )
    org = models.CharField(_("organisation"), max_length=12, blank=True)
    carrier = models.CharField(_("carrier"), max_length=10, blank=True)
    waybill = models.CharField(_("waybill number"), max_length=60, blank=True)
    waybill_raw = models.CharField(_("waybill number as typed"), max_length=60, blank=True)
    boxes = models.PositiveIntegerField(_("number of boxes"), default=0)
    kg = models.PositiveIntegerField(_("weight of all boxes, in kg"), default=0)
    dispatched_at = models.DateTimeField(_("handed over"), null=True, blank=True)
    holder = models.CharField(_("in whose hands"), max_length=12, blank=True)
    holder_name = models.CharField(
        _("name of the firm, team or station"), max_length=200, blank=True
    )
    held_since = models.DateTimeField(_("in these hands since"), null=True, blank=True)
    carrier_state = models.CharField(_("the carrier says"), max_length=20, blank=True)
    carrier_said_at = models.DateTimeField(_("said at"), null=True, blank=True)
    packed_by = models.BigIntegerField(null=True, editable=False)
    dispatched_by = models.BigIntegerField(null=True, editable=False)
    back_by = models.BigIntegerField(null=True, editable=False)
    recounted_by = models.BigIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        constraints = [
            stage_known(SHIPMENT),
            different("packed_by", "dispatched_by", name="shipping_shipment_second_person"),
            different("back_by", "recounted_by", name="shipping_shipment_counted_again"),
        ]

    class Disclosure:
        personal = ("waybill", "waybill_raw", "holder_name")
        internal = (
            *("hospital", "release", "urgent", "gift", "offer", "org", "carrier"),
            *("packed_by", "dispatched_by", "back_by", "recounted_by", "dispatched_at"),
            *("boxes", "kg"),
            *("holder", "held_since", "carrier_state", "carrier_said_at"),
        )
        erased_with = ("gift__code",)

    def reachable_by(self, actor: Actor) -> bool:
        if actor.role == DONOR:
            return self.gift is not None and actor.by_link == self.gift.code
        if actor.role == AUTHORITY:  # it looks after deliveries that nobody confirms
            return self.stage == "unconfirmed"
        if actor.role == CLOCK:
            return True
        if actor.role == HOSPITAL:
            by_own_link = actor.by_link in ("", self.code)
            return by_own_link and self.hospital is not None and actor.org == self.hospital.code
        return actor.role == AUDITOR or (
            actor.role in CHARITY and (actor.org == self.org or not self.org)
        )


class ShipmentLine(models.Model):
    """So much of one gift and lot, for one need line: what is on its way or has ended; what was
    lost of it on the way stands beside."""

    shipment = models.ForeignKey(
        Shipment, on_delete=models.PROTECT, related_name="lines", verbose_name=_("shipment")
    )
    no = models.PositiveIntegerField(_("line"))
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, verbose_name=_("lot"))
    need_line = models.ForeignKey(
        NeedLine, on_delete=models.PROTECT, null=True, verbose_name=_("need line")
    )
    quantity = models.BigIntegerField(_("quantity"))
    lost = models.BigIntegerField(_("lost on the way"), default=0)

    class Meta:
        verbose_name = _("shipment line")
        verbose_name_plural = _("shipment lines")
        constraints = [
            models.UniqueConstraint(fields=["shipment", "no"], name="shipping_line_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=0, lost__gte=0) & (Q(quantity__gt=0) | Q(lost__gt=0)),
                name="shipping_line_positive",
            ),
        ]

    class Disclosure:
        internal = ("id", "shipment", "no", "lot", "need_line", "quantity", "lost")

    def __str__(self) -> str:
        return f"{self.shipment_id}/{self.no}"
