"""Rows of certificates; see `certifying`."""

from django.db import models

from portal.tracking.rows import Projected


class Certificate(Projected):
    """`rows`: [{item, owner, amount}], pieces by hospital or fen; `cause`: the type of entry `seq`
    that made it; `corrected`: it takes something back that the one before said. `ended_…`: the
    entry after which it was no longer true; `ended_by`: the next number, empty where nothing is
    left to certify."""

    KEY = ("gift", "n")

    gift = models.CharField(max_length=12)
    n = models.PositiveIntegerField()
    code = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=10)
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    leaf = models.CharField(max_length=64)
    cause = models.CharField(max_length=80)
    rows = models.JSONField(default=list)
    names = models.JSONField(default=dict)
    corrected = models.BooleanField(default=False)
    ended_seq = models.BigIntegerField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=12, blank=True)
    ended_cause = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gift", "n"], name="tracking_certificate_once")
        ]

    class Disclosure:
        open = (
            *("gift", "n", "code", "kind", "seq", "at", "leaf", "cause", "rows", "names"),
            *("corrected", "ended_seq", "ended_at", "ended_by", "ended_cause"),
        )

    def __str__(self) -> str:
        return self.code
