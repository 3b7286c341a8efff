"""The page on which a temperature log is put on a lot."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.acting import Actor
from portal.catalogue.queries import described
from portal.input.tables import Unreadable
from portal.needs.views import FileForm
from portal.stages.engine import MoveRefused
from portal.warehouse.cold_keeping import degrees, keep
from portal.warehouse.cold_reading import read_log
from portal.warehouse.models import Arrival, ColdLog, Lot


class LogForm(FileForm):
    """A logger's file, and which lot it lay with."""

    file = forms.FileField(
        label=gettext_lazy("File (.xlsx or .csv)"),
        help_text=gettext_lazy(
            "At most 10 MiB and 10,000 readings; columns for time and temperature."
        ),
    )
    lot = forms.ChoiceField(label=gettext_lazy("Lot"))

    def __init__(self, *args: Any, lots: list[Lot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["seen"]
        self.order_fields(["lot", "file"])
        field = self.fields["lot"]
        assert isinstance(field, forms.ChoiceField), "declared above"
        field.choices = [(lot.code, f"{lot.code} · {described(lot.variant)}") for lot in lots]


def put_log(
    request: HttpRequest, *, arrival: Arrival, actor: Actor, context: dict[str, Any], done: str
) -> HttpResponse:
    """GET asks for a lot and a file; POST reads, keeps and seals it. 422 with a sentence for what
    is refused; the same file again changes nothing."""
    found = Lot.objects.filter(arrivalline__arrival=arrival).select_related("variant__item")
    lots = list(found.order_by("pk"))
    sent = request.method == "POST"
    form = LogForm(request.POST, request.FILES, lots=lots) if sent else LogForm(lots=lots)
    if sent and form.is_valid():
        lot = next(each for each in lots if each.code == form.cleaned_data["lot"])
        try:
            log = read_log(form.cleaned_data["file"])
            row = keep(arrival, lot, log, actor=actor, at=timezone.now())
        except (Unreadable, MoveRefused) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, said(row))
            return redirect(done)
    logs = ColdLog.objects.filter(lot__in=lots).select_related("lot").order_by("pk")
    page = {**context, "form": form, "told": [said(row) for row in logs], "subject": arrival}
    status = 422 if form.errors else 200
    response = render(request, "warehouse/cold.html", page, status=status)
    add_never_cache_headers(response)
    return response


def said(row: ColdLog) -> str:
    """One sentence: how long it was outside, and how far."""
    words = {
        "lot": row.lot.code,
        "count": f"{row.count:,}",
        "lowest": degrees(row.lowest),
        "highest": degrees(row.highest),
        "minutes": f"{row.minutes_outside:,}",
        "range": f"{degrees(row.floor)} … {degrees(row.ceiling)}",
    }
    if not row.minutes_outside:
        text = _(
            "Lot %(lot)s: %(count)s readings, all within %(range)s (%(lowest)s … %(highest)s)."
        )
        return text % words
    return (
        _(
            "Lot %(lot)s: %(count)s readings, outside %(range)s for %(minutes)s minutes; lowest "
            "%(lowest)s, highest %(highest)s."
        )
        % words
    )
