"""What can be asked for and given, and in which unit."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from portal.accounts.acting import Actor
from portal.catalogue import data
from portal.catalogue.fitness import Fitness, known_levels
from portal.catalogue.models import Variant
from portal.input.speaking import english

Pairs = list[tuple[str, Any]]


def variant_choices(*, subject: object = None, actor: Actor | None = None) -> Pairs:
    """(class, [(key, "name, standard, unit")]) groups in the reader's language, in the order of the
    data file."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for variant in variants():
        groups.setdefault(variant.item.item_class, []).append(
            (variant.key, f"{described(variant)} · {unit_of(variant)}")
        )
    return [(class_label(key), pairs) for key, pairs in groups.items()]


def variants() -> QuerySet[Variant]:
    """Every variant with its item, in the order of the data file."""
    return Variant.objects.select_related("item").order_by("order", "pk")


def variants_by_key(keys: Iterable[str]) -> dict[str, Variant]:
    """Key -> variant with its item, one query; an unknown key is left out."""
    return {v.key: v for v in variants().filter(key__in=set(keys))}


def fitness(variant_key: str) -> frozenset[Fitness]:
    """Where a variant may be used; empty for one that nobody has said it of, or that is unknown."""
    found = Variant.objects.filter(key=variant_key).values_list("fitness", flat=True).first()
    return known_levels(found or ())


def fit(variant: Variant, use: Fitness) -> bool:
    """Whether the catalogue says that the variant may be used there."""
    return use in known_levels(variant.fitness)


def accepted(variant: Variant, *, exact: bool = False) -> frozenset[str]:
    """Keys of what may be given where this variant is asked for: itself, the later versions of its
    standard, and, unless `exact`, the foreign equivalents that the catalogue accepts for them."""
    family = {v.key: v for v in variant.item.variants.all()}
    found = [variant]
    while (after := family.get(found[-1].replaced_by)) is not None and after not in found:
        found.append(after)
    equivalents = () if exact else (key for v in found for key in v.equivalents)
    return frozenset({*(v.key for v in found), *equivalents})


def cold_range(variant: Variant) -> tuple[int, int] | None:
    """(not below, not above) in degrees Celsius, for what must be kept cold."""
    item = data.catalogue().items.get(variant.item.key)
    return (item.cold[0], item.cold[1]) if item is not None and item.cold else None


def described(variant: Variant) -> str:
    """Name in the reader's language, with the standard where the name does not say it."""
    name = variant.name_en if english() else variant.name_zh
    return name if variant.standard in name else f"{name} {variant.standard}"


def unit_of(variant: Variant) -> str:
    """The base unit that the variant is counted in, in the reader's language."""
    return variant.item.unit_en if english() else variant.item.unit_zh


def class_label(key: str) -> str:
    """An item class in the reader's language; an unknown one by its key, never dropped."""
    found = data.catalogue().classes.get(key)
    if found is None:
        return key
    return found.en if english() else found.zh
