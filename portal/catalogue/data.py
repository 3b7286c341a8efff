"""The catalogue's data file, read and checked once: items, variants to a standard, packs, units."""

import datetime as dt
import re
import tomllib
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from portal.catalogue.care import Care
from portal.catalogue.fitness import Fitness

FILE = Path(__file__).with_name("items.toml")
_KEY = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
_Made = TypeVar("_Made")


class BadCatalogue(ValueError):
    """The data file contradicts itself; the sentence names the line and the key."""


@dataclass(frozen=True)
class Unit:
    """What an item is counted in; amounts of different units are never added."""

    code: str
    zh: str
    en: str
    en_many: str


@dataclass(frozen=True)
class ItemClass:
    """A group of items for totals and lists."""

    key: str
    zh: str
    en: str


@dataclass(frozen=True)
class Pack:
    """A box or carton; `holds` base units. An unsure one is a default to be checked."""

    key: str
    zh: str
    en: str
    holds: int
    level: int
    unsure: bool = False


@dataclass(frozen=True)
class Variant:
    """An item to one version of one standard (or to none stated)."""

    key: str
    item: str
    zh: str
    en: str
    standard: str = ""
    version: str = ""
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    replaced_by: str = ""
    class_: str = ""
    size: str = ""
    sterile: bool | None = None
    fitness: tuple[Fitness, ...] = ()
    equivalents: tuple[str, ...] = ()
    cited_as: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    unstated: bool = False
    single: bool = False
    unsure: bool = False

    @property
    def citation(self) -> str:
        """`GB 19082-2009`, `EN 149` or nothing."""
        return "-".join(filter(None, (self.standard, self.version)))


@dataclass(frozen=True)
class Item:
    """A thing people ask for, with every variant of it."""

    key: str
    zh: str
    en: str
    class_: str
    unit: str
    unit_zh: str
    variants: tuple[Variant, ...]
    names: tuple[str, ...] = ()
    words: dict[str, int] = field(default_factory=dict)
    half_words: tuple[str, ...] = ()
    ask_pairs: bool = False
    single: bool = False
    care: tuple[Care, ...] = ()
    cold: tuple[int, ...] = ()
    packs: tuple[Pack, ...] = ()

    @property
    def unstated(self) -> Variant:
        """The variant for a notice that gives no standard."""
        return next(variant for variant in self.variants if variant.unstated)


@dataclass(frozen=True)
class Shared:
    """Names that several items go by, and the one taken where nothing decides."""

    names: tuple[str, ...]
    items: tuple[str, ...]
    otherwise: str = ""


@dataclass(frozen=True)
class Catalogue:
    """Everything in the data file, by key, in the file's order."""

    units: dict[str, Unit]
    classes: dict[str, ItemClass]
    items: dict[str, Item]
    variants: dict[str, Variant]
    shared: tuple[Shared, ...]
    models: tuple[tuple[str, str], ...]

    def item_of(self, variant_key: str) -> Item:
        """The item that the variant belongs to."""
        return self.items[self.variants[variant_key].item]


@cache
def catalogue() -> Catalogue:
    """The project's own catalogue, read once."""
    return load(FILE)


def folded(text: str) -> str:
    """How names are compared: full-width and case folded, no space, one kind of dash."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"[\u2010-\u2015\u2212]", "-", text)
    return "".join(
        c for c in text if not c.isspace() and unicodedata.category(c) not in {"Cf", "Cc"}
    )


def load(path: Path) -> Catalogue:
    """Read and check a data file; raises BadCatalogue naming the first thing that is wrong."""
    text = path.read_text(encoding="utf-8")
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise BadCatalogue(f"{path.name}: {wrong}") from wrong
    build = _Builder(path.name, text)
    units = {row["code"]: build.made(Unit, row) for row in build.keyed(raw, "unit", "code")}
    items = {row["key"]: build.item(row, units) for row in build.keyed(raw, "item", "key")}
    made = Catalogue(
        units=units,
        classes={
            row["key"]: build.made(ItemClass, row) for row in build.keyed(raw, "class", "key")
        },
        items=items,
        variants={variant.key: variant for item in items.values() for variant in item.variants},
        shared=tuple(build.made(Shared, row) for row in raw.get("shared", [])),
        models=tuple((row["wrong"], row["meant"]) for row in raw.get("model", [])),
    )
    build.check(made)
    return made


class _Builder:
    """Makes the frozen rows of one file and knows on which line a key stands."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.lines = text.splitlines()
        self.seen: set[tuple[str, str]] = set()

    def wrong(self, key: str, what: str) -> BadCatalogue:
        """The refusal, with the last line on which this key is given."""
        given = re.compile(rf'\b(?:key|code)\s*=\s*"{re.escape(key)}"')
        found = [n for n, line in enumerate(self.lines, start=1) if given.search(line)]
        place = f"{self.name}, line {found[-1]}" if found else self.name
        return BadCatalogue(f"{place}: {key}: {what}")

    def keyed(self, raw: dict[str, Any], table: str, key: str) -> list[dict[str, Any]]:
        """The rows of a table whose keys are well formed and different from each other."""
        rows: list[dict[str, Any]] = raw.get(table, [])
        for row in rows:
            value = str(row.get(key, ""))
            if not _KEY.fullmatch(value):
                raise self.wrong(value, f"a {table} needs a {key} of a-z, 0-9, dots and hyphens")
            if (table, value) in self.seen:
                raise self.wrong(value, f"two entries of {table} have this {key}")
            self.seen.add((table, value))
        return rows

    def made(self, kind: type[_Made], row: dict[str, Any], **more: Any) -> _Made:
        """The row as its dataclass; lists become tuples."""
        values = {
            "class_" if name == "class" else name: tuple(value) if type(value) is list else value
            for name, value in row.items()
        }
        try:
            return kind(**(values | more))
        except TypeError as unfit:
            raise self.wrong(str(row.get("key", row)), str(unfit)) from unfit

    def item(self, row: dict[str, Any], units: dict[str, Unit]) -> Item:
        """One item with its variants and packs; counted with its unit's word or its own."""
        if row.get("unit") not in units:
            raise self.wrong(row["key"], f"the unit {row.get('unit')} is not in the file")
        packs = [self.made(Pack, pack) for pack in self.packs(row)]
        variants = [
            self.variant(variant, item=row["key"]) for variant in self.keyed(row, "variant", "key")
        ]
        if [variant.unstated for variant in variants].count(True) != 1:
            raise self.wrong(row["key"], "needs exactly one variant with unstated = true")
        if len({(v.standard, v.version, v.class_, v.sterile, v.names) for v in variants}) < len(
            variants
        ):
            raise self.wrong(row["key"], "two variants have nothing that tells them apart")
        cold = row.get("cold", [])
        if cold and not (
            len(cold) == 2 and all(type(n) is int for n in cold) and cold[0] < cold[1]
        ):
            raise self.wrong(row["key"], "cold is [not below, not above] in whole degrees")
        try:
            care = tuple(Care(key) for key in row.get("care", ()))
        except ValueError as unknown:
            raise self.wrong(row["key"], str(unknown)) from unknown
        rest = {"unit_zh": units[row["unit"]].zh} | row | {"care": care}
        rest.pop("variant")
        return self.made(Item, rest, variants=tuple(variants), packs=tuple(packs))

    def packs(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        """An item's packs: different keys, at least one base unit each."""
        packs: list[dict[str, Any]] = row.get("packs", [])
        if len({pack.get("key") for pack in packs}) < len(packs):
            raise self.wrong(row["key"], "two packs have one key")
        if any(type(pack.get("holds")) is not int or pack["holds"] < 1 for pack in packs):
            raise self.wrong(row["key"], "a pack holds at least one whole base unit")
        return packs

    def variant(self, row: dict[str, Any], *, item: str) -> Variant:
        """One variant: known fitness levels, dates in order."""
        try:
            fitness = tuple(Fitness(level) for level in row.get("fitness", ()))
        except ValueError as unknown:
            raise self.wrong(row["key"], str(unknown)) from unknown
        made = self.made(Variant, row | {"fitness": fitness}, item=item)
        if made.valid_from and made.valid_to and made.valid_from > made.valid_to:
            raise self.wrong(made.key, "valid_from is later than valid_to")
        return made

    def check(self, made: Catalogue) -> None:
        """Nothing points at what is not there."""
        for item in made.items.values():
            if item.class_ not in made.classes:
                raise self.wrong(item.key, f"the class {item.class_} is not in the file")
        for variant in made.variants.values():
            for key in filter(None, (variant.replaced_by, *variant.equivalents)):
                if key not in made.variants:
                    raise self.wrong(variant.key, f"points at {key}, which is not in the file")
            self.check_succession(variant, made)
        for shared in made.shared:
            for key in filter(None, (shared.otherwise, *shared.items)):
                if key not in made.items:
                    raise self.wrong(key, "a shared name points at this item, which is not there")
        self.check_names(made)

    def check_succession(self, variant: Variant, made: Catalogue) -> None:
        """A version ends before its successor begins; nothing replaces itself."""
        after = made.variants.get(variant.replaced_by)
        if after is None:
            return
        if after.item != variant.item or after.version <= variant.version:
            raise self.wrong(variant.key, f"{after.key} is no later version of the same item")
        if variant.valid_to and after.valid_from and after.valid_from <= variant.valid_to:
            raise self.wrong(variant.key, f"is still valid when {after.key} begins")

    def check_names(self, made: Catalogue) -> None:
        """One name, one item; a name of several items belongs in `shared`."""
        owners: dict[str, str] = {}
        for item in made.items.values():
            for name in {folded(n) for n in (item.zh, item.en, *item.names)}:
                if owners.setdefault(name, item.key) != item.key:
                    raise self.wrong(item.key, f"“{name}” is a name of {owners[name]} as well")
        for shared in made.shared:
            for name in map(folded, shared.names):
                if name in owners:
                    raise self.wrong(owners[name], f"“{name}” is both its own and a shared name")
