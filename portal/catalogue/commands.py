"""The catalogue as the checked data file has it: items are published once and revised when the file
says something new."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.acting import SYSTEM
from portal.catalogue import data
from portal.catalogue.models import Item, Pack, Variant
from portal.catalogue.stages import Published, Revised
from portal.stages import engine
from portal.stages.engine import MoveRefused, Step

Row = dict[str, Any]
PACK = ("name_zh", "name_en", "units", "level", "unsure")


@dataclass
class Loaded:
    """What a round of loading did, by the items' keys."""

    published: list[str] = field(default_factory=list)
    revised: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


def load(*, at: datetime, only: Collection[str] | None = None) -> Loaded:
    """Bring the tables to what the data file says; doing it twice is doing it once. `only`: these
    items' keys."""
    loaded = Loaded()
    for key, entry in data.catalogue().items.items():
        if only is not None and key not in only:
            continue
        item = Item.objects.filter(key=key).first()
        if item is None:
            engine.begin(Item, "publish", actor=SYSTEM, facts=Published(), at=at, key=key)
            loaded.published.append(key)
        elif _said(item) != _saying(entry):
            engine.advance(Item, item.code, "revise", actor=SYSTEM, facts=Revised(), at=at)
            loaded.revised.append(key)
        else:
            loaded.unchanged.append(key)
    _put_in_order()
    return loaded


def fill(subject: Item, facts: Published | Revised, step: Step) -> None:
    """Write the item as the data file has it. A variant's key is for ever: one the file no longer
    has stays."""
    entry = data.catalogue().items.get(subject.key)
    if entry is None:
        raise MoveRefused(_("%(key)s is not in the catalogue's data file.") % {"key": subject.key})
    own, variants, packs = _saying(entry)
    for name, value in own.items():
        setattr(subject, name, value)
    subject.save(update_fields=list(own))
    for row in variants:
        known = Variant.objects.filter(key=row["key"]).first()
        if known is not None and known.item_id != subject.pk:
            raise MoveRefused(
                _("%(key)s belongs to another item for ever: please give a new key.")
                % {"key": row["key"]}
            )
        Variant.objects.update_or_create(key=row["key"], item=subject, defaults=row)
    subject.packs.all().delete()
    Pack.objects.bulk_create(Pack(item=subject, **row) for row in packs)


def _saying(entry: data.Item) -> tuple[Row, list[Row], list[Row]]:
    """An item's own fields, its variants and its packs as the tables hold them."""
    own = {
        "name_zh": entry.zh,
        "name_en": entry.en,
        "item_class": entry.class_,
        "unit_zh": entry.unit_zh,
        "unit_en": data.catalogue().units[entry.unit].en_many,
        "care": [each.value for each in entry.care],
    }
    variants = [
        {
            "key": v.key,
            "name_zh": v.zh,
            "name_en": v.en,
            "standard": v.citation,
            "valid_from": v.valid_from,
            "valid_to": v.valid_to,
            "replaced_by": v.replaced_by,
            "fitness": [level.value for level in v.fitness],
            "equivalents": list(v.equivalents),
            "cited_as": list(v.cited_as),
            "grade": v.class_,
            "size": v.size,
            "sterile": v.sterile,
            "unsure": v.unsure,
        }
        for v in entry.variants
    ]
    packs = [
        {"name_zh": p.zh, "name_en": p.en, "units": p.holds, "level": p.level, "unsure": p.unsure}
        for p in entry.packs
    ]
    return own, variants, packs


def _said(item: Item) -> tuple[Row, list[Row], list[Row]]:
    """The same of the tables, without the variants that the data file no longer has."""
    entry = data.catalogue().items[item.key]
    own, variants, _packs = _saying(entry)
    names = list(variants[0])
    held = {row["key"]: row for row in item.variants.values(*names)}
    return (
        {name: getattr(item, name) for name in own},
        [held[row["key"]] for row in variants if row["key"] in held],
        [{name: getattr(p, name) for name in PACK} for p in item.packs.order_by("pk")],
    )


def _put_in_order() -> None:
    """Variants stand in lists as in the file; their order is nobody's business but the lists', and
    no event."""
    order = {key: n for n, key in enumerate(data.catalogue().variants)}
    last = len(order)
    with transaction.atomic():
        misplaced = [v for v in Variant.objects.order_by("pk") if v.order != order.get(v.key, last)]
        for variant in misplaced:
            variant.order = order.get(variant.key, last)
        Variant.objects.bulk_update(misplaced, ["order"])
