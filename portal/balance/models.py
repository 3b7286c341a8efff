"""The books: what each place holds now, and every posting that led there."""

from django.db import models
from django.db.models import Q


class Holding(models.Model):
    """How much of one item, gift and lot one place holds; only outside places may be below zero."""

    gift = models.CharField(max_length=12)
    lot = models.CharField(max_length=12, blank=True)
    item = models.CharField(max_length=80)
    place = models.CharField(max_length=40)
    outside = models.BooleanField()
    amount = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gift", "lot", "item", "place"], name="balance_holding_once"
            ),
            models.CheckConstraint(
                condition=Q(outside=True) | Q(amount__gte=0), name="balance_holding_not_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["place", "item"], name="balance_holding_place"),
            models.Index(  # what lies there still, oldest first, however much has gone through
                fields=["place", "item", "id"],
                name="balance_holding_there",
                condition=Q(amount__gt=0),
            ),
        ]

    class Disclosure:
        internal = ("id", "gift", "lot", "item", "place", "outside", "amount")


class Booked(models.Model):
    """One posting as booked, with the entry's uid and its place in it. Never changed, never
    deleted."""

    uid = models.CharField(max_length=32)
    n = models.PositiveIntegerField()
    gift = models.CharField(max_length=12)
    lot = models.CharField(max_length=12, blank=True)
    item = models.CharField(max_length=80)
    from_place = models.CharField(max_length=40)
    to_place = models.CharField(max_length=40)
    amount = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["uid", "n"], name="balance_booked_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="balance_booked_positive"),
        ]
        indexes = [
            models.Index(fields=["gift"], name="balance_booked_gift"),
            models.Index(fields=["from_place"], name="balance_booked_from"),
            models.Index(fields=["to_place"], name="balance_booked_to"),
        ]

    class Disclosure:
        internal = (
            "id",
            "uid",
            "n",
            "gift",
            "lot",
            "item",
            "from_place",
            "to_place",
            "amount",
            "at",
        )
