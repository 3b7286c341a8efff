"""The words of the public pages for roles, places, item classes and amounts."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ledger.core.postings import MONEY
from portal.input import amounts, provinces, speaking
from portal.input.purposes import PURPOSES
from portal.input.templatetags.pages import in_large_units
from portal.stages.table import lifecycle

Names = Mapping[str, Mapping[str, str]]

ROLES = {
    "hospital": _("Hospital"),
    "coordinator": _("Charity coordinator"),
    "warehouse": _("Warehouse"),
    "quality": _("Quality inspection"),
    "dispatcher": _("Dispatch"),
    "finance": _("Finance"),
    "publisher": _("Publishing"),
    "moderator": _("Moderation"),
    "authority": _("Coordinating authority"),
    "auditor": _("Auditor"),
    "security": _("Security officer"),
    "donor": _("Donor"),
    "clock": _("Clock"),
    "system": _("Portal"),
}
CLASSES = {
    "mask": _("Masks"),
    "clothing": _("Protective clothing"),
    "eyes-face": _("Eye and face protection"),
    "covers": _("Caps and covers"),
    "gloves": _("Gloves"),
    "disinfectant": _("Disinfectants"),
    "instrument": _("Instruments"),
    "device": _("Medical devices"),
    "vehicle": _("Vehicles"),
    "test": _("Test kits"),
    "medicine": _("Medicines"),
    "living": _("Living supplies"),
}
FITNESS = {
    "isolation": _("Isolation ward or ICU"),
    "fever_clinic": _("Fever clinic"),
    "general_ward": _("General ward"),
    "community": _("Community"),
}
PRIORITIES = {"urgent": _("urgent"), "soon": _("soon")}
CARE = {
    "expiry": _("Look at the expiry date before you give it."),
    "sterile-stated": _("Say whether it is sterile."),
    "no-splash": _("It does not keep out splashes of blood: it is not for operations."),
    "size": _("Say the size."),
}
STAGES = {
    "start": _("Begun"),
    "match": _("Matched"),
    "store": _("Stored"),
    "allocate": _("Assigned"),
    "deliver": _("Delivery"),
    "confirm": _("Confirmation"),
}
KINDS = {
    "hospital": _("Hospital"),
    "charity": _("Charity"),
    "donor": _("Donor organisation"),
    "authority": _("Authority"),
    "auditor": _("Audit firm"),
}
OWN_ENTRIES = {
    "ledger.create": _("The ledger was opened"),
    "key.rotate": _("The ledger's key was changed"),
    "ledger.unfreeze": _("The ledger signs again after a pause"),
    "evidence.add": _("A photo or paper was filed"),
    "evidence.publish": _("A photo or paper is shown"),
    "person.erase": _("Personal data were erased on request"),
}
# Where pieces are or went: {amount} and {owner} (a warehouse, or the hospital they are for).
PHRASES = {
    "unanswered": _("{amount} promised; the charity has not answered yet"),
    "promised": _("{amount} promised, not sent yet"),
    "inbound": _("{amount} on the way to {owner}"),
    "waiting": _("{amount} at {owner}, waiting to be counted"),
    "quarantine": _("{amount} under inspection at {owner}"),
    "stock": _("{amount} in stock at {owner}"),
    "reserved": _("{amount} set aside for {owner}"),
    "packing": _("{amount} ready to be sent to {owner}"),
    "transit": _("{amount} under way to {owner}"),
    "crossing": _("{amount} on the way to another warehouse, {owner}"),
    "trouble": _("{amount} under way to {owner}, where the carrier reports a problem"),
    "turned_back": _("{amount} not taken by {owner}, on the way back"),
    "delivered": _("{amount} at {owner} by the carrier's word, not confirmed yet"),
    "unconfirmed": _("{amount} at {owner}, unconfirmed by the recipient for over 72 hours"),
    "held": _("{amount} more than sent at {owner}, held until explained"),
    "kept": _("{amount} kept in the warehouse for {owner}"),
    "received": _("{amount} confirmed by {owner}"),
    "rejected": _("{amount} rejected by {owner}"),
    "returned": _("{amount} returned to the donor"),
    "damaged": _("{amount} damaged"),
    "lost": _("{amount} missing"),
    "expired": _("{amount} expired"),
    "community": _("{amount} given to community use"),
    "sold": _("{amount} sold"),
    "unidentified": _("{amount} held: whose it is or what for is not known yet"),
    "fund": _("{amount} in the fund {owner}, not spent yet"),
    "committed": _("{amount} set aside for the spending {owner}"),
    "paid": _("{amount} paid by the spending {owner}"),
    "fee": _("{amount} kept as fee by the fund {owner}"),
    "refunded": _("{amount} given back"),
}
NAMELESS = _("a hospital")
english = speaking.english
CODE = re.compile(r"[A-Z]-[2-9A-HJKMNP-Z]{10}\Z", re.ASCII)


def either(zh: str, en: str) -> str:
    """The English name on an English page, where there is one."""
    return (en if english() else "") or zh


def label(words: Mapping[str, object], key: str) -> str:
    """The word for a key; an unknown key itself, never dropped."""
    return str(words.get(key, key))


def choice(kind: str, move: str, fact: str, key: str) -> str:
    """The word for a key from the closed list of a fact of this move, or of the first fact of its
    rows, as the stage table names it; an unknown key itself."""
    table = lifecycle(kind)
    row = table.by_name.get(move) if table else None
    spec = next((spec for spec in row.facts.specs() if spec.name == fact), None) if row else None
    spec = spec.rows.specs()[0] if spec is not None and spec.rows is not None else spec
    choices = spec.choices if spec is not None else None
    known = {member.value: member for member in choices} if isinstance(choices, type) else {}
    return str(getattr(known.get(key), "label", key))


def name(names: Names, key: str) -> str:
    """The name of an organisation, warehouse or item as it was then; else the key itself."""
    known = names.get(key)
    return known["en" if english() else "zh"] if known else label(CLASSES, key)


def aim(value: str, names: Names) -> str:
    """Whom a gift is for: `free`, `hospital:U-…`, `region:4201` or `purpose:…` in words."""
    kind, _colon, what = value.partition(":")
    if kind == "hospital":
        return name(names, what)
    if kind == "purpose":
        return label(PURPOSES, what)
    if kind == "region":
        return provinces.place(name(names, value))
    return gettext("Wherever it is needed most")


def unit(names: Names, item: str) -> str:
    known = names.get(item, {})
    return known.get("unit_en" if english() else "unit_zh", "")


def item_title(names: Names, item: str) -> str:
    """Item and standard; many names hold the standard already."""
    title, standard = name(names, item), standard_beside(names, item)
    return capfirst(f"{title} {standard}".strip())


def standard_beside(names: Names, item: str) -> str:
    """The standard, where the name does not say it."""
    standard = names.get(item, {}).get("standard", "")
    return "" if standard in name(names, item) else standard


def yuan(fen: int) -> str:
    """`¥1,200.50`."""
    return f"¥{amounts.yuan(fen)}"


def in_large(number: int, *, money: bool = False) -> str:
    """A number that stands alone and large: `7.5 万`, of fen `¥5.2 万`; a small one as it is."""
    large, unit = in_large_units(abs(number) // (100 if money else 1))
    if not unit:
        return yuan(number) if money else f"{number:,}"
    return f"{'-' if number < 0 else ''}{'¥' if money else ''}{large} {unit}"


def amount(number: int, names: Names, item: str, *, named: bool) -> str:
    """`1,000 只`, or with the item's name `医用防护口罩 1,000 只`; money in yuan."""
    if item == MONEY:
        return yuan(number)
    count = f"{number:,} {unit(names, item)}".strip()
    if not named:
        return count
    return gettext("%(count)s of %(item)s") % {"count": count, "item": name(names, item)}


def exceeded(count: int) -> str:
    """A round number below the count, for `more than 300` of what was counted so far."""
    size = 10 ** (len(str(max(count - 1, 1))) - 1)
    return f"{(count - 1) // size * size:,}"


def degrees(tenths: int) -> str:
    """`-18.5 °C`."""
    return f"{'-' if tenths < 0 else ''}{abs(tenths) // 10}.{abs(tenths) % 10} °C"


def phrase(kind: str, *, amount: str, owner: str) -> str:
    text = str(PHRASES.get(kind, "{amount}: " + kind))
    return text.format(amount=amount, owner=owner or NAMELESS)


def joined(parts: list[str], *, strong: bool = False) -> str:
    """Parts of one sentence; `strong` where the parts hold commas themselves."""
    if english():
        return ("; " if strong else ", ").join(parts)
    return ("；" if strong else "，").join(parts)


def place_of(values: Mapping[str, Any]) -> str:
    """Province, city, district; what is repeated or empty is left out."""
    return provinces.places(*(values.get(part, "") for part in ("province", "city", "district")))
