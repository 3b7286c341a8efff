"""The register of organisations in the workbench."""

from django.contrib import admin

from portal.organisations.forms import Entry
from portal.organisations.models import Organisation
from portal.stages.admin import StageFilter, SubjectAdmin


@admin.register(Organisation)
class OrganisationAdmin(SubjectAdmin):
    opening_form = Entry
    list_display = ("legal_name", "code", "kind", "city", "at_stage", "designated", "since")
    list_filter = ("kind", StageFilter)
    search_fields = ("legal_name", "name_en", "code", "credit_code", "city")
    ordering = ("legal_name", "pk")
