"""One admin mixin: a subject is read there, and moved by its table's buttons, each with an address
of its own.

Django wraps its add and change views in a transaction; a durable move inside one is an error. So
the mixin allows no adding,
changing or deleting, and gives every move its own view.
"""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.accounts.acting import Actor, acting_in
from portal.accounts.looking import LookedAt
from portal.accounts.roles import AUDITOR
from portal.evidence.forms import FilesForm
from portal.evidence.sending import send_files
from portal.stages.admin_values import about, filled, readable
from portal.stages.engine import allowed_moves
from portal.stages.leading import leads_on
from portal.stages.models import Subject
from portal.stages.views import take

Way = tuple[str, object, bool]  # address, label, whether it brings the subject further


def public_page(subject: Subject | None, page: str) -> str:
    """Leads to what everybody may read of it: not all staff may open it in the workbench."""
    if subject is None:
        return "-"
    address = reverse(f"tracking:{page}", args=[subject.code])
    if page == "gift" and subject.code.startswith("P"):  # bought: it stands with its fund
        address = f"{reverse('tracking:lookup')}?q={subject.code}"
    return format_html('<a href="{}">{}</a>', address, subject)


class StageFilter(admin.SimpleListFilter):
    """Subjects by stage, by the names of their table."""

    title = _("stage")
    parameter_name = "stage"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(stage.key, str(stage.label)) for stage in model_admin.model.lifecycle.stages]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(stage=self.value()) if self.value() else queryset


class ReadOnlyRows(admin.TabularInline[Any, Any]):
    """The rows of a subject, to read on its page: whoever sees the subject sees them. They are
    changed by its moves alone."""

    template = "admin/stages/rows.html"
    extra = 0
    can_delete = False
    _columns: Any = ()  # of this request: Django makes the inline anew for each

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Each column as something to read; made once, for Django compares them."""
        if not self._columns:
            names: Any = super().get_fields(request, obj)
            table = self.parent_model.lifecycle
            self._columns = readable(self.model, names, table, request)
        return self._columns

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class SubjectAdmin(LookedAt, admin.ModelAdmin[Any]):
    """Read-only list and page of one kind of subject, with the moves this person may take as
    buttons.

    `sees`: roles that may look without moving. Who may move is the table's word.
    """

    change_form_template = "admin/stages/subject.html"
    change_list_template = "admin/stages/subjects.html"
    sees: tuple[str, ...] = ()
    opening_form: type[forms.BaseForm] | None = None
    list_per_page = 50
    show_full_result_count = False

    @admin.display(description=_("stage"), ordering="stage")
    def at_stage(self, subject: Subject) -> str:
        return subject.stage_label

    def capacities(self, request: HttpRequest) -> list[Actor]:
        """The capacities in which this person sees or moves these subjects."""
        roles = {role for move in self.model.lifecycle.moves for role in move.by} | {
            AUDITOR,
            *self.sees,
        }
        return acting_in(request, roles)

    def get_fields(self, request: HttpRequest, obj: Subject | None = None) -> Any:
        """Where a part names none: every field, the stage by its name, and nothing that only the
        programme needs."""
        hidden = {self.opts.pk.name, "version"}
        names = [f.name for f in self.opts.fields if f.editable and f.name not in hidden]
        wanted: Any = self.fields or ["at_stage" if name == "stage" else name for name in names]
        return readable(self.model, filled(obj, wanted), self.model.lifecycle, request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(self.capacities(request))

    def has_view_permission(self, request: HttpRequest, obj: Subject | None = None) -> bool:
        actors = self.capacities(request)
        return (
            bool(actors)
            if obj is None
            else any(a.role == AUDITOR or obj.reachable_by(a) for a in actors)
        )

    def get_urls(self) -> list[URLPattern]:
        info = self.opts.app_label, self.opts.model_name
        own = [
            path(
                "open/<slug:move>/",
                self.admin_site.admin_view(self.open_view),
                name="{}_{}_open".format(*info),
            ),
            path(
                "<int:pk>/move/<slug:move>/",
                self.admin_site.admin_view(self.move_view),
                name="{}_{}_move".format(*info),
            ),
            path(
                "<int:pk>/files/",
                self.admin_site.admin_view(self.files_view),
                name="{}_{}_files".format(*info),
            ),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {
            "title": self.opts.verbose_name_plural,
            **(extra_context or {}),
            "openings": self.openings(request),
        }
        return super().changelist_view(request, context)

    def openings(self, request: HttpRequest) -> list[tuple[str, object]]:
        """What stands above the list: the ways this person may open a new subject."""
        return [(self._address("open", move.name), move.label) for move in self._openings(request)]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        subject = self.get_object(request, object_id)
        moves = [] if subject is None else self._moves(request, subject)
        told = {
            "title": self.opts.verbose_name,
            "subtitle": str(subject or ""),
            "moves": moves,
            "files": self._files(request, subject),
        }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **told})

    def open_view(self, request: HttpRequest, move: str) -> HttpResponse:
        """The form of an opening move."""
        if move not in {m.name for m in self._openings(request)}:
            raise Http404
        by = self.model.lifecycle.move(move).by
        actor = next(a for a in self.capacities(request) if a.role in by)
        return self._take(request, move=move, actor=actor, subject=None)

    def move_view(self, request: HttpRequest, pk: int, move: str) -> HttpResponse:
        """The form of one move of one subject; 404 for what the person may not know, 404 for moves
        not his."""
        subject = self.get_object(request, str(pk))
        by = self.model.lifecycle.by_name[move].by if move in self.model.lifecycle.by_name else ()
        actor = next(
            (
                a
                for a in self.capacities(request)
                if subject and a.role in by and subject.reachable_by(a)
            ),
            None,
        )
        if subject is None or actor is None:
            raise Http404
        return self._take(request, move=move, actor=actor, subject=subject)

    def files_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The photos and papers about one subject, and a form for more."""
        subject = self.get_object(request, str(pk))
        actor = self._sender(request, subject)
        if subject is None or actor is None:
            raise Http404
        context = {**self.admin_site.each_context(request), "opts": self.opts, "subject": subject}
        return send_files(
            request,
            code=subject.code,
            actor=actor,
            template="admin/stages/files.html",
            context=context,
            done=self._address("files", subject.pk),
        )

    def _sender(self, request: HttpRequest, subject: Subject | None) -> Actor | None:
        """Who may add a photo: one whose role moves such subjects, and who may know this one. What
        is not public yet has no place in the ledger for it."""
        if subject is None or subject.public_since is None:
            return None
        roles = {role for move in self.model.lifecycle.moves for role in move.by}
        mine = (a for a in self.capacities(request) if a.role in roles)
        return next((actor for actor in mine if subject.reachable_by(actor)), None)

    def _files(self, request: HttpRequest, subject: Subject | None) -> str:
        """The address of its photos and papers, for those who may add one."""
        if subject is None or self._sender(request, subject) is None:
            return ""
        return self._address("files", subject.pk)

    def _take(
        self, request: HttpRequest, *, move: str, actor: Actor, subject: Subject | None
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": self.model.lifecycle.move(move).label,
            "about": about(self, request, subject) if subject is not None else (),
        }
        stage = subject.stage if subject is not None else ""
        return take(
            request,
            model=self.model,
            move=move,
            actor=actor,
            subject=subject,
            template="admin/stages/move.html",
            context=context,
            done=lambda taken: self._said(request, taken, move=move, was=stage),
            fields=self.opening_fields(request, actor) if subject is None else None,
            opening=self._opening(request) if subject is None else None,
            prefill=self.prefill(request) if subject is None else None,
            photos=partial(FilesForm, required=False) if self._shows(move) else None,
        )

    def _shows(self, move: str) -> bool:
        row = self.model.lifecycle.by_name.get(move)
        return row is not None and row.evidence

    def prefill(self, request: HttpRequest) -> QueryDict | None:
        """Fields of an opening filled in before anything was sent; parts override it."""
        return None

    def opening_fields(self, request: HttpRequest, actor: Actor) -> dict[str, Any]:
        """The model's own fields of a subject opened here that nobody is asked for; parts override
        it."""
        return {}

    def _opening(self, request: HttpRequest) -> forms.BaseForm | None:
        sent = request.POST if request.method == "POST" else None
        return self.opening_form(sent) if self.opening_form is not None else None

    def _openings(self, request: HttpRequest) -> list[Any]:
        roles = {a.role for a in self.capacities(request)}
        opening = self.model.lifecycle.opening
        return [opening] if roles & set(opening.by) and not opening.within else []

    def _moves(self, request: HttpRequest, subject: Subject) -> list[Way]:
        """What brings it further first."""
        found: dict[str, Way] = {}
        for actor in self.capacities(request):
            for move in allowed_moves(subject, actor):
                address = self._address("move", subject.pk, move.name)
                main = leads_on(subject, move) and subject.stage not in move.targets
                found.setdefault(move.name, (address, move.label, main))
        return sorted(found.values(), key=lambda way: not way[2])

    def _said(self, request: HttpRequest, subject: Subject, *, move: str, was: str) -> str:
        """Says what came of the move, and leads to where it goes on."""
        label = self.model.lifecycle.move(move).label
        words = {"code": subject.code, "stage": subject.stage_label, "move": label}
        moved = gettext("%(code)s is now: %(stage)s.")
        stayed = gettext("%(code)s: “%(move)s” is recorded.")
        messages.success(request, (stayed if subject.stage == was else moved) % words)
        return self._page_of(subject)

    def _page_of(self, subject: Subject) -> str:
        return self._address("change", subject.pk)

    def _address(self, name: str, *args: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=args)
