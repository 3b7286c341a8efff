"""Public rows of money: a fund's sums, what a spending bought, and each gift's share in it."""

from django.db import models

from portal.tracking.rows import Projected


class FundMonth(Projected):
    """Fen of one figure of a fund in one month (2026-03): what came, and what became of it
    (`holdings.COLUMNS`)."""

    KEY = ("fund", "month", "figure")

    fund = models.CharField(max_length=12)
    month = models.CharField(max_length=7)
    figure = models.CharField(max_length=20)
    amount = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fund", "month", "figure"], name="tracking_fund_month_once"
            )
        ]

    class Disclosure:
        open = ("fund", "month", "figure", "amount")


class Purchase(Projected):
    """What a spending paid and bought. `aside`, `paid`: fen so far set aside, and paid. `lines`:
    [[variant, pieces, fen, pieces sent so far], …]. `held`: [[place, lot, line, first piece,
    pieces, house, shipment, item], …], what came first stands first, line -1 what nobody paid for.
    `subjects`: as of a gift."""

    KEY = ("code",)

    code = models.CharField(max_length=12, unique=True)
    fund = models.CharField(max_length=12, blank=True)
    stage = models.CharField(max_length=30, blank=True)
    hospital = models.CharField(max_length=12, blank=True)
    aside = models.BigIntegerField(default=0)
    paid = models.BigIntegerField(default=0)
    lines = models.JSONField(default=list)
    held = models.JSONField(default=list)
    subjects = models.JSONField(default=dict)
    names = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["fund", "-version"], name="tracking_purchase_fund")]

    class Disclosure:
        open = (
            *("code", "fund", "stage", "hospital", "aside", "paid", "lines", "held"),
            *("subjects", "names"),
        )


class Share(Projected):
    """How much of a gift of money a spending pays with: `spans`, [[first fen, fen], …] of all that
    was set aside for it, in the order of the sealed postings."""

    KEY = ("gift_id", "purchase_id")

    gift = models.ForeignKey(
        "tracking.Gift", to_field="code", db_column="gift", on_delete=models.PROTECT,
        related_name="shares",
    )  # fmt: skip
    purchase = models.ForeignKey(
        Purchase, to_field="code", db_column="purchase", on_delete=models.PROTECT,
        related_name="shares",
    )  # fmt: skip
    spans = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gift", "purchase"], name="tracking_share_once")
        ]

    class Disclosure:
        open = ("gift", "purchase", "spans")
