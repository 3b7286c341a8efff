"""Public rows that count: what each entry adds to which figure, and the sums of it.

Both are filled by the projection alone, so a page reads a few rows however long the ledger is.
"""

from django.db import models
from django.db.models import Q

from portal.tracking.rows import Projected


class Part(Projected):
    """What one entry adds to one figure (takes from it, where `amount` is negative): the rows that
    make the number. `part`: item class and base unit as `mask|只`, or nothing; `code`: the gift or
    other subject; `org`, `region`: whom and which province it counts for; `day`: in Shanghai."""

    KEY = ("seq", "n")

    seq = models.BigIntegerField()
    n = models.PositiveIntegerField()
    figure = models.CharField(max_length=60)
    part = models.CharField(max_length=70, blank=True)
    amount = models.BigIntegerField()
    code = models.CharField(max_length=12, blank=True)
    org = models.CharField(max_length=12, blank=True)
    region = models.CharField(max_length=40, blank=True)
    day = models.CharField(max_length=10)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seq", "n"], name="tracking_part_once")]
        indexes = [
            models.Index(fields=["figure", "-seq", "-n"], name="tracking_part_figure"),
            models.Index(
                fields=["figure", "part", "-seq", "-n"],
                name="tracking_part_of_goods",
                condition=~Q(part=""),
            ),
            models.Index(
                fields=["org", "figure", "-seq"], name="tracking_part_org", condition=~Q(org="")
            ),
            models.Index(
                fields=["region", "figure", "-seq"],
                name="tracking_part_region",
                condition=~Q(region=""),
            ),
            models.Index(fields=["day", "figure", "-seq"], name="tracking_part_day"),
            models.Index(
                fields=["-seq", "n"], name="tracking_part_fall", condition=Q(amount__lt=0)
            ),
        ]

    class Disclosure:
        open = ("seq", "n", "figure", "part", "amount", "code", "org", "region", "day")


class Tally(Projected):
    """Sums of parts: {figure: {part: amount}}.

    `kind`: "all" (of everything; with `day` of that day alone), "org" and "region" (`of` a code or
    province), "stage" (`of` kind.stage: how many hours each subject stayed there, and since which
    day those have been there that still are), "typical" (the medians as the last whole day left
    them)."""

    KEY = ("of", "kind", "day")

    of = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=10)
    day = models.CharField(max_length=10, blank=True)
    amounts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["of", "kind", "day"], name="tracking_tally_once")
        ]
        indexes = [models.Index(fields=["kind", "day"], name="tracking_tally_kind")]

    class Disclosure:
        open = ("of", "kind", "day", "amounts")
