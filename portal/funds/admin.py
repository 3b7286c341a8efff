"""Funds, gifts of money and spending in the workbench; refused spending for the auditor."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.accounts.acting import Actor, acting_in
from portal.accounts.looking import LookedAt
from portal.accounts.roles import AUDITOR
from portal.catalogue.models import Variant
from portal.catalogue.queries import class_label, described
from portal.funds.labels import paper, purpose
from portal.funds.models import BankLine, Fund, MoneyGift, Refusal, Spend
from portal.input.amounts import yuan
from portal.input.speaking import Many
from portal.organisations.queries import by_code, names
from portal.stages.admin import StageFilter, SubjectAdmin


class OfCharityAdmin(SubjectAdmin):
    """Opened for the actor's own organisation; amounts in yuan. `in_words`: columns of codes and
    the method that says them as people do."""

    list_filter = (StageFilter,)
    ordering = ("-pk",)
    list_select_related = True

    in_words: ClassVar[dict[str, str]] = {}

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = super().get_fields(request, obj)
        return [self.in_words.get(name, name) if isinstance(name, str) else name for name in shown]

    def opening_fields(self, request: HttpRequest, actor: Actor) -> dict[str, Any]:
        return {"org": by_code(actor.org)}

    @admin.display(description="¥", ordering="amount")
    def in_yuan(self, subject: MoneyGift | Spend) -> str:
        return yuan(subject.amount)


@admin.register(Fund)
class FundAdmin(OfCharityAdmin):
    list_display = ("code", "title_zh", "at_stage", "not_before", "use_by", "since")
    search_fields = ("code", "title_zh", "title_en")
    in_words: ClassVar[dict[str, str]] = {
        "purposes": "for_what",
        "item_classes": "may_buy",
        "recipients": "for_whom",
        "papers": "with_papers",
    }

    @admin.display(description=_("purposes"))
    def for_what(self, fund: Fund) -> str:
        return str(Many(purpose, fund.purposes))

    @admin.display(description=_("what may be bought"))
    def may_buy(self, fund: Fund) -> str:
        return str(Many(class_label, fund.item_classes))

    @admin.display(description=_("recipients"))
    def for_whom(self, fund: Fund) -> str:
        known = names(fund.recipients)
        return str(Many(lambda code: known.get(code, code), fund.recipients))

    @admin.display(description=_("documents needed"))
    def with_papers(self, fund: Fund) -> str:
        return str(Many(paper, fund.papers))


@admin.register(MoneyGift)
class MoneyGiftAdmin(OfCharityAdmin):
    list_display = ("code", "in_yuan", "at_stage", "fund", "received_on", "since")
    search_fields = ("code",)


@admin.register(Spend)
class SpendAdmin(OfCharityAdmin):
    list_display = ("code", "in_yuan", "at_stage", "fund", "recipient", "since")
    search_fields = ("code",)

    in_words: ClassVar[dict[str, str]] = {
        "item_class": "to_buy",
        "papers": "with_papers",
        "bought": "was_bought",
    }

    @admin.display(description=_("What is bought"))
    def to_buy(self, spend: Spend) -> str:
        return class_label(spend.item_class)

    @admin.display(description=_("documents"))
    def with_papers(self, spend: Spend) -> str:
        return str(Many(paper, (row[0] for row in spend.papers)))

    @admin.display(description=_("goods bought"))
    def was_bought(self, spend: Spend) -> str:
        found = Variant.objects.filter(key__in=[key for key, _n, _paid in spend.bought])
        named = {variant.key: described(variant) for variant in found.select_related("item")}
        rows = (f"{named.get(key, key)} · {n:,} · ¥{yuan(paid)}" for key, n, paid in spend.bought)
        return "; ".join(rows) or "–"


class ForAuditors(LookedAt, admin.ModelAdmin[Any]):
    """Rows that nobody changes; only auditors see them."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(acting_in(request, {AUDITOR}))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)


@admin.register(Refusal)
class RefusalAdmin(ForAuditors):
    list_display = ("at", "move", "code", "fund", "text_zh")
    list_filter = ("move",)
    ordering = ("-pk",)


@admin.register(BankLine)
class BankLineAdmin(ForAuditors):
    list_display = ("day", "serial", "amount", "outcome", "gift")
    list_filter = ("outcome",)
    ordering = ("-pk",)
