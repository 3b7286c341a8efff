"""Webhooks in the workbench: an organisation's own, and for the authority everybody's."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _

from portal.accounts.acting import acting_in
from portal.accounts.looking import LookedAt
from portal.accounts.roles import AUDITOR, AUTHORITY, COORDINATOR, PUBLISHER
from portal.organisations.queries import verified
from portal.webhooks import commands
from portal.webhooks.forms import HookForm
from portal.webhooks.models import Hook

OWN = (COORDINATOR, PUBLISHER)
KEEPS = (*OWN, AUTHORITY)
SEES = (*KEEPS, AUDITOR)


@admin.register(Hook)
class HookAdmin(LookedAt, admin.ModelAdmin[Hook]):
    """Read, register, stop, start again. Nothing is edited: another address is another hook."""

    change_list_template = "admin/stages/subjects.html"
    list_display = ("org", "address", "working", "attempts", "trouble", "next", "told_at")
    fields = (*("org", "address", "follows", "secret", "working", "attempts", "trouble"), "next")
    readonly_fields = ("secret", "working")
    ordering = ("org", "pk")
    list_per_page = 50
    show_full_result_count = False
    actions = ("stop", "start_again")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(acting_in(request, SEES))

    def has_view_permission(self, request: HttpRequest, obj: Hook | None = None) -> bool:
        return self.has_module_permission(request)

    def has_keep_permission(self, request: HttpRequest) -> bool:
        return bool(acting_in(request, KEEPS))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Hook]:
        found = super().get_queryset(request)
        if acting_in(request, (AUTHORITY, AUDITOR)):
            return found
        return found.filter(org__in=[actor.org for actor in acting_in(request, OWN)])

    def get_fields(self, request: HttpRequest, obj: Hook | None = None) -> Any:
        """Who only looks is not shown the secret."""
        keeps = self.has_keep_permission(request)
        return [name for name in self.fields or () if keeps or name != "secret"]

    @admin.display(description=_("works"), boolean=True)
    def working(self, hook: Hook) -> bool:
        return hook.stopped_at is None and not hook.attempts

    @admin.display(description=_("secret"))
    def secret(self, hook: Hook) -> str:
        return commands.secret_of(hook)

    @admin.action(description=_("Stop"), permissions=["keep"])
    def stop(self, request: HttpRequest, found: QuerySet[Hook]) -> None:
        for hook in found.order_by("pk"):
            commands.stop(hook, at=timezone.now())
        messages.success(request, _("Stopped: nothing more is sent there."))

    @admin.action(description=_("Start again where it stopped"), permissions=["keep"])
    def start_again(self, request: HttpRequest, found: QuerySet[Hook]) -> None:
        for hook in found.order_by("pk"):
            commands.start_again(hook, at=timezone.now())
        messages.success(request, _("Started again: what was sealed since then is sent first."))

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.register_view)
        return [path("register/", page, name="webhooks_hook_register"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        address = reverse("admin:webhooks_hook_register")
        openings = [(address, _("Register an address"))] if self._orgs(request) else []
        return super().changelist_view(request, {**(extra_context or {}), "openings": openings})

    def register_view(self, request: HttpRequest) -> HttpResponse:
        """Asks for the address; then leads to its page, where the secret stands."""
        orgs = self._orgs(request)
        if not orgs:
            raise Http404
        form = HookForm(request.POST or None, orgs=orgs)
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            try:
                hook = commands.register(
                    org=said["org"],
                    address=said["address"],
                    follows=form.codes(),
                    at=timezone.now(),
                )
                return redirect("admin:webhooks_hook_change", hook.pk)
            except commands.NotRegistered as refusal:
                form.add_error(None, str(refusal))
        context = {**self.admin_site.each_context(request), "opts": self.opts, "form": form}
        context["title"] = _("Register an address")
        status = 422 if form.errors else 200
        response = render(request, "admin/webhooks/register.html", context, status=status)
        add_never_cache_headers(response)
        return response

    def _orgs(self, request: HttpRequest) -> list[tuple[str, str]]:
        """The verified organisations for which this person may register one."""
        if acting_in(request, (AUTHORITY,)):
            return verified()
        return verified({actor.org for actor in acting_in(request, OWN)})
