"""Papers of a subject in the admin: an address and a button for each, for whoever sees the
subject."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path

from portal.papers.printing import paper
from portal.stages.admin import SubjectAdmin, Way
from portal.stages.models import Subject


@dataclass(frozen=True)
class Paper:
    """One paper. `made` gives its context, and None for a subject that has no such paper (yet)."""

    key: str
    label: object
    template: str
    made: Callable[[HttpRequest, Any], dict[str, Any] | None]


class WithPapers(SubjectAdmin):
    """Adds `papers`, each at `<pk>/paper/<key>/`."""

    papers: tuple[Paper, ...] = ()

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_"
        own = [
            path(
                f"<int:pk>/paper/{one.key}/",
                self.admin_site.admin_view(partial(self.paper_view, one=one)),
                name=f"{name}{one.key}",
            )
            for one in self.papers
        ]
        return [*own, *super().get_urls()]

    def paper_view(self, request: HttpRequest, pk: int, one: Paper) -> HttpResponse:
        """The paper, to whoever may see the subject; 404 to everybody else."""
        subject = self.get_object(request, str(pk))
        if subject is None or not self.has_view_permission(request, subject):
            raise Http404
        context = one.made(request, subject)
        if context is None:
            raise Http404
        return paper(request, one.template, context, name=f"{subject.code}-{one.key}")

    def _moves(self, request: HttpRequest, subject: Subject) -> list[Way]:
        moves = super()._moves(request, subject)
        mine = (one for one in self.papers if one.made(request, subject) is not None)
        return [*moves, *((self._address(one.key, subject.pk), one.label, False) for one in mine)]
