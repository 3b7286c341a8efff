"""Public rows of the two registers: organisations, and the catalogue's variants."""

from django.db import models

from portal.tracking.rows import Projected


class Organisation(Projected):
    """A hospital, charity, donor or authority as sealed. `received`: pieces it has confirmed;
    `goods`: by item, how many it confirmed and how many of them wards were given; `unconfirmed`:
    deliveries that it has left unconfirmed for too long."""

    KEY = ("code",)

    code = models.CharField(max_length=12, unique=True)
    opened_seq = models.BigIntegerField(default=0)
    stage = models.CharField(max_length=30, blank=True)
    since = models.DateTimeField()
    kind = models.CharField(max_length=20, blank=True)
    legal_name = models.CharField(max_length=200, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    credit_code = models.CharField(max_length=18, blank=True)
    province = models.CharField(max_length=40, blank=True)
    city = models.CharField(max_length=80, blank=True)
    district = models.CharField(max_length=80, blank=True)
    level = models.CharField(max_length=80, blank=True)
    received = models.BigIntegerField(default=0)
    channel_body = models.CharField(max_length=12, blank=True)
    goods = models.JSONField(default=dict)
    unconfirmed = models.IntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["kind", "-opened_seq"], name="tracking_org_kind")]

    class Disclosure:
        open = (
            "code",
            "opened_seq",
            "stage",
            "since",
            "kind",
            "legal_name",
            "name_en",
            "credit_code",
            "province",
            "city",
            "district",
            "level",
            "received",
            "channel_body",
            "goods",
            "unconfirmed",
        )


class Variant(Projected):
    """What may be asked for and given: names, standard, class and unit; what it is fit for."""

    KEY = ("key",)

    key = models.CharField(max_length=100, unique=True)
    item = models.CharField(max_length=12)
    item_class = models.CharField(max_length=40, blank=True)
    name_zh = models.CharField(max_length=200, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    standard = models.CharField(max_length=80, blank=True)
    unit_zh = models.CharField(max_length=20, blank=True)
    unit_en = models.CharField(max_length=40, blank=True)
    opened_seq = models.BigIntegerField(default=0)
    place = models.PositiveIntegerField(default=0)
    item_zh = models.CharField(max_length=80, blank=True)
    item_en = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    replaced_by = models.CharField(max_length=100, blank=True)
    fitness = models.JSONField(default=list)
    equivalents = models.JSONField(default=list)
    care = models.JSONField(default=list)
    unsure = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["item_class", "opened_seq", "place"], name="tracking_variant_class"
            )
        ]

    class Disclosure:
        open = (
            *("key", "item", "item_class", "name_zh", "name_en", "standard", "unit_zh", "unit_en"),
            *("opened_seq", "place", "item_zh", "item_en", "valid_from", "valid_to"),
            *("replaced_by", "fitness", "equivalents", "care", "unsure"),
        )
