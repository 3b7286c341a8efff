"""Which mask is fit for which use: made from the sealed catalogue and from nothing else."""

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.tracking import queries, words
from portal.tracking.models import Variant
from portal.tracking.projection.projecting import seen
from portal.tracking.responding import page
from portal.tracking.showing import crumbs, variant_name


@require_safe
def masks(request: HttpRequest) -> HttpResponse:
    """The guide: a sentence for each use, then every mask of the catalogue by kind."""
    return page(request, "tracking/guide.html", _masks, version=seen())


def _masks() -> dict[str, Any]:
    found = queries.variants_of("mask")
    return {
        "section": "needs",
        "levels": list(words.FITNESS.values()),
        "uses": [_use(key, found) for key in words.FITNESS],
        "kinds": [
            _kind(list(variants), {v.key: v for v in found})
            for _item, variants in groupby(found, key=lambda v: v.item)
        ],
        "crumbs": crumbs((_("Needs"), reverse("tracking:needs")), (_("Mask guide"), "")),
    }


def _use(level: str, found: list[Variant]) -> dict[str, Any]:
    """One use and the kinds of masks of which some are fit for it."""
    kinds = dict.fromkeys(_item_name(v) for v in found if level in v.fitness)
    return {"label": words.FITNESS[level], "kinds": list(kinds)}


def _kind(variants: list[Variant], known: dict[str, Variant]) -> dict[str, Any]:
    """One kind of masks: what to heed, and its variants with a mark for each use."""
    first = variants[0]
    return {
        "name": capfirst(_item_name(first)),
        "care": [str(words.CARE[key]) for key in first.care if key in words.CARE],
        "rows": [
            {
                "name": capfirst(variant_name(variant)),
                "marks": [level in variant.fitness for level in words.FITNESS],
                "known": bool(variant.fitness),
                "notes": _notes(variant, known),
            }
            for variant in variants
        ],
    }


def _notes(variant: Variant, known: dict[str, Variant]) -> list[str]:
    """How long its standard holds, what follows it, what is taken in its place."""
    said = []
    if variant.valid_from:
        said.append(_("in force from %(day)s") % {"day": _day(variant.valid_from)})
    if variant.valid_to:
        said.append(_("in force until %(day)s") % {"day": _day(variant.valid_to)})
    if after := known.get(variant.replaced_by):
        said.append(_("replaced by %(name)s") % {"name": after.standard})
    if names := [variant_name(known[key]) for key in variant.equivalents if key in known]:
        said.append(_("also accepted: %(names)s") % {"names": words.joined(names)})
    if not variant.fitness:
        said.append(_("not usable at the front until an inspection has said what it is"))
    elif variant.unsure:
        said.append(_("from general knowledge; please compare with the document"))
    return said


def _day(day: Any) -> str:
    return date_format(day, "DATE_FORMAT")


def _item_name(variant: Variant) -> str:
    return words.either(variant.item_zh, variant.item_en)
