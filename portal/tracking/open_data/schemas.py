"""JSON Schema of every type of entry, as made from the tables of moves (`docs/events`)."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from portal.tracking.api.answering import Problem, shared
from portal.tracking.responding import conditional

ENDING = ".schema.json"


@cache
def schemas() -> dict[str, Path]:
    """{type of entry: its file}, by name."""
    found = sorted((Path(settings.BASE) / "docs" / "events").glob(f"*{ENDING}"))
    return {file.name.removesuffix(ENDING): file for file in found}


@shared
def schema(request: HttpRequest, name: str) -> HttpResponse:
    """What the `data` of an entry of this type holds; `x-committed` names what is sealed as a
    commitment only."""
    file = schemas().get(name)
    if file is None:
        raise Problem(_("No entry is of this type."), status=404)
    found = file.read_bytes()
    return conditional(
        request,
        f"schema.{name}",
        lambda: HttpResponse(found, content_type="application/schema+json"),
    )
