"""Items, their variants (one standard and version each) and their packs, in base units."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.acting import Actor
from portal.accounts.roles import AUDITOR, COORDINATOR, SYSTEM
from portal.catalogue.stages import ITEM
from portal.stages.models import Subject, stage_known


class Item(Subject):
    """A kind of goods, counted in one base unit."""

    lifecycle = ITEM

    key = models.CharField(_("key"), max_length=40, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=120)
    item_class = models.CharField(_("item class"), max_length=30)
    unit_zh = models.CharField(_("base unit, Chinese"), max_length=12)
    unit_en = models.CharField(_("base unit, English"), max_length=30)
    care = models.JSONField(_("handle with care"), default=list)

    class Meta:
        verbose_name = _("catalogue item")
        verbose_name_plural = _("catalogue items")
        constraints = [stage_known(ITEM)]

    class Disclosure:
        open = ("key", "name_zh", "name_en", "item_class", "unit_zh", "unit_en", "care")
        rows = {"variants": "variants", "packs": "packs"}

    def __str__(self) -> str:
        return self.name_zh

    def reachable_by(self, actor: Actor) -> bool:
        return actor.role in (SYSTEM, COORDINATOR, AUDITOR)


class Variant(models.Model):
    """An item by one standard and version; its key is what postings name, for ever."""

    item = models.ForeignKey(
        Item, on_delete=models.PROTECT, related_name="variants", verbose_name=_("item")
    )
    key = models.CharField(_("key"), max_length=60, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=160)
    standard = models.CharField(_("standard"), max_length=60, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    replaced_by = models.CharField(_("replaced by"), max_length=60, blank=True)
    fitness = models.JSONField(_("fit for"), default=list)
    equivalents = models.JSONField(_("accepted foreign equivalents"), default=list)
    cited_as = models.JSONField(_("wrong citations of it"), default=list)
    grade = models.CharField(_("class within the standard"), max_length=30, blank=True)
    size = models.CharField(_("size"), max_length=30, blank=True)
    sterile = models.BooleanField(_("sterile"), null=True, blank=True)
    unsure = models.BooleanField(_("not checked against the document"), default=False)
    order = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")

    class Disclosure:
        open = (
            "key",
            "name_zh",
            "name_en",
            "standard",
            "valid_from",
            "valid_to",
            "replaced_by",
            "fitness",
            "equivalents",
            "cited_as",
            "grade",
            "size",
            "sterile",
            "unsure",
        )
        internal = ("id", "item", "order")

    def __str__(self) -> str:
        return self.key


class Pack(models.Model):
    """A pack of an item: how many base units one holds."""

    item = models.ForeignKey(
        Item, on_delete=models.PROTECT, related_name="packs", verbose_name=_("item")
    )
    name_zh = models.CharField(_("Chinese name"), max_length=30)
    name_en = models.CharField(_("English name"), max_length=60)
    units = models.BigIntegerField(_("base units"))
    level = models.PositiveSmallIntegerField(_("level"), default=1)
    unsure = models.BooleanField(_("a default to be checked"), default=False)

    class Meta:
        verbose_name = _("pack")
        verbose_name_plural = _("packs")
        constraints = [
            models.CheckConstraint(condition=models.Q(units__gt=0), name="catalogue_pack_positive")
        ]

    class Disclosure:
        open = ("name_zh", "name_en", "units", "level", "unsure")
        internal = ("id", "item")

    def __str__(self) -> str:
        return f"{self.name_zh} {self.units}"
