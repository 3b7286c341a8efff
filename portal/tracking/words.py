"""The words of the public pages for roles, places, item classes and amounts."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

Names = Mapping[str, Mapping[str, str]]

ROLES = {
    "hospital": later("Hospital"),
    "coordinator": later("Charity coordinator"),
    "warehouse": later("Warehouse"),
    "quality": later("Quality inspection"),
    "dispatcher": later("Dispatch"),
    "finance": later("Finance"),
    "publisher": later("Publishing"),
    "moderator": later("Moderation"),
    "authority": later("Coordinating authority"),
    "auditor": later("Auditor"),
    "security": later("Security officer"),
    "donor": later("Donor"),
    "clock": later("Clock"),
    "system": later("Portal"),
}
CLASSES = {
    "mask": later("Masks"),
    "clothing": later("Protective clothing"),
    "eyes-face": later("Eye and face protection"),
    "covers": later("Caps and covers"),
    "gloves": later("Gloves"),
    "disinfectant": later("Disinfectants"),
    "instrument": later("Instruments"),
    "device": later("Medical devices"),
    "vehicle": later("Vehicles"),
    "test": later("Test kits"),
    "medicine": later("Medicines"),
    "living": later("Living supplies"),
}
STAGES = {
    "start": later("Begun"),
    "match": later("Matched"),
    "store": later("Stored"),
    "allocate": later("Assigned"),
    "deliver": later("Delivery"),
    "confirm": later("Confirmation"),
}
KINDS = {
    "hospital": later("Hospital"),
    "charity": later("Charity"),
    "donor": later("Donor organisation"),
    "authority": later("Authority"),
    "auditor": later("Audit firm"),
}
OWN_ENTRIES = {
    "ledger.create": later("The ledger was opened"),
    "key.rotate": later("The ledger's key was changed"),
    "person.erase": later("Personal data were erased on request"),
}
# Where pieces are or went: {amount} and {owner} (a warehouse, or the hospital they are for).
PHRASES = {
    "unanswered": later("{amount} promised; the charity has not answered yet"),
    "promised": later("{amount} promised, not sent yet"),
    "inbound": later("{amount} on the way to {owner}"),
    "waiting": later("{amount} at {owner}, waiting to be counted"),
    "quarantine": later("{amount} under inspection at {owner}"),
    "stock": later("{amount} in stock at {owner}"),
    "reserved": later("{amount} set aside for {owner}"),
    "packing": later("{amount} ready to be sent to {owner}"),
    "transit": later("{amount} under way to {owner}"),
    "delivered": later("{amount} at {owner} by the carrier's word, not confirmed yet"),
    "held": later("{amount} more than sent at {owner}, held until explained"),
    "received": later("{amount} confirmed by {owner}"),
    "rejected": later("{amount} rejected by {owner}"),
    "returned": later("{amount} returned to the donor"),
    "damaged": later("{amount} damaged"),
    "lost": later("{amount} missing"),
    "expired": later("{amount} expired"),
    "community": later("{amount} given to community use"),
    "sold": later("{amount} sold"),
}
NAMELESS = later("a hospital")
CODE = re.compile(r"[A-Z]-[2-9A-HJKMNP-Z]{10}\Z", re.ASCII)


def english() -> bool:
    return (get_language() or "").startswith("en")


def label(words: Mapping[str, object], key: str) -> str:
    """The word for a key; an unknown key itself, never dropped."""
    return str(words.get(key, key))


def name(names: Names, key: str) -> str:
    """The name of an organisation, warehouse or item as it was then; else the key itself."""
    known = names.get(key)
    return known["en" if english() else "zh"] if known else key


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


def amount(number: int, names: Names, item: str, *, named: bool) -> str:
    """`1,000 只`, or with the item's name `医用防护口罩 1,000 只`."""
    count = f"{number:,} {unit(names, item)}".strip()
    if not named:
        return count
    return _("%(count)s of %(item)s") % {"count": count, "item": name(names, item)}


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
    parts: list[str] = []
    for part in (values.get("province"), values.get("city"), values.get("district")):
        if part and part not in parts:
            parts.append(part)
    return " · ".join(parts)
