"""The page of the workbench from which a hospital gets its secret link, made by POST and shown
once."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _

from portal.stages.admin import SubjectAdmin, Way
from portal.stages.engine import MoveRefused
from portal.stages.models import Subject


class LinkPage(SubjectAdmin):
    """Earlier links of the same purpose end with a new one."""

    link_template: ClassVar[str]
    link_days: ClassVar[int]

    def may_link(self, request: HttpRequest, subject: Subject) -> bool:
        """Whether this person may have a link made now."""
        raise NotImplementedError

    def new_link(self, subject: Subject) -> str:
        """The path of a new link, without language. Raises MoveRefused."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.link_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_link"
        return [path("<int:pk>/link/", view, name=name), *super().get_urls()]

    def link_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST makes a new link and shows it this one time."""
        subject = self.get_object(request, str(pk))
        if subject is None or not self.may_link(request, subject):
            raise Http404
        link = ""
        if request.method == "POST":
            try:
                link = settings.SITE_ORIGIN + self.new_link(subject)
            except MoveRefused as refusal:
                messages.error(request, str(refusal))
                return HttpResponseRedirect(self._page_of(subject))
        page: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("The hospital's link"),
            "subject": subject,
            "link": link,
            "days": self.link_days,
        }
        response = render(request, self.link_template, page)
        add_never_cache_headers(response)
        return response

    def _moves(self, request: HttpRequest, subject: Subject) -> list[Way]:
        """The table's moves, and the hospital's link while it has something to say."""
        moves = super()._moves(request, subject)
        if self.may_link(request, subject):
            moves.append((self._address("link", subject.pk), _("The hospital's link"), False))
        return moves
