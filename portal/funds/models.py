"""Funds, gifts of money, spending; the bank's lines; and what was refused."""

from datetime import datetime
from typing import Any, TypeVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.acting import Actor
from portal.accounts.roles import AUDITOR, CLOCK, COORDINATOR, FINANCE, PUBLISHER
from portal.campaigns.models import Campaign
from portal.funds.money_stages import MONEY
from portal.funds.spend_stages import SPEND
from portal.funds.stages import FUND
from portal.input.speaking import english
from portal.organisations.models import Organisation
from portal.stages.engine import MoveRefused
from portal.stages.facts import Facts
from portal.stages.models import Subject, different, stage_known
from portal.stages.table import Move

STAFF = (FINANCE, COORDINATOR, PUBLISHER)
S = TypeVar("S", bound=Subject)


def found(model: type[S], code: str) -> S:
    """What a form names by its code."""
    row = model._default_manager.filter(code=code).first()
    if row is None:
        raise MoveRefused(_("Please choose from the list: there is no %(code)s.") % {"code": code})
    return row


class OfCharity(Subject):
    """What one charity's finance people keep."""

    org = models.ForeignKey(Organisation, on_delete=models.PROTECT, verbose_name=_("organisation"))

    class Meta:
        abstract = True

    def reachable_by(self, actor: Actor) -> bool:
        return actor.org == self.org.code if actor.role in STAFF else actor.role == AUDITOR


class Fund(OfCharity):
    """Money kept for one purpose. Lists are lists of keys or codes; empty ones allow everything
    but `purposes` and `item_classes`, which name all that is allowed. Amounts in fen."""

    lifecycle = FUND
    read_along = ("org", "campaign")

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, verbose_name=_("campaign"))
    title_zh = models.CharField(_("Chinese title"), max_length=200)
    title_en = models.CharField(_("English title"), max_length=200)
    purposes = models.JSONField(_("purposes"), default=list)
    item_classes = models.JSONField(_("what may be bought"), default=list)
    recipients = models.JSONField(_("recipients"), default=list, blank=True)
    regions = models.JSONField(_("regions"), default=list, blank=True)
    papers = models.JSONField(_("documents needed"), default=list, blank=True)
    not_before = models.DateField(_("not to be spent before"), null=True)
    use_by = models.DateField(_("to be spent by"), null=True)
    cap = models.BigIntegerField(_("at most for one recipient, in fen"), null=True, blank=True)
    fee_bp = models.PositiveIntegerField(_("fee, in hundredths of a percent"), default=0)
    idle = models.BigIntegerField(_("not spent for too long, in fen"), default=0, editable=False)
    near = models.BooleanField(_("its last day is near"), default=False, editable=False)
    leftover = models.TextField(_("what becomes of what is left"), blank=True)
    set_up_by = models.BigIntegerField(null=True, editable=False)
    published_by = models.BigIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("fund")
        verbose_name_plural = _("funds")
        constraints = [
            stage_known(FUND),
            different("set_up_by", "published_by", name="funds_fund_published_by_another"),
            models.CheckConstraint(condition=Q(fee_bp__lte=1000), name="funds_fund_fee_at_most"),
            models.CheckConstraint(
                condition=Q(use_by=None) | Q(use_by__gte=F("not_before")),
                name="funds_fund_window_is_one",
            ),
        ]

    class Disclosure:
        open = (
            *("org", "campaign", "title_zh", "title_en", "purposes", "item_classes"),
            *("recipients", "regions", "papers", "not_before", "use_by", "cap", "fee_bp"),
        )
        named = ("leftover",)
        internal = ("idle", "near", "set_up_by", "published_by")

    def __str__(self) -> str:
        return self.title

    def reachable_by(self, actor: Actor) -> bool:
        return actor.role == CLOCK or super().reachable_by(actor)

    @property
    def title(self) -> str:
        return self.title_en if english() else self.title_zh

    def prepare(self, facts: Any) -> None:
        self.campaign = found(Campaign, facts.campaign)


class MoneyGift(OfCharity):
    """One gift of money, whole fen, followed under its code to what it paid for."""

    lifecycle = MONEY
    read_along = ("org", "fund__campaign")

    amount = models.BigIntegerField(_("amount, in fen"))
    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("fund")
    )
    received_on = models.DateField(_("on the account"), null=True, blank=True)
    way = models.CharField(_("how it came"), max_length=10)
    shown = models.CharField(_("name on the public page"), max_length=10)
    donor_name = models.CharField(_("donor's name"), max_length=200, blank=True)
    shown_name = models.CharField(_("name to show"), max_length=200, blank=True)
    contact = models.CharField(_("contact"), max_length=200, blank=True)
    currency = models.CharField(_("currency it was sent in"), max_length=3, default="CNY")
    original = models.BigIntegerField(_("in its smallest unit"), null=True, blank=True)
    refund_amount = models.BigIntegerField(_("to be given back, in fen"), null=True, blank=True)
    refund_by = models.BigIntegerField(null=True, editable=False)
    receipt_number = models.CharField(_("official receipt"), max_length=200, blank=True)
    receipt_code = models.CharField(_("its code"), max_length=200, blank=True)
    check_code = models.CharField(_("its check code"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("gift of money")
        verbose_name_plural = _("gifts of money")
        constraints = [
            stage_known(MONEY),
            models.CheckConstraint(condition=Q(amount__gt=0), name="funds_money_positive"),
        ]

    class Disclosure:  # sealed by the facts of the moves that write them
        personal = (
            *("donor_name", "shown_name", "contact"),
            *("receipt_number", "receipt_code", "check_code"),
        )
        internal = (
            *("org", "amount", "fund", "received_on", "way", "shown", "currency", "original"),
            *("refund_amount", "refund_by"),
        )

    def prepare(self, facts: Any) -> None:
        self.amount = facts.amount


class Spend(OfCharity):
    """Money asked for, approved by two people, paid and accounted for. Amounts in fen. `bought`:
    [[variant, pieces, fen], …]."""

    lifecycle = SPEND
    read_along = ("org", "fund__campaign", "recipient")

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, verbose_name=_("fund"))
    purpose = models.CharField(_("purpose"), max_length=20)
    item_class = models.CharField(_("what is bought"), max_length=30)
    amount = models.BigIntegerField(_("amount, in fen"))
    recipient = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("recipient")
    )
    supplier = models.CharField(_("supplier"), max_length=200)
    supplier_code = models.CharField(_("supplier's credit code"), max_length=18)
    papers = models.JSONField(_("documents"), default=list)
    revision = models.PositiveIntegerField(_("version of the request"), default=1)
    requested_by = models.BigIntegerField(null=True, editable=False)
    approved_by = models.BigIntegerField(null=True, editable=False)
    approved_again_by = models.BigIntegerField(null=True, editable=False)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    arrival = models.CharField(_("goods-in note"), max_length=12, blank=True)
    bought = models.JSONField(_("goods bought"), default=list, blank=True)
    invoice = models.CharField(_("number of the invoice"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("spending")
        verbose_name_plural = _("spending")
        constraints = [
            stage_known(SPEND),
            models.CheckConstraint(condition=Q(amount__gt=0), name="funds_spend_positive"),
            different("requested_by", "approved_by", name="funds_spend_first_is_another"),
            different("requested_by", "approved_again_by", name="funds_spend_second_is_another"),
            different("approved_by", "approved_again_by", name="funds_spend_two_approve"),
            models.CheckConstraint(
                condition=~Q(stage__in=("approved", "paid", "accounted"))
                | Q(approved_by__isnull=False, approved_again_by__isnull=False),
                name="funds_spend_paid_after_two",
            ),
        ]

    class Disclosure:  # sealed by the facts of the moves that write them
        personal = ("supplier", "supplier_code", "invoice")
        internal = (
            *("org", "fund", "purpose", "item_class", "amount", "recipient", "papers"),
            *("revision", "requested_by", "approved_by", "approved_again_by", "paid_on"),
            *("arrival", "bought"),
        )

    def prepare(self, facts: Any) -> None:
        self.fund, self.amount = found(Fund, facts.fund), facts.amount
        self.recipient = found(Organisation, facts.recipient)

    @classmethod
    def keep_refusal(
        cls,
        code: str,
        move: str,
        *,
        actor: Actor,
        facts: Facts | None,
        at: datetime,
        refusal: Exception,
    ) -> None:
        """For the auditor: who wanted what, and which rule refused it, in both languages."""
        from portal.funds.refusing import keep  # noqa: PLC0415 -- it writes to the table below

        keep(code, move, actor=actor, facts=facts, at=at, refusal=refusal)

    def out_of_turn(self, move: Move, *, at: datetime) -> Exception | None:
        """A payment before two have approved it names every rule it breaks."""
        from portal.funds.spending import out_of_turn  # noqa: PLC0415 -- it imports this module

        return out_of_turn(self, move.name, at=at)


class BankLine(models.Model):
    """One line of a bank statement. `amount` in fen, below zero for what left the account."""

    account = models.CharField(_("account"), max_length=40)
    serial = models.CharField(_("bank's serial number"), max_length=80)
    day = models.DateField(_("day"))
    amount = models.BigIntegerField(_("amount, in fen"))
    payer = models.CharField(_("other side"), max_length=200, blank=True)
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    outcome = models.CharField(_("what became of it"), max_length=20)
    gift = models.ForeignKey(
        MoneyGift, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("gift")
    )
    proposed = models.CharField(_("perhaps the promise"), max_length=12, blank=True)

    class Meta:
        verbose_name = _("bank line")
        verbose_name_plural = _("bank lines")
        constraints = [
            models.UniqueConstraint(fields=["account", "serial"], name="funds_bank_line_once")
        ]
        indexes = [models.Index(fields=["account", "amount"], name="funds_bank_line_amount")]

    class Disclosure:
        personal = ("payer", "remark")
        erased_with = ("gift__code",)
        internal = ("id", "account", "serial", "day", "amount", "outcome", "gift", "proposed")

    def __str__(self) -> str:
        return self.serial


class Refusal(models.Model):
    """A move of spending that was refused: kept for the auditor, never public, never changed."""

    code = models.CharField(_("spending"), max_length=12, blank=True)
    fund = models.CharField(_("fund"), max_length=12, blank=True)
    move = models.CharField(_("move"), max_length=30)
    rules = models.JSONField(_("rules"), default=list)
    text_zh = models.TextField(_("in Chinese"))
    text_en = models.TextField(_("in English"))
    asked = models.JSONField(_("what was asked"), default=dict)
    role = models.CharField(_("role"), max_length=20)
    org = models.CharField(_("organisation"), max_length=12, blank=True)
    who = models.CharField(_("who"), max_length=40)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("refused spending")
        verbose_name_plural = _("refused spending")

    class Disclosure:
        internal = (
            *("id", "code", "fund", "move", "rules", "text_zh", "text_en", "asked"),
            *("role", "org", "who", "at"),
        )

    def __str__(self) -> str:
        return f"{self.move} {self.code or self.fund}"
