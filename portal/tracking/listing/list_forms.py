"""What a page shows around its list: the form of filters, what is chosen with a link that takes it
away, how many there are, the file of it, and the pages before and after."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.tracking import words
from portal.tracking.listing.declared import Asked, Filter, Page

Shown = dict[str, Any]


def around(asked: Asked, page: Page) -> Shown:
    """For `_components/_finder.html` and `_components/_pager.html`."""
    listing = asked.listing
    action = reverse(listing.address)
    return {
        "listing": listing,
        "action": action,
        "words": asked.values.get("q", ""),
        "fields": [_field(one, asked) for one in listing.filters if one.kind in SHOWN],
        "ticks": [_field(one, asked) for one in listing.filters if one.kind == "tick"],
        "kept": [_field(one, asked) for one in listing.filters if _unseen(one, asked)],
        "orders": [(one.key, one.label, one is asked.order) for one in listing.orders],
        "chips": chips(asked),
        "all_href": action,
        "notices": asked.notices,
        "found": found(page, chosen=bool(asked.values)),
        "csv_href": reverse("tracking:list_csv", args=[listing.key]) + asked.address(),
        "newer": page.previous,
        "older": page.next,
        "page_words": {"newer": _("Previous page"), "older": _("Next page")},
    }


SHOWN = ("choice", "day")


def _unseen(one: Filter, asked: Asked) -> bool:
    """Chosen by a link, with no field of its own in the form."""
    return one.kind == "code" and one.key in asked.values


def _field(one: Filter, asked: Asked) -> Shown:
    chosen = asked.values.get(one.key, "")
    choices = [(value, label, value == chosen) for value, label in one.choices()]
    if chosen and one.free and not any(on for _v, _l, on in choices):
        choices.append((chosen, chosen, True))
    return {
        "key": one.key,
        "label": one.label,
        "kind": one.kind,
        "value": chosen,
        "choices": choices,
        "any": _("Any"),
    }


def chips(asked: Asked) -> list[dict[str, str]]:
    """Everything that is chosen; the address of each leaves it out."""
    out = []
    for one in asked.listing.filters:
        if value := asked.values.get(one.key):
            href = asked.address(**{one.key: ""}) or "?"
            out.append({"label": _said(one, value), "href": href})
    return out


def _said(one: Filter, value: str) -> str:
    if one.kind == "tick":
        return str(one.label)
    label = next((str(label) for key, label in one.choices() if key == value), value)
    if one.kind == "words":
        label = f"“{value}”"
    return _("%(name)s: %(value)s") % {"name": one.label, "value": label}


def found(page: Page, *, chosen: bool) -> str:
    """`1 found`, `118 found`, `more than 300 found`."""
    if page.least:
        return _("More than %(n)s found") % {"n": words.exceeded(page.count)}
    if not page.count:
        return _("Nothing found") if chosen else ""
    return ngettext("%(n)s found", "%(n)s found", page.count) % {"n": f"{page.count:,}"}
