"""The part of a form that asks for photos and papers; plain HTML, the phone's camera by itself."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from portal.evidence.limits import BYTES_OF_ONE, FILES_AT_ONCE, MIB, Unfit
from portal.evidence.making import Examined, examine
from portal.evidence.models import Shows

TAKEN = "image/jpeg,image/png,image/webp"
PAPERS = f"{TAKEN},application/pdf"


class Chooser(forms.FileInput):
    """Chooses several files, or takes photos."""

    allow_multiple_selected = True


class Files(forms.FileField):
    """Several files, each looked at; what is wrong with one is said with its number."""

    widget = Chooser

    def clean(self, data: Any, initial: Any = None) -> list[Examined]:
        given: list[UploadedFile[Any]] = [file for file in data or [] if file]
        if not given and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(given) > FILES_AT_ONCE:
            text = gettext("At most %(n)s files can be sent at once.") % {"n": FILES_AT_ONCE}
            raise ValidationError(text)
        if sum(file.size or 0 for file in given) > BYTES_OF_ONE:
            text = gettext("At most %(n)s MiB can be sent at once.") % {"n": BYTES_OF_ONE // MIB}
            raise ValidationError(text)
        found, wrong = [], []
        for number, file in enumerate(given, start=1):
            try:
                found.append(examine(file))
            except Unfit as unfit:
                wrong.append(gettext("File %(n)s: %(why)s") % {"n": number, "why": unfit})
        if wrong:
            raise ValidationError(wrong)
        return found


class FilesForm(forms.Form):
    """What they show, and the files. `papers`: PDF too; `camera`: a phone offers its camera.

    Its names begin with `evidence-`, so that it can stand in another form.
    """

    photos = Files(label=_("Photos"))
    prefix = "evidence"
    shows = forms.ChoiceField(label=_("What they show"), choices=Shows.choices, initial=Shows.GOODS)

    def __init__(
        self,
        *args: Any,
        papers: bool = True,
        camera: bool = False,
        required: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        chooser = self.fields["photos"]
        chooser.required = self.fields["shows"].required = required
        chooser.widget.attrs["accept"] = PAPERS if papers else TAKEN
        if papers:
            chooser.label = _("Photos or papers")
        if camera:
            chooser.widget.attrs["capture"] = "environment"
        chooser.help_text = _(
            "At most 20 files of 10 MiB. Place, time and the phone's name are taken out; a file is "
            "shown in public once somebody else has looked at it."
        )

    def clean_shows(self) -> str:
        return self.cleaned_data["shows"] or Shows.GOODS.value

    @property
    def found(self) -> list[Examined]:
        files: list[Examined] = self.cleaned_data.get("photos", [])
        return files


def sent_words(count: int) -> str:
    """What is said once they are kept."""
    return ngettext(
        "%(n)s file is kept. It is shown once somebody else has looked at it.",
        "%(n)s files are kept. They are shown once somebody else has looked at them.",
        count,
    ) % {"n": count}
