"""Funds, gifts of money and spending in the workbench; refused spending for the auditor."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from portal.accounts.acting import Actor, acting_in
from portal.accounts.roles import AUDITOR
from portal.funds.models import BankLine, Fund, MoneyGift, Refusal, Spend
from portal.input.amounts import yuan
from portal.organisations.queries import by_code
from portal.stages.admin import StageFilter, SubjectAdmin


class OfCharityAdmin(SubjectAdmin):
    """Opened for the actor's own organisation; amounts in yuan."""

    list_filter = (StageFilter,)
    ordering = ("-pk",)
    list_select_related = True

    def opening_fields(self, request: HttpRequest, actor: Actor) -> dict[str, Any]:
        return {"org": by_code(actor.org)}

    @admin.display(description="¥", ordering="amount")
    def in_yuan(self, subject: MoneyGift | Spend) -> str:
        return yuan(subject.amount)


@admin.register(Fund)
class FundAdmin(OfCharityAdmin):
    list_display = ("code", "title_zh", "at_stage", "not_before", "use_by", "since")
    search_fields = ("code", "title_zh", "title_en")


@admin.register(MoneyGift)
class MoneyGiftAdmin(OfCharityAdmin):
    list_display = ("code", "in_yuan", "at_stage", "fund", "received_on", "since")
    search_fields = ("code",)


@admin.register(Spend)
class SpendAdmin(OfCharityAdmin):
    list_display = ("code", "in_yuan", "at_stage", "fund", "recipient", "since")
    search_fields = ("code",)


class ForAuditors(admin.ModelAdmin[Any]):
    """Rows that nobody changes; only auditors see them."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(acting_in(request, {AUDITOR}))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


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
