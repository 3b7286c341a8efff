"""The page on which a coordinator imports a list of needs: looked at first, then imported."""

import hashlib
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.acting import Actor
from portal.input.addresses import clean_address
from portal.input.cleaning import Unclean
from portal.input.fields import CleanText
from portal.input.tables import MOST_BYTES
from portal.needs import importing
from portal.needs.reading import Reading, Unreadable, read
from portal.needs.reporting import Report, report


class FileForm(forms.Form):
    """A list as a file. `seen`: the digest of the file whose report was shown; the file itself is
    not kept between the two steps, because it may hold what nobody should keep."""

    file = forms.FileField(label=gettext_lazy("File (.xlsx or .csv)"))
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_file(self) -> bytes:
        sent = self.cleaned_data["file"]
        if sent.size > MOST_BYTES:
            raise ValidationError(_("The file is larger than 10 MiB. Please split it."))
        return bytes(sent.read())


class ListForm(FileForm):
    """A list of needs."""

    file = forms.FileField(
        label=gettext_lazy("File (.xlsx or .csv)"),
        help_text=gettext_lazy("At most 10 MiB and 5,000 rows; the first rows name the columns."),
    )
    source = CleanText(
        label=gettext_lazy("Address of the notice"),
        limit=500,
        required=False,
        help_text=gettext_lazy("For the rows that name none of their own."),
    )

    def clean_source(self) -> str:
        source: str = self.cleaned_data["source"]
        try:
            return clean_address(source) if source else ""
        except Unclean as unclean:
            raise ValidationError(str(unclean)) from unclean

    @property
    def digest(self) -> str:
        """Of file and address together: both decide what an import makes."""
        text = self.cleaned_data["source"].encode() + b"\0" + self.cleaned_data["file"]
        return hashlib.sha256(text).hexdigest()

    def reading(self) -> Reading | None:
        """The list as read; None with an error on the field if it cannot be read."""
        try:
            return read(self.cleaned_data["file"])
        except Unreadable as unreadable:
            self.add_error("file", str(unreadable))
            return None


def import_list(
    request: HttpRequest, *, actor: Actor, template: str, context: dict[str, Any]
) -> HttpResponse:
    """GET asks for a file. POST shows its report; POST of the same file again imports it.

    Shows the report instead of redirecting: it is kept nowhere, and the same file again makes
    nothing new. 422 with a sentence for a file that cannot be read.
    """
    sent = request.method == "POST"
    form = ListForm(request.POST, request.FILES) if sent else ListForm()
    said, other = None, False
    reading = form.reading() if sent and form.is_valid() else None
    if reading is not None:
        seen, digest, source = form.cleaned_data["seen"], form.digest, form.cleaned_data["source"]
        other = bool(seen) and seen != digest
        said = _report(reading, source=source, actor=actor, confirmed=seen == digest)
        form = ListForm(initial={"source": source, "seen": "" if said.done else digest})
    page = {**context, "form": form, "report": said, "other": other}
    response = render(request, template, page, status=422 if form.errors else 200)
    add_never_cache_headers(response)
    return response


def _report(reading: Reading, *, source: str, actor: Actor, confirmed: bool) -> Report:
    if confirmed:
        found = importing.place(reading, actor=actor, source=source, at=timezone.now())
    else:
        found = importing.foresee(reading, source=source)
    return report(reading, found, done=confirmed)
