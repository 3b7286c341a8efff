"""Need notices and their lines."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.acting import Actor
from portal.accounts.roles import AUDITOR, CLOCK, COORDINATOR, HOSPITAL, PUBLISHER
from portal.catalogue.fitness import Fitness
from portal.catalogue.models import Variant
from portal.needs.stages import NEED, Priority, QuantityKind
from portal.organisations.models import Organisation
from portal.stages.models import Subject, stage_known


class Need(Subject):
    """What one hospital asks for, as a notice with lines."""

    lifecycle = NEED

    hospital = models.ForeignKey(Organisation, on_delete=models.PROTECT, verbose_name=_("hospital"))
    campus = models.CharField(_("campus"), max_length=200, blank=True)
    department = models.CharField(_("receiving department"), max_length=200, blank=True)
    hours = models.CharField(_("receiving hours"), max_length=200, blank=True)
    valid_until = models.DateField(_("needed until"), null=True, blank=True)
    unwanted = models.TextField(_("please do not send"), blank=True)
    notes = models.TextField(_("notes for donors"), blank=True)
    contact = models.CharField(_("contact"), max_length=200, blank=True)
    source = models.CharField(_("address of the notice"), max_length=1000, blank=True)
    return_note = models.TextField(_("what to mend"), blank=True)
    revision = models.PositiveIntegerField(_("revision"), default=1)
    confirmed_at = models.DateTimeField(_("confirmed as needed"), null=True, blank=True)

    class Meta:
        verbose_name = _("need notice")
        verbose_name_plural = _("need notices")
        constraints = [stage_known(NEED)]

    class Disclosure:
        open = ("hospital", "campus", "department", "hours", "valid_until", "revision")
        named = ("notes", "unwanted")
        private = ("contact",)
        personal = ("source", "return_note")  # sealed by the facts of the moves that write them
        internal = ("confirmed_at",)
        rows = {"lines": "lines"}

    def reachable_by(self, actor: Actor) -> bool:
        if actor.by_link and actor.by_link != self.code:
            return False
        if actor.role == HOSPITAL:
            return actor.org == self.hospital.code
        return actor.role in (COORDINATOR, PUBLISHER, AUDITOR, CLOCK)


class NeedLine(models.Model):
    """One item asked for. `pledged`, `allocated` and `received` are the staff's counters, in base
    units."""

    need = models.ForeignKey(
        Need, on_delete=models.PROTECT, related_name="lines", verbose_name=_("need notice")
    )
    no = models.PositiveIntegerField(_("line"))
    variant = models.ForeignKey(
        Variant, on_delete=models.PROTECT, verbose_name=_("item and standard")
    )
    quantity_kind = models.CharField(_("kind of quantity"), max_length=10)
    quantity = models.BigIntegerField(_("quantity"), null=True, blank=True)
    as_written = models.CharField(_("as written in the notice"), max_length=500, blank=True)
    fitness = models.CharField(_("where it is used"), max_length=12, default=Fitness.GENERAL_WARD)
    only_exact = models.BooleanField(_("exactly this standard"), default=False)
    priority = models.CharField(_("urgency"), max_length=10, default=Priority.NORMAL)
    daily_use = models.BigIntegerField(_("used a day"), null=True, blank=True)
    stock_days = models.BigIntegerField(_("own stock lasts, days"), null=True, blank=True)
    pledged = models.BigIntegerField(_("pledged"), default=0)
    allocated = models.BigIntegerField(_("allocated"), default=0)
    received = models.BigIntegerField(_("received"), default=0)

    class Meta:
        verbose_name = _("need line")
        verbose_name_plural = _("need lines")
        constraints = [
            models.UniqueConstraint(fields=["need", "no"], name="needs_line_once"),
            models.CheckConstraint(
                condition=Q(quantity_kind__in=[k.value for k in QuantityKind]),
                name="needs_line_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    quantity_kind__in=["exact", "estimated", "per_week"],
                    quantity__gt=0,
                    quantity__isnull=False,
                )
                | Q(quantity_kind__in=["unlimited", "unknown"], quantity=None),
                name="needs_line_quantity_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(fitness__in=[f.value for f in Fitness])
                & Q(priority__in=[p.value for p in Priority]),
                name="needs_line_words_known",
            ),
            models.CheckConstraint(
                condition=Q(pledged__gte=0, allocated__gte=0, received__gte=0),
                name="needs_line_counters_not_negative",
            ),
        ]

    class Disclosure:
        open = (
            *("no", "variant", "quantity_kind", "quantity"),
            *("fitness", "only_exact", "priority", "daily_use", "stock_days"),
        )
        named = ("as_written",)
        erased_with = ("need__code",)
        internal = ("id", "need", "pledged", "allocated", "received")

    def __str__(self) -> str:
        return f"{self.need_id}/{self.no}"

    @property
    def gap(self) -> int | None:
        """What nobody has pledged yet; None where the quantity has no end or is unknown."""
        endless = self.quantity is None or self.quantity_kind == QuantityKind.PER_WEEK
        return None if endless else max((self.quantity or 0) - self.pledged, 0)
