"""The filters and orders that several public lists share."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext_lazy as _

from portal.input import provinces
from portal.stages.table import lifecycle
from portal.tracking import words
from portal.tracking.finding.gathering import MONEY_CLASS, facet
from portal.tracking.listing.declared import Filter, Order

Pairs = Sequence[tuple[str, str | Promise]]
NEWEST = Order("newest", _("Newest first"), ("-at", "-seq"))
DUE = Order("due", _("Due first"), ("due", "seq"), only=Q(due__isnull=False))
OLDEST = Order("oldest", _("Oldest first"), ("at", "seq"))


def _stages(*kinds: str) -> Pairs:
    found: dict[str, str] = {}
    for kind in kinds:
        table = lifecycle(kind)
        for stage in table.stages if table else ():
            if stage.key != "draft":
                found.setdefault(stage.key, str(stage.label))
    return list(found.items())


def _classes() -> Pairs:
    return [*words.CLASSES.items(), (MONEY_CLASS, _("Money"))]


def _regions() -> Pairs:
    return [(key, provinces.named(key)) for key in provinces.PROVINCES]


def _midnight(day: str, *, days: int = 0) -> datetime:
    """When a day begins here; the day after with `days=1`."""
    begins = datetime.combine(date.fromisoformat(day), time(), tzinfo=get_default_timezone())
    return begins + timedelta(days=days)


def mark(key: str, label: Promise) -> Filter:
    return Filter(
        key,
        label,
        "tick",
        facets=lambda _v: [facet("mark", key)],
        where=lambda _v: Q(marks__contains=f"|{key}|"),
    )


def overdue(stage: str) -> Filter:
    """Only what is in the stage to which the clock takes what is late."""
    return Filter(
        "overdue",
        _("Overdue"),
        "tick",
        facets=lambda _v: [facet("stage", stage)],
        where=lambda _v: Q(stage=stage),
    )


WORDS = Filter("q", _("Words"), "words")
REGION = Filter(
    "province",
    _("Province"),
    choices=_regions,
    facets=lambda v: [facet("in", provinces.short(v))],
    where=lambda v: Q(regions__contains=f"|{provinces.short(v)}|"),
    free=True,
)
CLASS = Filter(
    "class",
    _("Kind of goods"),
    choices=_classes,
    facets=lambda v: [facet("class", v)],
    where=lambda v: Q(classes__contains=f"|{v}|"),
)
FROM = Filter("from", _("From the day"), "day", where=lambda v: Q(at__gte=_midnight(v)))
TO = Filter("to", _("Up to the day"), "day", where=lambda v: Q(at__lt=_midnight(v, days=1)))
HOSPITAL = Filter(
    "hospital",
    _("Hospital"),
    "code",
    facets=lambda v: [facet("mark", f"to-{v}")],
    where=lambda v: Q(marks__contains=f"|to-{v}|"),
    free=True,
)


def stage_in(*kinds: str) -> Filter:
    return Filter(
        "stage",
        _("Stage"),
        choices=lambda: _stages(*kinds),
        facets=lambda v: [facet("stage", v)],
        where=lambda v: Q(stage=v),
    )
