"""Facts: what a move records. Frozen dataclasses of text, whole numbers, yes/no, dates and rows of
such; no float can get in.

    class Dispatched(Facts, line=_("Handed to {carrier}")):
        carrier: Carrier = fact(_("Carrier"))
        waybill: str = fact(_("Waybill"), disclosure=NAMED, default="")

Fact names are never renamed, retyped or reused; a new fact gets a default.
"""

import re
import types
from collections.abc import Iterable
from dataclasses import MISSING, dataclass, fields
from dataclasses import field as dataclass_field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import (
    Any,
    ClassVar,
    Self,
    Union,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

from portal.disclosure.classes import NAMED, OPEN, PRIVATE, Class

Json = str | int | bool | None | list["Json"] | dict[str, "Json"]
NAME = re.compile(r"[a-z_][a-z0-9_]*\Z")
TEXT, NOTE = 200, 2000  # most characters of a text of one line, and of several


class Choice(StrEnum):
    """A closed list: each member its sealed value and the label people read, written once.

    class Carrier(Choice):
        SF = "sf", _("SF Express")
    """

    _value_: str
    label: object

    def __new__(cls, value: str, label: object = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class FactWrong(Exception):
    """A fact cannot be sealed as declared; the text names it."""


@dataclass(frozen=True)
class Spec:
    """One fact, as declared: enough for form, schema, sealed bytes and timeline."""

    name: str
    label: object
    of: type
    disclosure: Class
    required: bool
    default: Any
    kind: str
    choices: type[StrEnum] | str | None
    help: object
    optional: bool
    rows: "type[Facts] | None"
    limit: int
    asked: bool


def fact(
    label: object,
    *,
    disclosure: Class = OPEN,
    default: Any = MISSING,
    kind: str = "",
    choices: type[StrEnum] | str | None = None,
    help: object = "",  # noqa: A002 -- the word the form uses
    limit: int = 0,
    asked: bool = False,
) -> Any:
    """Declare one fact.

    `kind`: for text "line" (default), "note" (several lines), "place" (a province is said in the
    reader's language), "hidden"; for whole numbers
    "quantity" (1 … 10^9, default),
    "count" (0 … 10^9), "amount" (fen, typed in yuan), "tenths" (of a degree, measured),
    "hidden". `choices`: a StrEnum, or the name of a function in the part's
    queries giving (value, label). `limit`: most characters of a text, where its column holds fewer
    than 200 (a note: 2,000). `asked`: forms ask for it, though older entries lack it.
    """
    meta = {
        "label": label,
        "disclosure": disclosure,
        "kind": kind,
        "choices": choices,
        "help": help,
        "limit": limit,
        "asked": asked,
    }
    if default is MISSING:
        return dataclass_field(metadata=meta)
    return dataclass_field(default=default, metadata=meta)


@dataclass_transform(field_specifiers=(fact,), frozen_default=True, kw_only_default=True)
class Facts:
    """Base of every record of facts; subclasses become frozen keyword-only dataclasses."""

    says: ClassVar[object] = ""  # what its line in a timeline says
    asks_first: ClassVar[tuple[str, ...]] = ()  # what a form asks for before the others
    folds: ClassVar[tuple[object, tuple[str, ...]]] = ("", ())  # folded away in it: title, names

    def __init_subclass__(
        cls,
        line: object = "",
        asks_first: tuple[str, ...] = (),
        folds: tuple[object, tuple[str, ...]] = ("", ()),
        **kwargs: Any,
    ) -> None:
        super().__init_subclass__(**kwargs)
        dataclass(frozen=True, kw_only=True)(cls)
        cls.says, cls.asks_first, cls.folds = line, asks_first, folds

    @classmethod
    def specs(cls) -> tuple[Spec, ...]:
        """The declared facts in order. Raises FactWrong for a type that cannot be sealed."""
        if cls is Facts:
            return ()
        hints = get_type_hints(cls)
        return tuple(_spec(f, hints[f.name]) for f in fields(cls))  # type: ignore[arg-type]  # a dataclass since __init_subclass__

    def sealed(self, disclosure: Class) -> dict[str, Json]:
        """The facts of one class as JSON values; row facts that are not open come as
        `<rows>_<fact>` lists."""
        out: dict[str, Json] = {}
        for spec in self.specs():
            value = getattr(self, spec.name)
            if spec.rows is None:
                if spec.disclosure is disclosure:
                    out[spec.name] = as_json(value)
                continue
            if disclosure is OPEN:
                out[spec.name] = [row.sealed(OPEN) for row in value]
                continue
            for inner in spec.rows.specs():
                if inner.disclosure is disclosure:
                    out[f"{spec.name}_{inner.name}"] = [
                        as_json(getattr(row, inner.name)) for row in value
                    ]
        return out

    @classmethod
    def from_values(cls, values: dict[str, Any]) -> Self:
        return cls(**values)


def closed_names(facts: type[Facts]) -> list[str]:
    """Names of the facts that are sealed only as commitments."""
    names = []
    for spec in facts.specs():
        if spec.rows is not None:
            names += [
                f"{spec.name}_{s.name}"
                for s in spec.rows.specs()
                if s.disclosure in (NAMED, PRIVATE)
            ]
        elif spec.disclosure in (NAMED, PRIVATE):
            names.append(spec.name)
    return names


def instant(at: datetime) -> str:
    """`YYYY-MM-DDTHH:MM:SS.ffffffZ`, UTC (ledger.md 2.1). Refuses a time without a zone."""
    if at.tzinfo is None:
        raise FactWrong("a time needs its zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def as_json(value: Any) -> Json:
    """A fact's value in the ledger's JSON profile."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, str | int):
        return value
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Iterable):
        return [as_json(item) for item in value]
    raise FactWrong(f"{type(value).__name__} cannot be sealed")


def _spec(f: Any, hint: Any) -> Spec:
    meta = f.metadata
    if not NAME.match(f.name):
        raise FactWrong(f"the fact {f.name!r} is not named like [a-z_][a-z0-9_]*")
    if "label" not in meta:
        raise FactWrong(f"the fact {f.name!r} has no label: write it as fact(_(…))")
    kind_of, optional = hint, False
    if isinstance(hint, types.UnionType) or get_origin(hint) is Union:
        rest = [a for a in get_args(hint) if a is not type(None)]
        if len(rest) != 1:
            raise FactWrong(f"the fact {f.name!r} may be one type or None, not {hint}")
        kind_of, optional = rest[0], True
    rows = None
    if get_origin(kind_of) is tuple:
        rows = get_args(kind_of)[0]
        if not (isinstance(rows, type) and issubclass(rows, Facts)):
            raise FactWrong(f"the fact {f.name!r}: rows must be Facts")
        rows.specs()
        kind_of = tuple
    elif not (isinstance(kind_of, type) and issubclass(kind_of, str | bool | int | date)):
        raise FactWrong(f"the fact {f.name!r} has the type {hint}, which cannot be sealed")
    choices = meta["choices"] or (kind_of if issubclass(kind_of, StrEnum) else None)
    required = f.default is MISSING
    return Spec(
        name=f.name,
        label=meta["label"],
        of=kind_of,
        disclosure=meta["disclosure"],
        required=required,
        default=None if required else f.default,
        kind=meta["kind"] or _usual(kind_of),
        choices=choices,
        help=meta["help"],
        optional=optional,
        rows=rows,
        limit=meta["limit"] or (NOTE if meta["kind"] == "note" else TEXT),
        asked=required or meta["asked"],
    )


def _usual(kind_of: type) -> str:
    if issubclass(kind_of, bool):
        return "yes"
    if issubclass(kind_of, int):
        return "quantity"
    if issubclass(kind_of, datetime):
        return "time"
    if issubclass(kind_of, date):
        return "day"
    return "rows" if kind_of is tuple else "line"
