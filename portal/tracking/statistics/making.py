"""The rows that make a figure, page by page, as one shape of record, whatever the figure counts.

Pages follow one another by the keys of the rows themselves: the same on a mirror and after a
rebuild.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.fields.tuple_lookups import TupleGreaterThan

from portal.input.templatetags.pages import ZONE
from portal.tracking.finding import places
from portal.tracking.models import Holding, Need, NeedLine, Part, Projected, Subject
from portal.tracking.statistics import registry
from portal.tracking.statistics.counting import YEARS, day_of
from portal.tracking.statistics.registry import Figure

COLUMNS = {  # and their HXL tags
    "entry": "#meta+entry",
    "day": "#date",
    "code": "#meta+id",
    "lot": "#meta+lot",
    "item": "#item+code",
    "place": "#loc+type",
    "class": "#item+class",
    "unit": "#item+unit",
    "amount": "#value",
    "organisation": "#org+id",
    "region": "#adm1+name",
}
FILTERS = ("part", "org", "region", "day", "before")
LONGEST = 80
IN_A_FILE = 500  # rows at once: so few that an index is followed, however many there are
Record = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """Which of the rows: by item class and unit, organisation, province, day, or in their stage
    since `before` a day; "" is all."""

    part: str = ""
    org: str = ""
    region: str = ""
    day: str = ""
    before: str = ""

    @classmethod
    def read(cls, told: Mapping[str, str]) -> "Asked":
        """What an address asks for; more than any such word has is nothing."""
        found = {name: told.get(name, "").replace("\0", "")[:LONGEST] for name in FILTERS}
        return cls(**found | {"before": _day(found["before"])})

    def chosen(self, figure: Figure) -> dict[str, str]:
        """Of these the ones that the rows of this figure know."""
        known = WAYS[type(figure.rows)].takes
        return {name: value for name in known if (value := getattr(self, name))}


@dataclass(frozen=True)
class Way:
    """How rows of one table are picked, ordered (`-` is downwards) and told. `takes`: the filters
    that its rows know."""

    order: tuple[str, ...]
    takes: tuple[str, ...]


WAYS: dict[type[registry.Rows], Way] = {
    registry.Parts: Way(("-seq", "-n"), ("part", "org", "region", "day")),
    registry.Held: Way(("part", "gift", "lot", "item", "place"), ("part",)),
    registry.InStage: Way(("since", "code"), ("before",)),
    registry.OpenNeeds: Way(("-place",), ("org", "region")),
    registry.Gaps: Way(("-opened_seq", "-no"), ("part", "org", "region")),
}


def _day(text: str) -> str:
    """The day, or nothing where the text is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return ""
    return day.isoformat() if day.year in YEARS else ""


def _midnight(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), tzinfo=ZONE)


def page(figure: Figure, asked: Asked, *, after: str, limit: int) -> tuple[list[Record], str]:
    """(the next records, the mark after which those after them follow, or nothing)."""
    part = _part(figure, asked)
    order = WAYS[type(figure.rows)].order
    order = order[1:] if order[0] == "part" and part else order  # all of them are of one
    beyond = _beyond(order, tuple(_marks(order, after)))
    found = [
        row
        for rows in _each(figure, _rows(figure, asked, part))
        for row in rows.filter(beyond).order_by(*order)[: limit + 1]
    ]
    if isinstance(figure.rows, registry.InStage):
        found.sort(key=lambda row: [getattr(row, name) for name in order])
    more = found[limit - 1] if len(found) > limit else None
    names = [name.lstrip("-") for name in order]
    mark = "~".join(_text(getattr(more, name)) for name in names) if more is not None else ""
    return [_record(figure, row) for row in found[:limit]], mark


def _beyond(order: tuple[str, ...], marks: tuple[Any, ...]) -> Q | TupleGreaterThan:
    upwards = all(name[0] != "-" for name in order)
    return (places.past if upwards else places.beyond)(order, marks) if marks else Q()


def every(figure: Figure, asked: Asked) -> Iterator[Record]:
    """All records, some at a time. Those that entries add stay where they are; of what is in a
    place or a stage now, one may move while it is read."""
    after, more = "", True
    while more:
        found, after = page(figure, asked, after=after, limit=IN_A_FILE)
        yield from found
        more = bool(after)


def _each(figure: Figure, rows: QuerySet[Any]) -> list[QuerySet[Any]]:
    """The rows of each stage by itself, so that an index has each in order; others as they are."""
    if not isinstance(figure.rows, registry.InStage):
        return [rows]
    return [rows.filter(stage=stage) for stage in figure.rows.stages]


def _part(figure: Figure, asked: Asked) -> str:
    """The item class and unit that the rows are of; money has one."""
    return registry.CURRENCY if figure.unit == registry.FEN else asked.part


def _rows(figure: Figure, asked: Asked, part: str) -> QuerySet[Any]:
    rows, only = figure.rows, asked.chosen(figure)
    if isinstance(rows, registry.Parts):
        kept = {n: v for n, v in only.items() if n != "part" or figure.unit != registry.HOURS}
        return Part.objects.filter(figure=rows.figure, **kept)
    if isinstance(rows, registry.Held):
        found = Holding.objects.filter(at=rows.place, amount__gt=0)
        return found.filter(part=part) if part else found
    if isinstance(rows, registry.InStage):
        there = Subject.objects.filter(kind=rows.kind)
        return there.filter(since__lt=_midnight(asked.before)) if asked.before else there
    if isinstance(rows, registry.OpenNeeds):
        return Need.objects.filter(_of_need(asked, ""), open=True)
    lines = NeedLine.objects.filter(_of_need(asked, "need__"), open=True, gap__gt=0)
    return (lines.filter(part=asked.part) if asked.part else lines).select_related("need")


def _of_need(asked: Asked, to: str) -> Q:
    found = Q()
    found &= Q(**{f"{to}hospital": asked.org}) if asked.org else Q()
    return found & (Q(**{f"{to}region": asked.region}) if asked.region else Q())


def _record(figure: Figure, row: Projected) -> Record:
    told: Record = dict.fromkeys(COLUMNS, "")
    if isinstance(row, Part):
        told |= {"entry": row.seq, "day": row.day, "code": row.code, "amount": row.amount}
        told |= {"organisation": row.org, "region": row.region, **_split(row.part)}
    elif isinstance(row, Holding):
        told |= {"code": row.gift, "lot": row.lot, "item": row.item, "place": row.place}
        told |= {"amount": row.amount, **_split(row.part)}
    elif isinstance(row, Subject):
        told |= {"code": row.code, "day": day_of(row.since), "amount": 1, "place": row.stage}
        told |= {"organisation": row.hospital, "since": row.since}
    elif isinstance(row, Need):
        told |= {"entry": row.opened_seq, "code": row.code, "day": day_of(row.since), "amount": 1}
        told |= {"organisation": row.hospital, "region": row.region}
    elif isinstance(row, NeedLine):
        told |= {"entry": row.opened_seq, "code": row.need_id, "item": row.variant, "lot": row.no}
        told |= {"amount": row.gap, **_split(row.part)}
        told |= {"organisation": row.need.hospital, "region": row.need.region}
    return told


def _split(part: str) -> dict[str, str]:
    item_class, _bar, unit = part.partition("|")
    return {"class": item_class, "unit": unit}


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _marks(order: tuple[str, ...], after: str) -> list[Any]:
    """The values of the mark; what is none is the beginning."""
    texts = after.split("~")
    if len(texts) != len(order):
        return []
    try:
        return [_value(field, text) for field, text in zip(order, texts, strict=True)]
    except ValueError:
        return []


def _value(field: str, text: str) -> Any:
    """What is ordered downwards is a whole number."""
    if field == "since":
        at = datetime.fromisoformat(text)
        if at.tzinfo is None or at.year not in YEARS:
            raise ValueError(text)
        return at
    if field[0] == "-":
        if not (text.isascii() and text.isdigit() and len(text) <= 18):
            raise ValueError(text)
        return int(text)
    if len(text) > LONGEST * 2 or "\0" in text:
        raise ValueError(text)
    return text
