"""Corrections, questions and statements in the workbench."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from portal.accounts.acting import Actor
from portal.accounts.roles import AUDITOR, MODERATOR
from portal.oversight.models import Correction, Disclosure, Question
from portal.stages.admin import StageFilter, SubjectAdmin


class OfTheirOrganisation(SubjectAdmin):
    """A person sees what concerns the organisations that he works for."""

    list_filter = (StageFilter,)
    search_fields = ("code",)
    ordering = ("-pk",)
    everything: tuple[str, ...] = (AUDITOR,)
    org_path = "org"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        actors = self.capacities(request)
        found: QuerySet[Any] = self.model._default_manager.order_by("-pk")
        if any(actor.role in self.everything for actor in actors):
            return found
        return found.filter(Q(**{f"{self.org_path}__in": [actor.org for actor in actors]}))


@admin.register(Correction)
class CorrectionAdmin(OfTheirOrganisation):
    list_display = ("code", "at_stage", "record", "entry", "what", "since")
    fields = ("code", "at_stage", "record", "entry", "what", "said", "right", "reason", "note")
    readonly_fields = ("at_stage",)

    def opening_fields(self, request: HttpRequest, actor: Actor) -> dict[str, Any]:
        return {"org": actor.org}


@admin.register(Question)
class QuestionAdmin(OfTheirOrganisation):
    list_display = ("code", "at_stage", "record", "topic", "due_at", "since")
    fields = ("code", "at_stage", "record", "topic", "text", "org", "due_at", "answer")
    readonly_fields = ("at_stage",)
    everything = (AUDITOR, MODERATOR)


@admin.register(Disclosure)
class DisclosureAdmin(OfTheirOrganisation):
    list_display = ("code", "at_stage", "campaign", "kind", "no", "due_at", "late")
    fields = (
        *("code", "at_stage", "campaign", "kind", "no", "begins_at", "due_at", "late"),
        *("first", "until", "figures", "note"),
    )
    readonly_fields = ("at_stage",)
    list_select_related = ("campaign",)
    org_path = "org__code"
