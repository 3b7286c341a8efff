"""What the readers of lists say about a row: each code with its sentence."""

from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal.catalogue.data import catalogue


class Kind(StrEnum):
    """A change makes a row *changed*, a refusal *refused*; a remark leaves it as it is."""

    CHANGED = "changed"
    REFUSED = "refused"
    REMARK = "remark"


COLUMNS: dict[str, Promise] = {
    "province": _("province"),
    "city": _("city"),
    "district": _("district"),
    "hospital": _("hospital"),
    "credit_code": _("unified social credit code"),
    "item": _("item"),
    "specification": _("specification"),
    "quantity": _("quantity"),
    "unit": _("unit"),
    "source": _("source"),
    "rejected": _("rejected"),
    "damaged": _("damaged"),
    "reason": _("reason"),
    "batch": _("batch number"),
    "expiry": _("expiry date"),
    "serials": _("serial numbers"),
}

_CHANGED: dict[str, Promise] = {
    "spaces": _("%(column)s: spaces or tabs around the text were removed."),
    "invisible": _("%(column)s: invisible or control characters were removed."),
    "line_break": _("%(column)s: a line break in the cell became “/”."),
    "credit_code_wrong": _("The unified social credit code is not a valid one and was left out."),
    "from_above": _("%(column)s was empty; taken from line %(line)s above."),
    "source_too_long": _(
        "%(column)s is longer than %(limit)s characters and was left out; the file has it."
    ),
    "mobile": _(
        "%(column)s: the cell holds what looks like a personal mobile number. "
        "The whole cell was left out."
    ),
    "joined_names": _("“%(written)s”: several names of one thing, read as %(item)s."),
    "name_read_as": _("“%(written)s” was read as “%(name)s”."),
    "part_unknown": _("“%(written)s” is not in the catalogue; read by the other name beside it."),
    "shared_name": _(
        "“%(written)s” can mean several items; read as %(item)s. Please ask the hospital."
    ),
    "shared_name_by_standard": _(
        "“%(written)s” can mean several items; the standard says %(item)s."
    ),
    "item_by_standard": _(
        "“%(written)s” is not in the catalogue; the standard beside it belongs to %(item)s."
    ),
    "standard_year": _("Standard “%(written)s”: did you mean %(meant)s? Read as that."),
    "standard_prefix": _("Standard “%(written)s” is properly %(meant)s; read as that."),
    "standard_without_year": _(
        "Standard “%(written)s” has no year and several versions exist; "
        "taken as standard not stated."
    ),
    "standard_of_another": _(
        "Standard “%(written)s” belongs to %(other)s; did you mean %(meant)s? "
        "Taken as standard not stated."
    ),
    "standard_of_another_only": _(
        "Standard “%(written)s” belongs to %(other)s; taken as standard not stated."
    ),
    "placeholder": _(
        "Nearly every quantity here is 1, which stands for “not given”; read as quantity unknown."
    ),
    "placeholder_or_one": _(
        "Nearly every quantity here is 1, which may stand for “not given”, "
        "but one device may be meant; read as about 1."
    ),
    "quantity_read": _("Quantity “%(written)s” was read as %(amount)s."),
    "quantity_estimated": _("Quantity “%(written)s” was read as an estimate of %(amount)s."),
    "quantity_range": _("Quantity “%(written)s” is a range; read as an estimate of %(amount)s."),
    "quantity_unlimited": _("Quantity “%(written)s” was read as no upper limit."),
    "quantity_vague": _("Quantity “%(written)s” names no number; read as quantity unknown."),
    "quantity_unread": _("Quantity “%(written)s” was not understood; read as quantity unknown."),
    "quantity_rate": _(
        "Quantity “%(written)s” is a use per day, week or month and not a total; "
        "read as quantity unknown."
    ),
    "quantity_pack": _("Quantity “%(written)s”: %(holds)s in a pack, so %(amount)s."),
    "pack_unsure": _(
        "Quantity “%(written)s”: how many one pack holds is not certain; read as quantity unknown."
    ),
    "unit_unread": _(
        "Quantity “%(written)s”: %(item)s is not counted in this unit; read as quantity unknown."
    ),
    "expiry_read": _("Expiry “%(written)s” was read as %(day)s."),
    "expiry_month": _("Expiry “%(written)s” names a month; read as its last day, %(day)s."),
    "other_variant": _(
        "%(written)s was announced as another standard of it; "
        "the inspection says which it is by the label."
    ),
    "pairs_or_pieces": _(
        "Quantity “%(written)s” does not say pairs or pieces; read as an estimate of "
        "%(amount)s pieces. Please ask the hospital."
    ),
}

_REMARKS: dict[str, Promise] = {
    "standard_unknown": _("Standard “%(written)s” is not in the catalogue; kept as written."),
    "model_meant": _("Model “%(written)s”: did you mean %(meant)s? Kept as written."),
    "quantity_large": _("The quantity is very large. Please check it."),
    "formula": _("%(column)s looks like a formula; it was taken as plain text."),
    "other_city": _("The district “%(district)s” looks like another city. Please check the place."),
    "same_again": _(
        "The same as line %(line)s in every column: two boxes, or entered twice? Both are counted."
    ),
    "item_again": _("The same item is asked for in line %(line)s as well."),
}

_REFUSED: dict[str, Promise] = {
    "no_item": _("The item is missing."),
    "no_hospital": _("The hospital is missing."),
    "not_in_catalogue": _("“%(written)s” is not in the catalogue. Nearest: %(items)s."),
    "not_in_catalogue_at_all": _("“%(written)s” is not in the catalogue; nothing is near."),
    "ambiguous": _("“%(written)s” can mean %(items)s. Please write which."),
    "several_items": _(
        "“%(written)s” names different things: %(items)s. Please give each a line of its own."
    ),
    "quantity_negative": _("Quantity “%(written)s” is below zero."),
    "quantity_zero": _("Quantity “%(written)s” is zero: nothing is asked for."),
    "quantity_too_large": _("Quantity “%(written)s” is more than 1,000,000,000."),
    "quantity_not_whole": _("Quantity “%(written)s” is not a whole number."),
    "quantity_grouping": _(
        "Quantity “%(written)s”: it is not clear whether the mark is a decimal point or "
        "separates thousands. Please write the digits only."
    ),
    "total": _("A total is not goods."),
    "no_quantity": _("The quantity is missing."),
    "count_not_exact": _(
        "Quantity “%(written)s” is no exact count in the item's own unit. "
        "Please count, and write the number."
    ),
    "rejected_unread": _(
        "“%(written)s” is no number of rejected pieces. Please write the digits only."
    ),
    "nothing_counted": _("Nothing of it came, by what the row says."),
    "rejected_without_reason": _("Rejected goods need a reason: damaged, expired or another item."),
    "expiry_unread": _(
        "Expiry “%(written)s” is not a date that can be read. Please write it like 2027-06-30."
    ),
    "not_in_consignment": _("%(item)s is not part of this consignment."),
    "not_in_gift": _("%(item)s is not part of this gift, or all of it was sent already."),
    "duplicate": _("The same as line %(line)s in every column."),
    "too_many_cells": _(
        "The row has more cells than the header, so the columns may have shifted. "
        "Please put text with a separator in quotation marks."
    ),
    "cell_too_long": _(
        "%(column)s is longer than %(limit)s characters (lines %(line)s to %(end)s). "
        "Is a quotation mark not closed?"
    ),
}

KINDS: dict[str, Kind] = {
    **dict.fromkeys(_CHANGED, Kind.CHANGED),
    **dict.fromkeys(_REMARKS, Kind.REMARK),
    **dict.fromkeys(_REFUSED, Kind.REFUSED),
}
SENTENCES: dict[str, Promise] = {**_CHANGED, **_REMARKS, **_REFUSED}


@dataclass(frozen=True)
class Note:
    """One thing said about a row. `params` holds text, keys of the catalogue and columns."""

    code: str
    params: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """Changed, refused or only a remark."""
        return KINDS[self.code]

    def __str__(self) -> str:
        """The sentence in the language that is active now."""
        return str(SENTENCES[self.code]) % {
            name: _shown(name, value) for name, value in self.params.items()
        }


def _shown(name: str, value: str) -> str:
    if name == "column":
        return str(COLUMNS.get(value, value))
    if name in {"item", "other"}:
        return _item_name(value)
    if name == "items":
        chinese = (get_language() or "").startswith("zh")
        return ("、" if chinese else ", ").join(map(_item_name, value.split()))
    return value


def _item_name(key: str) -> str:
    item = catalogue().items[key]
    return item.zh if (get_language() or "").startswith("zh") else item.en
