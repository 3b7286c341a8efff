"""The page on which the warehouse imports a goods-in note: looked at first, then booked."""

import hashlib
from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.acting import Actor
from portal.catalogue.models import Variant
from portal.catalogue.queries import described, unit_of, variants_by_key
from portal.input.tables import Unreadable
from portal.needs.cells import Outcome
from portal.needs.reporting import LABELS, remarks
from portal.needs.views import FileForm
from portal.pledges.models import Pledge
from portal.warehouse.models import Arrival, Warehouse
from portal.warehouse.note_importing import Noted, Sheet, book, foresee
from portal.warehouse.note_reading import NoteReading, NoteRow, read_note


class NoteForm(FileForm):
    """A goods-in note, and what of the consignment is to become of what it does not have."""

    file = forms.FileField(
        label=gettext_lazy("File (.xlsx or .csv)"),
        help_text=gettext_lazy("At most 10 MiB and 500 rows; the first rows name the columns."),
    )
    rest = forms.ChoiceField(
        label=gettext_lazy("What was announced and is not in the note"),
        choices=[
            ("later", gettext_lazy("is still to come")),
            ("missing", gettext_lazy("is missing")),
        ],
    )

    def __init__(self, *args: Any, announced: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not announced:
            del self.fields["rest"]  # of what was never announced nothing is missing

    @property
    def chosen(self) -> str:
        return str(self.cleaned_data.get("rest", "later"))

    @property
    def digest(self) -> str:
        """Of file and choice together: both decide what is booked."""
        text = self.chosen.encode() + b"\0" + self.cleaned_data["file"]
        return hashlib.sha256(text).hexdigest()

    def reading(self) -> NoteReading | None:
        """The note as read; None with an error on the field if it cannot be read."""
        try:
            return read_note(self.cleaned_data["file"])
        except Unreadable as unreadable:
            self.add_error("file", str(unreadable))
            return None


def import_note(
    request: HttpRequest,
    *,
    pledge: Pledge,
    arrival: Arrival | None,
    house: Warehouse | None,
    actor: Actor,
    context: dict[str, Any],
) -> HttpResponse:
    """GET asks for a file. POST shows what would become of each row; POST of the same file again
    books it. 422 with a sentence for a file that cannot be read; the same note again books
    nothing."""
    sent = request.method == "POST"
    kind = partial(NoteForm, announced=arrival is not None)
    form = kind(request.POST, request.FILES) if sent else kind()
    told, other = None, False
    reading = form.reading() if sent and form.is_valid() else None
    if reading is not None:
        seen, digest, rest = form.cleaned_data["seen"], form.digest, form.chosen
        other, booked = bool(seen) and seen != digest, seen == digest
        sheet = Sheet(reading, pledge, arrival, house, missing=rest == "missing")
        done = book(sheet, actor=actor, at=timezone.now()) if booked else foresee(sheet)
        told = report(reading, done, booked=booked)
        form = kind(initial={"rest": rest, "seen": "" if booked else digest})
    page = {**context, "form": form, "report": told, "other": other, "about": arrival or pledge}
    status = 422 if form.errors else 200
    response = render(request, "warehouse/note.html", page, status=status)
    add_never_cache_headers(response)
    return response


def report(reading: NoteReading, done: Noted, *, booked: bool) -> dict[str, Any]:
    """Every row with where it went or why not; the numbers add up to the rows."""
    variants = variants_by_key({row.variant for row in done.rows.values() if row.variant})
    rows = [_told(row, variants.get(row.variant), done) for row in done.rows.values()]
    counts = {each.value: sum(r["outcome"] == each.value for r in rows) for each in Outcome}
    again = sum(row["again"] for row in rows)
    summary = _(
        "%(rows)d rows: %(placed)d placed, %(changed)d placed with a change, "
        "%(refused)d refused. %(again)d of them were there before."
    ) % {"rows": len(rows), "again": again, **counts}
    above, columns = reading.above, reading.columns_left_out
    said = remarks(above=above, columns=columns, sheets=reading.sheets_left_out)
    fresh = len(rows) - counts["refused"] - again
    return {
        "rows": rows,
        "summary": summary,
        "remarks": said,
        "done": booked,
        "fresh": fresh,
        "again": again,
    }


def _told(row: NoteRow, known: Variant | None, done: Noted) -> dict[str, Any]:
    refused = done.refused.get(row.line, "")
    outcome = Outcome.REFUSED if refused else row.outcome
    arrival, lot = done.where.get(row.line, ("", ""))
    return {
        "line": row.line,
        "outcome": outcome.value,
        "label": str(LABELS[outcome]),
        "item": described(known) if known else row.written,
        "unit": unit_of(known) if known else "",
        "accepted": row.accepted,
        "rejected": row.rejected,
        "batch": row.batch,
        "expiry": row.expiry,
        "lot": lot,
        "arrival": arrival,
        "again": row.line in done.again,
        "notes": [*filter(None, [refused]), *map(str, row.notes)],
    }
