"""The page of the workbench from which a hospital gets its secret link, made by POST and shown
once."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, ClassVar

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _

from portal.stages.admin import SubjectAdmin, Way
from portal.stages.engine import MoveRefused
from portal.stages.models import Subject


@dataclass(frozen=True)
class HospitalLink:
    """A link that staff may have made: `template` shows it, `page` is the name of the address it
    leads to, it ends after `days`. `renew(subject, at=…)` gives its token, ends earlier ones, and
    may raise MoveRefused. `stages`: while a hospital has something to say; none: at any."""

    template: str
    page: str
    days: int
    roles: Collection[str]
    renew: Callable[..., str]
    stages: Collection[str] | None = None


class LinkPage(SubjectAdmin):
    """The page of one kind of subject from which its link is made."""

    hospital_link: ClassVar[HospitalLink]

    def may_link(self, request: HttpRequest, subject: Subject) -> bool:
        """Whether this person may have a link made now."""
        stages, roles = self.hospital_link.stages, self.hospital_link.roles
        if stages is not None and subject.stage not in stages:
            return False
        mine = (actor for actor in self.capacities(request) if actor.role in roles)
        return any(subject.reachable_by(actor) for actor in mine)

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
                token = self.hospital_link.renew(subject, at=timezone.now())
                address = reverse(f"plain:{self.hospital_link.page}", args=[token])
                link = settings.SITE_ORIGIN + address
            except MoveRefused as refusal:
                messages.error(request, str(refusal))
                return HttpResponseRedirect(self._page_of(subject))
        page: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("The hospital's link"),
            "subject": subject,
            "link": link,
            "days": self.hospital_link.days,
        }
        response = render(request, self.hospital_link.template, page)
        add_never_cache_headers(response)
        return response

    def _moves(self, request: HttpRequest, subject: Subject) -> list[Way]:
        """The table's moves, and the hospital's link while it has something to say."""
        moves = super()._moves(request, subject)
        if self.may_link(request, subject):
            moves.append((self._address("link", subject.pk), _("The hospital's link"), False))
        return moves
