"""Notices in the workbench: what waits, was sent or failed; never to whom, never its text."""

from django.contrib import admin
from django.http import HttpRequest

from portal.accounts.acting import acting_in
from portal.accounts.looking import LookedAt
from portal.accounts.roles import AUDITOR, COORDINATOR, DISPATCHER
from portal.notices.models import Notice

SEE = (COORDINATOR, DISPATCHER, AUDITOR)


@admin.register(Notice)
class NoticeAdmin(LookedAt, admin.ModelAdmin[Notice]):
    """Read only."""

    list_display = ("about", "state", "attempts", "trouble", "queued_at", "sent_at")
    list_filter = ("state",)
    search_fields = ("about", "code")
    fields = ("about", "state", "asks", "attempts", "trouble", "queued_at", "next_at", "sent_at")
    ordering = ("-pk",)
    list_per_page = 50
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(acting_in(request, SEE))

    def has_view_permission(self, request: HttpRequest, obj: Notice | None = None) -> bool:
        return self.has_module_permission(request)
