"""People and the roles they hold: the security officer's, and nobody else's."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.acting import grant, withdraw
from portal.accounts.forms import GrantForm, PersonForm
from portal.accounts.models import Grant, Person
from portal.accounts.roles import SECURITY


class OfSecurity(admin.ModelAdmin[Any]):
    """Only the security officer sees it; nothing is deleted."""

    list_per_page = 50
    show_full_result_count = False
    actions: Any = []

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Refused input answers 422, as everywhere; Django's own page would say 200."""
        response = super().render_change_form(request, context, *args, **kwargs)
        if context.get("errors"):
            response.status_code = 422
        return response

    def has_module_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, Person) and SECURITY in request.user.roles

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Person)
class PersonAdmin(OfSecurity):
    form = PersonForm
    fields = ("username", "name", "email", "is_active", "new_password")
    list_display = ("username", "name", "is_active", "joined_at")
    list_filter = ("is_active",)
    search_fields = ("username", "name")
    ordering = ("username",)

    def save_model(
        self, request: HttpRequest, obj: Person, form: ModelForm[Person], change: bool
    ) -> None:
        if not change:
            obj.joined_at = timezone.now()
        if form.cleaned_data["new_password"]:
            obj.set_password(form.cleaned_data["new_password"])
        obj.save()


@admin.register(Grant)
class GrantAdmin(OfSecurity):
    form = GrantForm
    list_display = ("person", "role", "org", "since", "until")
    list_filter = ("role", ("until", admin.EmptyFieldListFilter))
    list_select_related = ("person",)
    search_fields = ("person__username", "org")
    ordering = ("-since", "-pk")
    actions = ("take_away",)

    def has_change_permission(self, request: HttpRequest, obj: Grant | None = None) -> bool:
        """A grant is given and taken away, never changed."""
        return obj is None and super().has_change_permission(request)

    def save_model(
        self, request: HttpRequest, obj: Grant, form: ModelForm[Grant], change: bool
    ) -> None:
        held = grant(obj.person, role=obj.role, org=obj.org, at=timezone.now())
        obj.pk = held.pk

    @admin.action(description=_("Take the role away"))
    def take_away(self, request: HttpRequest, chosen: QuerySet[Grant]) -> None:
        at = timezone.now()
        for held in chosen.select_related("person").order_by("pk"):
            withdraw(held.person, role=held.role, org=held.org, at=at)
        self.message_user(request, _("The roles are taken away."), messages.SUCCESS)
