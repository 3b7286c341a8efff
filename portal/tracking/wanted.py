"""Public rows of what hospitals ask for: the notices of needs and their lines."""

from django.db import models
from django.db.models import Q

from portal.tracking.rows import Projected


class Need(Projected):
    """A need notice as published, in its latest version. `place`: where it stands in the list;
    `region`: its province as it is counted."""

    KEY = ("code",)

    code = models.CharField(max_length=12, unique=True)
    opened_seq = models.BigIntegerField(default=0)
    stage = models.CharField(max_length=30, blank=True)
    open = models.BooleanField(default=False)
    since = models.DateTimeField()
    opened_at = models.DateTimeField()
    uid = models.CharField(max_length=32, blank=True)
    hospital = models.CharField(max_length=12, blank=True)
    name_zh = models.CharField(max_length=200, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    listed = models.BooleanField(default=False)
    province = models.CharField(max_length=40, blank=True)
    region = models.CharField(max_length=40, blank=True)
    city = models.CharField(max_length=80, blank=True)
    district = models.CharField(max_length=80, blank=True)
    campus = models.CharField(max_length=200, blank=True)
    department = models.CharField(max_length=200, blank=True)
    hours = models.CharField(max_length=200, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    place = models.BigIntegerField(default=0)
    numbers = models.JSONField(default=list)

    class Meta:
        indexes = [
            models.Index(fields=["open", "-place"], name="tracking_need_open"),
            models.Index(fields=["province", "-place"], name="tracking_need_province"),
            models.Index(
                fields=["hospital", "-place"],
                condition=Q(open=True),
                name="tracking_need_of",
            ),
        ]

    class Disclosure:
        open = (
            "code",
            "opened_seq",
            "stage",
            "open",
            "since",
            "opened_at",
            "uid",
            "hospital",
            "name_zh",
            "name_en",
            "listed",
            "province",
            "city",
            "district",
            *("region", "campus", "department", "hours", "valid_until", "revision"),
            "confirmed_at",
            *("place", "numbers"),
        )


class NeedLine(Projected):
    """One line of a need. `gifts`: {gift: [promised to it, set aside or farther]}; `pledged` is the
    larger of the two, added over the gifts; `gap` is empty where the quantity has no number."""

    KEY = ("need_id", "no")

    need = models.ForeignKey(
        Need, to_field="code", db_column="need", on_delete=models.PROTECT, related_name="rows"
    )
    no = models.PositiveIntegerField()
    opened_seq = models.BigIntegerField(default=0)
    open = models.BooleanField(default=False)
    variant = models.CharField(max_length=100)
    item_class = models.CharField(max_length=40, blank=True)
    names = models.JSONField(default=dict)
    quantity_kind = models.CharField(max_length=20, blank=True)
    asked = models.BigIntegerField(null=True, blank=True)
    fitness = models.CharField(max_length=20, blank=True)
    only_exact = models.BooleanField(default=False)
    priority = models.CharField(max_length=20, blank=True)
    daily_use = models.BigIntegerField(null=True, blank=True)
    stock_days = models.BigIntegerField(null=True, blank=True)
    gifts = models.JSONField(default=dict)
    pledged = models.BigIntegerField(default=0)
    moving = models.BigIntegerField(default=0)
    received = models.BigIntegerField(default=0)
    gap = models.BigIntegerField(null=True, blank=True)
    part = models.CharField(max_length=70, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["need", "no"], name="tracking_need_line_once")
        ]
        indexes = [
            models.Index(fields=["open", "-opened_seq", "no"], name="tracking_line_open"),
            models.Index(fields=["item_class", "-opened_seq"], name="tracking_line_class"),
            models.Index(
                fields=["part", "-opened_seq", "-no"],
                condition=Q(open=True, gap__gt=0),
                name="tracking_line_gap",
            ),
        ]

    class Disclosure:
        open = (
            "need",
            "no",
            "opened_seq",
            "open",
            "variant",
            "item_class",
            "names",
            "quantity_kind",
            "asked",
            *("fitness", "only_exact", "priority", "daily_use", "stock_days"),
            "gifts",
            "pledged",
            "moving",
            "received",
            *("gap", "part"),
        )
