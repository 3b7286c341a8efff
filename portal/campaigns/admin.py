"""Campaigns in the workbench."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from portal.accounts.acting import Actor
from portal.campaigns.models import Campaign
from portal.organisations.queries import by_code
from portal.stages.admin import StageFilter, SubjectAdmin


@admin.register(Campaign)
class CampaignAdmin(SubjectAdmin):
    list_display = ("code", "title_zh", "at_stage", "starts_on", "ends_on", "since")
    list_filter = (StageFilter,)
    search_fields = ("code", "title_zh", "title_en", "filing_number")
    ordering = ("-pk",)

    def opening_fields(self, request: HttpRequest, actor: Actor) -> dict[str, Any]:
        return {"org": by_code(actor.org)}
