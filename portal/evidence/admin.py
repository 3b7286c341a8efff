"""The second person's look: what was sent beside what would be shown, and the decision."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _

from portal.accounts.acting import Actor, acting_in
from portal.accounts.looking import LookedAt
from portal.accounts.roles import AUDITOR
from portal.evidence import commands, queries
from portal.evidence.commands import REVIEWERS, Refused
from portal.evidence.models import File, Stage
from portal.evidence.sniffing import JPEG, PDF
from portal.evidence.views import served

DECISIONS: dict[str, tuple[str, object, Callable[..., File], object]] = {
    "publish": (Stage.WAITING, _("Publish"), commands.publish, _("It is published.")),
    "keep": (Stage.WAITING, _("Keep, do not publish"), commands.keep, _("It stays unpublished.")),
    "withdraw": (Stage.PUBLISHED, _("Withdraw"), commands.withdraw, _("It is withdrawn.")),
}


@admin.register(File)
class FileAdmin(LookedAt, admin.ModelAdmin[File]):
    """Read only but for the decisions, each a form with one button."""

    list_display = ("__str__", "stage", "repeats", "state", "role", "at")
    list_filter = ("stage", "state", "repeats", "shows")
    search_fields = ("code",)
    ordering = ("-at", "-pk")
    list_per_page = 50
    show_full_result_count = False

    def capacities(self, request: HttpRequest) -> list[Actor]:
        return acting_in(request, {*REVIEWERS, AUDITOR})

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(self.capacities(request))

    def has_view_permission(self, request: HttpRequest, obj: File | None = None) -> bool:
        return bool(self.capacities(request))

    def waits(self, request: HttpRequest) -> tuple[int, object, str]:
        """For the first page of the workbench: how many photos and papers wait for this person, at
        which stage, and where."""
        may = any(actor.role in REVIEWERS for actor in self.capacities(request))
        count = queries.waiting().count() if may else 0
        address = reverse("admin:evidence_file_changelist")
        return count, Stage.WAITING.label, f"{address}?stage__exact={Stage.WAITING.value}"

    def get_urls(self) -> list[URLPattern]:
        def guarded(address: str, view: Any, name: str) -> URLPattern:
            found: URLPattern = path(
                address, self.admin_site.admin_view(view), name=f"evidence_file_{name}"
            )
            return found

        return [
            guarded("<int:pk>/original/", partial(self.bytes_view, part="original"), "original"),
            guarded("<int:pk>/copy/", partial(self.bytes_view, part="copy"), "copy"),
            guarded("<int:pk>/<slug:decision>/decide/", self.decide, "decide"),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The two pictures, what is known of the file, where it was seen before, the buttons."""
        return self._page(request, self._found(request, object_id), status=200)

    def bytes_view(self, request: HttpRequest, pk: int, *, part: str) -> HttpResponse:
        """The file as sent, or as it would be shown, to those who look at it."""
        file = self._found(request, str(pk))
        read = commands.original if part == "original" else commands.copy
        try:
            data = read(file)
        except Refused as refused:
            raise Http404(str(refused)) from refused
        shown = JPEG if part == "copy" and file.is_picture else file.media
        response = served(data, media=shown, name=f"{file.code}-{file.pk}-{part}")
        add_never_cache_headers(response)
        return response

    def decide(self, request: HttpRequest, pk: int, decision: str) -> HttpResponse:
        """One decision, by a button."""
        file = self._found(request, str(pk))
        by = next((a for a in self.capacities(request) if a.role in REVIEWERS), None)
        if request.method != "POST" or decision not in DECISIONS or by is None:
            raise Http404
        _from, _label, command, done = DECISIONS[decision]
        try:
            command(pk=file.pk, by=by, at=timezone.now())
        except Refused as refused:
            messages.error(request, str(refused))
            return self._page(request, file, status=422)
        messages.success(request, str(done))
        return redirect(reverse("admin:evidence_file_change", args=[file.pk]))

    def _found(self, request: HttpRequest, object_id: str) -> File:
        file = self.get_object(request, object_id)
        if file is None or not self.capacities(request):
            raise Http404
        return file

    def _page(self, request: HttpRequest, file: File, *, status: int) -> HttpResponse:
        decides = any(a.role in REVIEWERS for a in self.capacities(request))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(file),
            "file": file,
            "paper": file.media == PDF,
            "earlier": queries.earlier(
                sha256=file.sha256, alike=file.alike, codes=file.codes, pk=file.pk
            ),
            "following": queries.waiting().exclude(pk=file.pk).first() if decides else None,
            "decisions": [
                (reverse("admin:evidence_file_decide", args=[file.pk, name]), label)
                for name, (stage, label, _command, _done) in DECISIONS.items()
                if decides and stage == file.stage
            ],
        }
        response = render(request, "admin/evidence/file.html", context, status=status)
        add_never_cache_headers(response)
        return response
